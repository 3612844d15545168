// `refmaild route DOMAIN`; see the header.
#include "reference/daemon/show_route.hpp"

#include "net/run.hpp"
#include "reference/daemon/movable_clock.hpp"
#include "reference/daemon/router.hpp"
#include "reference/message/mailbox.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

namespace refmail::daemon {
namespace {

std::string tls_text(const route::next_hop& hop) {
    const auto& tls = hop.tls;
    const auto names = fmt::format("{}", fmt::join(tls.names, " or "));
    std::string text;
    switch (tls.level) {
    case route::tls_level::none: text = "no TLS"; break;
    case route::tls_level::opportunistic: text = "TLS when offered"; break;
    case route::tls_level::required: text = "TLS required"; break;
    case route::tls_level::verified: text = "TLS with a certificate for " + names; break;
    case route::tls_level::dane:
        text = fmt::format("TLS that matches {} TLSA record{}, for {}", tls.tlsa.size(),
                           tls.tlsa.size() == 1 ? "" : "s", names);
    }
    if (hop.implicit_tls) text += ", from the first octet";
    if (tls.testing) text += ", else all the same";
    if (!tls.because.empty()) text += fmt::format(" ({})", tls.because);
    return text;
}

// What the DNS says may hold control characters.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
    return text;
}

} // namespace

std::string route_text(const std::string& domain, const route::found_route& found) {
    std::string text;
    if (found.what == route::found_route::kind::hops) {
        text = fmt::format("{}: {}\n", printable(domain), printable(found.policy));
        for (const auto& hop : found.hops) {
            text += fmt::format("  {:>5} {}  {}  port {}{}\n", hop.preference, printable(hop.host),
                                fmt::join(hop.addresses, " "), hop.port, hop.lmtp ? ", LMTP" : "");
            text += fmt::format("        {}{}\n", tls_text(hop),
                                hop.user.empty() ? "" : ", logs in as " + printable(hop.user));
        }
    } else {
        const bool failed = found.what == route::found_route::kind::failed;
        text = fmt::format("{}: {}, {}: {}\n", printable(domain), failed ? "mail is returned" : "mail waits",
                           found.status, printable(found.why));
    }
    for (const auto& one : found.passed_over)
        text += fmt::format("  not used: {}\n", printable(one));
    return text;
}

int show_route(const settings& how, const std::string& domain) {
    const bool is_local = std::ranges::any_of(
        how.domains, [&](const auto& one) { return message::equals_ignoring_case(one, domain); });
    if (is_local) {
        fmt::print("{}: a local domain, delivered here\n", printable(domain));
        return 0;
    }
    movable_clock clock;
    std::vector<net::endpoint> listening;
    for (const auto* some : {&how.smtp, &how.submission, &how.submissions, &how.lmtp})
        listening.insert(listening.end(), some->begin(), some->end());
    net::loop loop;
    router asks(loop.executor(), how, clock, listening, trust_for(how.relay));
    route::found_route found;
    loop.spawn([&]() -> net::task<void> {
        auto got = co_await asks.find(domain);
        found = std::move(got);
    });
    loop.run();
    fmt::print("{}", route_text(domain, found));
    return found.what == route::found_route::kind::hops ? 0 : 1;
}

} // namespace refmail::daemon
