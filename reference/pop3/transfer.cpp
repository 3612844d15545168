// A message on its way to the client; see the header.
#include "reference/pop3/transfer.hpp"

#include "reference/message/header_fields.hpp"
#include "reference/message/utf8.hpp"

#include <algorithm>

namespace refmail::pop3 {
namespace {

constexpr std::size_t slice = 64 * 1024;

std::string_view first_lines(std::string_view text, std::uint64_t lines) {
    std::size_t end = 0;
    for (; lines > 0; --lines) {
        const auto next = text.find("\r\n", end);
        if (next == std::string_view::npos) return text;
        end = next + 2;
    }
    return text.substr(0, end);
}

// RFC 1939 §3: a line that begins with the termination octet gets another one in front. So does what comes
// behind a bare LF: many clients end lines there, and no message may end its own transfer for them and go on
// with replies of its making.
void append_stuffed(std::string& out, std::string_view piece, bool line_begins) {
    if (line_begins && piece.starts_with('.')) out += '.';
    for (std::size_t dot; (dot = piece.find("\n.")) != std::string_view::npos; piece.remove_prefix(dot + 1)) {
        out += piece.substr(0, dot + 1);
        out += '.';
    }
    out += piece;
}

} // namespace

transfer::transfer(std::shared_ptr<const mailbox::content> message, std::optional<std::uint64_t> body_lines)
    : message_(std::move(message)) {
    const auto all = message_->octets();
    header_ = all.substr(0, message::header_size(all));
    body_ = all.substr(header_.size());
    if (body_lines) body_ = first_lines(body_, *body_lines);
}

bool transfer::needs_utf8() const {
    return !message::is_ascii(header_) && message::is_utf8(header_);
}

void transfer::mask_header() {
    if (message::is_utf8(header_)) return;
    masked_ = header_;
    std::ranges::replace_if(
        masked_, [](char c) { return static_cast<unsigned char>(c) > 127; }, '?');
    header_ = masked_;
}

bool transfer::step(std::string& out) {
    auto& from = header_.empty() ? body_ : header_;
    auto piece = from.substr(0, slice);
    // A CR LF is not cut in two, so that every piece knows how it ends.
    if (piece.size() < from.size() && piece.ends_with('\r')) piece.remove_suffix(1);
    append_stuffed(out, piece, line_begins_);
    from.remove_prefix(piece.size());
    if (!piece.empty()) {
        line_begins_ = piece.ends_with('\n');
        line_ended_ = piece.ends_with("\r\n");
    }
    if (!header_.empty() || !body_.empty()) return false;
    // What does not end with a line end gets one: the dot must stand alone.
    out += line_ended_ ? ".\r\n" : "\r\n.\r\n";
    return true;
}

} // namespace refmail::pop3
