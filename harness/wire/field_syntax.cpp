// Identifiers and addresses in header fields; see field_syntax.hpp. Dates are in date_time.cpp.
#include "harness/wire/field_syntax.hpp"

#include "harness/wire/field_reader.hpp"

namespace mailspec::wire {

syntax_result expected_here(const field_reader& r, std::string what) {
    return std::unexpected(syntax_error{r.offset(), "expected " + std::move(what)});
}

namespace {

syntax_result skip(field_reader& r) {
    return r.skip_cfws() ? syntax_result{} : expected_here(r, "the end of a comment");
}

// addr-spec = local-part "@" domain
syntax_result read_addr_spec(field_reader& r) {
    if (!r.dot_atom() && !r.quoted_string()) return expected_here(r, "a local part");
    if (auto ok = skip(r); !ok) return ok;
    if (!r.take('@')) return expected_here(r, "@");
    if (auto ok = skip(r); !ok) return ok;
    if (!r.dot_atom() && !r.domain_literal()) return expected_here(r, "a domain");
    return skip(r);
}

syntax_result read_angle_addr(field_reader& r) {
    if (!r.take('<')) return expected_here(r, "<");
    if (auto ok = skip(r); !ok) return ok;
    if (auto ok = read_addr_spec(r); !ok) return ok;
    if (!r.take('>')) return expected_here(r, ">");
    return skip(r);
}

// Words of a display-name: atoms and quoted strings. How many there were.
int read_phrase(field_reader& r) {
    int words = 0;
    while (r.atom() || r.quoted_string()) {
        ++words;
        if (!r.skip_cfws()) break;
    }
    return words;
}

syntax_result read_mailbox(field_reader& r) {
    if (auto ok = skip(r); !ok) return ok;
    if (r.peek() == '<') return read_angle_addr(r);
    field_reader ahead = r; // a display-name or an addr-spec: both begin with a word
    if (read_phrase(ahead) > 0 && ahead.peek() == '<') {
        r = ahead;
        return read_angle_addr(r);
    }
    return read_addr_spec(r);
}

syntax_result read_mailboxes(field_reader& r, char until) {
    for (;;) {
        if (auto ok = read_mailbox(r); !ok) return ok;
        if (r.at_end() ? until == '\0' : r.peek() == until) return {};
        if (!r.take(',')) return expected_here(r, "a comma or the end");
    }
}

// group = display-name ":" [group-list] ";" [CFWS]. False: it is none, nothing taken.
std::expected<bool, syntax_error> read_group(field_reader& r) {
    field_reader ahead = r;
    ahead.skip_cfws();
    if (read_phrase(ahead) == 0 || !ahead.take(':')) return false;
    r = ahead;
    if (auto ok = skip(r); !ok) return std::unexpected(ok.error());
    if (r.peek() != ';')
        if (auto ok = read_mailboxes(r, ';'); !ok) return std::unexpected(ok.error());
    r.take(';');
    if (auto ok = skip(r); !ok) return std::unexpected(ok.error());
    return true;
}

} // namespace

syntax_result check_msg_id(std::string_view value) {
    field_reader r(value);
    if (auto ok = skip(r); !ok) return ok;
    if (!r.take('<')) return expected_here(r, "<");
    if (!r.dot_atom()) return expected_here(r, "the part of the identifier before @");
    if (!r.take('@')) return expected_here(r, "@");
    if (!r.dot_atom() && !r.domain_literal()) return expected_here(r, "the part of the identifier behind @");
    if (!r.take('>')) return expected_here(r, ">");
    if (auto ok = skip(r); !ok) return ok;
    return r.at_end() ? syntax_result{} : expected_here(r, "the end of the field");
}

syntax_result check_mailbox_list(std::string_view value) {
    field_reader r(value);
    return read_mailboxes(r, '\0');
}

syntax_result check_address_list(std::string_view value) {
    field_reader r(value);
    for (;;) {
        const auto group = read_group(r);
        if (!group) return std::unexpected(group.error());
        if (!*group)
            if (auto ok = read_mailbox(r); !ok) return ok;
        if (r.at_end()) return {};
        if (!r.take(',')) return expected_here(r, "a comma or the end");
    }
}

std::optional<syntax_result> check_field_type(std::string_view type, std::string_view value) {
    if (type == "date-time") return check_date_time(value);
    if (type == "msg-id") return check_msg_id(value);
    if (type == "mailbox-list") return check_mailbox_list(value);
    if (type == "address-list") return check_address_list(value);
    return std::nullopt;
}

} // namespace mailspec::wire
