// Keys are asked in the order in which search_program put them: the cheap ones decide most messages.
#include "reference/imap/search_match.hpp"

#include <algorithm>

namespace refmail::imap {

using what = search_key::what;

struct search_match::bound_key {
    const search_key* key = nullptr;
    mailbox::flag_set flags = 0;      // of flags and keyword; 0: nobody has that keyword
    std::vector<number_range> ranges; // of numbers and ids
    char sign = 0;                    // of header: searched_fields::sign_of()
    std::vector<bound_key> children;
};

search_match::search_match(const search_program& program, selected_folder& in, const modes& how)
    : in_(in)
    , how_(how) {
    root_ = std::make_unique<bound_key>(bind(program.key));
}

search_match::~search_match() = default;

search_match::bound_key search_match::bind(const search_key& key) {
    bound_key out;
    out.key = &key;
    if (key.kind == what::flags) out.flags = key.number;
    if (key.kind == what::keyword) {
        named_flags named;
        named.keywords.push_back(key.field);
        out.flags = in_.bits_of(named, false).value_or(0);
    }
    if (key.kind == what::header) out.sign = searched_fields::sign_of(key.field);
    if (key.kind == what::numbers || key.kind == what::ids) bind_set(out);
    for (const auto& child : key.children)
        out.children.push_back(bind(child));
    return out;
}

void search_match::bind_set(bound_key& to) {
    const auto& set = to.key->set;
    const auto& messages = in_.messages();
    if (set.saved) { // RFC 9051 §6.4.4.4, example 3: UID $ and $ are the same
        for (auto at : in_.places_by_uid(set)) {
            const auto n = to.key->kind == what::ids ? messages[at].now.id : at + 1;
            to.ranges.push_back({n, n});
        }
        return;
    }
    if (messages.empty()) return; // "1:*" of nothing is nothing here
    if (to.key->kind == what::ids) {
        const auto last =
            std::find_if(messages.rbegin(), messages.rend(), [](const auto& m) { return !m.gone; });
        if (last != messages.rend()) to.ranges = set.resolved(last->now.id);
        return;
    }
    const auto count = static_cast<std::uint32_t>(messages.size());
    to.ranges = set.resolved(count);
    if (const auto highest = to.ranges.back().last; highest > count)
        mistake_ =
            "there is no message " + std::to_string(highest) + ": the last one is " + std::to_string(count);
}

bool search_match::matches(place at) {
    const auto& m = in_.messages()[at];
    if (m.gone) return false; // RFC 2180 §4.3
    message_.reset();
    fields_.reset();
    work_ += 5;
    return test(*root_, at);
}

bool search_match::test(const bound_key& key, place at) {
    bool holds;
    if (key.key->kind == what::both)
        holds = std::ranges::all_of(key.children, [&](const auto& c) { return test(c, at); });
    else if (key.key->kind == what::either)
        holds = std::ranges::any_of(key.children, [&](const auto& c) { return test(c, at); });
    else if (key.key->kind < what::sent_before)
        holds = test_plain(key, at);
    else
        holds = test_message(key, at);
    return holds != key.key->negated;
}

// RFC 9051 §6.4.4: "disregarding time and timezone": the day as INTERNALDATE shows it.
static std::chrono::sys_days own_day(std::int64_t seconds, int zone_minutes) {
    const std::chrono::sys_seconds local{std::chrono::seconds(seconds + zone_minutes * 60)};
    return std::chrono::floor<std::chrono::days>(local);
}

bool search_match::test_plain(const bound_key& bound, place at) {
    const auto& key = *bound.key;
    const auto& m = in_.messages()[at];
    const auto now = how_.now.at.time_since_epoch().count();
    switch (key.kind) {
    case what::all: return true;
    case what::flags:
    case what::keyword: return bound.flags != 0 && (m.now.flags & bound.flags) == bound.flags;
    case what::recent: return m.recent;
    case what::new_messages: return m.recent && !(m.now.flags & mailbox::flag::seen);
    case what::numbers: return contains(bound.ranges, at + 1);
    case what::ids: return contains(bound.ranges, m.now.id);
    case what::before: return own_day(m.now.received, m.now.zone) < key.day;
    case what::on: return own_day(m.now.received, m.now.zone) == key.day;
    case what::since: return own_day(m.now.received, m.now.zone) >= key.day;
    case what::larger: return m.now.octets > key.number;
    case what::smaller: return m.now.octets < key.number;
    case what::older: return m.now.received <= now - static_cast<std::int64_t>(key.number);
    case what::younger: return m.now.received >= now - static_cast<std::int64_t>(key.number);
    case what::modified: return m.now.modified >= key.number;
    default: return false;
    }
}

bool search_match::test_message(const bound_key& bound, place at) {
    const auto& key = *bound.key;
    if (!message_) message_.emplace(in_.folder(), in_.messages()[at].now.id);
    auto& m = *message_;
    if (const auto known = test_fields(bound)) return *known;
    if (!m.is_open()) {
        work_ += 1000;
        if (!m.open()) {
            if (m.why().kind != mailbox::trouble::kind::missing && !trouble_) trouble_ = m.why();
            // Unknown is no match, neither of the key nor of its opposite.
            return key.negated;
        }
    }
    switch (key.kind) {
    case what::header:
        work_ += m.header().size() / 4;
        return message::field_contains(m.header(), key.field, *key.sought);
    case what::body:
        work_ += m.octets().size();
        return key.sought->is_empty() || message::body_contains(m.tree(), m.octets(), *key.sought);
    case what::text:
        work_ += m.octets().size();
        return key.sought->is_empty() || message::text_contains(m.tree(), m.octets(), *key.sought);
    default: return false;
    }
}

// What is remembered of the message decides, or what will be from now on. Nothing: the message itself must.
std::optional<bool> search_match::test_fields(const bound_key& bound) {
    const auto& key = *bound.key;
    if (key.kind == what::body || key.kind == what::text) return std::nullopt;
    if (key.kind == what::header && bound.sign == 0) return std::nullopt;
    if (!fields_) {
        const bool was_open = message_->is_open();
        fields_ = searched_fields_of(in_.folder(), *message_);
        work_ += 20;
        if (message_->is_open() && !was_open) work_ += 1000;
        if (message_->is_open()) work_ += message_->header().size();
        if (!fields_) return std::nullopt; // it cannot be opened
    }
    work_ += fields_->text().size() / 100;
    if (key.kind == what::header) return fields_->contains(bound.sign, *key.sought);
    // RFC 9051 §6.4.4: without a date there is no day to compare.
    const auto& day = fields_->sent();
    if (!day) return false;
    if (key.kind == what::sent_before) return *day < key.day;
    if (key.kind == what::sent_on) return *day == key.day;
    return *day >= key.day;
}

} // namespace refmail::imap
