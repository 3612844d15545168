// See the header.
#include "harness/runner/session.hpp"

#include "harness/target/probe.hpp"
#include "net/endpoint.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <set>

namespace mailspec::runner {

namespace {

// Stopping a server and removing its folder takes a moment, and the report is written after that: Ctrl-C just
// then would lose it. A second Ctrl-C ends mailspec at once.
class uninterrupted {
  public:
    explicit uninterrupted(bool already) {
        if (already) return;
        for (auto& [number, before] : before_)
            before = std::signal(number, SIG_IGN);
    }
    ~uninterrupted() {
        for (const auto& [number, before] : before_)
            if (before != SIG_ERR) std::signal(number, before);
    }
    uninterrupted(const uninterrupted&) = delete;
    uninterrupted& operator=(const uninterrupted&) = delete;

  private:
    std::pair<int, void (*)(int)> before_[2] = {{SIGINT, SIG_ERR}, {SIGTERM, SIG_ERR}};
};

constexpr std::uint16_t nobodys_port = 1; // tcpmux (RFC 1078): nothing has it

class session {
  public:
    explicit session(session_plan plan)
        : plan_(std::move(plan)) {}

    session_end run() {
        {
            net::loop loop;
            loop.on_signal({SIGINT, SIGTERM}, [&](int) {
                end_.interrupted = true;
                loop.stop();
            });
            std::function<net::task<void>()> work = [this] { return all(); };
            loop.spawn(std::move(work));
            loop.run();
            around_.reset();
        } // what was still running is gone before the target is
        if (up_) {
            end_.target = up_->info;
            end_.note = up_->note;
            const uninterrupted while_stopping(end_.interrupted);
            others_.clear();
            up_->stop();
        }
        return std::move(end_);
    }

  private:
    net::task<void> all() {
        place_ = co_await open_surroundings();
        auto launched = co_await plan_.bring_up(place_);
        if (!launched) {
            end_.trouble = launched.error().text;
            end_.server_log = launched.error().log;
            co_return;
        }
        up_ = std::move(*launched);
        auto candidates = without(plan_.cases, [&](const auto& c) { return lacking(c, up_->info); });
        const bool reached = co_await probe(candidates);
        if (!reached) co_return;
        auto runnable = without(candidates, [&](const auto& c) { return not_offered(c, offered_); });
        if (plan_.started) plan_.started(up_->info);
        co_await run_all(std::move(runnable));
    }

    // The world around the server comes first: its start command is told where that is. When it cannot be
    // had, the cases that look at it are skipped, and all others run.
    net::task<std::optional<target::egress_place>> open_surroundings() {
        if (!plan_.sends) co_return std::nullopt;
        target::egress_place place{plan_.sends->dns, plan_.sends->port, plan_.sends->https_port, {}, {}};
        const auto dns = net::parse_endpoint(place.dns);
        const bool wanted = std::ranges::any_of(plan_.cases, [](const auto* c) { return !c->world.empty(); });
        place.not_served = "no selected case looks at what the server sends";
        if (dns && wanted) {
            const auto on = co_await boost::asio::this_coro::executor;
            const world::surroundings::settings how{*dns, place.egress_port, place.https_port};
            auto opened = world::surroundings::open(on, how);
            place.not_served =
                opened ? "" : "the world around the server cannot be played: " + opened.error();
            if (opened) around_ = std::move(*opened);
        }
        if (around_) {
            place.dns = net::to_string(around_->dns().local());
            place.egress_port = around_->egress_port();
            place.https_port = around_->https_port();
            place.ca_pem = around_->ca().pem();
            co_return place;
        }
        // It starts all the same, with words that lead nowhere in place of what we would have chosen.
        if (dns && dns->port == 0) place.dns = net::to_string({dns->host, nobodys_port});
        if (place.egress_port == 0) place.egress_port = nobodys_port;
        if (place.https_port == 0) place.https_port = nobodys_port;
        if (const auto ca = world::test_ca::make()) place.ca_pem = (*ca)->pem();
        co_return place;
    }

    // The cases without those that `why_not` gives a reason to skip.
    template <class Reason>
    case_list without(const case_list& cases, Reason why_not) {
        case_list left;
        for (const auto* c : cases) {
            const std::string reason = why_not(*c);
            if (reason.empty())
                left.push_back(c);
            else
                plan_.skipped(*c, reason);
        }
        return left;
    }

    net::task<bool> probe(const case_list& cases) {
        std::set<std::string> services;
        for (const auto* c : cases) {
            services.insert(c->service);
            services.insert(c->services.begin(), c->services.end());
        }
        for (const auto& service : services) {
            const auto& address = up_->info.services.at(service);
            const auto* account = up_->info.accounts.empty() ? nullptr : &up_->info.accounts.front();
            auto offered = co_await target::probe_service(service, address, up_->info.reply_timeout, account);
            if (!offered) {
                end_.trouble = fmt::format("cannot reach {} at {}: {}. Is the server running there? Mend the "
                                           "address, or leave the service out.",
                                           service, address, offered.error());
                end_.server_log = up_->log_tail();
                co_return false;
            }
            if (up_->info.server_name.empty()) up_->info.server_name = offered->name;
            offered_[service] = std::move(*offered);
        }
        co_return true;
    }

    net::task<void> run_all(case_list cases) {
        run_plan how;
        how.jobs = plan_.jobs;
        how.told = plan_.told;
        how.around = around_;
        if (plan_.bring_up_another) how.one_more = [this] { return one_more(); };
        auto end = co_await run_cases(std::move(cases), *up_, std::move(how));
        end_.trouble = std::move(end.lost);
        end_.server_log = std::move(end.server_log);
        end_.not_run = std::move(end.not_run);
    }

    net::task<target::running_target*> one_more() {
        auto launched = co_await plan_.bring_up_another(place_);
        if (!launched) co_return nullptr;
        (*launched)->info.server_name = up_->info.server_name; // the probe found it
        others_.push_back(std::move(*launched));
        co_return others_.back().get();
    }

    session_plan plan_;
    session_end end_;
    shared_surroundings around_;
    std::optional<target::egress_place> place_;
    std::unique_ptr<target::running_target> up_;
    std::vector<std::unique_ptr<target::running_target>> others_;
    capabilities offered_;
};

} // namespace

session_end run_session(session_plan plan) {
    return session(std::move(plan)).run();
}

} // namespace mailspec::runner
