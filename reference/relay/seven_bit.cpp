// 8-bit and binary MIME made 7-bit; see the header. RFC 2045 §6.2, §6.4 (what an encoding may stand on: a
// leaf), RFC 1847 §2.1 (what is signed must not be touched).
#include "reference/relay/seven_bit.hpp"

#include "reference/relay/mime_entity.hpp"
#include "reference/relay/transfer_encoding.hpp"

#include <algorithm>

namespace refmail::relay {

namespace {

using converted = std::expected<std::string, std::string>;

constexpr int deepest = 64; // nobody writes such a message; somebody may make one

bool has_eight_bit(std::string_view octets) {
    return std::any_of(octets.begin(), octets.end(), [](char c) { return (c & 0x80) != 0; });
}

bool has_bare_line_end(std::string_view octets) {
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (octets[i] == '\n') return true;
        if (octets[i] != '\r') continue;
        if (i + 1 == octets.size() || octets[i + 1] != '\n') return true;
        ++i;
    }
    return false;
}

bool has_long_line(std::string_view octets) {
    for (std::size_t start = 0; start < octets.size();) {
        const auto end = std::min(octets.find("\r\n", start), octets.size());
        if (end - start > 998) return true;
        start = end + 2;
    }
    return false;
}

// RFC 2045 §2.7: what may travel as 7bit.
bool is_seven_bit(std::string_view octets) {
    return !has_eight_bit(octets) && octets.find('\0') == std::string_view::npos &&
           !has_bare_line_end(octets) && !has_long_line(octets);
}

bool is_identity(std::string_view encoding) {
    return encoding == "7bit" || encoding == "8bit" || encoding == "binary";
}

std::string joined(const mime_entity& e, std::string_view encoding, std::string_view body) {
    const auto header = encoding == e.encoding ? std::string(e.header) : with_encoding(e.header, encoding);
    // An encoding is a field: a body without a header section gets an empty line in front.
    const auto gap = e.gap.empty() && !header.empty() ? std::string_view("\r\n") : e.gap;
    return header + std::string(gap) + std::string(body);
}

converted convert_entity(std::string_view text, std::string_view default_type, bool whole_message, int depth);

converted convert_leaf(const mime_entity& e) {
    const bool fits = is_seven_bit(e.body);
    if (!is_identity(e.encoding)) {
        if (fits) return joined(e, e.encoding, e.body);
        return std::unexpected("a part that is said to be " + e.encoding + " is not");
    }
    if (fits) return joined(e, "7bit", e.body);
    const bool lines = !has_bare_line_end(e.body) && e.body.find('\0') == std::string_view::npos;
    if (e.is_text() && lines) return joined(e, "quoted-printable", encode_quoted_printable(e.body));
    // RFC 2046 §5.2: nothing but an identity encoding may stand on message/*, which has header fields.
    if (e.type.starts_with("message/") && e.type != "message/global") // RFC 6532 §3.7 lets that one
        return std::unexpected("a part of type " + e.type + " has 8-bit octets");
    return joined(e, "base64", encode_base64_lines(e.body));
}

converted convert_multipart(const mime_entity& e, int depth) {
    const auto parts = split_multipart(e.body, e.boundary);
    if (!parts) {
        if (is_seven_bit(e.body)) return joined(e, "7bit", e.body);
        return std::unexpected("a multipart without its boundary has 8-bit octets");
    }
    std::string body;
    for (const auto& piece : parts->pieces) {
        if (!piece.part) {
            if (!is_seven_bit(piece.octets))
                return std::unexpected("there are 8-bit octets outside its parts");
            body += piece.octets;
            continue;
        }
        const bool digest = e.type == "multipart/digest"; // RFC 2046 §5.1.5
        const auto part =
            convert_entity(piece.octets, digest ? "message/rfc822" : "text/plain", false, depth);
        if (!part) return part;
        // RFC 1847 §2.1: a changed octet, and the signature is void.
        if (e.type == "multipart/signed" && *part != piece.octets)
            return std::unexpected("what a signature covers has 8-bit octets");
        body += *part;
    }
    return joined(e, "7bit", body);
}

converted convert_entity(std::string_view text, std::string_view default_type, bool whole_message,
                         int depth) {
    if (depth > deepest) return std::unexpected("its parts are nested too deeply");
    const auto e = read_entity(text, default_type);
    if (has_eight_bit(e.header)) return std::unexpected("its header has 8-bit octets");
    if (!is_seven_bit(e.header)) return std::unexpected("its header has lines that cannot be sent");
    // RFC 2045 §4: without the field it is no MIME, and nobody said what its octets mean.
    if (whole_message && !e.has_mime_version) {
        if (is_seven_bit(e.body)) return std::string(text);
        return std::unexpected("it is no MIME message");
    }
    const bool composite = e.is_multipart() || e.type == "message/rfc822";
    // RFC 2045 §6.4: no other encoding on these.
    if (composite && !is_identity(e.encoding))
        return is_seven_bit(e.body) ? converted(std::string(text))
                                    : std::unexpected("a " + e.type + " is said to be " + e.encoding);
    if (e.is_multipart()) return convert_multipart(e, depth + 1);
    if (e.type == "message/rfc822") {
        const auto inner = convert_entity(e.body, "text/plain", true, depth + 1);
        if (!inner) return inner;
        return joined(e, "7bit", *inner);
    }
    return convert_leaf(e);
}

bool eight_bit_header_in(std::string_view text, std::string_view default_type, int depth) {
    const auto e = read_entity(text, default_type);
    if (has_eight_bit(e.header) || depth > deepest) return true;
    if (e.type == "message/rfc822" || e.type == "message/global")
        return is_identity(e.encoding) && eight_bit_header_in(e.body, "text/plain", depth + 1);
    if (!e.is_multipart()) return false;
    const auto parts = split_multipart(e.body, e.boundary);
    if (!parts) return false;
    const std::string_view inner = e.type == "multipart/digest" ? "message/rfc822" : "text/plain";
    return std::any_of(parts->pieces.begin(), parts->pieces.end(), [&](const auto& piece) {
        return piece.part && eight_bit_header_in(piece.octets, inner, depth + 1);
    });
}

} // namespace

std::expected<std::string, std::string> to_seven_bit(std::string_view message) {
    return convert_entity(message, "text/plain", true, 0);
}

bool has_eight_bit_header(std::string_view message) {
    return eight_bit_header_in(message, "text/plain", 0);
}

} // namespace refmail::relay
