// A session's life: coming, drawing, asking, judging, settling; see the header. RFC 9051 §6.3.1, §5.2; RFC
// 7162 §3.2.3; RFC 4978.
#include "harness/stress/player.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {
namespace {

constexpr std::uint64_t full = 150; // messages; a mailbox is then emptied rather than filled
constexpr int most_rounds = 50;     // of NOOP until nothing is told
constexpr int most_keywords = 40;   // sessions with a keyword of their own: servers have limits

} // namespace

player::player(arena& shared, int session)
    : shared_(shared)
    , session_(session)
    , choices_(shared.seed, session)
    , model_(session >= 1 && session <= most_keywords ? fmt::format("mine-{}", session) : std::string()) {}

void player::accuse(std::string text) {
    sound_ = false;
    shared_.violations.push_back(
        {session_, std::move(text), ear_ ? ear_->lines() : std::vector<std::string>()});
}

std::string player::items(std::string_view more) const {
    return fmt::format("(UID {}{})", more, form_.condstore ? " MODSEQ" : "");
}

net::task<world::client_result<void>> player::come(std::size_t box) {
    auto known = co_await log_in_again();
    if (!known) co_return known;
    choice first;
    first.place = box;
    co_await select(first);
    co_await learn_new();
    co_return world::client_result<void>{};
}

net::task<world::client_result<void>> player::log_in_again() {
    const bool kept = !shared_.dialogs.empty() && session_ != 0;
    ear_ = std::make_unique<session_ear>(kept ? fmt::format("{}/session-{}", shared_.dialogs, session_) : "");
    auto client = co_await log_in(shared_.where, ear_.get());
    if (!client) co_return std::unexpected(client.error());
    client_ = std::move(*client);
    auto enabled = co_await enable();
    co_return enabled;
}

// Every second session resynchronizes itself by QRESYNC, every fourth knows CONDSTORE alone, and every eighth
// speaks IMAP4rev2. One that only looks on (0) knows CONDSTORE.
net::task<world::client_result<void>> player::enable() {
    const bool may = offers("ENABLE") || offers("IMAP4rev2");
    form_ = {};
    form_.uid_with_all = offers("QRESYNC");
    std::string what;
    if (session_ % 2 == 1 && offers("QRESYNC")) {
        form_.condstore = form_.qresync = true;
        what = "QRESYNC";
    } else if ((session_ % 4 != 0 || session_ == 0) && offers("CONDSTORE")) {
        form_.condstore = true;
        what = "CONDSTORE";
    } else if (session_ % 8 == 4 && offers("IMAP4rev2") && offers("IMAP4rev1")) {
        rev2_ = true;
        what = "IMAP4rev2";
    }
    if (!may) form_ = {}, what.clear();
    if (!what.empty()) {
        auto enabled = co_await client_->demand("ENABLE " + what);
        if (!enabled) co_return std::unexpected(enabled.error());
    }
    model_.enabled(form_);
    world::client_result<void> done;
    if (session_ % 4 == 3 && offers("COMPRESS=DEFLATE")) done = co_await client_->compress();
    co_return done;
}

net::task<void> player::play() {
    while (sound_ && !shared_.over())
        co_await turn();
}

net::task<void> player::turn() {
    if (!sound_) co_return;
    const auto drawn = choices_.next();
    co_await act(drawn);
    co_await learn_new();
}

net::task<void> player::act(choice drawn) {
    const bool is_full = model_.size() >= full;
    switch (drawn.what) {
    case kind::select:
    case kind::examine: co_await select(drawn); break;
    case kind::append:
        // RFC 9051 §6.3.3: what was EXAMINEd permits no change, and it is open whether APPEND is one.
        if (is_full || (model_.read_only() && box_of(drawn) == model_.truth()))
            co_await change(drawn);
        else
            co_await append(drawn);
        break;
    case kind::fetch_flags:
    case kind::fetch_headers:
    case kind::fetch_bodies: co_await fetch(drawn); break;
    case kind::fetch_changed: co_await fetch_changed(drawn); break;
    case kind::search: co_await search(drawn); break;
    case kind::sort: co_await sort(drawn); break;
    case kind::thread: co_await thread(drawn); break;
    case kind::idle: co_await idle(drawn); break;
    case kind::status: co_await status(drawn); break;
    case kind::close:
    case kind::unselect: co_await close(drawn); break;
    case kind::pipeline: co_await pipeline(drawn); break;
    case kind::drop: co_await drop(drawn); break;
    case kind::store:
    case kind::store_if:
    case kind::copy:
    case kind::move:
    case kind::expunge: co_await change(drawn); break;
    case kind::login:
    case kind::list:
    case kind::noop: {
        asked what;
        co_await ask(std::move(what), "NOOP");
        break;
    }
    }
}

// RFC 9051 §6.3.3: one that was EXAMINEd is not changed; it is SELECTed first.
net::task<void> player::change(choice drawn) {
    if (model_.read_only()) {
        auto again = drawn;
        again.what = kind::select;
        co_await select(again);
    } else if (drawn.what == kind::store) {
        co_await store(drawn);
    } else if (drawn.what == kind::store_if) {
        co_await store_if(drawn);
    } else if (drawn.what == kind::copy || drawn.what == kind::move) {
        co_await transfer(drawn);
    } else {
        co_await expunge(drawn);
    }
}

// Messages of which only EXISTS was told are known by UID before they are used.
net::task<void> player::learn_new() {
    for (auto fresh = model_.unknown(); fresh && sound_; fresh = model_.unknown()) {
        asked what;
        what.what = kind::fetch_flags;
        what.items = {"UID", "FLAGS"};
        for (auto n = fresh->first; n <= fresh->second; ++n)
            what.numbers.push_back(n);
        auto command = fmt::format("FETCH {}:{} {}", fresh->first, fresh->second, items("FLAGS"));
        const bool ok = co_await ask(std::move(what), std::move(command));
        const auto left = model_.unknown();
        if (ok && left && left->first == fresh->first) { // gone for others, not yet told: NOOP tells
            asked noop;
            co_await ask(std::move(noop), "NOOP");
        }
    }
}

void player::judge(const asked& what, const world::imap_answer& answer) {
    const answered told{answer.condition, &answer.untagged, &answer.tagged};
    for (auto& wrong : model_.heard(what, told))
        if (sound_) accuse(std::move(wrong));
    note_forms();
}

// Nothing is lost by them, so the session goes on; once a run is enough.
void player::note_forms() {
    const auto note = [&](const std::string& rule, std::string text) {
        if (shared_.forms.insert(rule).second)
            shared_.violations.push_back({session_, std::move(text), ear_->lines()});
    };
    for (auto& one : ear_->deviations())
        note(one.rule, fmt::format("{}: {}", one.rule, one.text));
    for (auto& [rule, text] : model_.formal())
        note(rule, std::move(text));
}

net::task<bool> player::ask(asked what, std::string command) {
    const auto begun = net::clock::now();
    auto answer = co_await client_->ask(std::move(command));
    if (!answer) {
        accuse(answer.error());
        co_return false;
    }
    shared_.times.add(what.what, net::clock::now() - begun);
    last_ = std::move(*answer);
    judge(what, last_);
    co_return last_.ok();
}

// Some messages in a row that are there as far as this session knows.
asked player::about(choice drawn, std::size_t most) const {
    asked what;
    what.what = drawn.what;
    what.by_uid = drawn.form % 2 == 1;
    const auto size = model_.size();
    if (size == 0) return what;
    const auto first = 1 + drawn.place % size;
    const auto last = std::min<std::uint64_t>(size, first + drawn.amount % most);
    for (auto n = first; n <= last; ++n)
        what.numbers.push_back(what.by_uid ? model_.uid_of(n) : n);
    return what;
}

std::string player::set(const std::vector<std::uint64_t>& numbers) const {
    std::string text;
    for (const auto number : numbers)
        text += (text.empty() ? "" : ",") + std::to_string(number);
    return text;
}

std::string player::words(const asked& what, std::string_view verb) const {
    return fmt::format("{}{} {}", what.by_uid ? "UID " : "", verb, set(what.numbers));
}

std::vector<std::uint64_t> player::uids(const asked& what) const {
    if (what.by_uid) return what.numbers;
    std::vector<std::uint64_t> all;
    for (const auto number : what.numbers)
        all.push_back(model_.uid_of(number));
    return all;
}

net::task<void> player::settle() {
    for (int round = 0; sound_ && round < most_rounds; ++round) {
        asked noop;
        co_await ask(std::move(noop), "NOOP");
        const bool quiet =
            std::ranges::none_of(last_.untagged, [](const auto& r) { return !r.data.empty(); });
        co_await learn_new();
        if (quiet) break;
    }
    if (!sound_ || model_.size() == 0) co_return;
    asked what;
    what.what = kind::fetch_flags;
    what.by_uid = true;
    what.items = {"UID", "FLAGS"};
    for (std::uint64_t n = 1; n <= model_.size(); ++n)
        what.numbers.push_back(model_.uid_of(n));
    auto command = "UID FETCH 1:* " + items("FLAGS");
    co_await ask(std::move(what), std::move(command));
    for (auto& wrong : model_.owed())
        if (sound_) accuse(std::move(wrong));
}

net::task<void> player::leave() {
    if (client_) co_await client_->log_out();
}

} // namespace mailspec::stress
