// What waits to leave; see the header.
#include "reference/queue/backlog.hpp"

#include <algorithm>

namespace refmail::queue {

template <class Action>
void backlog::for_each_destination(const record& r, Action action) const {
    if (r.first) action(*r.first);
    for (auto* other : r.others)
        action(*other);
}

bool backlog::add(const summary& one) {
    if (by_id_.contains(one.id)) return false;
    number which = static_cast<number>(records_.size());
    if (free_.empty()) {
        records_.emplace_back();
    } else {
        which = free_.back();
        free_.pop_back();
    }
    records_[which].id = one.id;
    by_id_.emplace(records_[which].id, which);
    wait(which, one);
    return true;
}

std::optional<backlog::number> backlog::find(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<backlog::number> backlog::all() const {
    std::vector<number> numbers;
    for (number which = 0; which < records_.size(); ++which)
        if (!records_[which].id.empty()) numbers.push_back(which);
    return numbers;
}

std::vector<const destination*> backlog::destinations(number which) const {
    std::vector<const destination*> found;
    for_each_destination(records_[which], [&](const destination& d) { found.push_back(&d); });
    return found;
}

void backlog::mention(record& r, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        auto& known = destinations_[name];
        if (!known) {
            known = std::make_unique<destination>();
            known->name = name;
        }
        ++known->mentions;
        if (r.first)
            r.others.push_back(known.get());
        else
            r.first = known.get();
    }
}

void backlog::forget_destinations(record& r) {
    std::vector<destination*> mine;
    for_each_destination(r, [&](destination& d) { mine.push_back(&d); });
    r.first = nullptr;
    r.others = {};
    for (auto* d : mine) {
        --d->mentions;
        let_go(*d);
    }
}

// A destination is forgotten with the last message for it, or with its last connection.
void backlog::let_go(destination& where) {
    if (where.mentions > 0 || where.connections > 0) return;
    if (where.wants_connection) std::erase(wanting_, &where);
    const std::string name = where.name; // not the key that erase() destroys
    destinations_.erase(name);
}

void backlog::set_alarm(number which) {
    // Alarms of messages that were made due by command stay behind; now and then they are swept out.
    if (alarms_.size() > 2 * records_.size() + 1000) {
        std::erase_if(alarms_, [this](const alarm& a) { return is_stale(a); });
        std::make_heap(alarms_.begin(), alarms_.end());
    }
    alarms_.push_back({records_[which].next_attempt, which});
    std::push_heap(alarms_.begin(), alarms_.end());
}

bool backlog::is_stale(const alarm& a) const {
    const record& r = records_[a.number];
    return r.id.empty() || r.held || r.busy || r.next_attempt != a.at;
}

std::vector<backlog::part> backlog::wake(seconds_since_1970 now) {
    std::vector<part> down;
    while (!alarms_.empty() && alarms_.front().at <= now) {
        const alarm due = alarms_.front();
        std::pop_heap(alarms_.begin(), alarms_.end());
        alarms_.pop_back();
        if (!is_stale(due)) begin_round(due.number, now, down);
    }
    return down;
}

std::vector<backlog::part> backlog::make_due(number which, seconds_since_1970 now) {
    std::vector<part> down;
    if (!records_[which].held && !records_[which].busy) begin_round(which, now, down);
    return down;
}

std::optional<seconds_since_1970> backlog::next_wake() {
    while (!alarms_.empty() && is_stale(alarms_.front())) {
        std::pop_heap(alarms_.begin(), alarms_.end());
        alarms_.pop_back();
    }
    return alarms_.empty() ? std::nullopt : std::optional(alarms_.front().at);
}

void backlog::begin_round(number which, seconds_since_1970 now, std::vector<part>& down) {
    record& r = records_[which];
    ++r.round;
    r.busy = true;
    r.put_off_until = 0;
    for_each_destination(r, [&](destination& d) {
        ++r.parts;
        if (d.down_until > now) return down.push_back({which, &d});
        d.line.push_back({which, r.round});
        want_connection(d);
    });
}

void backlog::want_connection(destination& where) {
    // Those that are on their way will take what is at the front.
    const bool enough = where.connections >= most_.per_destination || where.line.size() <= where.expected;
    if (enough || where.wants_connection) return;
    where.wants_connection = true;
    wanting_.push_back(&where);
}

destination* backlog::connect_next() {
    while (!wanting_.empty() && connections_ < most_.connections) {
        destination& where = *wanting_.front();
        wanting_.pop_front();
        where.wants_connection = false;
        if (where.line.size() <= where.expected) continue; // taken meanwhile
        ++connections_;
        ++where.connections;
        ++where.expected;
        want_connection(where); // again, behind the others
        return &where;
    }
    return nullptr;
}

std::optional<backlog::number> backlog::take(destination& where, bool first_of_connection) {
    if (first_of_connection) --where.expected;
    while (!where.line.empty()) {
        const auto next = where.line.front();
        where.line.pop_front();
        record& r = records_[next.number];
        if (r.id.empty() || r.round != next.round) continue; // removed, or held
        ++r.taken;
        return next.number;
    }
    return std::nullopt;
}

void backlog::connection_ended(destination& where, bool asked) {
    if (!asked) --where.expected;
    --where.connections;
    --connections_;
    want_connection(where);
    let_go(where);
}

std::vector<backlog::part> backlog::mark_down(destination& where, seconds_since_1970 until, attempt because) {
    where.down_until = until;
    where.down_because = std::move(because);
    std::vector<part> parts;
    for (const auto& next : where.line)
        if (!records_[next.number].id.empty() && records_[next.number].round == next.round)
            parts.push_back({next.number, &where});
    where.line.clear();
    return parts;
}

void backlog::forget_down(std::string_view name) {
    const auto known = destinations_.find(std::string(name));
    if (known == destinations_.end()) return;
    known->second->down_until = 0;
    ++known->second->forgiven;
}

void backlog::take_part(number which) {
    ++records_[which].taken;
}

bool backlog::end_part(number which) {
    record& r = records_[which];
    --r.taken;
    return --r.parts == 0;
}

bool backlog::put_off_part(number which, seconds_since_1970 until) {
    record& r = records_[which];
    r.put_off_until = r.put_off_until ? std::min(r.put_off_until, until) : until;
    return --r.parts == 0;
}

void backlog::wait(number which, const summary& as) {
    record& r = records_[which];
    record before;
    std::swap(before.first, r.first);
    std::swap(before.others, r.others);
    mention(r, as.destinations); // first, so that what is known of a destination is not forgotten
    forget_destinations(before);
    r.next_attempt = as.next_attempt;
    r.tells_at = as.tells_at;
    r.held = as.held;
    rest(r, which);
}

void backlog::wait_put_off(number which) {
    record& r = records_[which];
    r.next_attempt = r.put_off_until ? r.put_off_until : r.next_attempt;
    rest(r, which);
}

void backlog::rest(record& r, number which) {
    r.parts = r.taken = 0;
    r.busy = false;
    if (!r.held) set_alarm(which);
    r.token.reset();
}

void backlog::remove(number which) {
    record& r = records_[which];
    by_id_.erase(r.id);
    const auto token = std::move(r.token); // whoever waits for it finds us in order
    forget_destinations(r);
    const auto round = r.round + 1;
    r = record{};
    r.round = round;
    free_.push_back(which);
}

void backlog::hold(number which) {
    record& r = records_[which];
    r.held = true;
    if (r.parts == 0) return;
    // What stands in lines leaves them; what connections have ends by itself.
    ++r.round;
    r.parts = r.taken;
}

void backlog::unhold(number which) {
    record& r = records_[which];
    r.held = false;
    if (!r.busy) set_alarm(which);
}

void backlog::occupy(number which) {
    records_[which].busy = true;
}

void backlog::release(number which) {
    records_[which].next_attempt = 0;
    unhold(which);
}

void backlog::attach(number which, std::shared_ptr<void> token) {
    auto& mine = records_[which].token;
    if (!mine) {
        mine = std::move(token);
        return;
    }
    using both = std::pair<std::shared_ptr<void>, std::shared_ptr<void>>;
    mine = std::make_shared<both>(std::move(mine), std::move(token));
}

} // namespace refmail::queue
