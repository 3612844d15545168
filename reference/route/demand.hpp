// What a host must prove before it gets mail: DANE (RFC 7672), MTA-STS (RFC 8461), REQUIRETLS and
// TLS-Required (RFC 8689) and the administrator's word, combined. Pure: what the DNS said is handed in.
#pragma once
#include "reference/route/dane.hpp"
#include "reference/route/route.hpp"
#include "reference/route/sts_policy.hpp"

#include <expected>
#include <optional>
#include <string>

namespace refmail::route {

// All that is known about one host when its turn comes.
struct host_standing {
    std::string host;
    std::string domain;          // the next-hop domain
    std::string expanded_domain; // where its aliases led
    bool by_mx = false; // an MX record names the host; else it is the domain's or the administrator's
    bool secure_mx = false;
    tlsa_facts tlsa; // looked up only when DANE applies
    std::optional<sts_policy> policy;
    const fixed_hop* configured = nullptr;
};

// The error says why nothing may be sent there.
std::expected<tls_demand, std::string> demand_of(const host_standing& about);

// Adds what the message wants; takes hosts away that cannot give it.
void apply_wish(found_route& to, tls_wish wish);

} // namespace refmail::route
