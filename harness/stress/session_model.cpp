// The model of one session; see the header.
#include "harness/stress/session_model.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {
namespace {

// RFC 9051 §7.5.1: not while one of these is answered; with UID before it, it may.
bool may_hear_expunge(const asked& command) {
    const bool numbered = command.what == kind::fetch_flags || command.what == kind::fetch_headers ||
                          command.what == kind::fetch_bodies || command.what == kind::store ||
                          command.what == kind::search;
    return command.by_uid || !numbered;
}

bool is_fetch(kind k) {
    return k == kind::fetch_flags || k == kind::fetch_headers || k == kind::fetch_bodies;
}

// System flags are told apart whatever their case (RFC 9051 §2.3.2); keywords here are always sent alike.
flag_set flags_in(const wire::imap_value& list) {
    flag_set flags;
    for (const auto& one : list.items) {
        auto name = wire::upper(one.text);
        if (name != "\\RECENT") flags.insert(std::move(name));
    }
    return flags;
}

// Of a SELECT only what comes behind `* OK [CLOSED]` is about the new mailbox (RFC 9051 §7.1).
std::size_t first_of_opened(const std::vector<wire::imap_response>& untagged) {
    for (std::size_t i = untagged.size(); i > 0; --i)
        if (untagged[i - 1].code_name() == "CLOSED") return i;
    return 0;
}

} // namespace

void session_model::say(std::string wrong) {
    if (!wrong.empty()) wrong_.push_back(std::move(wrong));
}

std::vector<std::string> session_model::heard(const asked& command, const answered& answer) {
    wrong_.clear();
    searched_ = false;
    std::size_t from = 0;
    if (command.what == kind::select) {
        left();
        truth_ = command.opens;
        from = first_of_opened(*answer.untagged);
    }
    for (auto& m : messages_)
        m.told.clear();
    if (command.what == kind::store && command.own_keyword)
        for (const auto number : command.numbers)
            if (auto* m = named(command, number)) m->own.reset(); // until it is answered
    for (std::size_t i = from; i < answer.untagged->size(); ++i)
        take(command, (*answer.untagged)[i]);
    if (answer.tagged) code(command, *answer.tagged);
    finish(command, answer);
    return std::move(wrong_);
}

void session_model::take(const asked& command, const wire::imap_response& r) {
    if (r.condition == "BYE") return say("the server ended the session: " + wire::quoted(r.raw));
    if (!r.condition.empty()) return code(command, r);
    if (!truth_) return;
    if (r.is_data("EXISTS")) exists(r.number().value_or(0));
    if (r.is_data("EXPUNGE")) expunge(command, r.number().value_or(0));
    if (r.is_data("FETCH")) fetch(r);
    if (r.is_data("SEARCH")) search(command, r);
    // RFC 7162 §3.2.10: only who has enabled QRESYNC is told so.
    if (r.is_data("VANISHED")) say("VANISHED to a session that did not enable QRESYNC");
}

// RFC 9051 §7.4.1: only EXPUNGE makes it less.
void session_model::exists(std::uint64_t count) {
    if (count < messages_.size())
        return say(fmt::format("EXISTS {} after {} messages, without an EXPUNGE", count, messages_.size()));
    messages_.resize(count);
}

void session_model::expunge(const asked& command, std::uint64_t number) {
    if (number == 0 || number > messages_.size())
        return say(fmt::format("EXPUNGE {} in a mailbox of {} messages", number, messages_.size()));
    if (!may_hear_expunge(command))
        say(fmt::format("EXPUNGE {} while {} is answered (RFC 9051 §7.5.1)", number, name_of(command.what)));
    const auto uid = messages_[number - 1].uid;
    if (uid != 0) say(truth_->told_gone(uid));
    messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(number - 1));
}

void session_model::fetch(const wire::imap_response& r) {
    const auto number = r.number().value_or(0);
    if (number == 0 || number > messages_.size())
        return say(fmt::format("FETCH of message {} in a mailbox of {}", number, messages_.size()));
    if (r.arguments() == r.data.end()) return say("FETCH without items");
    auto& m = messages_[number - 1];
    const auto& items = r.arguments()->items;
    bool flags_told = false, modseq_told = false;
    const auto before = m.modseq;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) { // the UID first: the rest is about it
        if (items[i].is_atom("UID")) learn_uid(number, items[i + 1].number().value_or(0));
        if (!items[i].is_atom("MODSEQ") || items[i + 1].items.empty()) continue;
        modseq_told = true;
        m.modseq = items[i + 1].items.front().number().value_or(0);
    }
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        auto name = wire::upper(items[i].text);
        if (name == "FLAGS") m.flags = flags_in(items[i + 1]), flags_told = true;
        if (name.starts_with("BODY[")) learn_body(m, name, items[i + 1]);
        m.told.push_back(std::move(name));
    }
    if (modseq_told && m.modseq < before)
        say(fmt::format("MODSEQ of message {} was {} and is {}", number, before, m.modseq));
    if (flags_told && modseq_told && m.uid != 0) say(truth_->told_flags(m.uid, m.modseq, *m.flags));
    if (flags_told) learn_flags(m);
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
    m.uid = uid;
}

// What is gone already may be told as it was, and what another session replaced has lost it.
bool session_model::certain(const message& m) const {
    return m.uid != 0 && !truth_->was_replaced(m.uid) && !truth_->may_go(m.uid);
}

void session_model::learn_flags(message& m) {
    const bool has = m.flags->contains(wire::upper(own_));
    if (m.own && *m.own != has && certain(m))
        say(fmt::format("UID {} is told {} the keyword {}, which only this session sets and which {} there",
                        m.uid, has ? "with" : "without", own_, *m.own ? "is" : "is not"));
    m.own = has;
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

// RFC 9051 §7.3.4 (RFC 3501 §7.2.5): UIDs of UID SEARCH, else sequence numbers.
void session_model::search(const asked& command, const wire::imap_response& r) {
    if (command.what != kind::search) return say("SEARCH data that nobody asked for");
    searched_ = true;
    std::vector<std::uint64_t> found;
    for (auto at = r.arguments(); at != r.data.end(); ++at)
        if (const auto number = at->number()) found.push_back(*number);
    for (const auto number : found)
        if (!command.by_uid && (number == 0 || number > messages_.size()))
            say(fmt::format("SEARCH found message {} in a mailbox of {}", number, messages_.size()));
    if (!command.own_keyword) return;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
        auto& m = messages_[i];
        if (!m.own || !certain(m)) continue;
        const bool is_found = std::ranges::count(found, command.by_uid ? m.uid : i + 1) > 0;
        if (is_found && !*m.own)
            say(fmt::format("SEARCH found UID {} for the keyword {}, which is not there", m.uid, own_));
        // It may have been removed meanwhile; then an EXPUNGE has to follow.
        if (!is_found && *m.own && m.owed.empty()) m.owed = fmt::format("SEARCH KEYWORD {}", own_);
    }
}

void session_model::code(const asked& command, const wire::imap_response& r) {
    if (command.what != kind::select || !truth_ || !r.code || r.code->size() < 2) return;
    const auto value = (*r.code)[1].number().value_or(0);
    const auto name = r.code_name();
    if (name == "UIDVALIDITY") say(truth_->told_validity(value));
    // RFC 9051 §2.3.1.1: greater than every UID that was given.
    if (name == "UIDNEXT" && value <= command.highest_uid)
        say(fmt::format("UIDNEXT of {} is {}, though UID {} was given", truth_->name(), value,
                        command.highest_uid));
    // RFC 7162 §3.1.2.1: the highest of all messages.
    if (name == "HIGHESTMODSEQ" && value < command.highest_modseq)
        say(fmt::format("HIGHESTMODSEQ of {} is {}, though a message had {}", truth_->name(), value,
                        command.highest_modseq));
}

session_model::message* session_model::named(const asked& command, std::uint64_t number) {
    if (!command.by_uid) return number >= 1 && number <= messages_.size() ? &messages_[number - 1] : nullptr;
    const auto found = std::ranges::find(messages_, number, &message::uid);
    return found == messages_.end() ? nullptr : &*found;
}

void session_model::finish(const asked& command, const answered& answer) {
    const bool ok = answer.condition == "OK";
    const auto words = answer.tagged ? wire::quoted(answer.tagged->raw) : answer.condition;
    if (answer.condition == "BAD")
        return say(fmt::format("{} was answered by {}", name_of(command.what), words));
    if (command.what == kind::store) finish_store(command, ok);
    if (!ok) {
        // RFC 2180 §4: NO is an answer where some of the messages are gone. Those that this very answer told
        // to be gone are not among ours any more (RFC 9051 §7.1: EXPUNGEISSUED).
        const bool told = answer.tagged && answer.tagged->code_name() == "EXPUNGEISSUED" && answer.untagged &&
                          std::ranges::any_of(*answer.untagged, [](const auto& r) {
                              return r.is_data("EXPUNGE") || r.is_data("VANISHED");
                          });
        const bool excused = told || std::ranges::any_of(command.numbers, [&](auto number) {
                                 const auto* m = named(command, number);
                                 return !m || !truth_ || (m->uid != 0 && truth_->may_go(m->uid));
                             });
        if (!excused) say(fmt::format("{} was answered by {}", name_of(command.what), words));
        return;
    }
    if (command.what == kind::search && !searched_) say("SEARCH was answered without its result");
    if (!is_fetch(command.what)) return;
    for (const auto number : command.numbers) {
        auto* m = named(command, number);
        if (!m) continue; // told to be gone
        for (const auto& item : command.items)
            if (std::ranges::count(m->told, item) == 0 && m->owed.empty())
                m->owed = fmt::format("{} of FETCH", item);
    }
}

// RFC 9051 §6.4.6: from now on its own keyword is as this session has set it.
void session_model::finish_store(const asked& command, bool ok) {
    if (!command.own_keyword) return;
    for (const auto number : command.numbers) {
        auto* m = named(command, number);
        if (!m) continue;
        const bool told = ok && m->flags && std::ranges::count(m->told, "FLAGS") > 0;
        const bool has = told && m->flags->contains(wire::upper(own_));
        if (told && has != command.adds && certain(*m))
            say(fmt::format("STORE of {} on UID {} was answered OK, with FLAGS {}", own_, m->uid,
                            shown_flags(*m->flags)));
        m->own = ok ? std::optional(command.adds) : std::nullopt;
    }
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> session_model::unknown() const {
    const auto first = std::ranges::find(messages_, 0u, &message::uid);
    if (first == messages_.end()) return std::nullopt;
    return std::pair{static_cast<std::uint64_t>(first - messages_.begin()) + 1, messages_.size()};
}

seen_mailbox session_model::seen() const {
    seen_mailbox all;
    for (const auto& m : messages_)
        if (m.uid != 0 && m.flags) all[m.uid] = {*m.flags, m.modseq};
    return all;
}

std::vector<std::string> session_model::owed() const {
    std::vector<std::string> all;
    for (const auto& m : messages_)
        if (!m.owed.empty())
            all.push_back(fmt::format("{} was not answered for UID {}, which is still there", m.owed, m.uid));
    return all;
}

} // namespace mailspec::stress
