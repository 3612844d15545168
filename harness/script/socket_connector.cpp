// Connections over TCP; see socket_connector.hpp.
#include "harness/script/socket_connector.hpp"

#include "net/connect.hpp"
#include "net/endpoint.hpp"

#include <fmt/core.h>

namespace mailspec::script {

net::task<net::result<net::stream_ptr>> socket_connector::connect(const std::string& service,
                                                                  net::deadline until) {
    const auto known = target_.services.find(service);
    if (known == target_.services.end()) {
        net::error none{net::failure::other, fmt::format("the target has no service {}", service)};
        co_return std::unexpected(std::move(none));
    }
    const auto at = net::parse_endpoint(known->second);
    if (!at) co_return std::unexpected(at.error());
    co_return co_await net::connect(at->host, at->port, until);
}

} // namespace mailspec::script
