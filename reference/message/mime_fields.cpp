// Content-* fields; see the header. The first field of a name counts.
#include "reference/message/mime_fields.hpp"

#include "reference/message/header_fields.hpp"
#include "reference/message/header_tokens.hpp"
#include "reference/message/mailbox.hpp"

#include <algorithm>

namespace refmail::message {

namespace {

bool read_type(std::string_view text, mime_part& into) {
    skip_cfws(text);
    const auto type = take_mime_token(text);
    skip_cfws(text);
    if (type.empty() || !text.starts_with('/')) return false;
    text.remove_prefix(1);
    skip_cfws(text);
    const auto subtype = take_mime_token(text);
    if (subtype.empty()) return false;
    into.type = type;
    into.subtype = subtype;
    into.parameters = read_parameters(text);
    // RFC 2046 §5.1.1: a multipart without a boundary is none; RFC 2045 §5.2 says what it is then.
    return !into.is("multipart") || !into.parameter("boundary").empty();
}

void set_default_type(bool in_digest, mime_part& into) {
    into.type = in_digest ? "message" : "text";
    into.subtype = in_digest ? "rfc822" : "plain";
    into.parameters.clear();
}

std::optional<mime_disposition> read_disposition(std::string_view text) {
    mime_disposition out;
    skip_cfws(text);
    out.type = take_mime_token(text);
    out.parameters = read_parameters(text);
    if (out.type.empty() && out.parameters.empty()) return std::nullopt;
    // RFC 2183 §2.8: what is not understood is an attachment.
    if (out.type.empty()) out.type = "attachment";
    return out;
}

// RFC 3282 §2: language tags with commas between them.
std::vector<std::string> read_languages(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        skip_cfws(text);
        const auto size = std::min(text.find_first_of(", \t\r\n("), text.size());
        if (size > 0) out.emplace_back(text.substr(0, size));
        text.remove_prefix(size);
        if (text.starts_with(',')) text.remove_prefix(1);
    }
    return out;
}

} // namespace

void read_content_fields(std::string_view header, bool in_digest, mime_part& into) {
    bool typed = false, valid = false, encoded = false;
    header_fields fields(header);
    while (const auto f = fields.next()) {
        if (f->name.size() < 8 || !equals_ignoring_case(f->name.substr(0, 8), "content-")) continue;
        if (f->is("content-type") && !typed) {
            typed = true;
            valid = read_type(f->body(), into);
        } else if (f->is("content-transfer-encoding") && !encoded) {
            auto text = f->body();
            skip_cfws(text);
            if (const auto name = take_mime_token(text); !name.empty()) into.encoding = name;
            encoded = true;
        } else if (f->is("content-disposition") && !into.disposition) {
            into.disposition = read_disposition(f->body());
        } else if (f->is("content-language") && into.languages.empty()) {
            into.languages = read_languages(f->body());
        } else if (f->is("content-id")) {
            set_once(into.id, *f);
        } else if (f->is("content-description")) {
            set_once(into.description, *f);
        } else if (f->is("content-md5")) {
            set_once(into.md5, *f);
        } else if (f->is("content-location")) {
            set_once(into.location, *f);
        }
    }
    if (!valid) set_default_type(in_digest && !typed, into);
    // RFC 2045 §5.2, RFC 2046 §4.1.2: the charset of text/plain is US-ASCII unless told.
    const bool has_charset = std::ranges::any_of(
        into.parameters, [](const auto& p) { return equals_ignoring_case(p.name, "charset"); });
    if (into.is("text", "plain") && !has_charset) into.parameters.push_back({"charset", "us-ascii", {}});
}

} // namespace refmail::message
