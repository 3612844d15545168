// LIST and LSUB: RFC 9051 §6.3.9, §7.3.1; RFC 3501 §6.3.9 (LSUB); RFC 6154; RFC 5258. All names are taken
// once, at the beginning; what is asked of them is computed in one pass, and told in slices.
#include "reference/imap/list_request.hpp"
#include "reference/imap/list_response.hpp"
#include "reference/imap/machine.hpp"

#include <map>

namespace refmail::imap {

namespace {

struct listed {
    mailbox::entry of;
    bool matches = false;        // a pattern
    bool wanted = false;         // meets the selection options
    bool has_children = false;   // mailboxes, anywhere below
    bool child_wanted = false;   // one below meets the selection options ...
    bool child_unlisted = false; // ... and its own name matches no pattern
};

using listing = std::vector<listed>;

// Names that are only a level above a subscribed one, which the account need not know of.
void add_levels(std::vector<mailbox::entry>& entries) {
    std::set<std::string, std::less<>> known;
    for (const auto& e : entries)
        known.insert(e.name);
    const auto count = entries.size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto name = entries[i].name;
        for (auto slash = name.rfind('/'); slash != std::string::npos && slash > 0;
             slash = name.rfind('/', slash - 1)) {
            const auto level = name.substr(0, slash);
            if (!known.insert(level).second) break;
            entries.push_back({level, false, false, false, {}});
        }
    }
}

// Tells each level what is below it.
void look_below(listing& all) {
    std::map<std::string_view, listed*> by_name;
    for (auto& one : all)
        by_name[one.of.name] = &one;
    for (const auto& one : all) {
        const std::string_view name = one.of.name;
        for (auto slash = name.rfind('/'); slash != std::string_view::npos && slash > 0;
             slash = name.rfind('/', slash - 1)) {
            const auto above = by_name.find(name.substr(0, slash));
            if (above == by_name.end()) continue;
            auto& level = *above->second;
            level.has_children |= one.of.exists;
            level.child_wanted |= one.wanted;
            level.child_unlisted |= one.wanted && !one.matches;
        }
    }
}

listing survey(std::vector<mailbox::entry> entries, const list_request& asked) {
    add_levels(entries);
    listing all;
    all.reserve(entries.size());
    for (auto& e : entries) {
        listed one;
        one.matches = asked.matches(e.name);
        const bool any = asked.only_subscribed || asked.only_special_use;
        one.wanted =
            any ? (!asked.only_subscribed || e.subscribed) && (!asked.only_special_use || !e.uses.empty())
                : e.exists;
        one.of = std::move(e);
        all.push_back(std::move(one));
    }
    look_below(all);
    return all;
}

bool is_told(const listed& one, const list_request& asked) {
    if (!one.matches) return false;
    if (one.wanted) return true;
    // RFC 9051 §6.3.9.6: no CHILDINFO when the children themselves are listed.
    if (asked.recursive_match) return one.child_unlisted;
    // §6.3.9: "%" at the end lists levels that are no mailboxes.
    const bool any = asked.only_subscribed || asked.only_special_use;
    return !any && !one.of.exists && one.has_children && asked.lists_levels(one.of.name);
}

// RFC 6154 §2
std::string_view attribute_of(std::string_view use) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"all", "\\All"},         {"archive", "\\Archive"},     {"drafts", "\\Drafts"},
        {"flagged", "\\Flagged"}, {"important", "\\Important"}, {"junk", "\\Junk"},
        {"sent", "\\Sent"},       {"trash", "\\Trash"}};
    for (const auto& [name, attribute] : names)
        if (name == use) return attribute;
    return {};
}

class attribute_list {
  public:
    explicit attribute_list(response_writer& out)
        : out_(out) {
        out_.put('(');
    }
    void add(std::string_view attribute) {
        if (attribute.empty()) return;
        if (!first_) out_.put(' ');
        first_ = false;
        out_.put(attribute);
    }
    ~attribute_list() { out_.put(')'); }

  private:
    response_writer& out_;
    bool first_ = true;
};

void put_attributes(response_writer& out, const listed& one, const list_request& asked) {
    attribute_list attributes(out);
    // RFC 9051 §7.3.1: \NonExistent implies \Noselect, and only one of them may stand here. Who used the
    // basic syntax may not know \NonExistent.
    if (!one.of.exists && asked.extended)
        attributes.add("\\NonExistent");
    else if (!one.of.exists || !one.of.selectable)
        attributes.add("\\Noselect");
    attributes.add(one.has_children ? "\\HasChildren" : "\\HasNoChildren");
    if (asked.tell_subscribed && one.of.subscribed) attributes.add("\\Subscribed");
    for (const auto& use : one.of.uses)
        attributes.add(attribute_of(use));
}

// RFC 9051 §6.3.9.6
void put_child_info(response_writer& out, const list_request& asked) {
    out.put(" (\"CHILDINFO\" (");
    if (asked.only_subscribed) out.put("\"SUBSCRIBED\"");
    if (asked.only_special_use) out.put(asked.only_subscribed ? " \"SPECIAL-USE\"" : "\"SPECIAL-USE\"");
    out.put("))");
}

class list_run final : public command_run {
  public:
    list_run(mailbox::account& of, list_request asked, std::uint64_t append_limit)
        : of_(of)
        , asked_(std::move(asked))
        , append_limit_(append_limit) {}

    bool step(response_writer& out) override {
        if (asked_.delimiter_only) {
            out.untagged("LIST (\\Noselect) \"/\" \"\"");
            return done(completion::ok("LIST done"));
        }
        if (!surveyed_) {
            auto entries = of_.list();
            if (!entries) return done(completion::of(entries.error()));
            all_ = survey(std::move(*entries), asked_);
            surveyed_ = true;
        }
        while (next_ < all_.size()) {
            if (out.full()) return false;
            const auto& one = all_[next_++];
            if (is_told(one, asked_)) tell(out, one);
        }
        return done(completion::ok("LIST done"));
    }

  private:
    void tell(response_writer& out, const listed& one) {
        out.put("* LIST ");
        put_attributes(out, one, asked_);
        out.put(" \"/\" ");
        out.mailbox(one.of.name);
        if (asked_.recursive_match && one.child_wanted) put_child_info(out, asked_);
        out.put("\r\n");
        // RFC 9051 §6.3.9.2: not for what cannot be selected, nor for what is told for its children.
        if (asked_.status.items.empty() || !one.wanted || !one.of.exists || !one.of.selectable) return;
        if (const auto folder = of_.open(one.of.name))
            (void)put_status(out, asked_.status, one.of.name, **folder, append_limit_);
    }

    mailbox::account& of_;
    const list_request asked_;
    const std::uint64_t append_limit_;
    bool surveyed_ = false;
    listing all_;
    std::size_t next_ = 0;
};

// RFC 3501 §6.3.9: subscribed names; with "%" at the end also levels above them, as \Noselect.
class lsub_run final : public command_run {
  public:
    lsub_run(mailbox::account& of, list_request asked)
        : of_(of)
        , asked_(std::move(asked)) {}

    bool step(response_writer& out) override {
        if (all_.empty()) {
            auto entries = of_.list();
            if (!entries) return done(completion::of(entries.error()));
            all_ = survey(std::move(*entries), asked_);
        }
        while (next_ < all_.size()) {
            if (out.full()) return false;
            const auto& one = all_[next_++];
            const bool level = !one.wanted && one.child_wanted && asked_.lists_levels(one.of.name);
            if (!one.matches || !(one.wanted || level)) continue;
            out.put(level || !one.of.selectable ? "* LSUB (\\Noselect) \"/\" " : "* LSUB () \"/\" ");
            out.mailbox(one.of.name);
            out.put("\r\n");
        }
        return done(completion::ok("LSUB done"));
    }

  private:
    mailbox::account& of_;
    const list_request asked_;
    listing all_;
    std::size_t next_ = 0;
};

} // namespace

void put_list_response(response_writer& out, mailbox::account& of, const std::string& name,
                       const std::optional<std::string>& old_name) {
    list_request asked;
    asked.tell_subscribed = asked.extended = true;
    listed found;
    found.of = {name, false, false, false, {}};
    if (auto entries = of.list()) {
        for (auto& e : *entries) {
            if (e.exists && e.name.size() > name.size() && e.name.starts_with(name) &&
                e.name[name.size()] == '/')
                found.has_children = true;
            if (e.name == name) found.of = std::move(e);
        }
    }
    out.put("* LIST ");
    put_attributes(out, found, asked);
    out.put(" \"/\" ");
    out.mailbox(name);
    if (old_name) {
        out.put(" (\"OLDNAME\" (");
        out.mailbox(*old_name);
        out.put("))");
    }
    out.put("\r\n");
}

void machine::do_list(cursor& c) {
    auto asked = read_list_request(c, modes_);
    if (c.failed()) return bad(c.why());
    if (asked.status.enables_condstore()) enable_condstore();
    run(begun(std::make_unique<list_run>(*account_, std::move(asked), policy_.limits.message_size)));
}

void machine::do_lsub(cursor& c) {
    list_request asked;
    asked.only_subscribed = true;
    const auto reference = c.astring();
    c.space();
    asked.patterns.emplace_back(reference, c.list_mailbox(), modes_.speaks_utf8());
    c.end();
    if (c.failed()) return bad(c.why());
    run(begun(std::make_unique<lsub_run>(*account_, std::move(asked))));
}

// RFC 9051 §6.3.10: everything is personal and stands at the root.
void machine::do_namespace(cursor&) {
    out_.untagged("NAMESPACE ((\"\" \"/\")) NIL NIL");
    finish(completion::ok("NAMESPACE done"));
}

} // namespace refmail::imap
