// Questions to the DNS and what comes back, as octets: RFC 1035 §4, RFC 2308, RFC 6891 (EDNS). Everything in
// an answer is checked, for it may come from anybody: what does not belong to the question is never believed.
// The format itself is ldns's work. No socket, no clock.
#pragma once
#include "reference/dns/resolver.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace refmail::dns {

// RFC 6891 §6.2.5 and the DNS flag day 2020: what passes any path without fragments.
inline constexpr std::uint16_t udp_size = 1232;

// The most CNAMEs that are followed from one question, in one answer or in many.
inline constexpr int most_aliases = 10;

struct question {
    std::uint16_t id = 0;
    std::string name; // small letters, no last dot
    record_type type = record_type::a;
    bool edns = true;
    bool dnssec = false; // DO: "tell me whether it is secure" (RFC 4035 §4.9.3); needs edns
};

// 1 to 63 octets a label, 253 in all, nothing that a master file would have to escape.
bool is_domain_name(std::string_view text);

// The name must be one.
std::string write_question(const question& what);

struct response {
    enum class kind {
        foreign,   // not for this question, or no DNS message: wait on
        truncated, // ask over TCP
        no_edns,   // the server does not know EDNS (RFC 6891 §7)
        complete,
    };
    response::kind what = kind::foreign;
    dns::answer answer;
    std::string next; // complete: the alias ends here, the question must be asked again at this name
    int aliases = 0;  // followed so far
};

response read_response(std::string_view octets, const question& asked);

std::string type_name(record_type type); // "MX"
std::string in_small_letters(std::string_view name);

} // namespace refmail::dns
