// Entities of MIME; see the header.
#include "reference/relay/mime_entity.hpp"

#include "reference/message/header_section.hpp"
#include "reference/message/header_tokens.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/message/mime_parameters.hpp"

#include <utility>

namespace refmail::relay {

namespace {

void read_type(std::string_view text, mime_entity& into) {
    message::skip_cfws(text);
    const auto type = message::take_mime_token(text);
    message::skip_cfws(text);
    if (type.empty() || !text.starts_with('/')) return;
    text.remove_prefix(1);
    message::skip_cfws(text);
    const auto subtype = message::take_mime_token(text);
    if (subtype.empty()) return;
    into.type = message::lower_case(type) + "/" + message::lower_case(subtype);
    into.boundary = message::parameter_value(message::read_parameters(text), "boundary");
}

class field_reader : public message::header_sink {
  public:
    explicit field_reader(mime_entity& into)
        : into_(into) {}
    void field(const message::header_field& f) override {
        if (f.is("MIME-Version")) into_.has_mime_version = true;
        if (f.is("Content-Type")) read_type(f.body(), into_);
        if (f.is("Content-Transfer-Encoding")) {
            auto text = f.body();
            message::skip_cfws(text);
            into_.encoding = message::lower_case(message::take_mime_token(text));
        }
    }

  private:
    mime_entity& into_;
};

std::string_view take_line(std::string_view& text) {
    const auto end = text.find("\r\n");
    const auto line = end == std::string_view::npos ? text : text.substr(0, end + 2);
    text.remove_prefix(line.size());
    return line;
}

// RFC 2046 §5.1.1: "--", the boundary, perhaps "--", and nothing but blanks behind it.
bool is_delimiter(std::string_view line, std::string_view boundary, bool& closes) {
    if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return false;
    line.remove_prefix(2 + boundary.size());
    closes = line.starts_with("--");
    if (closes) line.remove_prefix(2);
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

} // namespace

mime_entity read_entity(std::string_view text, std::string_view default_type) {
    mime_entity made;
    made.type = default_type;
    made.encoding = "7bit";
    field_reader reader(made);
    message::header_section fields(reader);
    auto rest = text;
    while (!rest.empty()) {
        auto after = rest;
        const auto line = take_line(after);
        if (line == "\r\n" || !fields.take(line)) break;
        rest = after;
    }
    fields.finish();
    made.header = text.substr(0, text.size() - rest.size());
    made.gap = rest.starts_with("\r\n") ? rest.substr(0, 2) : rest.substr(0, 0);
    made.body = rest.substr(made.gap.size());
    return made;
}

std::optional<mime_parts> split_multipart(std::string_view body, std::string_view boundary) {
    if (boundary.empty()) return std::nullopt;
    mime_parts made;
    std::size_t start = 0; // of the piece under way
    bool in_part = false, found = false;
    const auto cut = [&](std::size_t end, bool part) {
        if (end > start || part) made.pieces.push_back({part, body.substr(start, end - start)});
        start = end;
    };
    for (auto rest = body; !rest.empty();) {
        const auto at = body.size() - rest.size();
        const auto line = take_line(rest);
        bool closes = false;
        if (!is_delimiter(line, boundary, closes)) continue;
        found = true;
        // A part of nothing has no CRLF of its own in front of the delimiter.
        const auto end = in_part && at >= start + 2 ? at - 2 : at;
        cut(end, in_part);
        cut(at + line.size(), false);
        in_part = !closes;
        if (closes) break;
    }
    if (!found) return std::nullopt;
    cut(body.size(), in_part);
    return made;
}

std::string with_encoding(std::string_view header, std::string_view encoding) {
    class rewriter : public message::header_sink {
      public:
        explicit rewriter(std::string_view encoding)
            : field_("Content-Transfer-Encoding: " + std::string(encoding) + "\r\n") {}
        void field(const message::header_field& f) override {
            if (!f.is("Content-Transfer-Encoding"))
                out += f.raw;
            else if (!std::exchange(written, true))
                out += field_;
        }
        std::string finish() && { return std::move(written ? out : out += field_); }
        std::string out;
        bool written = false;

      private:
        std::string field_;
    };
    rewriter to(encoding);
    message::header_section fields(to);
    while (!header.empty())
        fields.take(take_line(header));
    fields.finish();
    return std::move(to).finish();
}

} // namespace refmail::relay
