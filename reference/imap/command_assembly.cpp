// Lines and literals, however the octets were cut. RFC 7888 §3: the end of every line is looked at.
#include "reference/imap/command_assembly.hpp"

#include <algorithm>
#include <limits>

namespace refmail::imap {

namespace {

constexpr std::size_t longest_announcement = 32; // "~{9223372036854775807+}CRLF"
constexpr std::uint64_t too_many = std::numeric_limits<std::uint64_t>::max();

// A quoted string that is open at the end of a line has no end; a "{5}" in it is text.
bool ends_in_quotes(std::string_view line) {
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') quoted = !quoted;
        if (quoted && line[i] == '\\') ++i;
    }
    return quoted;
}

} // namespace

command_assembly::event command_assembly::take(std::string_view& in) {
    for (;;) {
        if (literal_left_ > 0) {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, in.size()));
            if (!dropping_) command_.literals.back().octets += in.substr(0, n);
            in.remove_prefix(n);
            literal_left_ -= n;
        }
        if (in.empty()) return event::more;
        auto lf = in.find('\n');
        while (lf != std::string_view::npos && !(lf == 0 ? after_cr_ : in[lf - 1] == '\r'))
            lf = in.find('\n', lf + 1);
        if (lf == std::string_view::npos) {
            store(in);
            after_cr_ = in.back() == '\r';
            in = {};
            return event::more;
        }
        store(in.substr(0, lf + 1));
        after_cr_ = false;
        in.remove_prefix(lf + 1);
        const auto happened = end_of_line();
        if (happened != event::more) return happened;
    }
}

void command_assembly::store(std::string_view piece) {
    if (!dropping_ && command_.text.size() + piece.size() > longest + 2) {
        tail_ = std::string_view(command_.text).substr(segment_);
        // The beginning has the tag in it.
        command_.text += piece.substr(0, longest - std::min(longest, command_.text.size()));
        begin_dropping(
            completion::bad("A command line is too long: at most " + std::to_string(longest) + " octets"));
    }
    if (!dropping_) {
        command_.text += piece;
        return;
    }
    tail_ += piece.substr(piece.size() - std::min(piece.size(), longest_announcement));
    if (tail_.size() > longest_announcement) tail_.erase(0, tail_.size() - longest_announcement);
}

// Does the line (with its CRLF) end in "{n}", "{n+}", or one of these behind "~"? RFC 9051 §9.
bool command_assembly::is_literal(std::string_view line) {
    const auto whole = line.substr(0, line.size() - 2);
    auto text = whole;
    if (!text.ends_with('}')) return false;
    text.remove_suffix(1);
    announced_ = {};
    if (text.ends_with('+')) {
        announced_.synchronizing = false;
        text.remove_suffix(1);
    }
    const auto open = text.rfind('{');
    if (open == std::string_view::npos || open + 1 == text.size()) return false;
    for (const char c : text.substr(open + 1)) {
        if (c < '0' || c > '9') return false;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        announced_.size = announced_.size > (too_many - digit) / 10 ? too_many : announced_.size * 10 + digit;
    }
    announced_.binary = open > 0 && text[open - 1] == '~';
    return !announced_.synchronizing || dropping_ || !ends_in_quotes(whole);
}

command_assembly::event command_assembly::end_of_line() {
    const bool literal =
        is_literal(dropping_ ? std::string_view(tail_) : std::string_view(command_.text).substr(segment_));
    tail_.clear();
    if (!dropping_) {
        if (literal) return event::literal;
        command_.text.resize(command_.text.size() - 2);
        return event::command;
    }
    // A client that is to be told "+" gets the end of its command in place of it.
    if (!literal || announced_.synchronizing) return event::dropped;
    if (announced_.size > most_dropped - dropped_) return event::hopeless;
    dropped_ += announced_.size;
    literal_left_ = announced_.size;
    return event::more;
}

void command_assembly::accept_literal() {
    imap::literal l;
    const auto open = command_.text.rfind('{');
    l.binary = announced_.binary;
    l.text_begin = announced_.binary ? open - 1 : open;
    l.text_end = segment_ = command_.text.size();
    command_.literals.push_back(std::move(l));
    literal_left_ = announced_.size;
}

void command_assembly::begin_dropping(completion why) {
    why_ = std::move(why);
    dropping_ = true;
    command_.literals.clear();
}

void command_assembly::drop(completion why) {
    begin_dropping(std::move(why));
    literal_left_ = dropped_ = announced_.size;
}

void command_assembly::abandon() {
    *this = [this] {
        command_assembly fresh;
        fresh.longest = longest;
        fresh.most_dropped = most_dropped;
        return fresh;
    }();
}

command_text command_assembly::take_command() {
    auto taken = std::move(command_);
    abandon();
    return taken;
}

completion command_assembly::take_why_dropped() {
    auto why = std::move(why_);
    abandon();
    return why;
}

} // namespace refmail::imap
