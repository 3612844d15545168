// See the header.
#include "harness/runner/time_hands.hpp"

#include "harness/runner/control_client.hpp"

#include <fmt/format.h>

namespace mailspec::runner {

namespace {

using namespace std::chrono_literals;
using outcome = std::expected<void, std::string>;

constexpr auto command_within = 30s;
// The control port answers when all that became due has been tried; a host may keep silent for long.
constexpr auto control_within = 60s;

std::vector<std::string> filled(std::vector<std::string> words, const std::string& name,
                                const std::string& value) {
    for (auto& word : words)
        for (auto at = word.find(name); at != std::string::npos; at = word.find(name, at + value.size()))
            word.replace(at, name.size(), value);
    return words;
}

net::task<outcome> ask_control(std::string address, std::string path, std::string json) {
    const auto until = net::deadline::in(control_within);
    const auto answered =
        co_await post_to_control(std::move(address), std::move(path), std::move(json), until);
    if (!answered) co_return std::unexpected(answered.error());
    co_return outcome{};
}

} // namespace

net::task<outcome> time_hands::retry(std::string zone) {
    const auto& control = target_.info.control;
    if (!control.empty()) {
        auto json = fmt::format(R"({{"domain":"{}"}})", zone); // a token and letters: nothing to escape
        co_return co_await ask_control(control, "/queue/run", std::move(json));
    }
    if (!target_.retry_command().empty()) {
        auto words = filled(target_.retry_command(), "{zone}", zone);
        co_return co_await target_.carry_out(std::move(words), command_within);
    }
    co_return outcome{}; // it does so by itself
}

std::chrono::milliseconds time_hands::patience() const {
    return target_.info.control.empty() ? target_.retries_within : 0ms;
}

net::task<outcome> time_hands::advance(std::chrono::seconds by) {
    const auto& control = target_.info.control;
    if (!control.empty()) {
        auto json = fmt::format(R"({{"advance":"{}s"}})", by.count());
        co_return co_await ask_control(control, "/clock", std::move(json));
    }
    if (target_.clock_command().empty())
        co_return std::unexpected(std::string("the server's clock cannot be moved"));
    auto words = filled(target_.clock_command(), "{seconds}", std::to_string(by.count()));
    co_return co_await target_.carry_out(std::move(words), command_within);
}

} // namespace mailspec::runner
