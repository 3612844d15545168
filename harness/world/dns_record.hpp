// One record of a zone, from the words of its line. What is wrong is said by field: which word, what belongs
// there. The records themselves are ldns's. RFC 1035 §5.1, RFC 3597 (unknown types).
#pragma once
#include "harness/world/dns_name.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

typedef struct ldns_struct_rr ldns_rr;

namespace mailspec::world {

struct dns_record {
    dns_name owner;
    std::uint16_t type = 0;
    std::shared_ptr<ldns_rr> rr;
};

// `[TTL] [IN] TYPE DATA...` behind an owner; on error: a sentence.
std::expected<dns_record, std::string> read_record(const dns_name& owner, std::span<const std::string> words,
                                                   std::uint32_t default_ttl, const dns_name& origin);

// A record that is about another name: NS, CNAME, MX of preference 0. By octets: a name that a querier made
// up may hold what means something in a master file.
std::shared_ptr<ldns_rr> pointing_record(const dns_name& owner, std::uint32_t ttl, std::uint16_t type,
                                         const dns_name& target);

// "60", "5m", "1h30m"; nullopt: no time.
std::optional<std::uint32_t> read_ttl(std::string_view word);
// "MX", "TYPE65"; 0: no type.
std::uint16_t read_type(const std::string& word);
std::string name_of_type(std::uint16_t type);

} // namespace mailspec::world
