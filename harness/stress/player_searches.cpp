// A session's SEARCH, SORT and THREAD, and what it does with `$`; see player.hpp. RFC 9051 §6.4.4; RFC 5182;
// RFC 5256; RFC 7162 §3.1.5.
#include "harness/stress/player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailspec::stress {

// What to look for, as far as possible something of which the model knows which messages it finds.
std::string player::key(asked& what, choice drawn) const {
    using by = searched::by;
    auto& looks = what.search;
    const auto some = about(drawn, 30);
    const auto form = drawn.form / 4 % 8;
    const bool has_own = !model_.own_keyword().empty() && model_.takes_keywords();
    if (form <= 2 && has_own) {
        looks.key = by::own_keyword;
        return "KEYWORD " + model_.own_keyword();
    }
    if (form == 3 && !some.numbers.empty()) {
        looks.key = by::uids;
        what.search_uids = uids(some);
        return "UID " + set(what.search_uids);
    }
    if (form == 4 && !some.numbers.empty()) looks.token = model_.truth()->token_of(uids(some).front());
    if (!looks.token.empty()) {
        looks.key = by::token;
        return fmt::format("SUBJECT \"stress {}\"", looks.token);
    }
    if (form == 5 && form_.condstore && what.what != kind::thread && !some.numbers.empty()) {
        looks.key = by::modseq;
        looks.modseq = std::max<std::uint64_t>(model_.modseq_of(1 + drawn.place % model_.size()), 1);
        return fmt::format("MODSEQ {}", looks.modseq);
    }
    if (form == 6) {
        const std::array<std::string, 4> keys{"UNSEEN FLAGGED", "SUBJECT \"stress\" SEEN",
                                              "LARGER 1500 UNDELETED", "OR DRAFT KEYWORD $Junk"};
        return keys[drawn.place % keys.size()];
    }
    looks.key = by::all;
    return "ALL";
}

// "RETURN (MIN COUNT) ", or nothing.
std::string player::returns(asked& what, choice drawn) const {
    auto& looks = what.search;
    const auto form = drawn.amount;
    if (!(offers("ESEARCH") || rev2_) || form % 2 == 0) return {};
    looks.returns = true;
    std::string options;
    const auto option = [&](bool& wanted, std::uint64_t bit, const char* name) {
        wanted = form / bit % 2 == 1;
        if (wanted) options += (options.empty() ? "" : " ") + std::string(name);
    };
    option(looks.min, 2, "MIN");
    option(looks.max, 4, "MAX");
    option(looks.count, 8, "COUNT");
    option(looks.list, 16, "ALL");
    if (offers("SEARCHRES") || rev2_) option(looks.save, 32, "SAVE");
    if (options.empty()) looks.list = true; // RFC 9051 §6.4.4: RETURN () is RETURN (ALL)
    return fmt::format("RETURN ({}) ", options);
}

net::task<void> player::search(choice drawn) {
    if (!model_.selected()) co_return;
    asked what;
    what.what = kind::search;
    what.by_uid = drawn.form % 2 == 1;
    for (const auto uid : model_.lately_gone())
        what.gone_before.insert(uid);
    const auto looks_for = key(what, drawn), results = returns(what, drawn);
    const bool saves = what.search.save;
    auto command = fmt::format("{}SEARCH {}{}", what.by_uid ? "UID " : "", results, looks_for);
    const bool ok = co_await ask(std::move(what), std::move(command));
    if (ok && saves && sound_) co_await fetch_saved(drawn);
}

// RFC 5182 §2.1: what was found, less what was removed since then, by number or by UID alike.
net::task<void> player::fetch_saved(choice drawn) {
    if (!model_.saved()) co_return;
    asked what;
    what.what = kind::fetch_headers;
    what.by_uid = drawn.form / 2 % 2 == 1;
    what.items = {"UID", "BODY[HEADER]"};
    const auto& saved = *model_.saved();
    for (std::uint64_t n = 1; n <= model_.size(); ++n)
        if (std::ranges::find(saved, model_.uid_of(n)) != saved.end())
            what.numbers.push_back(what.by_uid ? model_.uid_of(n) : n);
    auto command = fmt::format("{}FETCH $ {}", what.by_uid ? "UID " : "", items("BODY.PEEK[HEADER]"));
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::sort(choice drawn) {
    if (!model_.selected() || !offers("SORT")) co_return;
    asked what;
    what.what = kind::sort;
    what.by_uid = drawn.form % 2 == 1;
    for (const auto uid : model_.lately_gone())
        what.gone_before.insert(uid);
    const std::array<std::string, 5> orders{"SIZE", "SUBJECT", "REVERSE ARRIVAL", "DATE",
                                            "REVERSE SIZE FROM"};
    const auto& order = orders[drawn.place % orders.size()];
    what.search.by_size = order == "SIZE";
    const auto looks_for = key(what, drawn);
    auto command = fmt::format("{}SORT ({}) UTF-8 {}", what.by_uid ? "UID " : "", order, looks_for);
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::thread(choice drawn) {
    if (!model_.selected()) co_return;
    std::vector<std::string> ways;
    for (const char* way : {"REFERENCES", "ORDEREDSUBJECT", "REFS"})
        if (offers(fmt::format("THREAD={}", way))) ways.emplace_back(way);
    if (ways.empty()) co_return;
    asked what;
    what.what = kind::thread;
    what.by_uid = drawn.form % 2 == 1;
    for (const auto uid : model_.lately_gone())
        what.gone_before.insert(uid);
    const auto looks_for = key(what, drawn);
    auto command = fmt::format("{}THREAD {} UTF-8 {}", what.by_uid ? "UID " : "",
                               ways[drawn.place % ways.size()], looks_for);
    co_await ask(std::move(what), std::move(command));
}

} // namespace mailspec::stress
