// One question as it came: read with care, for anybody may send anything. RFC 1035 §4.1, RFC 6891 §6.1.
#pragma once
#include "harness/world/dns_name.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailspec::world {

struct dns_query {
    enum class form {
        question,      // all members are valid
        no_query,      // too short for a header, or a response: nothing is answered
        malformed,     // FORMERR; id, flags and opcode are valid
        not_supported, // another opcode than QUERY: NOTIMP; the same
    };
    form is = form::no_query;
    std::uint16_t id = 0;
    int opcode = 0;
    bool recursion_desired = false, checking_disabled = false, authentic_data = false;
    dns_name name;
    std::string name_as_sent; // wire form, case kept: the answer repeats it
    std::uint16_t type = 0, klass = 0;

    struct extension { // OPT, RFC 6891
        std::uint16_t udp_size = 0;
        int version = 0;
        bool dnssec_ok = false;
    };
    std::optional<extension> edns;
};

dns_query read_query(std::string_view octets);

} // namespace mailspec::world
