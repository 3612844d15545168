// The model of one session: FETCH responses, and what FETCH and STORE must have answered; see
// session_model.hpp. RFC 9051 §6.4.5, §6.4.6, §7.5.2; RFC 7162 §3.1.3, §3.1.4, §3.2.4, §3.2.6.
#include "harness/stress/server.hpp"
#include "harness/stress/session_model.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {
namespace {

// System flags are told apart whatever their case (RFC 9051 §2.3.2); keywords here are always sent alike.
flag_set flags_in(const wire::imap_value& list) {
    flag_set flags;
    for (const auto& one : list.items) {
        auto name = wire::upper(one.text);
        if (name != "\\RECENT") flags.insert(std::move(name));
    }
    return flags;
}

bool has(const std::vector<std::string>& told, std::string_view item) {
    return std::ranges::find(told, item) != told.end();
}

} // namespace

void session_model::fetch(const wire::imap_response& r) {
    const auto number = r.number().value_or(0);
    if (number == 0 || number > messages_.size())
        return say(fmt::format("FETCH of message {} in a mailbox of {}", number, messages_.size()));
    if (r.arguments() == r.data.end()) return say("FETCH without items");
    auto& m = messages_[number - 1];
    const auto& items = r.arguments()->items;
    bool flags_told = false, uid_told = false;
    std::optional<std::uint64_t> modseq;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) { // the UID first: the rest is about it
        if (items[i].is_atom("UID")) {
            learn_uid(number, items[i + 1].number().value_or(0));
            uid_told = true;
        }
        if (items[i].is_atom("MODSEQ") && !items[i + 1].items.empty())
            modseq = items[i + 1].items.front().number().value_or(0);
    }
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        auto name = wire::upper(items[i].text);
        if (name == "FLAGS") m.flags = flags_in(items[i + 1]), flags_told = m.flags_told = true;
        if (name.starts_with("BODY[")) {
            if (!fetching(number, name))
                say(fmt::format("{} of message {}, which nobody asked for", name, number));
            learn_body(m, name, items[i + 1]);
        }
        m.told.push_back(std::move(name));
    }
    if (modseq) fetched_modseq(number, m, *modseq);
    // Judged when all of the answer is there: a MODSEQ of its own may follow.
    if (flags_told) m.flags_at = modseq.value_or(0);
    if (flags_told && m.uid != 0) m.contradicts = modseq && truth_->contradicts(m.uid, *modseq, *m.flags);
    if (!flags_told && modseq && m.flags_at != 0) m.flags_at = *modseq;
    if (flags_told && resync_ && m.uid != 0 && opening()) resync_->told(m.uid, *m.flags);
    if (flags_told) learn_flags(m);
    // RFC 7162 §3.1, §3.2.4
    if (flags_told && form_.condstore && !modseq)
        remark("modseq-missing", "FETCH tells flags without MODSEQ (RFC 7162 §3.1)");
    if (flags_told && form_.uid_with_all && form_.condstore && !uid_told)
        remark("uid-missing", "FETCH tells flags without UID (RFC 7162 §3.2.4)");
}

bool session_model::fetching(std::uint64_t number, std::string_view item) const {
    return std::ranges::any_of(under_way_, [&](const asked* one) {
        return !one->items.empty() && (item.empty() || has(one->items, item)) && names(*one, number);
    });
}

bool session_model::opening() const {
    return std::ranges::any_of(under_way_, [](const asked* one) { return one->opens != nullptr; });
}

void session_model::fetched_modseq(std::uint64_t number, message& m, std::uint64_t modseq) {
    if (modseq < m.modseq)
        say(fmt::format("MODSEQ of message {} was {} and is {}", number, m.modseq, modseq));
    if (modseq < m.floor) {
        say(fmt::format("{}, and UID {} is told to have MODSEQ {}", m.why_floor, m.uid, modseq));
        m.floor = 0;
    }
    m.modseq = modseq;
    if (m.uid != 0) truth_->told_modseq(m.uid, modseq);
    // RFC 7162 §6: what a client asked for by FETCH does not say that nothing before it is missing.
    if (!opening() && !fetching(number, {})) fetched_modseq_ = std::max(fetched_modseq_, modseq);
}

// RFC 9051 §2.3.1.1: a message keeps its UID; they ascend with the sequence numbers.
void session_model::learn_uid(std::uint64_t number, std::uint64_t uid) {
    auto& m = messages_[number - 1];
    if (m.uid == uid) return;
    if (m.uid != 0)
        return say(
            fmt::format("message {} had UID {} and has UID {}, without an EXPUNGE", number, m.uid, uid));
    for (auto i = number - 1; i > 0; --i) {
        const auto other = messages_[i - 1].uid;
        if (other == 0) continue;
        if (other >= uid) say(fmt::format("message {} has UID {}, message {} has {}", i, other, number, uid));
        break;
    }
    for (auto i = number + 1; i <= messages_.size(); ++i) {
        const auto other = messages_[i - 1].uid;
        if (other == 0) continue;
        if (other <= uid) say(fmt::format("message {} has UID {}, message {} has {}", number, uid, i, other));
        break;
    }
    // RFC 9051 §2.3.1.1: what was removed does not come back.
    if (gone_.contains(uid))
        say(fmt::format("message {} has UID {}, which was told to be gone", number, uid));
    m.uid = uid;
}

void session_model::learn_flags(message& m) {
    if (m.uid == 0 || own_.empty()) return;
    const bool has_it = m.flags->contains(wire::upper(own_));
    auto& state = own(m);
    if (state.open) return; // complete_store() knows
    if (state.has && *state.has != has_it && state.late == has_it) {
        state.late.reset(); // the interrupted STORE was done
    } else if (state.has && *state.has != has_it && certain(m)) {
        say(fmt::format("UID {} is told {} the keyword {}, which only this session sets and which {} there",
                        m.uid, has_it ? "with" : "without", own_, *state.has ? "is" : "is not"));
    }
    state.has = has_it;
}

void session_model::learn_body(message& m, const std::string& item, const wire::imap_value& value) {
    if (m.uid == 0) return;
    const auto token = token_in(value.text);
    // Removed by another session: a server may answer with NIL or nothing (RFC 2180 §4.1).
    if (token.empty()) {
        if (!truth_->may_go(m.uid)) say(fmt::format("{} of UID {} has no subject", item, m.uid));
        return;
    }
    say(truth_->told_token(m.uid, token));
    if (item == "BODY[]" && value.text != message_of(token))
        say(fmt::format("BODY[] of UID {} is not the message that was appended as {}", m.uid, token));
}

// RFC 7162 §3.1: which flags a message had at a mod-sequence is the same for all.
void session_model::flags_were_told() {
    for (auto& m : messages_) {
        if (m.flags_at != 0 && m.uid != 0 && m.flags && m.flags_at == m.modseq) {
            if (m.contradicts && !truth_->contradicts(m.uid, m.modseq, *m.flags))
                remark("modseq-of-before", "FETCH tells changed flags with the MODSEQ of before, and the new "
                                           "one behind it (RFC 7162 §3.1)");
            say(truth_->told_flags(m.uid, m.modseq, *m.flags));
        }
        m.flags_at = 0;
        m.flags_told = m.contradicts = false;
    }
}

void session_model::complete_fetch(const asked& command) {
    for (const auto number : command.numbers) {
        auto* m = named(command, number);
        if (!m) {
            // RFC 7162 §3.2.6: what was removed since then; modseq() of that moment was below its own.
            const auto since = gone_.find(number);
            if (command.vanished && since != gone_.end() && since->second >= *command.changed_since &&
                command.gone_before.contains(number) && !earlier_.contains(number))
                remark("vanished-earlier",
                       fmt::format("UID FETCH (CHANGEDSINCE {} VANISHED) did not tell that UID {} is gone",
                                   *command.changed_since, number));
            continue; // told to be gone
        }
        // RFC 7162 §3.1.4.1
        if (command.changed_since && has(m->told, "FLAGS") && m->modseq <= *command.changed_since)
            say(fmt::format("FETCH (CHANGEDSINCE {}) told UID {}, which has MODSEQ {}",
                            *command.changed_since, m->uid, m->modseq));
        if (command.changed_since && m->before <= *command.changed_since) continue;
        for (const auto& item : command.items)
            if (!has(m->told, item) && m->owed.empty()) m->owed = fmt::format("{} of FETCH", item);
        if (command.marks_seen && m->flags && !m->flags_told && !read_only_) m->flags->insert("\\SEEN");
    }
}

void session_model::complete_store(const asked& command, bool ok, const wire::imap_response* tagged) {
    std::vector<std::uint64_t> modified;
    if (tagged && tagged->code_name() == "MODIFIED" && tagged->code && tagged->code->size() > 1)
        modified = numbers_of((*tagged->code)[1].text);
    for (const auto number : modified)
        if (std::ranges::find(command.numbers, number) == command.numbers.end())
            say(fmt::format("MODIFIED names {}, which STORE was not about", number));
    if (!modified.empty() && !command.unchanged_since) say("MODIFIED to a STORE without UNCHANGEDSINCE");
    for (const auto number : command.numbers) {
        auto* m = named(command, number);
        if (!m) continue;
        if (m->uid != 0 && command.own_keyword) own(*m).open = false;
        if (std::ranges::find(modified, number) != modified.end())
            not_stored(command, *m);
        else if (ok)
            stored(command, *m);
        else {
            m->flags.reset();
            if (m->uid != 0 && command.own_keyword) own(*m).has.reset();
        }
    }
}

// RFC 7162 §3.1.3: its mod-sequence was larger then, and so it stays.
void session_model::not_stored(const asked& command, message& m) {
    if (command.unchanged_since && m.floor <= *command.unchanged_since) {
        m.floor = *command.unchanged_since + 1;
        m.why_floor =
            fmt::format("STORE (UNCHANGEDSINCE {}) was answered by MODIFIED", *command.unchanged_since);
        if (has(m.told, "MODSEQ") && m.modseq < m.floor)
            say(fmt::format("{}, and UID {} is told to have MODSEQ {}", m.why_floor, m.uid, m.modseq));
    }
    if (has(m.told, "FLAGS")) learn_flags(m);
}

// RFC 9051 §6.4.6: from now on its own keyword is as this session has set it.
void session_model::stored(const asked& command, message& m) {
    // What .SILENT is told of flags may be of before or of after: then it is not known what there is now.
    const bool told = m.flags && m.flags_told && !command.silent;
    if (!told && m.flags) {
        auto flags = command.replaces ? command.flags : *m.flags;
        for (const auto& flag : command.flags)
            if (command.adds)
                flags.insert(flag);
            else if (!command.replaces)
                flags.erase(flag);
        if (m.flags_told && flags != *m.flags)
            m.flags.reset();
        else
            m.flags = std::move(flags);
    }
    const auto known = command.known_modseq.find(m.uid);
    // RFC 7162 §3.1.3; what sets or removes single flags may be done where it is of other flags (§3.1.12).
    if (command.unchanged_since && command.replaces && known != command.known_modseq.end() &&
        known->second > *command.unchanged_since && !truth_->may_go(m.uid))
        say(fmt::format("STORE (UNCHANGEDSINCE {}) of UID {} was done, though its MODSEQ was {} before",
                        *command.unchanged_since, m.uid, known->second));
    if (!command.own_keyword || m.uid == 0) return;
    auto& state = own(m);
    const bool has_it = told && m.flags->contains(wire::upper(own_));
    if (told && has_it != command.adds && state.late != has_it && certain(m))
        say(fmt::format("STORE of {} on UID {} was answered OK, with FLAGS {}", own_, m.uid,
                        shown_flags(*m.flags)));
    // RFC 7162 §3.1.3: the new mod-sequence is told, .SILENT or not.
    const bool changes = state.has && *state.has != command.adds && !state.late && certain(m);
    if (command.unchanged_since && changes && !has(m.told, "MODSEQ") && m.owed.empty())
        m.owed = "MODSEQ of STORE (UNCHANGEDSINCE)";
    state.has = told ? has_it : command.adds;
}

} // namespace mailspec::stress
