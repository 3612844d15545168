// The addresses of a host, and whether they can be believed: what RFC 5321 §5.1 and RFC 7672 §2.2.2 ask of
// the DNS about one name. A name that is an alias (CNAME) is followed, although RFC 5321 §5.1 leaves an MX
// that leads to one "outside the scope": who published it wants his mail, and nobody is harmed.
#pragma once
#include "reference/dns/resolver.hpp"

#include <string>
#include <vector>

namespace refmail::route {

struct host_facts {
    enum class kind { found, nothing, unavailable };
    host_facts::kind what = kind::nothing;
    std::vector<std::string> addresses; // in the order of the answers, IPv4 before IPv6
    std::string name;                   // where the aliases led; else the name itself
    bool secure = false;                // all of it
    std::string why;                    // nothing, unavailable
};

// An address is its own address, and never secure: nothing was proved by anybody.
net::task<host_facts> look_up_host(std::string host, dns::resolver& dns);

} // namespace refmail::route
