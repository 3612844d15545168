// Following the client; see imap_commands.hpp.
#include "harness/wire/imap_commands.hpp"

#include "harness/wire/imap_names.hpp"
#include "harness/wire/octets.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mailspec::wire {
namespace {

// Past it a server may refuse a line on the spot, be it whole or not (RFC 7162 §4 asks for 8192).
constexpr std::size_t longest_whole = 8000;

} // namespace

bool imap_commands::any(std::string_view verb) const {
    return std::ranges::any_of(outstanding_, [&](auto& c) { return c.verb == verb; });
}

bool imap_commands::awaits_continuation() const {
    return !refusable_.empty() || mode_ != reading::line || continues_ || any("IDLE") || any("AUTHENTICATE");
}

void imap_commands::continuation() {
    asked_ = true;
    refusable_.clear();
}

// RFC 9051 §6.2.1: what came in front of the handshake, be it half a literal, is thrown away.
void imap_commands::tls_started() {
    const bool certain = certain_;
    *this = {};
    certain_ = certain;
}

void imap_commands::sent(std::string_view octets) {
    while (!octets.empty()) {
        // A literal that nobody asked for: some servers take it, some take it for commands.
        if (!refusable_.empty()) lose_track();
        if (mode_ == reading::literal) {
            const auto taken = std::min<std::uint64_t>(literal_left_, octets.size());
            octets.remove_prefix(taken);
            literal_left_ -= taken;
            if (literal_left_ == 0) mode_ = reading::line;
            continue;
        }
        const auto end = octets.find('\n');
        partial_.append(octets.substr(0, end == std::string_view::npos ? end : end + 1));
        if (partial_.size() > longest_whole) lose_track();
        if (end == std::string_view::npos) return;
        octets.remove_prefix(end + 1);
        const auto line = std::exchange(partial_, {});
        line_sent(line);
    }
}

void imap_commands::line_sent(std::string_view line) {
    // Some servers take a tab for a space, and NUL for an end.
    const bool clean = line.ends_with("\r\n") && line.find('\r') == line.size() - 2 &&
                       line.find('\0') == std::string_view::npos && line.find('\t') == std::string_view::npos;
    if (!clean) lose_track();
    line = without_line_end(line);
    // A line behind a literal that the server has yet to ask for: did it take the octets for a literal?
    if (std::exchange(continues_, false)) return ends_in_literal(line);
    if (any("IDLE")) {
        if (!same_word(line, "DONE")) lose_track();
        return;
    }
    if (any("AUTHENTICATE")) { // a SASL response, or `*`; what nobody asked for may be a command
        if (!std::exchange(asked_, false)) lose_track();
        return;
    }
    command_sent(line);
}

void imap_commands::command_sent(std::string_view line) {
    const auto tag = first_word(line);
    const auto rest = line.substr(std::min(line.size(), tag.size() + 1));
    auto verb = upper(first_word(rest));
    if (!is_tag(tag) || verb.empty()) return lose_track();
    if (verb == "UID") verb += ' ' + upper(first_word(rest.substr(std::min<std::size_t>(rest.size(), 4))));
    outstanding_.push_back({std::string(tag), std::move(verb), upper(line)});
    asked_ = false;
    ends_in_literal(line);
}

// RFC 9051 §4.3: {n} or {n+} at the end of a line
void imap_commands::ends_in_literal(std::string_view line) {
    const auto open = line.rfind('{');
    if (!line.ends_with('}') || open == std::string_view::npos) return;
    auto digits = line.substr(open + 1, line.size() - open - 2);
    const bool synchronizing = !digits.ends_with('+');
    if (!synchronizing) digits.remove_suffix(1);
    std::uint64_t count = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (digits.empty() || end != digits.data() + digits.size()) return;
    if (status != std::errc{} || outstanding_.empty()) return lose_track();
    // One within quotes is no literal; one that is refused is not sent.
    if (std::ranges::count(line, '"') % 2 != 0) return lose_track();
    literal_left_ = count;
    mode_ = count > 0 ? reading::literal : reading::line;
    continues_ = true;
    if (synchronizing) refusable_ = outstanding_.back().tag;
}

std::optional<imap_command> imap_commands::completed(std::string_view tag) {
    const auto found = std::ranges::find(outstanding_, tag, &imap_command::tag);
    if (found == outstanding_.end()) return std::nullopt;
    const bool newest = std::next(found) == outstanding_.end();
    auto command = std::move(*found);
    outstanding_.erase(found);
    if (refusable_ == tag) { // refused in place of `+`: the octets will not come
        refusable_.clear();
        mode_ = reading::line;
        continues_ = false;
        literal_left_ = 0;
    } else if (continues_ && newest) {
        lose_track(); // the command that is being sent is answered already
    }
    return command;
}

} // namespace mailspec::wire
