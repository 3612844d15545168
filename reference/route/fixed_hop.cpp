// How an administrator writes a next hop; see routing.hpp.
#include "net/endpoint.hpp"
#include "reference/dns/message.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/route/a_label.hpp"
#include "reference/route/routing.hpp"

#include <fmt/core.h>

#include <charconv>

namespace refmail::route {
namespace {

constexpr const char* example =
    "write smtp:[host]:port, smtp:domain (its MX), smtps:[host] or lmtp:[host]:port";

std::optional<std::uint16_t> port_from(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (code != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

} // namespace

std::expected<fixed_hop, std::string> parse_fixed_hop(std::string_view text) {
    const auto wrong = [&](std::string_view why) {
        return std::unexpected(fmt::format("'{}': {}; {}", text, why, example));
    };
    fixed_hop hop;
    const auto colon = text.find(':');
    const auto protocol = message::lower_case(text.substr(0, colon));
    if (colon == std::string_view::npos || (protocol != "smtp" && protocol != "smtps" && protocol != "lmtp"))
        return wrong("does not begin with smtp:, smtps: or lmtp:");
    hop.lmtp = protocol == "lmtp";
    hop.implicit_tls = protocol == "smtps";
    std::string_view rest = text.substr(colon + 1), host, port;
    const bool bracketed = rest.starts_with('[');
    if (bracketed) {
        const auto end = rest.find(']');
        if (end == std::string_view::npos) return wrong("the ']' is missing");
        host = rest.substr(1, end - 1);
        port = rest.substr(end + 1);
    } else {
        host = rest.substr(0, rest.find(':'));
        port = rest.substr(host.size());
    }
    // As in an address literal (RFC 5321 §4.1.3), with or without the tag.
    if (message::lower_case(host.substr(0, 5)) == "ipv6:") host.remove_prefix(5);
    if (!port.empty()) {
        const auto number = port.starts_with(':') ? port_from(port.substr(1)) : std::nullopt;
        if (!number) return wrong(fmt::format("'{}' is no port", port.substr(port.starts_with(':') ? 1 : 0)));
        hop.port = *number;
    }
    // LMTP has no port of its own and no MX (RFC 2033 §5).
    if (hop.lmtp && hop.port == 0) return wrong("LMTP needs a port");
    const bool is_address = net::is_address_literal(host);
    const auto name = is_address ? std::optional(std::string(host)) : to_a_labels(host);
    if (!name) return wrong(fmt::format("'{}' is neither a host name nor an address", host));
    hop.host = *name;
    hop.by_mx = !bracketed && !is_address && !hop.lmtp && !hop.implicit_tls;
    return hop;
}

} // namespace refmail::route
