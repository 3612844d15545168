// Where a message for a domain goes next: hosts in the order in which they are to be tried, and what each
// must prove. Made by find_route (route.hpp), carried out by daemon/outbound. RFC 5321 §5.1, RFC 7505,
// RFC 8461, RFC 7672.
#pragma once
#include "reference/dns/resolver.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace refmail::route {

// What STARTTLS must give before mail is sent there.
struct tls_demand {
    enum class level {
        none,          // do not even try (by configuration)
        opportunistic, // RFC 3207, RFC 7435: use it when offered, certificate unseen; plain after a failure
        required,      // without TLS nothing is sent; the certificate is not looked at
        verified,      // and it must be valid for one of `names` (MTA-STS enforce, smarthost, REQUIRETLS)
        dane,          // and match `tlsa` (RFC 7672)
    };
    tls_demand::level level = level::opportunistic;
    std::vector<std::string> names;   // reference identifiers; the first is sent as SNI
    std::vector<dns::tlsa_data> tlsa; // usable ones
    std::string because;              // "MTA-STS", "DANE", "configuration", for log and report
    bool testing = false;             // MTA-STS testing: a failure is logged, mail is sent all the same
    bool proven_name =
        false; // a secure MX, an MTA-STS policy or we ourselves named this host (RFC 8689 §4.2.1)
};

using tls_level = enum tls_demand::level;

struct next_hop {
    std::string host; // a name, or an address literal's address
    std::vector<std::string> addresses;
    std::uint16_t port = 25;
    int preference = 0;
    route::tls_demand tls;
    std::string user, password; // smarthost with AUTH; empty: none
    bool lmtp = false;
    bool implicit_tls = false;
};

struct found_route {
    enum class kind { hops, deferred, failed };
    found_route::kind what = kind::deferred;
    std::vector<next_hop> hops;           // in the order in which they are to be tried
    std::string status;                   // deferred, failed: "4.4.3", "5.1.2", "5.1.10" ...
    std::string why;                      // a sentence
    std::string policy;                   // by what the hops were chosen, for people: "MX", "smarthost" ...
    std::vector<std::string> passed_over; // hosts that are not among the hops, each with its reason
};

} // namespace refmail::route
