// A session's FETCH and STORE; see player.hpp. RFC 9051 §6.4.5, §6.4.6; RFC 7162 §3.1.3, §3.1.4, §3.2.6.
#include "harness/stress/player.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace mailspec::stress {

net::task<void> player::fetch(choice drawn) {
    auto what = about(drawn, drawn.what == kind::fetch_flags ? 40 : 5);
    if (what.numbers.empty()) co_return;
    // One in eight sets \Seen.
    what.marks_seen = drawn.what == kind::fetch_bodies && drawn.form / 2 % 8 == 0;
    const std::string item = drawn.what == kind::fetch_flags     ? "FLAGS"
                             : drawn.what == kind::fetch_headers ? "BODY.PEEK[HEADER]"
                             : what.marks_seen                   ? "BODY[]"
                                                                 : "BODY.PEEK[]";
    what.items = {"UID", item};
    if (item.starts_with("BODY.")) what.items[1].erase(4, 5); // it is answered as BODY[
    auto command = fmt::format("{} {}", words(what, "FETCH"), items(item));
    co_await ask(std::move(what), std::move(command));
}

// RFC 7162 §3.1.4.1, §3.2.6
net::task<void> player::fetch_changed(choice drawn) {
    auto what = about(drawn, 40);
    if (what.numbers.empty()) co_return;
    if (!form_.condstore) {
        drawn.what = kind::fetch_flags;
        co_return co_await fetch(drawn);
    }
    const auto known = model_.modseq_of(1 + drawn.form / 64 % model_.size());
    const auto since = form_.qresync && drawn.form / 2 % 2 == 0 ? model_.modseq() : known;
    what.changed_since = std::max<std::uint64_t>(since, 1);
    what.items = {"UID", "FLAGS", "MODSEQ"};
    what.vanished = form_.qresync && what.by_uid;
    if (what.vanished)
        for (const auto uid : model_.lately_gone()) {
            what.numbers.push_back(uid);
            what.gone_before.insert(uid);
        }
    auto command = fmt::format("{} (UID FLAGS MODSEQ) (CHANGEDSINCE {}{})", words(what, "FETCH"),
                               *what.changed_since, what.vanished ? " VANISHED" : "");
    co_await ask(std::move(what), std::move(command));
}

std::string player::store_words(const asked& what) const {
    const auto condition =
        what.unchanged_since ? fmt::format("(UNCHANGEDSINCE {}) ", *what.unchanged_since) : std::string();
    const auto* sign = what.replaces ? "" : what.adds ? "+" : "-";
    const auto flags =
        what.own_keyword ? model_.own_keyword() : fmt::format("{}", fmt::join(what.flags, " "));
    return fmt::format("{} {}{}FLAGS{} ({})", words(what, "STORE"), condition, sign,
                       what.silent ? ".SILENT" : "", flags);
}

asked player::own_store(choice drawn) const {
    auto what = about(drawn, 4);
    what.what = kind::store;
    what.own_keyword = true;
    what.flags = {wire::upper(model_.own_keyword())};
    what.adds = drawn.form / 128 % 3 != 0;
    what.silent = drawn.form / 512 % 4 == 0;
    return what;
}

net::task<void> player::store(choice drawn) {
    if (drawn.form / 2 % 8 == 0) co_return co_await replace(drawn);
    const std::array<std::string, 8> flags{"\\SEEN", "\\FLAGGED", "\\ANSWERED", "\\DRAFT",
                                           "$JUNK",  "\\DELETED", "",           ""};
    const auto& flag = flags[drawn.form / 16 % flags.size()];
    auto what = own_store(drawn);
    if (what.numbers.empty()) co_return;
    const bool can = model_.takes_keywords() && !model_.own_keyword().empty();
    if (!flag.empty() || !can) {
        what.own_keyword = false;
        what.flags = {flag.empty() || (flag == "$JUNK" && !can) ? "\\FLAGGED" : flag};
    }
    if (flag == "\\DELETED" && what.adds)
        for (const auto uid : uids(what))
            model_.truth()->may_be_deleted(uid);
    auto command = store_words(what);
    co_await ask(std::move(what), std::move(command));
}

// One message gets other flags, whatever it had.
net::task<void> player::replace(choice drawn) {
    auto what = about(drawn, 1);
    if (what.numbers.empty()) co_return;
    for (const auto uid : uids(what))
        model_.truth()->replaced(uid);
    what.replaces = true;
    what.flags = {"\\SEEN", "\\ANSWERED"};
    if (drawn.form / 16 % 2 == 0) what.flags = {"\\FLAGGED"};
    if (drawn.form / 16 % 2 == 0 && model_.takes_keywords()) what.flags.insert("WORK");
    auto command = store_words(what);
    co_await ask(std::move(what), std::move(command));
}

// RFC 7162 §3.1.3: with a mod-sequence that holds, one that is too old, or what others were told.
net::task<void> player::store_if(choice drawn) {
    if (!form_.condstore) {
        drawn.what = kind::store;
        co_return co_await store(drawn);
    }
    auto what = own_store(drawn);
    if (what.numbers.empty()) co_return;
    what.what = kind::store_if;
    const bool can = model_.takes_keywords() && !model_.own_keyword().empty();
    what.replaces = !can || drawn.form / 2 % 4 == 0;
    if (what.replaces) {
        what.own_keyword = false;
        what.flags = {drawn.form / 16 % 2 == 0 ? "\\SEEN" : "\\DRAFT"};
        for (const auto uid : uids(what))
            model_.truth()->replaced(uid);
    }
    for (const auto uid : uids(what))
        what.known_modseq[uid] = model_.truth()->modseq_of(uid);
    const auto first = what.known_modseq.empty() ? 0 : what.known_modseq.begin()->second;
    const std::array<std::uint64_t, 4> since{model_.modseq_of(1 + drawn.place % model_.size()), 1,
                                             model_.truth()->highest_modseq(), first};
    what.unchanged_since = since[drawn.form / 32 % since.size()];
    auto command = store_words(what);
    co_await ask(std::move(what), std::move(command));
}

} // namespace mailspec::stress
