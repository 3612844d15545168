// Hosts in their order, and messages one after the other; see the header. RFC 5321 §5.1, §4.5.4.1.
#include "reference/daemon/outbound.hpp"

#include "reference/daemon/log_line.hpp"
#include "reference/daemon/movable_clock.hpp"
#include "reference/daemon/outbound_connection.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

namespace refmail::daemon {

namespace asio = boost::asio;

namespace {

using relay::outcome;

// An address of a host, and what came of the last attempt there if it was in vain.
struct candidate {
    const route::next_hop* hop;
    std::string address;
    std::optional<outcome> dead;
};

// What is known of the recipients of one job. A refusal that another host may not repeat is kept, and
// stands when there is no other host.
class progress {
  public:
    explicit progress(const job& what)
        : what_(what)
        , outcomes_(what.recipients.size())
        , settled_(what.recipients.size(), false) {}

    bool complete() const { return open().empty(); }

    // RFC 8689 §4.2.1: such mail waits for no better TLS; where no host has it, it goes back to its sender.
    bool is_returned_without_tls() const { return what_.entry->require_tls && !what_.entry->sender.empty(); }

    // The job for those who have nothing final yet.
    job rest() const {
        job left{what_.entry, {}};
        for (const auto i : open())
            left.recipients.push_back(what_.recipients[i]);
        return left;
    }
    void add(const std::vector<outcome>& for_rest) {
        const auto which = open();
        for (std::size_t n = 0; n < which.size(); ++n)
            add(which[n], for_rest[n]);
    }
    void add(const outcome& for_all) {
        for (const auto i : open())
            add(i, for_all);
    }
    std::vector<outcome> end() {
        std::vector<outcome> all;
        for (auto& one : outcomes_)
            all.push_back(one ? std::move(*one) : outcome{});
        return all;
    }

  private:
    std::vector<std::size_t> open() const {
        std::vector<std::size_t> which;
        for (std::size_t i = 0; i < settled_.size(); ++i)
            if (!settled_[i]) which.push_back(i);
        return which;
    }
    void add(std::size_t i, const outcome& one) {
        settled_[i] = !one.elsewhere;
        // One host's "never" is not the destination's as long as another says "later".
        const bool keeps_hope = outcomes_[i] && outcomes_[i]->what == outcome::what::deferred;
        if (settled_[i] || !keeps_hope || one.what == outcome::what::deferred) outcomes_[i] = one;
    }

    const job& what_;
    std::vector<std::optional<outcome>> outcomes_;
    std::vector<bool> settled_;
};

class destination {
  public:
    destination(const outbound_settings& how, const std::vector<route::next_hop>& hops, job_source& mail,
                movable_clock& time, asio::any_io_executor on, asio::cancellation_signal& wake)
        : how_(how)
        , mail_(mail)
        , time_(time)
        , executor_(std::move(on))
        , wake_(wake) {
        for (const auto& hop : hops)
            for (const auto& address : hop.addresses)
                candidates_.push_back({&hop, address, {}});
    }

    net::task<std::optional<outcome>> run() {
        for (;;) {
            auto found = co_await mail_.next();
            if (!found) break;
            const job what = std::move(*found);
            progress so_far(what);
            co_await carry(so_far);
            auto outcomes = so_far.end();
            const auto last = outcomes.back();
            mail_.finished(what, std::move(outcomes));
            if (all_are_dead()) co_return last;
        }
        co_await part();
        co_return std::nullopt;
    }

  private:
    bool all_are_dead() const {
        for (const auto& one : candidates_)
            if (!one.dead) return false;
        return true;
    }

    net::task<void> carry(progress& so_far) {
        if (connection_ && connection_->is_ready() && connection_->messages() < how_.messages_per_connection)
            co_await hand_over(so_far);
        // RFC 5321 §5.1: each address in order, until one takes it. A connection that ended between two
        // messages says nothing about its host: it is among them again.
        for (auto& one : candidates_) {
            if (so_far.complete()) co_return;
            co_await part();
            if (one.dead) { // RFC 5321 §4.5.4.1: not again at once for each message
                so_far.add(*one.dead);
                continue;
            }
            const bool ready = co_await open(one, so_far.is_returned_without_tls());
            if (!ready) {
                so_far.add(*one.dead);
                continue;
            }
            co_await hand_over(so_far);
            // Who breaks off the first message of a fresh connection would do so to the next one.
            if (connection_->failure() && !connection_->has_taken_any())
                one.dead = connection_->failure()->outcome;
        }
        if (candidates_.empty()) so_far.add(nowhere_to_go());
    }

    static outcome nowhere_to_go() {
        outcome none;
        none.status = "4.4.4";
        none.why = "no address of any host is known";
        none.host_at_fault = true;
        return none;
    }

    net::task<void> hand_over(progress& so_far) {
        const job rest = so_far.rest();
        const auto outcomes = co_await connection_->transfer(rest, mail_);
        so_far.add(outcomes);
    }

    net::task<void> part() {
        if (connection_) co_await connection_->quit();
        connection_.reset();
    }

    // With a second and a third attempt where the first failed for a reason that can be gone around.
    net::task<bool> open(candidate& at, bool returned_without_tls) {
        manner in;
        for (int attempts = 0; attempts < 3; ++attempts) {
            connection_ =
                std::make_unique<outbound_connection>(how_, *at.hop, at.address, in, time_, executor_, wake_);
            const bool ready = co_await connection_->open();
            if (ready) co_return true;
            const auto failed = *connection_->failure();
            connection_.reset();
            note(at, failed.outcome);
            at.dead = failed.outcome;
            if (failed.what == relay::failure::kind::tls && returned_without_tls) {
                at.dead->what = outcome::what::failed;
                at.dead->status = "5.7.10";
            }
            const bool again = go_around(failed, *at.hop, in);
            if (!again) break;
            at.dead.reset();
        }
        co_return false;
    }

    static bool go_around(const relay::failure& failed, const route::next_hop& hop, manner& in) {
        using level = route::tls_level;
        const bool may_be_plain = hop.tls.level == level::opportunistic || hop.tls.testing;
        // RFC 7435 §4: no TLS that works is no reason to keep mail that may go without it.
        if (failed.what == relay::failure::kind::tls && may_be_plain && !in.plain && !hop.implicit_tls)
            return in.plain = true;
        // RFC 5321 §3.2, §4.1.1.1: servers that know no EHLO; some hang up on it.
        if (failed.what == relay::failure::kind::dropped_at_hello && !in.helo && !hop.lmtp)
            return in.helo = true;
        return false;
    }

    static void note(const candidate& at, const outcome& why) {
        spdlog::info(log_line("host-failed")
                         .add("host", at.hop->host)
                         .add("address", why.address)
                         .add("status", why.status)
                         .add("why", why.reply.empty() ? why.why : why.why + ": " + why.reply)
                         .text());
    }

    const outbound_settings& how_;
    job_source& mail_;
    movable_clock& time_;
    asio::any_io_executor executor_;
    asio::cancellation_signal& wake_;
    std::vector<candidate> candidates_;
    std::unique_ptr<outbound_connection> connection_;
};

net::task<std::optional<outcome>> run_interruptibly(destination& there) {
    // Being woken ends a wait, not the coroutine.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return co_await there.run();
}

} // namespace

net::task<std::optional<outcome>> serve_destination(const outbound_settings& how,
                                                    std::vector<route::next_hop> hops, job_source& mail,
                                                    movable_clock& time) {
    const auto executor = co_await asio::this_coro::executor;
    asio::cancellation_signal wake;
    destination there(how, hops, mail, time, executor, wake);
    auto token = asio::bind_cancellation_slot(wake.slot(), asio::use_awaitable);
    co_return co_await asio::co_spawn(executor, run_interruptibly(there), token);
}

} // namespace refmail::daemon
