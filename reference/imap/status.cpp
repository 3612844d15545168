// STATUS: RFC 9051 §6.3.11. Numbers of a mailbox that need not be selected.
#include "reference/imap/machine.hpp"
#include "reference/imap/status_items.hpp"

#include <algorithm>
#include <array>

namespace refmail::imap {

namespace {

using named_item = std::pair<std::string_view, status_item>;
constexpr std::array<named_item, 10> names{{{"MESSAGES", status_item::messages},
                                            {"RECENT", status_item::recent},
                                            {"UIDNEXT", status_item::uidnext},
                                            {"UIDVALIDITY", status_item::uidvalidity},
                                            {"UNSEEN", status_item::unseen},
                                            {"DELETED", status_item::deleted},
                                            {"SIZE", status_item::size},
                                            {"HIGHESTMODSEQ", status_item::highestmodseq},
                                            {"APPENDLIMIT", status_item::appendlimit},
                                            {"DELETED-STORAGE", status_item::deleted_storage}}};

// RFC 3501 §2.3.2: those that no session has seen yet.
std::uint64_t recent_of(mailbox::folder& f, const mailbox::folder_facts& facts) {
    if (facts.first_recent >= facts.uid_next) return 0;
    const auto all = f.records();
    const auto first = std::ranges::lower_bound(all, facts.first_recent, {}, &mailbox::record::id);
    return static_cast<std::uint64_t>(all.end() - first);
}

std::uint64_t value_of(status_item item, mailbox::folder& f, const mailbox::folder_facts& facts,
                       std::uint64_t append_limit) {
    switch (item) {
    case status_item::messages: return facts.messages;
    case status_item::recent: return recent_of(f, facts);
    case status_item::uidnext: return facts.uid_next;
    case status_item::uidvalidity: return facts.uid_validity;
    case status_item::unseen: return facts.unseen;
    case status_item::deleted: return facts.deleted;
    case status_item::size: return facts.octets;
    case status_item::highestmodseq: return facts.highest;
    case status_item::appendlimit: return append_limit;
    case status_item::deleted_storage: return facts.deleted_octets;
    }
    return 0;
}

} // namespace

bool status_items::enables_condstore() const {
    return std::ranges::find(items, status_item::highestmodseq) != items.end();
}

status_items read_status_items(cursor& c, const modes& how) {
    status_items out;
    c.open();
    do {
        const auto name = c.upper_atom();
        const auto* known = std::ranges::find(names, std::string_view(name), &named_item::first);
        // RFC 9051 Appendix E: no RECENT in IMAP4rev2.
        if (known == names.end() || (known->second == status_item::recent && how.rev2)) {
            c.fail("expected a STATUS item, as MESSAGES");
            return out;
        }
        if (std::ranges::find(out.items, known->second) == out.items.end())
            out.items.push_back(known->second);
    } while (c.take(' '));
    c.expect_close();
    return out;
}

mailbox::result<void> put_status(response_writer& out, const status_items& asked, const std::string& name,
                                 mailbox::folder& of, std::uint64_t append_limit) {
    if (auto fresh = of.refresh(); !fresh && fresh.error().kind != mailbox::trouble::kind::no_space)
        return fresh;
    const auto facts = of.facts();
    out.put("* STATUS ");
    out.mailbox(name);
    char separator = '(';
    for (const auto item : asked.items) {
        out.put(separator == '(' ? " (" : " ");
        separator = ' ';
        out.put(std::ranges::find(names, item, &named_item::second)->first);
        out.put(' ');
        out.number(value_of(item, of, facts, append_limit));
    }
    out.put(")\r\n");
    return {};
}

void machine::do_status(cursor& c) {
    auto name = c.mailbox();
    c.space();
    auto asked = read_status_items(c, modes_);
    c.end();
    if (c.failed()) return bad(c.why());
    run([this, name = std::move(name), asked = std::move(asked)](response_writer& out) {
        const auto folder = account_->open(name);
        if (!folder) return completion::of(folder.error());
        if (asked.enables_condstore()) enable_condstore();
        const auto put = put_status(out, asked, name, **folder, policy_.limits.message_size);
        return put ? completion::ok("STATUS done") : completion::of(put.error());
    });
}

// RFC 7162 §3.1: whoever enables it with a mailbox selected is told where its mod-sequences are.
void machine::enable_condstore() {
    if (modes_.condstore) return;
    if (selected_)
        selected_->enable_condstore(out_, modes_);
    else
        modes_.condstore = true;
}

} // namespace refmail::imap
