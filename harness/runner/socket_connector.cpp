// See the header.
#include "harness/runner/socket_connector.hpp"

#include "net/connect.hpp"

#include <fmt/format.h>

namespace mailspec::runner {

socket_connector::socket_connector(const std::map<std::string, std::string>& services) {
    for (const auto& [name, address] : services)
        if (auto parsed = net::parse_endpoint(address)) services_[name] = std::move(*parsed);
}

net::task<net::result<net::stream_ptr>> socket_connector::connect(const std::string& service,
                                                                  net::deadline until) {
    const auto found = services_.find(service);
    if (found == services_.end()) {
        net::error unknown{net::failure::other, fmt::format("the target has no {} service", service)};
        co_return std::unexpected(std::move(unknown));
    }
    const auto& at = found->second;
    co_return co_await net::connect(at.host, at.port, until);
}

} // namespace mailspec::runner
