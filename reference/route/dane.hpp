// DANE for SMTP: which TLSA records hold for a host, and what follows from them. RFC 7672 §2.2, §3.1, §5;
// RFC 6698 §2.1; RFC 7671 §9 (digest agility). Only what a trusted resolver called secure counts. Whether a
// certificate matches is for who shakes hands (net/).
#pragma once
#include "reference/dns/resolver.hpp"
#include "reference/route/host_lookup.hpp"

#include <string>
#include <vector>

namespace refmail::route {

struct tlsa_facts {
    enum class kind {
        none,        // no secure records: DANE does not apply
        usable,      // the certificate must match one of `records`
        unusable,    // records that we cannot use: TLS without authentication (§2.2)
        unavailable, // the DNS did not tell: the host counts as unreachable (§2.1.2)
    };
    tlsa_facts::kind what = kind::none;
    std::string base;                    // the TLSA base domain: first reference identifier, SNI (§8.1)
    std::vector<dns::tlsa_data> records; // usable ones only
    std::string why;                     // unavailable
};

// After the addresses, never before (§2.2.2).
net::task<tlsa_facts> look_up_tlsa(std::string host, const host_facts& addresses, std::uint16_t port,
                                   dns::resolver& dns);

// DANE-TA and DANE-EE with selectors and matching types that we know (§3.1), of several digests of one usage
// and selector the strongest only (§5).
std::vector<dns::tlsa_data> usable_records(const std::vector<dns::record_data>& all);

} // namespace refmail::route
