// A session at work; see the header. RFC 9051 §6.3, §6.4; RFC 7162 §3.1; RFC 4315.
#include "harness/stress/player.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailspec::stress {
namespace {

constexpr std::uint64_t full = 150; // messages; a mailbox is then emptied rather than filled
constexpr int most_rounds = 50;     // of NOOP until nothing is told

} // namespace

player::player(arena& shared, int session)
    : shared_(shared)
    , session_(session)
    , choices_(shared.seed, session)
    , model_(fmt::format("mine-{}", session)) {}

void player::accuse(std::string text) {
    sound_ = false;
    shared_.violations.push_back({session_, std::move(text), tail_.lines()});
}

std::string player::items(std::string_view more) const {
    return fmt::format("(UID {}{})", more, condstore_ ? " MODSEQ" : "");
}

net::task<world::client_result<void>> player::come(account_at where) {
    co_return co_await come(std::move(where), static_cast<std::size_t>(session_));
}

net::task<world::client_result<void>> player::come(account_at where, std::size_t box) {
    auto client = co_await log_in(where, &tail_);
    if (!client) co_return std::unexpected(client.error());
    client_ = std::move(*client);
    if (client_->offers("CONDSTORE") && client_->offers("ENABLE")) {
        auto enabled = co_await client_->demand("ENABLE CONDSTORE");
        if (!enabled) co_return std::unexpected(enabled.error());
        condstore_ = true;
    }
    choice first;
    first.place = box;
    co_await select(first);
    co_await learn_new();
    co_return world::client_result<void>{};
}

net::task<void> player::play() {
    while (sound_ && !shared_.over()) {
        const auto drawn = choices_.next();
        co_await act(drawn);
        co_await learn_new();
    }
}

net::task<void> player::act(choice drawn) {
    const bool is_full = model_.size() >= full;
    switch (drawn.what) {
    case kind::select: co_await select(drawn); break;
    case kind::append:
        if (is_full)
            co_await expunge(drawn);
        else
            co_await append(drawn);
        break;
    case kind::fetch_flags:
    case kind::fetch_headers:
    case kind::fetch_bodies: co_await fetch(drawn); break;
    case kind::store: co_await store(drawn); break;
    case kind::search: co_await search(drawn); break;
    case kind::copy:
    case kind::move: co_await transfer(drawn); break;
    case kind::expunge: co_await expunge(drawn); break;
    case kind::idle: co_await idle(drawn); break;
    case kind::status: co_await status(drawn); break;
    case kind::close: co_await close(drawn); break;
    case kind::login:
    case kind::noop: {
        asked what;
        co_await ask(std::move(what), "NOOP");
        break;
    }
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

net::task<void> player::select(choice drawn) {
    asked what;
    what.what = kind::select;
    what.opens = &shared_.boxes[drawn.place % shared_.boxes.size()];
    what.highest_uid = what.opens->highest_uid();
    what.highest_modseq = what.opens->highest_modseq();
    auto command = "SELECT " + world::imap_quoted(what.opens->name());
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::append(choice drawn) {
    auto& box = shared_.boxes[drawn.place % shared_.boxes.size()];
    const auto token = fmt::format("{}.{}.{}", shared_.seed, session_, ++appended_);
    const auto flags = drawn.form % 3 == 0 ? "(\\Seen $Junk) " : drawn.form % 3 == 1 ? "(\\Flagged) " : "";
    const auto highest = box.highest_uid();
    const auto begun = net::clock::now();
    auto words = fmt::format("APPEND {} {}", world::imap_quoted(box.name()), flags);
    words.pop_back(); // demand_with_literal() puts a space before the literal
    const auto text = message_of(token);
    auto answer = co_await client_->demand_with_literal(std::move(words), text);
    if (!answer) co_return accuse(answer.error());
    shared_.times.add(kind::append, net::clock::now() - begun);
    asked what;
    what.what = kind::append;
    judge(what, *answer);
    const auto& code = answer->tagged.code;
    if (answer->tagged.code_name() != "APPENDUID" || !code || code->size() < 3) co_return;
    auto wrong = box.added((*code)[2].number().value_or(0), token, highest);
    if (!wrong.empty()) accuse(std::move(wrong));
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

std::string player::words(const asked& what, std::string_view verb) const {
    std::string set;
    for (const auto number : what.numbers)
        set += (set.empty() ? "" : ",") + std::to_string(number);
    return fmt::format("{}{} {}", what.by_uid ? "UID " : "", verb, set);
}

std::vector<std::uint64_t> player::uids(const asked& what) const {
    if (what.by_uid) return what.numbers;
    std::vector<std::uint64_t> all;
    for (const auto number : what.numbers)
        all.push_back(model_.uid_of(number));
    return all;
}

net::task<void> player::fetch(choice drawn) {
    auto what = about(drawn, drawn.what == kind::fetch_flags ? 40 : 5);
    if (what.numbers.empty()) co_return;
    const std::string item = drawn.what == kind::fetch_flags     ? "FLAGS"
                             : drawn.what == kind::fetch_headers ? "BODY.PEEK[HEADER]"
                                                                 : "BODY.PEEK[]";
    what.items = {"UID", item};
    if (item.starts_with("BODY")) what.items[1].erase(4, 5); // it is answered as BODY[
    auto command = fmt::format("{} {}", words(what, "FETCH"), items(item));
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::store(choice drawn) {
    if (drawn.form / 2 % 8 == 0) co_return co_await replace(drawn);
    auto what = about(drawn, 4);
    if (what.numbers.empty()) co_return;
    const std::array<std::string, 8> flags{"\\Seen", "\\Flagged", "\\Answered",         "\\Draft",
                                           "$Junk",  "\\Deleted", model_.own_keyword(), model_.own_keyword()};
    const auto& flag = flags[drawn.form / 16 % flags.size()];
    what.own_keyword = flag == model_.own_keyword();
    what.adds = drawn.form / 128 % 3 != 0;
    if (flag == "\\Deleted" && what.adds)
        for (const auto uid : uids(what))
            model_.truth()->may_be_deleted(uid);
    const bool silent = drawn.form / 512 % 4 == 0;
    auto command = fmt::format("{} {}FLAGS{} ({})", words(what, "STORE"), what.adds ? "+" : "-",
                               silent ? ".SILENT" : "", flag);
    co_await ask(std::move(what), std::move(command));
}

// One message gets other flags, whatever it had.
net::task<void> player::replace(choice drawn) {
    auto what = about(drawn, 1);
    if (what.numbers.empty()) co_return;
    for (const auto uid : uids(what))
        model_.truth()->replaced(uid);
    const auto flags = drawn.form / 16 % 2 == 0 ? "\\Seen \\Answered" : "\\Flagged work";
    auto command = fmt::format("{} FLAGS ({})", words(what, "STORE"), flags);
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::search(choice drawn) {
    asked what;
    what.what = kind::search;
    what.by_uid = drawn.form % 2 == 1;
    what.own_keyword = what.adds = drawn.form / 2 % 2 == 0;
    const std::array<std::string, 4> keys{"UNSEEN FLAGGED", "SUBJECT \"stress\" SEEN",
                                          "LARGER 1500 UNDELETED", "OR DRAFT KEYWORD $Junk"};
    const auto key = what.own_keyword ? "KEYWORD " + model_.own_keyword() : keys[drawn.place % keys.size()];
    auto command = fmt::format("{}SEARCH {}", what.by_uid ? "UID " : "", key);
    if (!model_.selected()) co_return;
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::transfer(choice drawn) {
    auto what = about(drawn, 3);
    const auto from = static_cast<std::size_t>(model_.truth() - shared_.boxes.data());
    if (what.numbers.empty() || shared_.boxes.size() < 2) co_return;
    auto& to = shared_.boxes[(from + 1 + drawn.form / 2 % (shared_.boxes.size() - 1)) % shared_.boxes.size()];
    // Without MOVE it is a COPY (RFC 6851 §1).
    const bool moves = drawn.what == kind::move && client_->offers("MOVE");
    if (!moves) what.what = kind::copy;
    const auto asked_for = uids(what);
    if (moves)
        for (const auto uid : asked_for)
            model_.truth()->may_be_moved(uid);
    const auto highest = to.highest_uid();
    auto command = fmt::format("{} {}", words(what, moves ? "MOVE" : "COPY"), world::imap_quoted(to.name()));
    const bool ok = co_await ask(std::move(what), std::move(command));
    if (ok) transferred(moves, asked_for, to, highest);
}

// RFC 4315 §3, RFC 6851 §4.3: COPYUID stands in the tagged response, of MOVE in an untagged one.
void player::transferred(bool moves, const std::vector<std::uint64_t>& asked_for, mailbox_truth& to,
                         std::uint64_t highest) {
    auto& from = *model_.truth();
    auto told = last_.untagged;
    told.push_back(last_.tagged);
    for (const auto& r : told) {
        if (r.code_name() != "COPYUID" || !r.code || r.code->size() < 4) continue;
        const auto old_uids = numbers_of((*r.code)[2].text), new_uids = numbers_of((*r.code)[3].text);
        if (old_uids.size() != new_uids.size() || old_uids.empty())
            return accuse("COPYUID does not pair its UIDs: " + wire::quoted(r.raw));
        for (std::size_t i = 0; i < old_uids.size(); ++i) {
            if (std::ranges::count(asked_for, old_uids[i]) == 0)
                return accuse(fmt::format("COPYUID names UID {}, which was not asked for", old_uids[i]));
            // What is copied has the flags of its source, \Deleted among them.
            if (from.deletable(old_uids[i])) to.may_be_deleted(new_uids[i]);
            auto wrong = to.added(new_uids[i], from.token_of(old_uids[i]), highest);
            if (!wrong.empty()) return accuse(std::move(wrong));
            if (moves) from.moved(old_uids[i]);
        }
    }
}

net::task<void> player::expunge(choice drawn) {
    if (!model_.selected()) co_return;
    asked what;
    what.what = kind::expunge;
    std::string command = "EXPUNGE";
    // RFC 4315 §2.1: only what is named, of what is \Deleted.
    if (drawn.form % 2 == 1 && model_.size() > 0 && client_->offers("UIDPLUS")) {
        what = about(drawn, 10);
        what.what = kind::expunge;
        command = words(what, "EXPUNGE");
    }
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::idle(choice drawn) {
    if (!client_->offers("IDLE")) co_return;
    const std::chrono::milliseconds rest(drawn.amount % 50);
    const auto begun = net::clock::now();
    auto answer = co_await client_->idle(rest);
    if (!answer) co_return accuse(answer.error());
    shared_.times.add(kind::idle, net::clock::now() - begun - rest);
    asked what;
    what.what = kind::idle;
    judge(what, *answer);
}

// RFC 9051 §6.3.11: not of the mailbox that is selected.
net::task<void> player::status(choice drawn) {
    const auto* box = &shared_.boxes[drawn.place % shared_.boxes.size()];
    if (box == model_.truth()) box = &shared_.boxes[(drawn.place + 1) % shared_.boxes.size()];
    if (box == model_.truth()) co_return;
    asked what;
    what.what = kind::status;
    const auto highest = box->highest_uid();
    auto command =
        fmt::format("STATUS {} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)", world::imap_quoted(box->name()));
    const bool ok = co_await ask(std::move(what), std::move(command));
    if (!ok) co_return;
    for (const auto& r : last_.untagged) {
        if (!r.is_data("STATUS") || r.data.empty()) continue;
        const auto& values = r.data.back().items;
        for (std::size_t i = 0; i + 1 < values.size(); i += 2)
            if (values[i].is_atom("UIDNEXT") && values[i + 1].number().value_or(0) <= highest)
                co_return accuse(fmt::format("STATUS of {} tells UIDNEXT {}, though UID {} was given",
                                             box->name(), values[i + 1].text, highest));
    }
}

net::task<void> player::close(choice drawn) {
    if (!model_.selected()) co_return;
    asked what;
    what.what = kind::close;
    const bool ok = co_await ask(std::move(what), "CLOSE");
    if (!ok) co_return;
    model_.left();
    co_await select(drawn);
}

net::task<void> player::settle() {
    for (int round = 0; sound_ && round < most_rounds; ++round) {
        asked noop;
        co_await ask(std::move(noop), "NOOP");
        co_await learn_new();
        const bool quiet =
            std::ranges::none_of(last_.untagged, [](const auto& r) { return !r.data.empty(); });
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
