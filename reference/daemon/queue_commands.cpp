// What may be done to the queue by hand; see queue_runner.hpp.
#include "reference/daemon/off_loop.hpp"
#include "reference/daemon/queue_runner.hpp"
#include "reference/store/queue_folder.hpp"

namespace refmail::daemon {

using queue::backlog;

void queue_runner::await_all_due(const token& until) {
    look();
    for (const auto which : backlog_.all())
        if (backlog_.is_busy(which)) backlog_.attach(which, until);
}

void queue_runner::run_now(number which, const token& until) {
    for (const auto* where : backlog_.destinations(which))
        backlog_.forget_down(where->name);
    // What a host has been told already, or has answered, is no attempt that was asked for now.
    if (backlog_.is_under_way(which) || (backlog_.is_busy(which) && !backlog_.has_parts(which)))
        rounds_[which].again = true;
    backlog_.make_due(which, shared_.clock.seconds());
    if (backlog_.is_busy(which) && until) backlog_.attach(which, until);
    look();
}

namespace {

// To `domain`, or below it. "a.test" and "a.test by-tls" both go to a.test.
bool leads_to(std::string_view destination, std::string_view domain) {
    destination = destination.substr(0, destination.find(' '));
    if (!destination.ends_with(domain)) return false;
    destination.remove_suffix(domain.size());
    return destination.empty() || destination.ends_with('.');
}

} // namespace

void queue_runner::run_all_now(const std::string& domain, const token& until) {
    const auto wanted = message::lower_case(domain);
    for (const auto which : backlog_.all()) {
        bool mine = wanted.empty();
        for (const auto* where : backlog_.destinations(which))
            mine = mine || leads_to(where->name, wanted);
        if (mine && !backlog_.is_held(which)) run_now(which, until);
    }
}

// Being held outlives a restart: it is in the envelope.
net::task<void> queue_runner::write_held(number which) {
    const bool there = co_await load(which);
    if (!there || rounds_[which].writing) co_return; // who writes looks again whether it is held
    rounds_[which].writing = true;
    ++settling_;
    co_await settle(which);
}

net::task<void> queue_runner::hold(number which) {
    backlog_.hold(which);
    // A connection has it, or it is being written down: then the hold is written down with the outcome.
    if (backlog_.has_parts(which)) co_return;
    if (const auto round = rounds_.find(which); round != rounds_.end()) {
        if (round->second.attempted) co_return take_outcomes(which, {}, false);
        if (!round->second.writing) rounds_.erase(round);
    }
    if (backlog_.is_busy(which)) backlog_.wait_put_off(which);
    co_await write_held(which);
}

net::task<void> queue_runner::release(number which) {
    const std::string id = backlog_.id(which);
    backlog_.unhold(which);
    co_await write_held(which);
    if (backlog_.find(id) != which) co_return;
    backlog_.release(which);
    look();
}

net::task<bool> queue_runner::remove(number which) {
    const std::string id = backlog_.id(which);
    backlog_.hold(which); // out of the lines
    const auto round = rounds_.find(which);
    const bool in_use = round != rounds_.end() && (round->second.attempted || round->second.writing);
    if (backlog_.has_parts(which) || in_use) {
        backlog_.unhold(which);
        co_return false;
    }
    rounds_.erase(which);
    backlog_.occupy(which);
    co_await erase(id);
    if (backlog_.find(id) == which) forget(which);
    co_return true;
}

net::task<bool> queue_runner::bounce(number which, token until) {
    if (backlog_.is_busy(which)) co_return false;
    backlog_.occupy(which);
    backlog_.attach(which, std::move(until));
    const bool there = co_await load(which);
    if (!there) co_return true;
    const auto entry = rounds_[which].entry;
    std::vector<queue::attempt> outcomes;
    for (std::size_t i = 0; i < entry->recipients.size(); ++i) {
        queue::attempt given_up;
        given_up.recipient = i;
        given_up.what = queue::attempt::came::failed;
        given_up.host = entry->recipients[i].last_host;
        given_up.reply = entry->recipients[i].last_reply;
        if (given_up.reply.empty()) given_up.reply = "given up by the postmaster";
        given_up.status = entry->recipients[i].status;
        outcomes.push_back(std::move(given_up));
    }
    take_outcomes(which, std::move(outcomes), false);
    co_return true;
}

net::task<std::optional<queue::entry>> queue_runner::read(number which) {
    if (const auto round = rounds_.find(which); round != rounds_.end() && round->second.entry)
        co_return *round->second.entry;
    if (const auto fresh = fresh_.find(which); fresh != fresh_.end()) co_return *fresh->second;
    const std::string id = backlog_.id(which);
    auto found = co_await read_from_disk(id);
    if (!found) co_return std::nullopt;
    co_return std::move(*found);
}

} // namespace refmail::daemon
