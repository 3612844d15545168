// Answers as octets, by ldns: names compressed, OPT where the question had one. RFC 1035 §4.1, RFC 6891.
// Internal to harness/world's dns_*.
#pragma once
#include "harness/world/dns_query.hpp"
#include "harness/world/dns_zone_data.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace mailspec::world {

constexpr std::size_t largest_dns_message = 65535;

struct dns_response {
    int rcode = 0; // extended ones too (RFC 6891 §6.1.3)
    bool authoritative = false, truncated = false, recursion_available = true, authentic = false;
    dns_record_set answer, authority, additional;
};

// Of a malformed question only the header is answered.
std::string write_message(const dns_query& to, const dns_response& r);

// What an answer with that set takes.
std::size_t answer_size(const dns_name& name, std::uint16_t type, const dns_record_set& set);

std::string name_of_rcode(int rcode); // "NXDOMAIN"

} // namespace mailspec::world
