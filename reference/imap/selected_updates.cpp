// Telling a client what happened in its mailbox, in an order in which it can follow: expunges, then how many
// there are, then new keywords, then flags. RFC 9051 §5.2, §7.3.5, §7.4.1, §7.5; RFC 7162 §3.2.4, §3.2.10.
#include "reference/imap/selected_folder.hpp"

#include <algorithm>
#include <array>

namespace refmail::imap {

namespace {

constexpr std::array<std::pair<mailbox::flag_set, std::string_view>, 5> system_flags{{
    {mailbox::flag::answered, "\\Answered"},
    {mailbox::flag::flagged, "\\Flagged"},
    {mailbox::flag::deleted, "\\Deleted"},
    {mailbox::flag::seen, "\\Seen"},
    {mailbox::flag::draft, "\\Draft"},
}};

std::string names_of(const std::vector<std::string>& keywords) {
    std::string out;
    const auto add = [&](std::string_view name) { (out += out.empty() ? "" : " ") += name; };
    for (const auto& [bit, name] : system_flags)
        add(name);
    for (const auto& name : keywords)
        add(name);
    return out;
}

} // namespace

bool selected_folder::tell(response_writer& out, const modes& how, bool expunges) {
    if (expunges && gone_ > 0) tell_expunged(out, how);
    if (!arrived_.empty()) tell_arrivals(out);
    if (!told_recent_) {
        told_recent_ = true;
        if (!how.rev2) { // RFC 9051 appendix E: no RECENT any more
            out.put("* ");
            out.number(recent_count());
            out.put(" RECENT\r\n");
        }
    }
    tell_keywords(out);
    while (!untold_.empty()) {
        if (out.full()) return false;
        const auto [id, before] = *untold_.begin();
        untold_.erase(untold_.begin());
        const auto at = place_of(id);
        if (!at) continue;
        const auto& m = all()[*at];
        if (before.flags == m.now.flags && !how.condstore) continue;
        out.put("* ");
        out.number(*at + 1);
        out.put(" FETCH (");
        // RFC 9051 §7.5.2, RFC 7162 §3.2.4: what was not asked for says its UID.
        if (how.rev2 || how.condstore) {
            out.put("UID ");
            out.number(m.now.id);
            out.put(' ');
        }
        out.put("FLAGS ");
        put_flags(out.octets(), m, how);
        if (how.condstore) {
            out.put(" MODSEQ (");
            out.number(m.now.modified);
            out.put(')');
        }
        out.put(")\r\n");
    }
    if (gone_ == 0)
        settled_ = known_;
    else if (how.qresync)
        // RFC 7162 §3.2: mod-sequences above those of removals that wait may have been told; who loses the
        // connection now has to resynchronize from before these.
        out.untagged("OK", "HIGHESTMODSEQ " + std::to_string(settled_), "A removal is still to be told");
    return true;
}

void selected_folder::tell_expunged(response_writer& out, const modes& how) {
    std::vector<mailbox::uid> ids;
    bool recent = false;
    // From the end, so that no number changes another.
    for (auto at = all().size(); at-- > 0;) {
        if (!all()[at].gone) continue;
        recent = recent || all()[at].recent;
        if (how.qresync) {
            ids.push_back(all()[at].now.id);
            continue;
        }
        out.put("* ");
        out.number(at + 1);
        out.put(" EXPUNGE\r\n");
    }
    if (!ids.empty()) { // RFC 7162 §3.2.10
        std::ranges::reverse(ids);
        out.put("* VANISHED ");
        out.set(ids);
        out.put("\r\n");
    }
    std::erase_if(all(), &known_message::gone);
    gone_ = 0;
    if (recent) told_recent_ = false;
}

void selected_folder::tell_arrivals(response_writer& out) {
    if (std::ranges::any_of(arrived_, &known_message::recent)) told_recent_ = false;
    all().insert(all().end(), arrived_.begin(), arrived_.end());
    arrived_.clear();
    arrived_.shrink_to_fit();
    out.put("* ");
    out.number(all().size());
    out.put(" EXISTS\r\n");
}

void selected_folder::put_flags(std::string& out, const known_message& of, const modes& how) {
    const bool recent = of.recent && !how.rev2;
    auto& last = last_flags_;
    if (!last.filled || last.flags != of.now.flags || last.recent != recent) {
        refresh_keywords(of.now.flags);
        last.flags = of.now.flags;
        last.recent = recent;
        last.filled = true;
        last.text = "(";
        const auto add = [&](std::string_view name) {
            if (last.text.size() > 1) last.text += ' ';
            last.text += name;
        };
        for (const auto& [bit, name] : system_flags)
            if (of.now.flags & bit) add(name);
        for (std::size_t i = 0; i < keywords_.size(); ++i)
            if (of.now.flags >> (mailbox::flag::first_keyword + i) & 1) add(keywords_[i]);
        if (recent) add("\\Recent");
        last.text += ')';
    }
    out += last.text;
}

// RFC 9051 §7.3.5: the keywords in use are named before a message shows them.
void selected_folder::put_defined_flags(response_writer& out) {
    keywords_told_ = keywords_.size();
    const auto names = names_of(keywords_);
    out.untagged("FLAGS (" + names + ")");
    const bool more = keywords_.size() < static_cast<std::size_t>(mailbox::flag::most_keywords);
    // RFC 9051 §7.1, PERMANENTFLAGS: "\*" says that further keywords can be made.
    if (read_only_)
        out.untagged("OK", "PERMANENTFLAGS ()", "Nothing can be changed here");
    else
        out.untagged("OK", "PERMANENTFLAGS (" + names + (more ? " \\*)" : ")"), "These flags are kept");
}

void selected_folder::enable_condstore(response_writer& out, modes& how) {
    if (how.condstore) return;
    how.condstore = true;
    // RFC 7162 §3.1: from here on MODSEQ is told, and this is what it is counted from.
    out.untagged("OK", "HIGHESTMODSEQ " + std::to_string(settled_), "Changes are counted from here");
}

} // namespace refmail::imap
