// The hosts of one destination, looked at one by one: has it an address, is it ourselves, may mail go there
// and under what demand. What is left are the hops. RFC 5321 §5.1, RFC 7672 §2.2, RFC 8461 §5.
#pragma once
#include "reference/route/exchangers.hpp"
#include "reference/route/next_hop.hpp"
#include "reference/route/routing.hpp"

#include <string>
#include <vector>

namespace refmail::route {

struct candidates {
    std::string domain;          // the next-hop domain: of the address, or the administrator's
    std::string expanded_domain; // where its aliases led
    bool by_mx = false, secure_mx = false;
    std::vector<exchanger> list; // in the order in which they are to be tried
    const fixed_hop* configured = nullptr;
    std::string policy; // how they were found, for people
};

net::task<found_route> choose_hosts(candidates from, dns::resolver& dns, const routing& how);

// Deferred when the status is 4.y.z, failed else.
found_route no_route(std::string status, std::string why);

} // namespace refmail::route
