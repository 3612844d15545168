// msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]: RFC 5322 §3.6.4, and obs-id-left / obs-id-right,
// which are a local-part and a domain. Refuses blanks and comments between the angle brackets.
#include "reference/message/message_id.hpp"

#include "reference/message/header_tokens.hpp"

#include <fmt/format.h>

namespace refmail::message {

namespace {

// 1*atext *("." 1*atext), where a quoted string may stand for an atom
bool take_dotted(std::string_view& text, bool quoted_too) {
    for (;;) {
        if (quoted_too && text.starts_with('"')) {
            if (!take_quoted_string(text)) return false;
        } else if (take_atom(text).empty()) {
            return false;
        }
        if (!text.starts_with('.')) return true;
        text.remove_prefix(1);
    }
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

bool is_message_id(std::string_view text) {
    if (!skip_cfws(text) || !take(text, '<') || !take_dotted(text, true) || !take(text, '@')) return false;
    if (text.starts_with('[')) {
        const auto before = text;
        auto literal = take_domain_literal(text);
        // no-fold-literal: nothing was left out of it
        if (!literal || literal->size() != before.size() - text.size()) return false;
    } else if (!take_dotted(text, false)) {
        return false;
    }
    return take(text, '>') && skip_cfws(text) && text.empty();
}

std::string make_message_id(const timestamp& when, std::string_view unique, std::string_view host) {
    return fmt::format("<{}.{}@{}>", format_compact(when), unique, host);
}

} // namespace refmail::message
