// Where mail for a domain goes; see the header.
#include "reference/route/route.hpp"

#include "net/endpoint.hpp"
#include "reference/message/path.hpp"
#include "reference/route/a_label.hpp"
#include "reference/route/candidates.hpp"
#include "reference/route/demand.hpp"

#include <fmt/core.h>

#include <optional>

namespace refmail::route {
namespace {

// The route of the domain, of the nearest domain above it that is written with a dot in front, or the
// smarthost.
const fixed_hop* configured_for(const std::string& domain, const routing& how) {
    if (const auto exact = how.routes.find(domain); exact != how.routes.end()) return &exact->second;
    for (auto dot = domain.find('.'); dot != std::string::npos; dot = domain.find('.', dot + 1))
        if (const auto above = how.routes.find(domain.substr(dot)); above != how.routes.end())
            return &above->second;
    return how.smarthost ? &*how.smarthost : nullptr;
}

// "[192.0.2.1]" -> "192.0.2.1", "[IPv6:2001:db8::1]" -> "2001:db8::1" (RFC 5321 §4.1.3).
std::optional<std::string> address_in(const std::string& literal) {
    if (!message::parse_address_literal(literal)) return std::nullopt;
    std::string inside = literal.substr(1, literal.size() - 2);
    if (message::lower_case(inside.substr(0, 5)) == "ipv6:") inside.erase(0, 5);
    if (!net::is_address_literal(inside)) return std::nullopt; // another tag: nobody knows how to get there
    return inside;
}

// Asks for the MX of from.domain and fills in the list; gives the reason when there is nowhere to go.
net::task<std::optional<found_route>> add_exchangers(candidates& into, dns::resolver& dns,
                                                     const routing& how) {
    const std::string domain = into.domain;
    const auto mx = co_await dns.ask(domain, dns::record_type::mx);
    switch (mx.what) {
    case dns::answer::kind::unavailable:
        // RFC 5321 §5.1: "If a temporary error is returned, the message MUST be queued and retried later".
        co_return no_route("4.4.3",
                           fmt::format("the mail hosts of {} cannot be told now: {}", domain, mx.why));
    case dns::answer::kind::no_name:
        // RFC 5321 §5.1: "If a non-existent domain error is returned, this situation MUST be reported".
        co_return no_route("5.1.2", mx.why);
    case dns::answer::kind::no_data:
        // RFC 5321 §5.1: "an implicit MX RR, with a preference of 0, pointing to that host".
        into.list = {{0, domain}};
        into.expanded_domain = mx.name;
        into.policy = fmt::format("the address of {}, which has no MX", domain);
        break;
    case dns::answer::kind::found:
        if (is_null_mx(mx.records))
            // RFC 7505 §3, §4.1
            co_return no_route("5.1.10", fmt::format("{} takes no mail: it has a null MX", domain));
        into.by_mx = true;
        into.secure_mx = mx.secure;
        into.expanded_domain = mx.name;
        into.list = in_order(mx.records, how);
        into.policy = fmt::format("the MX of {}", domain);
    }
    const auto ourselves = drop_from_ourselves(into.list, how);
    if (ourselves && into.list.empty())
        // RFC 5321 §5.1: "If there are no records left at that point, it is an error condition".
        co_return no_route("5.4.6",
                           fmt::format("mail for {} would come back to this server: {} is its best mail host",
                                       domain, ourselves->host));
    co_return std::nullopt;
}

// RFC 3463 §3.4, X.3.5: what is wrong with our own settings is not returned to senders: it will be mended.
found_route blame_configuration(const std::string& domain, found_route found, const std::string& next) {
    if (found.what != found_route::kind::failed) return found;
    found.what = found_route::kind::deferred;
    found.status = "4.3.5";
    found.why = fmt::format("mail for {} is sent to {} by configuration: {}", domain, next, found.why);
    return found;
}

net::task<found_route> route_of(std::string domain, dns::resolver& dns, const routing& how) {
    const bool is_literal = domain.starts_with('[');
    auto name = is_literal ? address_in(domain) : to_a_labels(domain);
    if (!name)
        co_return no_route("5.1.2", is_literal
                                        ? fmt::format("{} is no address to which mail can be sent", domain)
                                        : fmt::format("'{}' is no domain name", domain));
    candidates from;
    from.configured = configured_for(*name, how);
    const bool by_us = from.configured && !from.configured->host.empty();
    from.domain = by_us ? from.configured->host : std::move(*name);
    const bool asks_mx = by_us ? from.configured->by_mx : !is_literal;
    if (asks_mx) {
        auto nowhere = co_await add_exchangers(from, dns, how);
        if (nowhere)
            co_return by_us ? blame_configuration(domain, *nowhere, from.domain) : std::move(*nowhere);
    } else {
        from.list = {{0, from.domain}};
        from.expanded_domain = from.domain;
        from.policy = by_us ? "the configuration" : "the address literal";
    }
    if (by_us && asks_mx) from.policy = "the configuration, " + from.policy;
    const std::string next = from.domain;
    auto found = co_await choose_hosts(std::move(from), dns, how);
    co_return by_us ? blame_configuration(domain, std::move(found), next) : std::move(found);
}

} // namespace

std::string shared_way(const std::string& domain, const routing& how) {
    const auto name = domain.starts_with('[') ? address_in(domain) : to_a_labels(domain);
    return how.smarthost && name && configured_for(*name, how) == &*how.smarthost ? "*" : "";
}

net::task<found_route> find_route(std::string domain, dns::resolver& dns, const routing& how, tls_wish wish) {
    // RFC 8689 §4.2.2: TLS-Required: No: TLS is tried, and its failure stops nothing.
    std::optional<routing> relaxed;
    if (wish == tls_wish::optional) {
        relaxed = how;
        relaxed->policies = nullptr;
        relaxed->dane = false;
    }
    const routing& in_force = relaxed ? *relaxed : how;
    auto found = co_await route_of(std::move(domain), dns, in_force);
    apply_wish(found, wish);
    co_return found;
}

} // namespace refmail::route
