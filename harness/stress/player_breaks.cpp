// What disturbs the even course of a session: several commands at once (RFC 9051 §5.5, RFC 5182 §2.3), and a
// connection that ends in the middle of one; see player.hpp.
#include "harness/stress/player.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {

// Commands none of which may renumber the messages of another: FETCH, STORE and SEARCH by number, with NOOP
// behind them, or all by UID.
net::task<void> player::pipeline(choice drawn) {
    if (model_.size() == 0) co_return;
    const bool by_uid = drawn.form % 2 == 1;
    std::vector<asked> all;
    std::vector<std::string> commands;
    const auto add = [&](asked what, std::string command) {
        all.push_back(std::move(what));
        commands.push_back(std::move(command));
    };
    auto fetch = about(drawn, 20);
    fetch.what = kind::fetch_flags;
    fetch.items = {"UID", "FLAGS"};
    add(fetch, fmt::format("{} {}", words(fetch, "FETCH"), items("FLAGS")));
    if (!model_.read_only() && model_.takes_keywords() && !model_.own_keyword().empty()) {
        drawn.place ^= drawn.form / 2;
        const auto store = own_store(drawn);
        add(store, store_words(store));
    }
    asked search;
    search.what = kind::search;
    search.by_uid = by_uid;
    const bool saves = drawn.form / 4 % 2 == 0 && (offers("SEARCHRES") || rev2_);
    const auto some = about(drawn, 10);
    search.search.key = searched::by::uids;
    search.search_uids = uids(some);
    search.search.returns = search.search.save = saves;
    add(search, fmt::format("{}SEARCH {}UID {}", by_uid ? "UID " : "", saves ? "RETURN (SAVE) " : "",
                            set(search.search_uids)));
    if (saves) {
        auto saved = some;
        saved.what = kind::fetch_headers;
        saved.items = {"UID", "BODY[HEADER]"};
        add(saved, fmt::format("{}FETCH $ {}", by_uid ? "UID " : "", items("BODY.PEEK[HEADER]")));
    }
    if (drawn.form / 8 % 2 == 0) add({}, "NOOP");
    const auto begun = net::clock::now();
    const auto told = co_await client_->ask_all(std::move(commands));
    if (!told) co_return accuse(told.error());
    shared_.times.add(kind::pipeline, net::clock::now() - begun);
    std::vector<std::pair<std::size_t, answered>> answers;
    for (const auto& [which, answer] : *told)
        answers.emplace_back(which, answered{answer.condition, &answer.untagged, &answer.tagged});
    for (auto& wrong : model_.heard(all, answers))
        if (sound_) accuse(std::move(wrong));
    note_forms();
}

// A message of which the last octets are missing must never be there (RFC 9051 §6.3.12).
std::string player::cut_append(choice drawn) {
    auto& box = *box_of(drawn);
    const auto token = fmt::format("{}.{}.{}", shared_.seed, session_, ++appended_);
    const auto text = message_of(token);
    const bool whole = !shared_.in_turn && drawn.form / 8 % 2 == 0;
    if (!whole) box.never(token);
    auto octets = fmt::format("{} {{{}+}}\r\n{}\r\n", append_words(drawn, box), text.size(), text);
    if (!whole) octets.resize(octets.size() - 3 - drawn.amount % text.size());
    return octets;
}

// Octets after which the connection ends. What a whole command does may be done or not, and perhaps later;
// where all is to follow from the seed no command is whole.
std::string player::interrupted(choice drawn) {
    const auto which = drawn.form / 2 % 4;
    if (which == 0 && offers("LITERAL+")) return cut_append(drawn);
    if (model_.size() == 0 || model_.read_only()) return "NOOP\r\n";
    if (which == 1 && !shared_.in_turn) return "EXPUNGE\r\n";
    auto what = about(drawn, 4);
    if (which == 2 && !shared_.in_turn && offers("MOVE") && shared_.boxes.size() > 1) {
        for (const auto uid : uids(what))
            model_.truth()->may_be_moved(uid);
        const auto& to =
            &shared_.boxes.front() == model_.truth() ? shared_.boxes.back() : shared_.boxes.front();
        return fmt::format("{} {}\r\n", words(what, "MOVE"), world::imap_quoted(to.name()));
    }
    if (!model_.takes_keywords() || model_.own_keyword().empty()) return "NOOP\r\n";
    what = own_store(drawn);
    auto octets = store_words(what);
    if (shared_.in_turn || drawn.form / 8 % 4 == 0) { // its line has no end: nothing is done
        octets.resize(octets.size() - drawn.amount % 8);
        return octets;
    }
    model_.interrupted(what);
    return octets + "\r\n";
}

net::task<void> player::drop(choice drawn) {
    const auto begun = net::clock::now();
    const auto* box = model_.truth();
    auto octets = interrupted(drawn);
    const bool resets = drawn.amount / 8 % 2 == 0;
    co_await client_->drop(std::move(octets), resets);
    model_.left();
    auto known = co_await log_in_again();
    if (!known) co_return accuse("after a connection that was cut: " + known.error());
    choice again = drawn;
    again.what = kind::select;
    again.place = static_cast<std::uint64_t>(box - shared_.boxes.data());
    co_await select(again);
    shared_.times.add(kind::drop, net::clock::now() - begun);
}

} // namespace mailspec::stress
