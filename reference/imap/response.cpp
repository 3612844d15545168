// Responses as octets: RFC 9051 §4 (strings), §7, §9.
#include "reference/imap/response.hpp"

#include "reference/imap/mailbox_name.hpp"
#include "reference/message/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace refmail::imap {

namespace {

// Longer strings are literals: nobody wants to read through a quoted one.
constexpr std::size_t longest_quoted = 4096;

bool can_be_quoted(std::string_view octets, bool utf8) {
    if (octets.size() > longest_quoted) return false;
    bool ascii = true;
    for (const char c : octets) {
        if (c == '\r' || c == '\n') return false; // RFC 9051 §9: TEXT-CHAR
        if (static_cast<unsigned char>(c) > 127) ascii = false;
    }
    // RFC 6855 §3, RFC 9051 §9 (QUOTED-CHAR): UTF-8 in quoted strings, for those who asked for it.
    return ascii || (utf8 && message::is_utf8(octets));
}

bool can_be_atom(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
        return c > 0x20 && c < 0x7F &&
               std::string_view("(){%*\"\\]").find(static_cast<char>(c)) == std::string_view::npos;
    });
}

using kind = enum mailbox::trouble::kind;

std::string_view code_of(kind k) {
    switch (k) {
    case kind::missing: return "NONEXISTENT";
    case kind::exists: return "ALREADYEXISTS";
    case kind::not_possible:
    case kind::bad_name: return "CANNOT";
    case kind::over_quota: return "OVERQUOTA";
    case kind::limit: return "LIMIT";
    case kind::no_special_use: return "USEATTR";
    case kind::in_use: return "INUSE";
    case kind::corrupt: return "CORRUPTION";
    case kind::no_space: return "UNAVAILABLE";
    case kind::failed: return "SERVERBUG";
    }
    return "SERVERBUG";
}

// What a client is told: the log has trouble::text, which may name files.
std::string_view words_of(kind k) {
    switch (k) {
    case kind::missing: return "There is no such mailbox";
    case kind::exists: return "There is a mailbox of that name";
    case kind::not_possible: return "That cannot be done with this mailbox";
    case kind::bad_name: return "No mailbox can have that name";
    case kind::over_quota: return "The quota is exceeded";
    case kind::limit: return "There are too many of them already";
    case kind::no_special_use: return "That special use is not possible here";
    case kind::in_use: return "Another session or program is using it";
    case kind::corrupt: return "The mailbox is damaged";
    case kind::no_space: return "There is no space left on the disk";
    case kind::failed: return "An internal error, it has been logged";
    }
    return "An internal error";
}

} // namespace

completion completion::ok(std::string text, std::string code) {
    return {status::ok, std::move(code), std::move(text)};
}
completion completion::no(std::string text, std::string code) {
    return {status::no, std::move(code), std::move(text)};
}
completion completion::bad(std::string text, std::string code) {
    return {status::bad, std::move(code), std::move(text)};
}
completion completion::of(const mailbox::trouble& why) {
    auto c = no(std::string(words_of(why.kind)), std::string(code_of(why.kind)));
    using kind = enum mailbox::trouble::kind;
    const bool ours = why.kind == kind::failed || why.kind == kind::corrupt || why.kind == kind::no_space;
    if (ours) c.cause = why.text;
    return c;
}

void response_writer::untagged(std::string_view text) {
    (((out_ += "* ") += text) += "\r\n");
}

void response_writer::untagged(std::string_view status, std::string_view code, std::string_view text) {
    tagged_line("*", status, code, text);
}

void response_writer::tagged(std::string_view tag, const completion& c) {
    const auto status = c.status == completion::status::ok   ? "OK"
                        : c.status == completion::status::no ? "NO"
                                                             : "BAD";
    tagged_line(tag, status, c.code, c.text);
}

void response_writer::tagged_line(std::string_view tag, std::string_view status, std::string_view code,
                                  std::string_view text) {
    ((out_ += tag) += ' ') += status;
    if (!code.empty()) ((out_ += " [") += code) += ']';
    ((out_ += ' ') += text) += "\r\n";
}

void response_writer::number(std::uint64_t n) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
    out_.append(digits, end);
}

void response_writer::string(std::string_view octets) {
    if (octets.find('\0') != std::string_view::npos) {
        std::string mended(octets);
        std::ranges::replace(mended, '\0', '\x80');
        return string(mended);
    }
    if (!can_be_quoted(octets, how_.speaks_utf8())) return literal(octets);
    out_ += '"';
    for (const char c : octets) {
        if (c == '"' || c == '\\') out_ += '\\';
        out_ += c;
    }
    out_ += '"';
}

void response_writer::nstring(const std::optional<std::string>& octets) {
    if (octets)
        string(*octets);
    else
        out_ += "NIL";
}

void response_writer::literal(std::string_view octets) {
    literal_header(octets.size());
    out_ += octets;
}

void response_writer::literal_header(std::uint64_t size) {
    out_ += '{';
    number(size);
    out_ += "}\r\n";
}

void response_writer::literal8_header(std::uint64_t size) {
    out_ += '~';
    literal_header(size);
}

void response_writer::mailbox(std::string_view name) {
    const auto octets = name_to_wire(name, how_.speaks_utf8());
    if (can_be_atom(octets) && octets != "NIL")
        out_ += octets;
    else
        string(octets);
}

void response_writer::set(std::span<const std::uint32_t> ascending) {
    for (std::size_t i = 0; i < ascending.size();) {
        auto last = i;
        while (last + 1 < ascending.size() && ascending[last + 1] == ascending[last] + 1)
            ++last;
        if (i > 0) out_ += ',';
        number(ascending[i]);
        if (last > i) {
            out_ += ':';
            number(ascending[last]);
        }
        i = last + 1;
    }
}

std::string response_writer::take() {
    std::string taken;
    taken.swap(out_);
    return taken;
}

} // namespace refmail::imap
