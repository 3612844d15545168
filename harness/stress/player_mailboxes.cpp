// A session's commands about mailboxes and about where messages lie; see player.hpp. RFC 9051 §6.3, §6.4; RFC
// 4315; RFC 6851; RFC 7162 §3.2.5.
#include "harness/stress/player.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {

net::task<void> player::select(choice drawn) {
    asked what;
    what.what = drawn.what == kind::examine ? kind::examine : kind::select;
    what.read_only = what.what == kind::examine;
    auto& box = *box_of(drawn);
    what.opens = &box;
    what.highest_uid = box.highest_uid();
    what.uid_next = box.uid_next();
    // RFC 7162 §3.2: where removals have mod-sequences, it never goes back.
    what.highest_modseq = offers("QRESYNC") && form_.condstore ? box.highest_modseq() : 0;
    const auto how = resync_words(box, drawn.form);
    what.resyncs = !how.empty();
    auto command =
        fmt::format("{} {}{}", what.read_only ? "EXAMINE" : "SELECT", world::imap_quoted(box.name()), how);
    const bool ok = co_await ask(std::move(what), std::move(command));
    if (!ok && sound_) accuse("a mailbox of this run cannot be opened: " + wire::quoted(last_.tagged.raw));
}

// RFC 7162 §3.2.5: with what was kept from the last time, three times of four; the UIDs and the numbers of
// some of them go along or not.
std::string player::resync_words(const mailbox_truth& box, std::uint64_t form) {
    if (model_.truth() == &box) model_.left(); // what is to be kept is kept now
    const auto& kept = model_.kept(box);
    if (!form_.qresync || kept.modseq == 0 || form % 4 == 0) return {};
    const bool listed = form % 4 != 1 && !kept.by_number.empty();
    model_.will_resync(listed);
    auto words = fmt::format("{} {}", kept.validity, kept.modseq);
    if (listed) words += " " + set(kept.by_number);
    if (listed && form % 4 == 3) {
        std::vector<std::uint64_t> numbers, uids;
        for (std::size_t i = 0; i < kept.by_number.size(); i += 1 + form / 4 % 5) {
            numbers.push_back(i + 1);
            uids.push_back(kept.by_number[i]);
        }
        words += fmt::format(" ({} {})", set(numbers), set(uids));
    }
    return fmt::format(" (QRESYNC ({}))", words);
}

std::string player::append_words(choice drawn, const mailbox_truth& box) const {
    const auto* flags = drawn.form % 3 == 0   ? (model_.takes_keywords() ? " (\\Seen $Junk)" : " (\\Seen)")
                        : drawn.form % 3 == 1 ? " (\\Flagged)"
                                              : "";
    return fmt::format("APPEND {}{}", world::imap_quoted(box.name()), flags);
}

net::task<void> player::append(choice drawn) {
    auto& box = *box_of(drawn);
    const auto token = fmt::format("{}.{}.{}", shared_.seed, session_, ++appended_);
    const auto highest = box.highest_uid();
    const auto begun = net::clock::now();
    auto words = append_words(drawn, box);
    const auto text = message_of(token);
    auto answer = co_await client_->demand_with_literal(std::move(words), text);
    if (!answer) co_return accuse(answer.error());
    shared_.times.add(kind::append, net::clock::now() - begun);
    asked what;
    what.what = kind::append;
    judge(what, *answer);
    const auto& code = answer->tagged.code;
    if (answer->tagged.code_name() != "APPENDUID" || !code || code->size() < 3) co_return;
    auto wrong = box.told_validity((*code)[1].number().value_or(0));
    if (wrong.empty()) wrong = box.added((*code)[2].number().value_or(0), token, highest);
    if (!wrong.empty()) accuse(std::move(wrong));
}

net::task<void> player::transfer(choice drawn) {
    auto what = about(drawn, 3);
    const auto from = static_cast<std::size_t>(model_.truth() - shared_.boxes.data());
    if (what.numbers.empty() || shared_.boxes.size() < 2) co_return;
    auto& to = shared_.boxes[(from + 1 + drawn.form / 2 % (shared_.boxes.size() - 1)) % shared_.boxes.size()];
    // Without MOVE it is a COPY (RFC 6851 §1).
    const bool moves = drawn.what == kind::move && (offers("MOVE") || rev2_);
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
    std::set<std::uint64_t> copied;
    bool any = false;
    for (const auto& r : told) {
        if (r.code_name() != "COPYUID" || !r.code || r.code->size() < 4) continue;
        any = true;
        auto wrong = to.told_validity((*r.code)[1].number().value_or(0));
        if (!wrong.empty()) return accuse(std::move(wrong));
        const auto old_uids = numbers_of((*r.code)[2].text), new_uids = numbers_of((*r.code)[3].text);
        if (old_uids.size() != new_uids.size() || old_uids.empty())
            return accuse("COPYUID does not pair its UIDs: " + wire::quoted(r.raw));
        for (std::size_t i = 0; i < old_uids.size(); ++i) {
            if (std::ranges::count(asked_for, old_uids[i]) == 0)
                return accuse(fmt::format("COPYUID names UID {}, which was not asked for", old_uids[i]));
            // What is copied has the flags of its source, \Deleted among them; one that came by a command
            // whose connection was cut may have had it from the start.
            if (from.deletable(old_uids[i]) || !from.acknowledged(old_uids[i]))
                to.may_be_deleted(new_uids[i]);
            wrong = to.added(new_uids[i], from.token_of(old_uids[i]), highest);
            if (!wrong.empty()) return accuse(std::move(wrong));
            copied.insert(old_uids[i]);
            if (moves) from.moved(old_uids[i]);
        }
    }
    if (!any) return;
    // RFC 9051 §6.4.7: all that are there. MOVE marked them as leaving itself: others may have been before
    // it.
    for (const auto uid : asked_for)
        if (!copied.contains(uid) && !moves && !from.may_go(uid))
            return accuse(fmt::format("COPY was answered OK, and COPYUID lacks UID {}", uid));
}

net::task<void> player::expunge(choice drawn) {
    if (!model_.selected()) co_return;
    asked what;
    what.what = kind::expunge;
    std::string command = "EXPUNGE";
    // RFC 4315 §2.1: only what is named, of what is \Deleted.
    if (drawn.form % 2 == 1 && model_.size() > 0 && (offers("UIDPLUS") || rev2_)) {
        drawn.form = 1;
        what.by_uid = true;
        const auto some = about(drawn, 60);
        command = "UID EXPUNGE " + set(some.numbers);
    }
    co_await ask(std::move(what), std::move(command));
}

net::task<void> player::idle(choice drawn) {
    if (!offers("IDLE") && !rev2_) co_return;
    const std::chrono::milliseconds rest(drawn.amount % 50);
    const auto begun = net::clock::now();
    auto answer = co_await client_->idle(rest);
    if (!answer) co_return accuse(answer.error());
    shared_.times.add(kind::idle, net::clock::now() - begun - rest);
    asked what;
    what.what = kind::idle;
    judge(what, *answer);
}

std::map<std::string, std::uint64_t> status_in(const world::imap_answer& answer) {
    std::map<std::string, std::uint64_t> all;
    for (const auto& r : answer.untagged) {
        if (!r.is_data("STATUS") || r.data.empty()) continue;
        const auto& values = r.data.back().items;
        for (std::size_t i = 0; i + 1 < values.size(); i += 2)
            all[wire::upper(values[i].text)] = values[i + 1].number().value_or(0);
    }
    return all;
}

// RFC 9051 §6.3.11: not of the mailbox that is selected.
net::task<void> player::status(choice drawn) {
    auto* box = box_of(drawn);
    if (box == model_.truth()) box = &shared_.boxes[(drawn.place + 1) % shared_.boxes.size()];
    if (box == model_.truth()) co_return;
    asked what;
    what.what = kind::status;
    const auto uid = box->highest_uid(), uid_next = box->uid_next();
    const auto modseq = offers("QRESYNC") ? box->highest_modseq() : 0;
    auto command = fmt::format("STATUS {} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN{})",
                               world::imap_quoted(box->name()), form_.condstore ? " HIGHESTMODSEQ" : "");
    const bool ok = co_await ask(std::move(what), std::move(command));
    if (!ok) co_return;
    auto told = status_in(last_);
    auto wrong = box->told_validity(told["UIDVALIDITY"]);
    if (wrong.empty()) wrong = box->told_uid_next(told["UIDNEXT"], uid, uid_next);
    if (wrong.empty() && form_.condstore) wrong = box->told_highest(told["HIGHESTMODSEQ"], modseq);
    if (wrong.empty() && told["UNSEEN"] > told["MESSAGES"])
        wrong = fmt::format("{} unseen of {} messages in {}", told["UNSEEN"], told["MESSAGES"], box->name());
    if (!wrong.empty()) accuse("STATUS: " + wrong);
}

// RFC 9051 §6.4.1, §6.4.2: CLOSE removes what is \Deleted and tells nothing; UNSELECT removes nothing.
net::task<void> player::close(choice drawn) {
    if (!model_.selected()) co_return;
    asked what;
    const bool unselects = drawn.what == kind::unselect && (offers("UNSELECT") || rev2_);
    what.what = unselects ? kind::unselect : kind::close;
    std::string command = unselects ? "UNSELECT" : "CLOSE";
    const bool ok = co_await ask(std::move(what), std::move(command));
    if (!ok) co_return;
    model_.left();
    drawn.what = kind::select;
    co_await select(drawn);
}

} // namespace mailspec::stress
