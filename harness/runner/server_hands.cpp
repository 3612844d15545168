// See the header.
#include "harness/runner/server_hands.hpp"

namespace mailspec::runner {

net::task<std::expected<void, std::string>> server_hands::stop() {
    sessions_.close_all();
    co_return target_.ask_to_stop();
}

net::task<std::expected<void, std::string>> server_hands::kill() {
    sessions_.close_all();
    co_return co_await target_.kill();
}

net::task<std::expected<void, std::string>> server_hands::start() {
    sessions_.close_all(); // it may have died by itself
    const auto started = co_await target_.start_again();
    if (!started) co_return std::unexpected(started.error().text);
    connector_ = socket_connector(target_.info.services);
    co_return std::expected<void, std::string>{};
}

} // namespace mailspec::runner
