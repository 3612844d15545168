// The arguments of LIST: RFC 9051 §9 (list, list-select-opts, list-return-opts), RFC 5258 §6 (patterns).
#include "reference/imap/list_request.hpp"

#include <algorithm>

namespace refmail::imap {

namespace {

// RFC 5258 §6 has no limit; a client has a handful.
constexpr std::size_t most_patterns = 100;

void read_selection_options(cursor& c, list_request& out) {
    c.open();
    while (!c.failed() && c.peek() != ')') {
        const auto option = c.upper_atom();
        // RFC 9051 §6.3.9.1: nothing here is remote, so REMOTE changes nothing.
        if (option == "SUBSCRIBED")
            out.only_subscribed = out.tell_subscribed = true;
        else if (option == "RECURSIVEMATCH")
            out.recursive_match = true;
        else if (option == "SPECIAL-USE")
            out.only_special_use = true;
        else if (option != "REMOTE")
            c.fail("there is no such selection option");
        if (!c.take(' ')) break;
    }
    c.expect_close();
    if (out.recursive_match && !out.only_subscribed && !out.only_special_use)
        c.fail("RECURSIVEMATCH needs another selection option beside it");
    c.space();
}

void read_return_options(cursor& c, list_request& out, const modes& how) {
    if (!c.take_word("RETURN")) c.fail("expected RETURN or the end of the command");
    c.space();
    c.open();
    while (!c.failed() && c.peek() != ')') {
        const auto option = c.upper_atom();
        if (option == "SUBSCRIBED") {
            out.tell_subscribed = true;
        } else if (option == "STATUS") {
            c.space();
            out.status = read_status_items(c, how);
        } else if (option != "CHILDREN" && option != "SPECIAL-USE") {
            c.fail("there is no such return option");
        }
        if (!c.take(' ')) break;
    }
    c.expect_close();
}

} // namespace

bool list_request::matches(std::string_view name) const {
    return std::ranges::any_of(patterns, [&](const auto& p) { return p.matches(name); });
}

bool list_request::lists_levels(std::string_view name) const {
    return std::ranges::any_of(patterns,
                               [&](const auto& p) { return p.ends_in_percent() && p.matches(name); });
}

list_request read_list_request(cursor& c, const modes& how) {
    list_request out;
    if (c.peek() == '(') {
        out.extended = true;
        read_selection_options(c, out);
    }
    if (!c.at_string() && c.peek() == ' ') c.fail("expected a reference name");
    const auto reference = c.astring();
    c.space();
    std::vector<std::string> names;
    if (c.peek() == '(') {
        out.extended = true;
        c.open();
        do {
            names.push_back(c.list_mailbox());
        } while (c.take(' '));
        c.expect_close();
        if (names.size() > most_patterns) c.fail("there are more than 100 patterns");
    } else {
        names.push_back(c.list_mailbox());
    }
    if (c.take(' ')) {
        out.extended = true;
        read_return_options(c, out, how);
    }
    c.end();
    // RFC 9051 §6.3.9: an empty name asks for the delimiter; in the extended syntax it is ignored.
    out.delimiter_only = !out.extended && names.size() == 1 && names.front().empty();
    for (const auto& name : names)
        if (!name.empty()) out.patterns.emplace_back(reference, name, how.speaks_utf8());
    return out;
}

} // namespace refmail::imap
