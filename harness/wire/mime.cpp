// See the header.
#include "harness/wire/mime.hpp"

#include "harness/wire/octets.hpp"

#include <algorithm>

namespace mailspec::wire {
namespace {

// RFC 2045 §5.1: token = 1*<any CHAR except SPACE, CTLs and tspecials>
bool is_token_octet(char c) {
    return c > ' ' && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

// Reads a Content-Type whose comments are gone already.
class type_reader {
  public:
    explicit type_reader(std::string_view text)
        : rest_(trimmed(text)) {}

    content_type read() {
        content_type found;
        const auto type = token();
        const bool slash = take('/');
        const auto subtype = token();
        found.malformed = type.empty() || !slash || subtype.empty();
        found.type = lower(type) + "/" + lower(subtype);
        while (!found.malformed && take(';')) {
            if (rest_.empty()) break; // a semicolon at the end: many write it, and nothing is lost
            auto name = lower(token());
            const bool equals = take('=');
            auto value = rest_.starts_with('"') ? quoted() : std::string(token());
            found.malformed = name.empty() || !equals || bad_;
            if (!found.malformed) found.parameters.emplace_back(std::move(name), std::move(value));
        }
        found.malformed = found.malformed || !rest_.empty();
        return found;
    }

  private:
    void skip_white() { rest_ = trimmed(rest_); }
    bool take(char c) {
        skip_white();
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        skip_white();
        return true;
    }
    std::string_view token() {
        std::size_t length = 0;
        while (length < rest_.size() && is_token_octet(rest_[length]))
            ++length;
        const auto found = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return found;
    }
    std::string quoted() {
        std::string value;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '"') {
                rest_.remove_prefix(i + 1);
                return value;
            }
            if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
            value += rest_[i];
        }
        bad_ = true; // it is not closed
        rest_ = {};
        return value;
    }

    std::string_view rest_;
    bool bad_ = false;
};

std::string from_quoted_printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto end = std::min(text.find("\r\n"), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 2, text.size()));
        while (!line.empty() && is_wsp(line.back())) // RFC 2045 §6.7 (3): transport put it there
            line.remove_suffix(1);
        const bool soft = line.ends_with('=');
        if (soft) line.remove_suffix(1);
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool coded = line[i] == '=' && i + 2 < line.size() && hex_digit(line[i + 1]) >= 0 &&
                               hex_digit(line[i + 2]) >= 0;
            result +=
                coded ? static_cast<char>(hex_digit(line[i + 1]) * 16 + hex_digit(line[i + 2])) : line[i];
            if (coded) i += 2;
        }
        if (!soft) result += "\r\n";
    }
    return result;
}

std::string from_base64(std::string_view text) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '=') break;
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) continue; // RFC 2045 §6.8: to be ignored
        bits = bits << 6 | static_cast<unsigned>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        result += static_cast<char>(bits >> count & 0xff);
    }
    return result;
}

mime_part part_of(std::string_view raw) {
    mime_part part;
    part.raw = raw;
    part.content = parse_message(raw);
    part.type = content_type_of(part.content);
    part.encoding = transfer_encoding_of(part.content);
    return part;
}

enum class delimiter { none, opens, closes };

// RFC 2046 §5.1.1: delimiter := "--" boundary; transport-padding may follow.
delimiter delimiter_of(std::string_view line, std::string_view boundary) {
    if (boundary.empty() || !line.starts_with("--")) return delimiter::none;
    line.remove_prefix(2);
    if (!line.starts_with(boundary)) return delimiter::none;
    line = trimmed(line.substr(boundary.size()));
    if (line.empty()) return delimiter::opens;
    return line == "--" ? delimiter::closes : delimiter::none;
}

} // namespace

const std::string* content_type::parameter(std::string_view name) const {
    for (const auto& [known, value] : parameters)
        if (same_word(known, name)) return &value;
    return nullptr;
}

content_type parse_content_type(std::string_view unfolded_value) {
    const auto bare = without_comments(unfolded_value);
    return type_reader(bare).read();
}

content_type content_type_of(const message& m) {
    if (const auto* field = m.find("Content-Type")) return parse_content_type(field->value);
    content_type plain;
    plain.type = "text/plain";
    return plain;
}

std::string transfer_encoding_of(const message& m) {
    const auto* field = m.find("Content-Transfer-Encoding");
    return field ? lower(without_comments(field->value)) : "7bit";
}

namespace {

std::string decoded_from(const std::string& encoding, const std::string& body) {
    if (encoding == "quoted-printable") return from_quoted_printable(body);
    if (encoding == "base64") return from_base64(body);
    return body;
}

} // namespace

std::string decoded_body(const message& m) {
    return decoded_from(transfer_encoding_of(m), m.body);
}

std::string mime_part::decoded() const {
    return decoded_from(encoding, content.body);
}

multipart split_multipart(std::string_view body, std::string_view boundary) {
    multipart found;
    std::size_t start = 0; // of the piece before the next delimiter
    bool inside = false;
    const auto finish = [&](std::size_t end) {
        // The CRLF in front of a delimiter belongs to it.
        if (end > start && body.substr(start, end - start).ends_with("\r\n")) end -= 2;
        const auto piece = body.substr(start, end - start);
        if (!inside)
            found.preamble = piece;
        else
            found.parts.push_back(part_of(piece));
    };
    for (std::size_t at = 0; at < body.size() && !found.closed;) {
        const auto end = std::min(body.find("\r\n", at), body.size());
        const auto next = std::min(end + 2, body.size());
        const auto kind = delimiter_of(body.substr(at, end - at), boundary);
        if (kind != delimiter::none) {
            finish(at);
            inside = true;
            start = next;
            found.closed = kind == delimiter::closes;
        }
        at = next;
    }
    if (found.closed)
        found.epilogue = body.substr(start);
    else
        finish(body.size());
    return found;
}

std::string without_comments(std::string_view value) {
    std::string result;
    int depth = 0;
    bool in_quotes = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const bool escaped = c == '\\' && (in_quotes || depth > 0) && i + 1 < value.size();
        if (depth == 0 && c == '"') in_quotes = !in_quotes;
        if (!in_quotes && c == '(') ++depth;
        if (depth == 0) {
            result += c;
            if (escaped) result += value[i + 1];
        }
        if (!in_quotes && c == ')' && depth > 0) --depth;
        if (escaped) ++i;
    }
    return std::string(trimmed(result));
}

} // namespace mailspec::wire
