// Runs the queue; see the header.
#include "reference/daemon/queue_runner.hpp"

#include "reference/daemon/clock.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/notices.hpp"
#include "reference/daemon/off_loop.hpp"
#include "reference/daemon/queue_line.hpp"
#include "reference/store/queue_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <malloc.h>

namespace refmail::daemon {

namespace asio = boost::asio;
using queue::backlog;

namespace {

constexpr std::size_t fresh_limit = 2000; // entries that are kept in memory while they wait for a connection
constexpr std::size_t ids_per_job = 256;  // read together at the start

} // namespace

queue_runner::queue_runner(services& shared, asio::any_io_executor on, ways out)
    : shared_(shared)
    , executor_(std::move(on))
    , out_(std::move(out))
    , backlog_({shared.how.relay.connections, shared.how.relay.connections_per_destination})
    , all_known_(executor_) {}

queue_runner::~queue_runner() = default;

void queue_runner::spawn(std::function<net::task<void>()> work) {
    auto kept = std::make_shared<std::function<net::task<void>()>>(std::move(work));
    auto start = [kept]() { return (*kept)(); };
    asio::co_spawn(executor_, start, [this, kept](std::exception_ptr thrown) {
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const std::exception& e) {
            spdlog::error(log_line("queue-broke").add("why", e.what()).text());
        }
    });
}

std::string queue_runner::destination_of(const queue::entry& e, const std::string& address) const {
    const auto at = address.rfind('@');
    std::string domain = message::lower_case(at == std::string::npos ? "" : address.substr(at + 1));
    if (out_.shared_way)
        if (auto way = out_.shared_way(domain); !way.empty()) domain = std::move(way);
    // RFC 8689: such mail goes to other hosts, or to none, so it stands in a line of its own.
    if (e.require_tls) domain += e.sender.empty() ? " report-by-tls" : " by-tls";
    return domain;
}

backlog::summary queue_runner::summary_of(const queue::entry& e) const {
    backlog::summary s;
    s.id = e.id;
    s.next_attempt = e.next_attempt;
    s.tells_at = queue::tells_at(e, shared_.how.relay.schedule);
    s.held = e.held;
    for (const auto& who : e.recipients) {
        if (who.state != queue::recipient::state::waiting) continue;
        auto name = destination_of(e, who.address);
        if (std::find(s.destinations.begin(), s.destinations.end(), name) == s.destinations.end())
            s.destinations.push_back(std::move(name));
    }
    return s;
}

void queue_runner::added(queue::entry e) {
    auto one = std::make_shared<const queue::entry>(std::move(e));
    asio::post(executor_, [this, one] { accept(one, nullptr); });
}

void queue_runner::accept(std::shared_ptr<const queue::entry> e, token inherited) {
    if (!backlog_.add(summary_of(*e))) return; // read from the disk by now
    const auto which = *backlog_.find(e->id);
    if (inherited) backlog_.attach(which, std::move(inherited));
    if (fresh_.size() < fresh_limit) fresh_[which] = std::move(e);
    look();
}

void queue_runner::begin(std::vector<std::string> ids) {
    if (!ids.empty()) spdlog::info(log_line("queue").add("waiting", ids.size()).text());
    unread_ = (ids.size() + ids_per_job - 1) / ids_per_job;
    for (std::size_t from = 0; from < ids.size(); from += ids_per_job) {
        const auto to = std::min(from + ids_per_job, ids.size());
        std::vector<std::string> some(ids.begin() + from, ids.begin() + to);
        shared_.mail->post([this, some = std::move(some)] {
            std::vector<backlog::summary> found;
            for (const auto& id : some) {
                const auto entry = store::read_entry(*shared_.mail, id);
                if (entry)
                    found.push_back(summary_of(*entry));
                else
                    spdlog::error(log_line("queue").add("id", id).add("error", entry.error().text).text());
            }
            asio::post(executor_, [this, found = std::move(found)] {
                for (const auto& one : found)
                    backlog_.add(one);
                look();
                // What reading took of the store's threads' memory is given back.
                if (--unread_ > 0) return;
                ::malloc_trim(0);
                all_known_.notify();
            });
        });
    }
}

net::task<void> queue_runner::until_known() {
    while (unread_ > 0)
        co_await all_known_.wait(net::deadline::never());
}

void queue_runner::look() {
    if (stopping_) return;
    end_without_attempt(backlog_.wake(shared_.clock.seconds()));
    while (auto* where = backlog_.connect_next())
        spawn([this, where] { return serve(*where); });
    set_alarm();
}

void queue_runner::set_alarm() {
    const auto next = backlog_.next_wake();
    if (!next || *next == alarm_at_) return;
    alarm_at_ = *next;
    const movable_clock::time_point when{std::chrono::seconds(*next)};
    alarm_.emplace(shared_.clock, executor_, when, [this] {
        alarm_at_ = 0;
        look();
    });
}

void queue_runner::stop() {
    stopping_ = true;
    alarm_.reset();
}

net::task<void> queue_runner::serve(queue::destination& where) {
    line mail(*this, where);
    const auto began = shared_.clock.offset();
    const auto forgiven = where.forgiven;
    const auto blank = where.name.find(' ');
    const auto wish = blank == std::string::npos              ? route::tls_wish::usual
                      : where.name.substr(blank) == " by-tls" ? route::tls_wish::required
                                                              : route::tls_wish::required_for_report;
    std::string domain = where.name.substr(0, blank);
    auto found = co_await out_.find_route(std::move(domain), wish);
    std::optional<relay::outcome> dead;
    if (found.what == route::found_route::kind::hops)
        dead = co_await out_.carry(std::move(found.hops), mail);
    else
        dead = co_await refuse(std::move(found), mail);
    if (dead && where.forgiven == forgiven) {
        // RFC 5321 §4.5.4.1: as long as one message waits after such an attempt, the others do.
        queue::attempt because;
        because.host = dead->host;
        because.reply = dead->reply.empty() ? dead->why : dead->reply;
        because.status = dead->status;
        const auto until = unmoved_since(began) + shared_.how.relay.schedule.unreachable_retry.count();
        end_without_attempt(backlog_.mark_down(where, until, std::move(because)));
    }
    backlog_.connection_ended(where, mail.has_asked());
    look();
}

// There is nowhere to go: a verdict on all mail of the line, or a reason to wait.
net::task<std::optional<relay::outcome>> queue_runner::refuse(route::found_route found, line& mail) {
    relay::outcome o;
    const bool forever = found.what == route::found_route::kind::failed;
    o.what = forever ? relay::outcome::what::failed : relay::outcome::what::deferred;
    o.status = found.status;
    o.why = found.why;
    o.host_at_fault = !forever;
    for (;;) {
        const auto what = co_await mail.next();
        if (!what) break;
        mail.finished(*what, std::vector<relay::outcome>(what->recipients.size(), o));
        if (!forever) co_return o;
    }
    co_return std::nullopt;
}

// Parts whose destination is known to be down. Who must be told something by now is told what is known of
// it; the others wait without a word, and without work for the disk.
void queue_runner::end_without_attempt(const std::vector<backlog::part>& parts) {
    const auto now = shared_.clock.seconds();
    for (const auto& [which, where] : parts) {
        auto& round = rounds_[which];
        if (backlog_.tells_at(which) <= now) {
            const auto because = where->down_because;
            const std::string name = where->name;
            backlog_.take_part(which);
            spawn([this, which, because, name]() -> net::task<void> {
                const bool there = co_await load(which);
                if (!there) co_return;
                const auto& entry = *rounds_[which].entry;
                std::vector<queue::attempt> attempts;
                for (std::size_t i = 0; i < entry.recipients.size(); ++i) {
                    if (destination_of(entry, entry.recipients[i].address) != name) continue;
                    attempts.push_back(because);
                    attempts.back().recipient = i;
                }
                take_outcomes(which, std::move(attempts), true);
            });
            continue;
        }
        if (!backlog_.put_off_part(which, where->down_until)) continue;
        if (round.attempted) {
            take_outcomes(which, {}, false);
        } else {
            if (!round.writing) rounds_.erase(which);
            const auto until = backlog_.token(which);
            backlog_.wait_put_off(which);
            begin_again_if_due(which, until);
        }
    }
}

// Its envelope is gone, or makes no sense: nothing can be done for it. The file, if there is one, stays for
// somebody to look at.
void queue_runner::lose(number which, const std::string& why) {
    spdlog::error(log_line("queue").add("id", backlog_.id(which)).add("error", why).text());
    forget(which);
}

void queue_runner::forget(number which) {
    rounds_.erase(which);
    fresh_.erase(which); // the number will be another's
    backlog_.remove(which);
}

net::task<bool> queue_runner::load(number which) {
    if (const auto fresh = fresh_.find(which); fresh != fresh_.end() && !rounds_[which].entry)
        rounds_[which].entry = fresh->second;
    if (rounds_[which].entry) co_return true;
    const std::string id = backlog_.id(which);
    auto read = co_await read_from_disk(id);
    if (backlog_.find(id) != which) co_return false; // deleted meanwhile
    if (!read) {
        lose(which, read.error().text);
        co_return false;
    }
    auto& round = rounds_[which];
    if (!round.entry) round.entry = std::make_shared<const queue::entry>(std::move(*read));
    co_return true;
}

void queue_runner::take_outcomes(number which, std::vector<queue::attempt> outcomes, bool unreachable) {
    auto& round = rounds_[which];
    round.attempted = true;
    round.unreachable = round.unreachable || unreachable;
    std::move(outcomes.begin(), outcomes.end(), std::back_inserter(round.pending));
    round.over = !backlog_.has_parts(which) || backlog_.end_part(which);
    if (round.writing) return;
    round.writing = true;
    ++settling_;
    spawn([this, which] { return settle(which); });
}

// Writes down what is known, again and again while more becomes known. The sender is told first: a crash in
// between tells twice, never not at all.
net::task<void> queue_runner::settle(number which) {
    for (;;) {
        auto& round = rounds_[which];
        const auto outcomes = std::exchange(round.pending, {});
        const bool over = round.over;
        queue::entry e = *round.entry;
        const auto& plan = shared_.how.relay.schedule;
        const auto notices = queue::take_outcomes(e, outcomes, shared_.clock.seconds(), plan);
        note(e, outcomes);
        if (!notices.empty()) {
            const auto told = co_await tell_sender(shared_, executor_, e, notices);
            for (const auto& more : told.to_leave)
                accept(std::make_shared<const queue::entry>(more), backlog_.token(which));
            if (!told.stored) // then it has not failed yet: it is tried again, and told again
                for (const auto& one : notices)
                    if (one.what == queue::notice::kind::failed)
                        e.recipients[one.recipient].state = queue::recipient::state::waiting;
        }
        if (over) {
            const auto began = round.clock_offset.value_or(shared_.clock.offset());
            queue::end_round(e, unmoved_since(began), round.unreachable, plan);
        }
        e.held = backlog_.is_held(which);
        const bool finished = queue::is_finished(e);
        bool on_disk = false;
        if (finished)
            on_disk = co_await erase(e.id);
        else
            on_disk = co_await write(e);
        auto& after = rounds_[which];
        after.entry = std::make_shared<const queue::entry>(e);
        if (on_disk)
            fresh_.erase(which);
        else
            fresh_[which] = after.entry;
        if (!after.pending.empty() || after.over != over || e.held != backlog_.is_held(which)) continue;
        after.writing = false;
        if (finished || over)
            close_round(which, e);
        else if (!backlog_.is_busy(which))
            rounds_.erase(which);
        break;
    }
    --settling_;
    look();
}

void queue_runner::close_round(number which, const queue::entry& e) {
    const bool again = rounds_[which].again;
    if (queue::is_finished(e)) return forget(which);
    rounds_.erase(which);
    const auto until = backlog_.token(which);
    backlog_.wait(which, summary_of(e));
    if (again) return run_now(which, until);
    begin_again_if_due(which, until);
}

// The clock was moved meanwhile, past the next attempt.
void queue_runner::begin_again_if_due(number which, const token& until) {
    const auto now = shared_.clock.seconds();
    if (backlog_.is_held(which) || backlog_.next_attempt(which) > now) return;
    end_without_attempt(backlog_.make_due(which, now));
    if (backlog_.is_busy(which) && until) backlog_.attach(which, until);
}

// The time it would be had the clock not been moved since. An attempt that was under way when it was moved
// ended then: what is to happen some time after it may be due by now.
queue::seconds_since_1970 queue_runner::unmoved_since(std::chrono::seconds offset_then) const {
    return shared_.clock.seconds() - (shared_.clock.offset() - offset_then).count();
}

net::task<bool> queue_runner::write(const queue::entry& e) {
    using outcome = store::result<void>;
    std::function<void(std::move_only_function<void(outcome)>)> start =
        [&](std::move_only_function<void(outcome)> then) {
            shared_.mail->post([this, &e, then = std::move(then)]() mutable {
                store::update_entry(*shared_.mail, e, std::move(then));
            });
        };
    const outcome done = co_await off_loop<outcome>(executor_, start);
    if (!done) spdlog::error(log_line("queue").add("id", e.id).add("error", done.error().text).text());
    co_return done.has_value();
}

net::task<bool> queue_runner::erase(const std::string& id) {
    using outcome = store::result<void>;
    std::function<void(std::move_only_function<void(outcome)>)> start =
        [&](std::move_only_function<void(outcome)> then) {
            shared_.mail->post([this, &id, then = std::move(then)]() mutable {
                store::remove_entry(*shared_.mail, id, std::move(then));
            });
        };
    const outcome done = co_await off_loop<outcome>(executor_, start);
    if (!done) spdlog::error(log_line("queue").add("id", id).add("error", done.error().text).text());
    co_return done.has_value();
}

net::task<store::result<queue::entry>> queue_runner::read_from_disk(std::string id) {
    using outcome = store::result<queue::entry>;
    std::function<void(std::move_only_function<void(outcome)>)> start =
        [&](std::move_only_function<void(outcome)> then) {
            shared_.mail->post(
                [this, id, then = std::move(then)]() mutable { then(store::read_entry(*shared_.mail, id)); });
        };
    co_return co_await off_loop<outcome>(executor_, start);
}

void queue_runner::note(const queue::entry& e, const std::vector<queue::attempt>& outcomes) const {
    static constexpr const char* names[] = {"sent", "sent", "delivered", "deferred", "failed"};
    for (const auto& one : outcomes) {
        const auto& who = e.recipients[one.recipient];
        const bool gave_up =
            who.state == queue::recipient::state::failed && one.what == queue::attempt::came::deferred;
        spdlog::info(log_line("recipient")
                         .add("id", e.id)
                         .add("from", e.sender.empty() ? "<>" : e.sender)
                         .add("to", who.address)
                         .add("status", gave_up ? "expired" : names[static_cast<int>(one.what)])
                         .add_unless_empty("code", who.status)
                         .add_unless_empty("host", one.host)
                         .add_unless_empty("reply", one.reply)
                         .text());
    }
}

} // namespace refmail::daemon
