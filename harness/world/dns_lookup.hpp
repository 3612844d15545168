// The algorithm of RFC 1034 §4.3.2 over all zones of a run: exact names, wildcards (RFC 4592), aliases, which
// are followed as a resolver would, DNAMEs (RFC 6672), delegations, negative answers (RFC 2308). No faults
// here. Internal to harness/world's dns_*.
#pragma once
#include "harness/world/dns_message.hpp"

#include <map>
#include <memory>

namespace mailspec::world {

using zones_by_number = std::map<int, std::shared_ptr<const dns_zone>>;

struct dns_found {
    dns_response response;
    bool secure = false; // every zone that had a part in it says so
};
dns_found look_up(const zones_by_number& zones, const dns_name& name, std::uint16_t type);

// The zone that a name belongs to, 0: none.
int zone_of(const zones_by_number& zones, const dns_name& name);

// The SOA record for a negative answer about a name; `ttl` in place of its own.
std::shared_ptr<ldns_rr> negative_soa(const dns_zone::impl& zone, const dns_name& name,
                                      std::optional<std::uint32_t> ttl = {});

} // namespace mailspec::world
