// How mail is to leave, as the administrator wants it: plain data, checked where it was read
// (daemon/settings). Names are in small letters, A-labels, without the last dot.
#pragma once
#include "reference/route/next_hop.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace refmail::route {

class policy_source;

// A next hop by configuration: a smarthost, or the route of one domain.
struct fixed_hop {
    std::string host;             // a name, or an address; empty: the domain's own MX
    std::uint16_t port = 0;       // 0: the usual one
    bool by_mx = false;           // the host is a domain whose MX are asked for
    bool lmtp = false;            // RFC 2033
    bool implicit_tls = false;    // RFC 8314 §3.3
    std::optional<tls_level> tls; // none: what policies and DANE say; with a user: verified
    std::string user, password;   // AUTH; empty: none
};

// "smtp:[mx.partner.test]:2525" (that host), "smtp:partner.test" (its MX), "lmtp:[127.0.0.1]:2424",
// "smtps:[relay.isp.test]". The error says what to write.
std::expected<fixed_hop, std::string> parse_fixed_hop(std::string_view text);

struct routing {
    // By which we might be known in mail transactions (RFC 5321 §5.1): an MX list in which we stand ends
    // in front of us.
    std::vector<std::string> own_names, own_addresses;
    std::uint16_t port = 25;

    std::map<std::string, fixed_hop> routes; // by domain; ".corp.test": all domains below it
    std::optional<fixed_hop> smarthost;      // for everything else

    bool dane = false;                 // the resolver is trusted (RFC 7672 §2.1.1)
    policy_source* policies = nullptr; // MTA-STS; null: not looked at

    // RFC 5321 §5.1: there MAY be a limit; at least two addresses SHOULD be tried.
    std::size_t most_hosts = 10, most_addresses = 20;
    // Hosts whose addresses are asked for, most of them in vain.
    std::size_t most_lookups = 30;
    // Of hosts whose name servers say nothing: a minute and a half of waiting, then others have their turn.
    std::size_t most_untold = 8;
    std::function<std::size_t(std::size_t)> random_below; // [0, n); empty: a generator of our own
};

} // namespace refmail::route
