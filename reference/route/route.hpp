// Where mail for a domain goes: to the hosts that configuration, MX and address records name, in the order in
// which they are to be tried, each with what it must prove. RFC 5321 §5.1, RFC 7505, RFC 5891 (U-labels),
// RFC 7672 (DANE), RFC 8461 (MTA-STS), RFC 8689 (REQUIRETLS).
// Whether a domain is local the caller decides; connecting is daemon/outbound's affair.
#pragma once
#include "reference/dns/resolver.hpp"
#include "reference/route/next_hop.hpp"
#include "reference/route/routing.hpp"

#include <string>

namespace refmail::route {

// What a message itself wants (RFC 8689).
enum class tls_wish {
    usual,
    required,            // MAIL had REQUIRETLS: no host that cannot be proved to be the right one
    required_for_report, // the same of a bounce: §5 wants it sent all the same, over TLS
    optional,            // TLS-Required: No: whatever the policies say, mail is sent
};

// `domain`: the part behind the @, as it stands in the address: U-labels, or "[192.0.2.1]", as well.
net::task<found_route> find_route(std::string domain, dns::resolver& dns, const routing& how,
                                  tls_wish wish = tls_wish::usual);

// What mail for that domain shares with mail for others: "*" when it goes to the smarthost, so that one
// connection serves it all, and find_route("*") leads there; empty: the domain goes its own way.
std::string shared_way(const std::string& domain, const routing& how);

} // namespace refmail::route
