// The model of one session: what SEARCH, SORT and THREAD find; see session_model.hpp. RFC 9051 §6.4.4,
// §7.3.4; RFC 5182 §2; RFC 5256 §3, §4; RFC 7162 §3.1.5, §3.1.9, §3.1.10.
#include "harness/stress/server.hpp"
#include "harness/stress/session_model.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {

const asked* session_model::searching() const {
    for (const auto* one : under_way_)
        if (one->what == kind::search || one->what == kind::sort || one->what == kind::thread) return one;
    return nullptr;
}

// SEARCH and SORT: numbers, and (MODSEQ n) behind them; THREAD: numbers within parentheses.
void session_model::search(const wire::imap_response& r) {
    if (!searching()) return say(r.name() + " data that nobody asked for");
    ++search_.times;
    for (auto at = r.arguments(); at != r.data.end(); ++at) {
        if (r.is_data("THREAD"))
            flatten(*at);
        else if (at->is_list() && at->items.size() == 2 && at->items[0].is_atom("MODSEQ"))
            search_.modseq = at->items[1].number();
        else if (const auto number = at->number())
            search_.found.push_back(*number);
    }
    know_found();
}

// Numbers mean messages as they stand now: an EXPUNGE may follow in the same answer (SORT, THREAD).
void session_model::know_found() {
    const auto& command = *searching();
    const auto uid = [&](std::uint64_t number) -> std::uint64_t {
        if (command.by_uid) return number;
        if (number >= 1 && number <= messages_.size()) return messages_[number - 1].uid;
        // RFC 9051 §5.2: a message that came during the command is told by EXISTS before its number is used.
        remark("found-before-exists", fmt::format("{} found message {} in a mailbox of {}",
                                                  name_of(command.what), number, messages_.size()));
        return 0;
    };
    search_.uids.clear();
    for (const auto number : search_.found)
        search_.uids.push_back(uid(number));
    search_.ends.clear();
    if (search_.min) search_.ends.push_back(uid(*search_.min));
    if (search_.max && search_.max != search_.min) search_.ends.push_back(uid(*search_.max));
}

void session_model::flatten(const wire::imap_value& thread) {
    if (const auto number = thread.number()) search_.found.push_back(*number);
    for (const auto& below : thread.items)
        flatten(below);
}

void session_model::esearch(const wire::imap_response& r) {
    if (!searching()) return say("ESEARCH data that nobody asked for");
    ++search_.times;
    for (auto at = r.arguments(); at != r.data.end(); ++at) {
        if (at->is_list() || at->is_atom("UID") || std::next(at) == r.data.end()) continue;
        const auto& value = *std::next(at);
        if (at->is_atom("MIN")) search_.min = value.number();
        if (at->is_atom("MAX")) search_.max = value.number();
        if (at->is_atom("COUNT")) search_.count = value.number();
        if (at->is_atom("MODSEQ")) search_.modseq = value.number();
        if (at->is_atom("ALL")) search_.found = numbers_of(value.text);
        ++at;
    }
    know_found();
}

void session_model::complete_search(const asked& command) {
    const auto& wanted = command.search;
    const auto name = std::string(name_of(command.what));
    const bool only_saves = wanted.save && !wanted.min && !wanted.max && !wanted.count && !wanted.list;
    // RFC 7162 §3.1.10: who looks for MODSEQ is told the highest, whatever was asked for.
    if (only_saves && search_.times > 0 && wanted.key != searched::by::modseq)
        say("SEARCH RETURN (SAVE) was answered with a result (RFC 5182 §2.1)");
    if (!only_saves && search_.times == 0)
        return say(fmt::format("{} was answered without its result", name));
    if (wanted.returns && !only_saves) compare_results(command);
    // Without RETURN, or with ALL: all that was found. An ESEARCH without ALL found nothing (RFC 9051
    // §7.3.4).
    if (!wanted.returns || wanted.list) {
        for (auto& m : messages_) {
            const bool is_found = std::ranges::find(search_.uids, m.uid) != search_.uids.end();
            if (m.known) expected(command, m, is_found);
        }
        for (const auto uid : search_.found)
            if (command.by_uid && command.gone_before.contains(uid))
                say(fmt::format("{} found UID {}, which was told to be gone", name, uid));
        ordered(command);
    }
    save(command);
}

// RFC 9051 §7.3.4: the results of one search agree.
void session_model::compare_results(const asked& command) {
    const auto& wanted = command.search;
    const auto shown = [](const std::optional<std::uint64_t>& n) {
        return n ? std::to_string(*n) : "nothing";
    };
    if (wanted.count && !search_.count) say("SEARCH RETURN (COUNT) was answered without COUNT");
    if (!wanted.list || search_.found.empty()) {
        if (wanted.list && search_.count.value_or(0) != 0)
            say(fmt::format("COUNT is {} where ALL has nothing", *search_.count));
        return;
    }
    const auto [least, most] = std::ranges::minmax(search_.found);
    if (wanted.count && search_.count && *search_.count != search_.found.size())
        say(fmt::format("COUNT is {} where ALL has {}", *search_.count, search_.found.size()));
    if (wanted.min && search_.min != least)
        say(fmt::format("MIN is {} where ALL begins with {}", shown(search_.min), least));
    if (wanted.max && search_.max != most)
        say(fmt::format("MAX is {} where ALL ends with {}", shown(search_.max), most));
}

// What this message says of the result. What is not found may have been removed meanwhile: then an EXPUNGE
// has to follow.
void session_model::expected(const asked& command, message& m, bool is_found) {
    const auto& wanted = command.search;
    const auto owes = [&](const std::string& what) {
        if (!is_found && m.owed.empty()) m.owed = fmt::format("{} {}", name_of(command.what), what);
    };
    using by = searched::by;
    if (wanted.key == by::all) owes("ALL");
    if (wanted.key == by::uids) {
        const auto& set = command.search_uids;
        const bool in = std::ranges::find(set, m.uid) != set.end();
        if (in) owes("UID");
        if (is_found && !in)
            say(fmt::format("{} UID found UID {}, which is not among those", name_of(command.what), m.uid));
    }
    if (wanted.key == by::token) {
        const auto token = truth_->token_of(m.uid);
        const bool has_it = token.starts_with(wanted.token); // substrings are found
        if (has_it) owes("SUBJECT");
        if (is_found && !token.empty() && !has_it && !truth_->may_go(m.uid))
            say(fmt::format("{} SUBJECT {} found UID {}, which is {}", name_of(command.what), wanted.token,
                            m.uid, token));
    }
    if (wanted.key == by::modseq) {
        if (m.before >= wanted.modseq) owes("MODSEQ");
        if (is_found && m.floor < wanted.modseq) {
            m.floor = wanted.modseq;
            m.why_floor = fmt::format("SEARCH MODSEQ {} found it", wanted.modseq);
        }
        // RFC 7162 §3.1.5: the highest of those found.
        if (is_found && search_.modseq.value_or(0) < m.before)
            say(fmt::format("{} tells MODSEQ {} as the highest, and UID {} had {}", name_of(command.what),
                            search_.modseq.value_or(0), m.uid, m.before));
    }
    if (wanted.key != by::own_keyword) return;
    const auto& state = own(m);
    if (!state.has || state.late || !certain(m)) return;
    if (is_found && !*state.has)
        say(fmt::format("SEARCH found UID {} for the keyword {}, which is not there", m.uid, own_));
    if (*state.has) owes("KEYWORD " + own_);
}

// RFC 5256 §3: each once; by SIZE the small ones first, those of one size as they stand in the mailbox.
void session_model::ordered(const asked& command) {
    auto sorted = search_.found;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
        say(fmt::format("{} found {} twice", name_of(command.what), *twice));
    if (!command.search.by_size) return;
    std::size_t before = 0;
    std::uint64_t uid_before = 0;
    for (const auto uid : search_.uids) {
        const auto token = truth_->token_of(uid);
        // What is removed already may have no size any more.
        if (token.empty() || truth_->may_go(uid)) continue;
        const auto size = message_of(token).size();
        if (size < before || (size == before && uid < uid_before))
            remark("sort",
                   fmt::format("SORT (SIZE) has UID {} of {} octets behind UID {} of {} (RFC 5256 §3)", uid,
                               size, uid_before, before));
        before = size;
        uid_before = uid;
    }
}

// RFC 5182 §2.1, §2.4: what `$` is from now on.
void session_model::save(const asked& command) {
    const auto& wanted = command.search;
    if (!wanted.save) return;
    const bool all = wanted.list || wanted.count || (!wanted.min && !wanted.max);
    saved_.reset(); // not known
    std::vector<std::uint64_t> uids;
    for (const auto uid : all ? search_.uids : search_.ends) {
        if (gone_.contains(uid)) continue; // `$` lost it, too
        if (!by_uid(uid)) return;          // new, and not told by UID yet
        uids.push_back(uid);
    }
    if (all && !wanted.list) {
        if (wanted.key != searched::by::uids && wanted.key != searched::by::all) return;
        for (const auto& m : messages_) {
            if (m.uid == 0) return;
            const auto& set = command.search_uids;
            if (wanted.key == searched::by::all || std::ranges::find(set, m.uid) != set.end())
                uids.push_back(m.uid);
        }
    }
    saved_ = std::move(uids);
}

} // namespace mailspec::stress
