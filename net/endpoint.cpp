// "host:port" as people write it; see the header.
#include "net/endpoint.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>

namespace net {
namespace {

std::unexpected<error> malformed(std::string_view text, std::string_view why) {
    return std::unexpected(error{
        failure::other,
        fmt::format("'{}' is no host:port: {} (write localhost:2525, 127.0.0.1:25 or [::1]:25)", text, why)});
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
    unsigned value = 0;
    const char* end = digits.data() + digits.size();
    auto [stop, code] = std::from_chars(digits.data(), end, value);
    if (code != std::errc{} || stop != end || value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

std::optional<in6_addr> ipv6_of(std::string_view host) {
    in6_addr address{};
    if (inet_pton(AF_INET6, std::string(host).c_str(), &address) != 1) return std::nullopt;
    return address;
}

std::optional<std::uint32_t> ipv4_of(std::string_view host) {
    in_addr address{};
    if (inet_pton(AF_INET, std::string(host).c_str(), &address) != 1) return std::nullopt;
    return ntohl(address.s_addr);
}

bool name_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_';
}

} // namespace

result<endpoint> parse_endpoint(std::string_view text) {
    std::string_view host, port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return malformed(text, "'[' without ']'");
        host = text.substr(1, close - 1);
        if (!ipv6_of(host)) return malformed(text, "between the brackets is no IPv6 address");
        if (close + 1 >= text.size() || text[close + 1] != ':')
            return malformed(text, "no ':port' after ']'");
        port = text.substr(close + 2);
    } else {
        const auto colon = text.rfind(':');
        if (colon == std::string_view::npos) return malformed(text, "the port is missing");
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (host.empty()) return malformed(text, "the host is missing");
        if (host.find(':') != std::string_view::npos)
            return malformed(text, "an IPv6 address must stand in brackets");
        if (!std::all_of(host.begin(), host.end(), name_char))
            return malformed(text, "the host has a character that no host name has");
    }
    if (port.empty()) return malformed(text, "the port is missing");
    const auto number = port_of(port);
    if (!number) return malformed(text, fmt::format("'{}' is no port from 0 to 65535", port));
    return endpoint{std::string(host), *number};
}

std::string to_string(const endpoint& e) {
    return e.host.find(':') == std::string::npos ? fmt::format("{}:{}", e.host, e.port)
                                                 : fmt::format("[{}]:{}", e.host, e.port);
}

bool is_loopback(std::string_view host) {
    if (const auto v4 = ipv4_of(host)) return (*v4 >> 24) == 127;
    if (const auto v6 = ipv6_of(host)) {
        if (IN6_IS_ADDR_LOOPBACK(&*v6)) return true;
        return IN6_IS_ADDR_V4MAPPED(&*v6) && v6->s6_addr[12] == 127;
    }
    std::string lower(host);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (lower.ends_with('.')) lower.pop_back();
    return lower == "localhost" || lower.ends_with(".localhost");
}

bool is_address_literal(std::string_view host) {
    return ipv4_of(host).has_value() || ipv6_of(host).has_value();
}

} // namespace net
