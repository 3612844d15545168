// Looks for "<" id-left "@" id-right ">" and leaves out the rest: RFC 5322 §3.6.4, §4.5.4 (blanks within),
// RFC 5256 §3. Does not ask that the two halves are atoms: programs of all kinds write them.
#include "reference/message/message_ids.hpp"

#include "reference/message/header_fields.hpp"
#include "reference/message/header_tokens.hpp"
#include "reference/message/octet_class.hpp"

namespace refmail::message {

namespace {

// Behind "<". Nothing: none is here, and `text` is at the sign that says so.
std::optional<std::string> take_identifier(std::string_view& text) {
    std::string out;
    std::size_t at_sign = std::string::npos;
    while (!text.empty() && text.front() != '<') {
        const char c = text.front();
        if (c == '"') {
            // RFC 5256 §3: <"joe"@host> and <joe@host> are the same.
            auto quoted = take_quoted_string(text);
            if (!quoted) break;
            out += *quoted;
            continue;
        }
        text.remove_prefix(1);
        if (c == '>') {
            const bool whole = at_sign != std::string::npos && at_sign > 0 && at_sign + 1 < out.size();
            return whole ? std::optional(out) : std::nullopt;
        }
        if (is_folding(c)) continue;
        if (c == '@') at_sign = out.size();
        out += c;
    }
    if (text.starts_with('"')) text = {};
    return std::nullopt;
}

std::optional<std::string> take_next(std::string_view& text) {
    for (;;) {
        const auto begin = text.find('<');
        if (begin == std::string_view::npos) return std::nullopt;
        text.remove_prefix(begin + 1);
        if (auto id = take_identifier(text)) return id;
    }
}

} // namespace

std::vector<std::string> read_message_ids(std::string_view body) {
    std::vector<std::string> out;
    while (auto id = take_next(body))
        out.push_back(std::move(*id));
    return out;
}

std::optional<std::string> first_message_id(std::string_view body) {
    return take_next(body);
}

thread_ids read_thread_ids(std::string_view header) {
    thread_ids out;
    std::optional<std::string> replied_to;
    header_fields fields(header);
    while (const auto f = fields.next()) {
        if (f->is("message-id") && !out.own)
            out.own = first_message_id(f->body());
        else if (f->is("references") && out.references.empty())
            out.references = read_message_ids(f->body());
        else if (f->is("in-reply-to") && !replied_to)
            replied_to = first_message_id(f->body());
    }
    if (out.references.empty() && replied_to) out.references.push_back(std::move(*replied_to));
    return out;
}

} // namespace refmail::message
