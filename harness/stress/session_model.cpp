// The model of one session: what is told of the mailbox as a whole; see the header. FETCH and STORE are in
// session_fetch.cpp, searches in session_search.cpp.
#include "harness/stress/session_model.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {
namespace {

bool is_fetch(kind k) {
    return k == kind::fetch_flags || k == kind::fetch_headers || k == kind::fetch_bodies ||
           k == kind::fetch_changed;
}

bool is_select(const asked& command) {
    return command.what == kind::select || command.what == kind::examine;
}

// RFC 9051 §7.5.1: not while one of these is answered; with UID before it, it may.
bool bars_expunge(const asked& command) {
    const bool numbered = is_fetch(command.what) || command.what == kind::store ||
                          command.what == kind::store_if || command.what == kind::search;
    return numbered && !command.by_uid;
}

// Of a SELECT only what comes behind `* OK [CLOSED]` is about the new mailbox (RFC 9051 §7.1).
std::size_t first_of_opened(const std::vector<wire::imap_response>& untagged) {
    for (std::size_t i = untagged.size(); i > 0; --i)
        if (untagged[i - 1].code_name() == "CLOSED") return i;
    return 0;
}

constexpr std::size_t most_gone = 200; // removed messages that are remembered

} // namespace

void session_model::say(std::string wrong) {
    if (!wrong.empty()) wrong_.push_back(std::move(wrong));
}

std::vector<std::string> session_model::heard(const asked& command, const answered& answer) {
    return heard(std::vector{command}, {{0, answer}});
}

std::vector<std::string> session_model::heard(const std::vector<asked>& commands,
                                              const std::vector<std::pair<std::size_t, answered>>& answers) {
    wrong_.clear();
    search_ = {};
    earlier_.clear();
    under_way_.clear();
    for (auto& m : messages_) {
        m.told.clear();
        m.before = m.modseq;
        m.known = m.uid != 0;
    }
    for (const auto& command : commands) {
        under_way_.push_back(&command);
        begin(command);
    }
    for (const auto& [which, answer] : answers) {
        const auto& command = commands[which];
        auto from = is_select(command) ? first_of_opened(*answer.untagged) : 0;
        for (; from < answer.untagged->size(); ++from)
            take(command, (*answer.untagged)[from]);
        if (answer.tagged) code(command, *answer.tagged);
        std::erase(under_way_, &command);
        complete(command, answer);
    }
    flags_were_told();
    follow_modseq();
    if (resync_ && !unknown()) resynced();
    return std::move(wrong_);
}

void session_model::begin(const asked& command) {
    if (is_select(command)) {
        left();
        truth_ = command.opens;
        read_only_ = command.read_only;
        takes_keywords_ = true;
        if (command.resyncs) resync_.emplace(kept(*truth_), resync_listed_);
    }
    if (!command.own_keyword || (command.what != kind::store && command.what != kind::store_if)) return;
    for (const auto number : command.numbers)
        if (auto* m = named(command, number)) own(*m).open = true; // until it is answered
}

void session_model::left() {
    const bool whole = truth_ && form_.qresync && modseq_ != 0 && validity_ != 0 && !unknown() && !resync_ &&
                       std::ranges::all_of(messages_, [](const auto& m) { return m.flags.has_value(); });
    if (whole) {
        mailbox_cache kept{validity_, modseq_, seen(), {}};
        for (const auto& m : messages_)
            kept.by_number.push_back(m.uid);
        kept_[truth_] = std::move(kept);
    }
    messages_.clear();
    gone_.clear();
    resync_.reset();
    saved_.reset();
    modseq_ = validity_ = 0;
    truth_ = nullptr;
}

const mailbox_cache& session_model::kept(const mailbox_truth& of) const {
    static const mailbox_cache none;
    const auto found = kept_.find(&of);
    return found == kept_.end() ? none : found->second;
}

void session_model::interrupted(const asked& command) {
    for (const auto number : command.numbers)
        if (auto* m = named(command, number); m && m->uid != 0) own(*m).late = command.adds;
}

void session_model::take(const asked& command, const wire::imap_response& r) {
    if (r.condition == "BYE") return say("the server ended the session: " + wire::quoted(r.raw));
    if (!r.condition.empty()) return code(command, r);
    if (!truth_) return;
    if (r.is_data("EXISTS")) exists(r.number().value_or(0));
    if (r.is_data("EXPUNGE")) expunge(r.number().value_or(0));
    if (r.is_data("VANISHED")) vanished(command, r);
    if (r.is_data("FETCH")) fetch(r);
    if (r.is_data("SEARCH") || r.is_data("SORT") || r.is_data("THREAD")) search(r);
    if (r.is_data("ESEARCH")) esearch(r);
}

// RFC 9051 §7.4.1: only EXPUNGE makes it less.
void session_model::exists(std::uint64_t count) {
    if (count < messages_.size())
        return say(fmt::format("EXISTS {} after {} messages, without an EXPUNGE", count, messages_.size()));
    messages_.resize(count);
}

void session_model::removable(const std::string& what) {
    const auto barring =
        std::ranges::find_if(under_way_, [](const asked* one) { return bars_expunge(*one); });
    if (barring != under_way_.end())
        say(fmt::format("{} while {} is answered (RFC 9051 §7.5.1)", what, name_of((*barring)->what)));
}

void session_model::expunge(std::uint64_t number) {
    if (number == 0 || number > messages_.size())
        return say(fmt::format("EXPUNGE {} in a mailbox of {} messages", number, messages_.size()));
    removable(fmt::format("EXPUNGE {}", number));
    gone(number - 1);
}

void session_model::gone(std::size_t index) {
    const auto uid = messages_[index].uid;
    if (uid != 0) {
        say(truth_->told_gone(uid));
        gone_[uid] = modseq_;
        if (gone_.size() > most_gone) gone_.erase(gone_.begin());
        if (resync_) resync_->gone(uid);
    }
    messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(index));
}

// Where a message stands, from 0, or one that EXISTS told and whose UID is not known yet may stand.
std::size_t session_model::place_of(std::uint64_t uid) const {
    std::size_t blank = messages_.size();
    for (std::size_t i = 0; i < messages_.size(); ++i) {
        const auto other = messages_[i].uid;
        if (other == uid) return i;
        if (other > uid) return blank;
        if (other != 0) blank = messages_.size();
        if (other == 0 && blank == messages_.size()) blank = i;
    }
    return blank;
}

// RFC 7162 §3.2.10
void session_model::vanished(const asked& command, const wire::imap_response& r) {
    // Only who has enabled QRESYNC is told so.
    if (!form_.qresync) return say("VANISHED to a session that did not enable QRESYNC");
    if (r.arguments() == r.data.end()) return;
    const auto uids = wire::parse_number_set(r.data.back().text).value_or(wire::number_set());
    if (r.arguments()->is_list()) return vanished_earlier(command, uids);
    removable("VANISHED");
    if (wire::count_of(uids) > messages_.size())
        return say(fmt::format("VANISHED of {} messages in a mailbox of {}", wire::count_of(uids),
                               messages_.size()));
    for (const auto& [first, last] : uids)
        for (auto uid = first; uid <= last; ++uid) {
            const auto at = place_of(uid);
            if (at == messages_.size())
                say(fmt::format("VANISHED tells UID {}, which is not there{} (RFC 7162 §3.2.10.2)", uid,
                                gone_.contains(uid) ? " any more" : ""));
            else
                gone(at);
        }
}

// RFC 7162 §3.2.6, §3.2.10.1: of those that were asked for, before any FETCH, and nothing is renumbered.
void session_model::vanished_earlier(const asked& command, const wire::number_set& uids) {
    if (!command.vanished && !command.resyncs) return say("VANISHED (EARLIER) that nobody asked for");
    if (const auto there = truth_->first_not_removed(uids))
        say(fmt::format("VANISHED (EARLIER) names UID {}, which nobody removed", there));
    if (resync_) resync_->vanished(uids);
    if (!command.vanished) return;
    if (std::ranges::any_of(messages_, [](const auto& m) { return !m.told.empty(); }))
        say("VANISHED (EARLIER) behind a FETCH (RFC 7162 §3.2.6)");
    std::uint64_t asked_for = 0;
    for (const auto uid : command.numbers)
        asked_for += wire::contains(uids, uid);
    if (asked_for != wire::count_of(uids)) say("VANISHED (EARLIER) names UIDs that were not asked for");
    for (const auto uid : command.numbers)
        if (wire::contains(uids, uid)) earlier_.insert(uid);
}

void session_model::code(const asked& command, const wire::imap_response& r) {
    if (!truth_ || !r.code || r.code->size() < 2) return;
    const auto value = (*r.code)[1].number().value_or(0);
    const auto name = r.code_name();
    if (name == "HIGHESTMODSEQ") coded_modseq_ = value;
    // RFC 7162 §3.2.8: what CLOSE removed was not told, so its mod-sequence must not be.
    if (name == "HIGHESTMODSEQ" && command.what == kind::close)
        remark("close", "HIGHESTMODSEQ in the answer to CLOSE (RFC 7162 §3.2.8)");
    if (!is_select(command)) return;
    if (name == "UIDVALIDITY") {
        say(truth_->told_validity(value));
        validity_ = value;
    }
    if (name == "PERMANENTFLAGS")
        takes_keywords_ = std::ranges::any_of((*r.code)[1].items, [](auto& f) { return f.is_atom("\\*"); });
    if (name == "UIDNEXT") say(truth_->told_uid_next(value, command.highest_uid, command.uid_next));
    if (name == "HIGHESTMODSEQ") {
        say(truth_->told_highest(value, command.highest_modseq));
        if (resync_) resync_->up_to(value);
    }
}

session_model::message* session_model::by_uid(std::uint64_t uid) {
    const auto found = std::ranges::find(messages_, uid, &message::uid);
    return found == messages_.end() || uid == 0 ? nullptr : &*found;
}

const session_model::message* session_model::by_uid(std::uint64_t uid) const {
    const auto found = std::ranges::find(messages_, uid, &message::uid);
    return found == messages_.end() || uid == 0 ? nullptr : &*found;
}

session_model::message* session_model::named(const asked& command, std::uint64_t number) {
    if (command.by_uid) return by_uid(number);
    return number >= 1 && number <= messages_.size() ? &messages_[number - 1] : nullptr;
}

bool session_model::names(const asked& command, std::uint64_t number) const {
    const auto wanted = command.by_uid ? messages_[number - 1].uid : number;
    return std::ranges::find(command.numbers, wanted) != command.numbers.end();
}

// What is gone already may be told as it was, and what another session replaced has lost it.
bool session_model::certain(const message& m) const {
    return m.uid != 0 && !truth_->was_replaced(m.uid) && !truth_->may_go(m.uid);
}

void session_model::complete(const asked& command, const answered& answer) {
    const bool ok = answer.condition == "OK";
    if (command.what == kind::store || command.what == kind::store_if)
        complete_store(command, ok, answer.tagged);
    if (!ok) return refused(command, answer);
    if (is_select(command)) saved_ = std::vector<std::uint64_t>(); // RFC 5182 §2.1
    if (is_fetch(command.what)) complete_fetch(command);
    if (command.what == kind::search || command.what == kind::sort || command.what == kind::thread)
        complete_search(command);
}

void session_model::refused(const asked& command, const answered& answer) {
    const auto words = answer.tagged ? wire::quoted(answer.tagged->raw) : answer.condition;
    if (answer.condition == "BAD")
        return say(fmt::format("{} was answered by {}", name_of(command.what), words));
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
}

// RFC 7162 §6: how a client learns up to which mod-sequence it was told all there is.
void session_model::follow_modseq() {
    if (coded_modseq_)
        modseq_ = *coded_modseq_;
    else if (modseq_ != 0)
        modseq_ = std::max(modseq_, fetched_modseq_);
    coded_modseq_.reset();
    fetched_modseq_ = 0;
}

// The session has looked at all messages again, so it can go on.
void session_model::resynced() {
    for (auto& wrong : resync_->differences(seen(), *truth_))
        remark("resync", std::move(wrong));
    resync_.reset();
}

std::vector<std::uint64_t> session_model::lately_gone() const {
    std::vector<std::uint64_t> uids;
    for (auto at = gone_.rbegin(); at != gone_.rend() && uids.size() < 20; ++at)
        uids.push_back(at->first);
    return uids;
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
