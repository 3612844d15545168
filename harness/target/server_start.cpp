// Two ways to begin; see the header.
#include "harness/target/server_start.hpp"

#include "harness/target/probe.hpp"
#include "net/connect.hpp"
#include "net/endpoint.hpp"
#include "net/event.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace mailspec::target {

namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using outcome = server_start::outcome;

constexpr auto refmaild_within = 20s;
constexpr auto ports_free_within = 5s; // of a server that was stopped a moment ago

std::unexpected<launch_error> failed(std::string text, std::string log = {}) {
    return std::unexpected(launch_error{std::move(text), std::move(log)});
}

outcome run(std::vector<std::string> command, const work_place& where, bool listen, server_process& into) {
    auto started = process::start({std::move(command), where.folder, where.log, listen});
    if (!started) return failed(started.error());
    into.leader = std::move(*started);
    into.daemonised = false;
    return {};
}

class planned_start final : public server_start {
  public:
    planned_start(start_plan plan, work_place where)
        : plan_(std::move(plan))
        , where_(std::move(where)) {}

    net::task<outcome> begin(target_info& info, server_process& into) override {
        // A server that runs already would be judged in place of the one that we start.
        const auto patience = again_ ? ports_free_within : 0s;
        const auto until = net::deadline::in(patience);
        auto taken = co_await already_there(info);
        while (!taken.empty() && !until.passed()) {
            const auto soon = net::deadline::in(10ms);
            co_await net::sleep_until(soon);
            taken = co_await already_there(info);
        }
        if (!taken.empty())
            co_return failed(taken + (again_ ? " after the server was stopped"
                                             : " before the server was started: stop what runs there, or "
                                               "give the profile other ports"));
        again_ = true;
        auto begun = run(plan_.command, where_, false, into);
        if (!begun) co_return begun;
        co_return co_await wait_until_ready(info, into);
    }

  private:
    net::task<std::string> already_there(const target_info& info) {
        for (const auto& [service, address] : info.services) {
            const auto at = net::parse_endpoint(address);
            if (!at) continue;
            const auto until = net::deadline::in(1s);
            const auto answered = co_await net::connect(at->host, at->port, until);
            if (answered) co_return fmt::format("somebody listens at {} ({})", address, service);
        }
        co_return std::string{};
    }

    net::task<outcome> wait_until_ready(const target_info& info, server_process& server) {
        const auto address = info.services.at(plan_.ready);
        const auto until = net::deadline::in(plan_.within);
        auto pause = 10ms;
        for (;;) {
            const auto up = co_await greets(plan_.ready, address, std::chrono::milliseconds(2000));
            if (!server.leader->running()) {
                const bool left_a_daemon = !plan_.stop.empty() && server.leader->succeeded();
                if (!left_a_daemon)
                    co_return failed(fmt::format("the server {} before it was ready on {}",
                                                 server.leader->ending(), address),
                                     tail_of(where_.log));
                server.daemonised = true;
            }
            if (up) co_return outcome{};
            if (until.passed())
                co_return failed(fmt::format("the server did not become ready: {} at {} after {} s: {}",
                                             plan_.ready, address, double(plan_.within.count()) / 1000.0,
                                             up.error()),
                                 tail_of(where_.log));
            const auto soon = net::deadline::in(pause);
            co_await net::sleep_until(soon);
            pause = std::min(pause * 2, 250ms);
        }
    }

    start_plan plan_;
    work_place where_;
    bool again_ = false;
};

// {"domain":..., "accounts":[{"user","address","password"}], "services":{...}, "maildir":..., "control":...}
std::string read_announcement(const std::string& line, const std::string& hidden, target_info& info) {
    try {
        const auto all = json::parse(line).as_object();
        const auto text = [](const json::value& v) { return std::string(v.as_string()); };
        info.domain = text(all.at("domain"));
        info.maildir = text(all.at("maildir"));
        if (const auto* version = all.if_contains("version")) info.version = text(*version);
        if (const auto* control = all.if_contains("control")) info.control = text(*control);
        info.services.clear();
        for (const auto& [name, address] : all.at("services").as_object())
            info.services[std::string(name)] = text(address);
        info.accounts.clear();
        for (const auto& item : all.at("accounts").as_array()) {
            const auto& one = item.as_object();
            if (text(one.at("user")) == hidden) continue;
            info.accounts.push_back(
                {text(one.at("user")), text(one.at("password")), text(one.at("address"))});
        }
    } catch (const std::exception& e) {
        return e.what();
    }
    return {};
}

class refmaild_start final : public server_start {
  public:
    refmaild_start(std::vector<std::string> command, std::string hidden_account, work_place where)
        : command_(std::move(command))
        , hidden_(std::move(hidden_account))
        , where_(std::move(where)) {}

    net::task<outcome> begin(target_info& info, server_process& into) override {
        auto begun = run(command_, where_, true, into);
        if (!begun) co_return begun;
        std::string said;
        const auto until = net::deadline::in(refmaild_within);
        while (!said.contains('\n')) {
            said += into.leader->take_output();
            if (said.contains('\n')) break;
            if (!into.leader->running())
                co_return failed(fmt::format("refmaild {} before it was ready", into.leader->ending()),
                                 tail_of(where_.log));
            if (until.passed())
                co_return failed("refmaild did not say that it is ready within 20 s", tail_of(where_.log));
            const auto soon = net::deadline::in(2ms);
            co_await net::sleep_until(soon);
        }
        const auto wrong = read_announcement(said.substr(0, said.find('\n')), hidden_, info);
        if (wrong.empty()) co_return outcome{};
        co_return failed("refmaild announced itself in words that mailspec does not know: " + wrong, said);
    }

  private:
    std::vector<std::string> command_;
    std::string hidden_;
    work_place where_;
};

} // namespace

std::unique_ptr<server_start> start_by_plan(start_plan plan, work_place where) {
    return std::make_unique<planned_start>(std::move(plan), std::move(where));
}

std::unique_ptr<server_start> start_of_refmaild(std::vector<std::string> command, std::string hidden_account,
                                                work_place where) {
    return std::make_unique<refmaild_start>(std::move(command), std::move(hidden_account), std::move(where));
}

} // namespace mailspec::target
