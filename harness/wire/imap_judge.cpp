// Each response in its place; see imap_judge.hpp.
#include "harness/wire/imap_judge.hpp"

#include "harness/wire/imap_grammar.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailspec::wire {
namespace {

using kind = imap_response::kind;

bool opens_mailbox(const imap_command& c) {
    return c.is("SELECT") || c.is("EXAMINE");
}

// Data about messages of the selected mailbox (RFC 9051 §7.3.5, §7.4, §7.5).
bool is_about_messages(const std::string& name) {
    return name == "EXISTS" || name == "RECENT" || name == "EXPUNGE" || name == "FETCH" || name == "VANISHED";
}

// Data that answers commands of the authenticated and the selected state.
bool is_about_mailboxes(const std::string& name) {
    static constexpr auto names =
        std::to_array<std::string_view>({"LIST", "LSUB", "STATUS", "SEARCH", "ESEARCH", "SORT", "THREAD",
                                         "FLAGS", "NAMESPACE", "QUOTA", "QUOTAROOT"});
    return is_about_messages(name) || std::ranges::find(names, name) != names.end();
}

// Of what FETCH brings, what tells of the mailbox as a whole.
struct fetch_items {
    const imap_value *uid = nullptr, *modseq = nullptr, *flags = nullptr;
    bool others = false;
};

fetch_items items_of(const imap_value& list) {
    fetch_items found;
    const auto& items = list.items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (items[i].is_atom("UID"))
            found.uid = &items[i + 1];
        else if (items[i].is_atom("MODSEQ") && items[i + 1].is_list() && items[i + 1].items.size() == 1)
            found.modseq = &items[i + 1].items[0];
        else if (items[i].is_atom("FLAGS"))
            found.flags = &items[i + 1];
        else
            found.others = true;
    }
    return found;
}

} // namespace

void imap_judge::tls_started() {
    commands_.tls_started();
    under_tls_ = true;
    tls_due_ = false;
    capabilities_.clear();
}

void imap_judge::sent(std::string_view octets) {
    commands_.sent(octets);
    look_for_opening();
}

// What comes while SELECT or EXAMINE is under way may be of the mailbox that is being opened.
void imap_judge::look_for_opening() {
    const bool opens = std::ranges::any_of(commands_.outstanding(), opens_mailbox);
    if (!opens) opening_.reset();
    if (opens && !opening_) opening_.emplace();
}

bool imap_judge::listed(std::string_view capability) const {
    return std::ranges::find(capabilities_, upper(capability)) != capabilities_.end();
}

bool imap_judge::enabled(std::string_view capability) const {
    return std::ranges::find(enabled_, upper(capability)) != enabled_.end();
}

// RFC 9051 §7.2.2: one that lists IMAP4rev2 alone speaks it from the start; one that lists both, once
// enabled.
bool imap_judge::in_rev2() const {
    return enabled("IMAP4rev2") || (listed("IMAP4rev2") && !listed("IMAP4rev1"));
}

bool imap_judge::utf8_allowed() const {
    return in_rev2() || enabled("UTF8=ACCEPT") || capabilities_.empty();
}

imap_mailbox_view* imap_judge::view() {
    if (!commands_.certain()) return nullptr;
    if (opening_ && opens_mailbox(commands_.outstanding().front())) return &*opening_;
    return selected_ ? &current_ : nullptr;
}

std::vector<deviation> imap_judge::judge_malformed(std::string_view line) {
    judged_.set(index_of_rule("imap-malformed"));
    return {{"imap-malformed", 0, fmt::format("a line that is no response: {}", shown(line))}};
}

std::vector<deviation> imap_judge::judge(const imap_response& response) {
    auto found = response.deviations;
    imap_notes notes(response, found, judged_);
    for (const auto* rule : {"imap-bare-lf", "imap-bare-cr", "imap-malformed", "imap-spacing",
                             "imap-parentheses", "imap-string", "imap-atom", "imap-literal-plus"})
        notes.held_against(rule);
    if (response.what == kind::continuation)
        notes.held_against("imap-continuation");
    else if (!response.condition.empty())
        notes.held_against("imap-text");

    if (!greeted_) judge_greeting(notes);
    greeted_ = true;
    judge_octets(notes);
    // What could not be read as it should be judges nothing further: one mistake is one deviation.
    if (response.deviations.empty()) judge_imap_grammar(notes);
    if (response.what == kind::tagged) judge_tag(notes);
    const auto capabilities = imap_capabilities_of(response);
    if (!capabilities.empty()) judge_capabilities(notes, capabilities);
    if (response.what == kind::untagged && response.condition.empty()) judge_state(notes);
    follow(response);
    return found;
}

void imap_judge::judge_octets(imap_notes& notes) const {
    const auto& r = notes.response();
    for (const auto* rule : {"imap-nul", "imap-8bit-text", "imap-8bit-string"})
        notes.held_against(rule);
    judge_texts(notes, r.data);
    if (r.code) judge_texts(notes, *r.code);
    judge_names(notes);
    if (r.text.find('\0') != std::string::npos)
        notes.note("imap-nul", r.text_at, fmt::format("NUL in the text {}", shown(r.text)));
    if (std::ranges::none_of(r.text, is_8bit)) return;
    notes.held_against("imap-utf8");
    if (!utf8_allowed())
        notes.note("imap-8bit-text", r.text_at,
                   fmt::format("an octet that is not ASCII in the text {}", shown(r.text)));
    if (!is_utf8(r.text))
        notes.note("imap-utf8", r.text_at, fmt::format("the text {} is not UTF-8", shown(r.text)));
}

void imap_judge::judge_texts(imap_notes& notes, const std::vector<imap_value>& values) const {
    for (const auto& v : values) {
        if (v.is_list()) {
            judge_texts(notes, v.items);
            continue;
        }
        if (!v.is_string()) continue;
        if (v.what != imap_value::kind::literal8 && v.text.find('\0') != std::string::npos)
            notes.note("imap-nul", v.offset, fmt::format("NUL in the string {}", notes.show(v)));
        if (v.what != imap_value::kind::quoted || std::ranges::none_of(v.text, is_8bit)) continue;
        notes.held_against("imap-utf8");
        if (!utf8_allowed())
            notes.note("imap-8bit-string", v.offset,
                       fmt::format("an octet that is not ASCII in the quoted string {}", notes.show(v)));
        if (!is_utf8(v.text))
            notes.note("imap-utf8", v.offset,
                       fmt::format("the quoted string {} is not UTF-8", notes.show(v)));
    }
}

// RFC 3501 §5.1.3
void imap_judge::judge_names(imap_notes& notes) const {
    const auto& r = notes.response();
    if (r.what != kind::untagged || utf8_allowed()) return;
    const bool list = r.is_data("LIST") || r.is_data("LSUB");
    const std::size_t at = list ? 3 : 1;
    if ((!list && !r.is_data("STATUS")) || r.data.size() <= at || !is_astring(r.data[at])) return;
    notes.held_against("imap-mailbox-utf7");
    const auto flaw = flaw_of_modified_utf7(r.data[at].text);
    if (!flaw.empty())
        notes.note("imap-mailbox-utf7", r.data[at].offset,
                   fmt::format("the name {} has {}", notes.show(r.data[at]), flaw));
}

void imap_judge::judge_greeting(imap_notes& notes) {
    const auto& r = notes.response();
    notes.held_against("imap-greeting");
    const bool good =
        r.what == kind::untagged && (r.condition == "OK" || r.condition == "PREAUTH" || r.condition == "BYE");
    if (!good)
        notes.note("imap-greeting", 0,
                   fmt::format("the first response is {}", shown(without_line_end(r.raw))));
}

void imap_judge::judge_tag(imap_notes& notes) {
    if (!commands_.certain()) return;
    notes.held_against("imap-tag");
    const auto& r = notes.response();
    const bool known = std::ranges::any_of(commands_.outstanding(), [&](auto& c) { return c.tag == r.tag; });
    if (!known)
        notes.note("imap-tag", 0,
                   fmt::format("no command is under way with the tag of {}", shown(without_line_end(r.raw))));
}

void imap_judge::judge_capabilities(imap_notes& notes, const std::vector<std::string>& announced) {
    std::vector<std::string> names;
    for (const auto& name : announced)
        names.push_back(upper(name));
    const auto has = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
    const auto must = [&](std::string_view rule, bool holds, std::string_view why) {
        notes.held_against(rule);
        if (!holds)
            notes.note(rule, 0,
                       fmt::format("{}: {}", why, shown(without_line_end(notes.response().raw), 400)));
    };
    must("imap-capability", has("IMAP4REV1") || has("IMAP4REV2"), "neither IMAP4rev1 nor IMAP4rev2");
    if (under_tls_) must("imap-capability-starttls", !has("STARTTLS"), "STARTTLS under TLS");
    if (has("QRESYNC")) {
        must("imap-qresync-condstore", has("CONDSTORE"), "QRESYNC without CONDSTORE");
        must("imap-qresync-enable", has("ENABLE") || has("IMAP4REV2"), "QRESYNC without ENABLE");
    }
    // RFC 9208 §1: QUOTA alone may be a server of RFC 2087; QUOTASET is RFC 9208's.
    if (has("QUOTASET"))
        must("imap-quota-resource",
             std::ranges::any_of(names, [](auto& n) { return n.starts_with("QUOTA=RES-"); }),
             "QUOTASET without a resource");
    capabilities_ = std::move(names);
}

void imap_judge::judge_state(imap_notes& notes) {
    const auto& r = notes.response();
    const auto name = r.name();
    const auto line = [&] { return shown(without_line_end(r.raw)); };
    if (is_about_mailboxes(name) && commands_.certain()) {
        notes.held_against("imap-data-before-login");
        // An answer to LOGIN may come in one write with data behind it; a login under way is as good as done.
        const bool may = logged_in_ || commands_.any("LOGIN") || commands_.any("AUTHENTICATE");
        if (!may)
            notes.note("imap-data-before-login", 0, fmt::format("nobody has logged in, and yet {}", line()));
    }
    if (is_about_messages(name) && commands_.certain() && logged_in_) {
        notes.held_against("imap-data-without-mailbox");
        if (!view())
            notes.note("imap-data-without-mailbox", 0,
                       fmt::format("no mailbox is selected, and yet {}", line()));
    }
    judge_asked_for(notes);
    if (view()) judge_data(notes);
}

// What an extension or a revision has changed for this session.
void imap_judge::judge_asked_for(imap_notes& notes) {
    const auto& r = notes.response();
    const auto name = r.name();
    const auto line = [&] { return shown(without_line_end(r.raw)); };
    if (!commands_.certain()) return;
    if (name == "VANISHED" || name == "ENABLED") {
        notes.held_against("imap-not-asked-for");
        const bool asked = name == "ENABLED" ? commands_.any("ENABLE") : enabled("QRESYNC");
        if (!asked) notes.note("imap-not-asked-for", 0, fmt::format("nobody asked for {}", line()));
    }
    if (in_rev2()) {
        notes.held_against("imap-rev2-forms");
        if (name == "RECENT" || name == "SEARCH")
            notes.note("imap-rev2-forms", 0, fmt::format("the session is in IMAP4rev2, and yet {}", line()));
    }
    if (enabled("QRESYNC") && (name == "EXPUNGE" || name == "VANISHED") && current_.has_modseq()) {
        notes.held_against("imap-expunge-in-qresync");
        if (name == "EXPUNGE")
            notes.note("imap-expunge-in-qresync", 0, fmt::format("QRESYNC is enabled, and yet {}", line()));
    }
}

void imap_judge::judge_data(imap_notes& notes) {
    const auto& r = notes.response();
    const auto name = r.name();
    auto& mailbox = *view();
    const auto number = r.number();
    if (name == "EXISTS" && number) {
        notes.held_against("imap-exists-shrinks");
        // While a mailbox is being opened it is not said which of the two is meant.
        if (!opening_ && mailbox.exists() && *number < *mailbox.exists())
            notes.note("imap-exists-shrinks", 2,
                       fmt::format("{} messages, and {} before", *number, *mailbox.exists()));
        mailbox.exists(*number);
    }
    if (number && (name == "FETCH" || name == "EXPUNGE")) {
        notes.held_against("imap-sequence-number");
        if (!opening_ && mailbox.exists() && *number > *mailbox.exists())
            notes.note("imap-sequence-number", 2,
                       fmt::format("message {} of {}: {}", *number, *mailbox.exists(),
                                   shown(without_line_end(r.raw), 80)));
    }
    if (name == "FETCH" && number) judge_fetch(notes);
    if (name == "EXPUNGE" || name == "VANISHED") judge_removal(notes);
}

// RFC 9051 §7.5.1; RFC 7162 §3.2.10: VANISHED (EARLIER) answers a UID FETCH or SELECT.
void imap_judge::judge_removal(imap_notes& notes) {
    const auto& r = notes.response();
    auto& mailbox = *view();
    const bool earlier = r.name() == "VANISHED" && r.arguments() != r.data.end() && r.arguments()->is_list();
    if (commands_.certain() && !earlier) {
        notes.held_against("imap-expunge-timing");
        const auto& under_way = commands_.outstanding();
        const bool barred = std::ranges::all_of(
            under_way, [](auto& c) { return c.is("FETCH") || c.is("STORE") || c.is("SEARCH"); });
        if (barred)
            notes.note("imap-expunge-timing", 0,
                       fmt::format("{} is under way, and yet {}",
                                   under_way.empty() ? "no command" : under_way.front().verb,
                                   shown(without_line_end(r.raw))));
    }
    if (r.name() == "EXPUNGE") {
        if (const auto number = r.number()) mailbox.expunge(*number);
    } else if (!earlier && !r.data.back().is_list()) {
        if (const auto set = parse_number_set(r.data.back().text)) mailbox.vanished(*set);
    }
}

void imap_judge::judge_fetch(imap_notes& notes) {
    const auto& r = notes.response();
    if (r.data.size() != 3 || !r.data[2].is_list()) return;
    auto& mailbox = *view();
    const auto number = *r.number();
    const auto [uid, modseq, flags, others] = items_of(r.data[2]);
    if (uid && uid->number()) {
        notes.held_against("imap-uid-order");
        notes.held_against("imap-uid-changes");
        const auto why = mailbox.learn_uid(number, *uid->number());
        if (!why.empty())
            notes.note(mailbox.uid_contradicted() ? "imap-uid-changes" : "imap-uid-order", uid->offset, why);
    }
    if (modseq && modseq->number()) {
        notes.held_against("imap-modseq-goes-back");
        if (const auto before = mailbox.learn_modseq(number, *modseq->number()))
            notes.note("imap-modseq-goes-back", modseq->offset,
                       fmt::format("message {} has MODSEQ {}, and had {} before", number, *modseq->number(),
                                   *before));
    }
    if (flags && in_rev2() &&
        std::ranges::any_of(flags->items, [](auto& f) { return f.is_atom("\\Recent"); }))
        notes.note("imap-rev2-forms", flags->offset, "\\Recent in a session that is in IMAP4rev2");
    if (!commands_.certain() || opening_) return;
    const bool fetching = commands_.any("FETCH") || commands_.any("UID FETCH");
    if (condstore_ && flags && !fetching && mailbox.has_modseq()) {
        notes.held_against("imap-modseq-missing");
        if (!modseq)
            notes.note("imap-modseq-missing", 0,
                       fmt::format("no MODSEQ in {}", shown(without_line_end(r.raw))));
    }
    // A UID command alone under way: what it asked for comes with UID; a flag change of another session's
    // need not, before IMAP4rev2.
    const auto& under_way = commands_.outstanding();
    const bool by_uid = !under_way.empty() &&
                        std::ranges::all_of(under_way, [](auto& c) { return c.verb.starts_with("UID "); });
    const bool unasked = std::ranges::none_of(
        under_way, [](auto& c) { return c.is("FETCH") || c.is("STORE") || c.verb.starts_with("UID "); });
    if ((by_uid && (others || in_rev2())) || (unasked && in_rev2())) {
        notes.held_against("imap-uid-missing");
        if (!uid)
            notes.note("imap-uid-missing", 0,
                       fmt::format("no UID in {}", shown(without_line_end(r.raw), 80)));
    }
}

// ---- the state of the session --------------------------------------------------------------------

void imap_judge::follow(const imap_response& r) {
    if (r.condition == "PREAUTH") logged_in_ = true;
    if (r.what == kind::continuation) commands_.continuation();
    if (r.is_data("ENABLED"))
        for (auto at = r.arguments(); at != r.data.end(); ++at) {
            enabled_.push_back(upper(at->text));
            // RFC 7162 §3.2.3: QRESYNC implies CONDSTORE
            condstore_ = condstore_ || at->is_atom("CONDSTORE") || at->is_atom("QRESYNC");
        }
    if (r.code_name() == "NOMODSEQ")
        if (auto* mailbox = view()) mailbox->no_modseq();
    if (r.what == kind::tagged)
        if (const auto command = commands_.completed(r.tag)) completed(*command, r);
    // RFC 9051 §6.3.2: what follows CLOSED is of the new mailbox.
    if (r.code_name() == "CLOSED" && opening_) opening_.emplace();
    look_for_opening();
}

void imap_judge::completed(const imap_command& command, const imap_response& r) {
    const bool ok = r.condition == "OK";
    if (ok && (command.is("LOGIN") || command.is("AUTHENTICATE"))) logged_in_ = true;
    if (ok && command.is("STARTTLS")) tls_due_ = true;
    if (ok && (command.is("CLOSE") || command.is("UNSELECT"))) selected_ = false;
    if (!opens_mailbox(command)) return;
    // RFC 9051 §6.3.2: a SELECT that fails leaves no mailbox selected.
    if (ok) {
        selected_ = true;
        current_ = opening_.value_or(imap_mailbox_view{});
        if (command.line.find("(CONDSTORE") != std::string::npos) condstore_ = true;
    } else if (r.condition == "NO") {
        selected_ = false;
    }
    opening_.reset();
}

} // namespace mailspec::wire
