// Reading one reply off the front of a buffer. It reads whatever can be told to be a reply, and writes
// down what is wrong with its form; what needs context (greeting, EHLO, offered extensions) is the ambient
// judge's. RFC 5321 §4.2, §4.2.1, §4.5.3.1.5.
#include "harness/wire/smtp_reply.hpp"

#include "harness/wire/enhanced_code.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::wire {
namespace {

// RFC 5321 §4.5.3.1.5: reply code and CRLF included.
constexpr std::size_t longest_reply_line = 512;

bool has_code(std::string_view line) {
    return line.size() >= 3 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]);
}

void note(smtp_reply& reply, std::string_view rule, std::size_t offset, std::string text) {
    reply.deviations.push_back({std::string(rule), offset, std::move(text)});
}

// RFC 5321 §4.2: every line ends with CRLF; §2.3.8: CR and LF occur nowhere else.
void judge_line_end(smtp_reply& reply, std::size_t at, std::string_view whole) {
    if (whole.size() < 2 || whole[whole.size() - 2] != '\r')
        note(reply, "reply-bare-lf", at + whole.size() - 1,
             fmt::format("a line ends with LF alone: {}", shown(whole)));
    const auto cr = whole.find('\r');
    if (cr != std::string_view::npos && cr + 2 < whole.size())
        note(reply, "reply-bare-cr", at + cr, fmt::format("a CR without LF inside a line: {}", shown(whole)));
}

void judge_length(smtp_reply& reply, std::size_t at, std::string_view whole) {
    // RFC 4954 §4: the Base64 of a challenge (334) may make the line longer.
    if (whole.size() > longest_reply_line && !whole.starts_with("334"))
        note(reply, "reply-line-too-long", at + longest_reply_line,
             fmt::format("a line of {} octets, CRLF included: {}", whole.size(), shown(whole)));
}

// RFC 5321 §4.2: Reply-code = %x32-35 %x30-35 %x30-39
void judge_code(smtp_reply& reply, std::size_t at, std::string_view code) {
    if (code[0] < '2' || code[0] > '5')
        note(reply, "reply-first-digit", at, fmt::format("the code {} begins with {}", code, code[0]));
    else if (code[1] > '5')
        note(reply, "reply-second-digit", at + 1, fmt::format("the second digit of {} is {}", code, code[1]));
}

// RFC 5321 §4.2.1: a hyphen after the code says that another line follows. One without a code ends nothing.
bool is_last(std::string_view whole) {
    const auto line = without_line_end(whole);
    return has_code(line) && (line.size() == 3 || line[3] != '-');
}

// Takes the next line into the reply.
void take_line(smtp_reply& reply, std::string_view whole) {
    const auto at = reply.raw.size();
    reply.raw.append(whole);
    judge_line_end(reply, at, whole);
    judge_length(reply, at, whole);

    auto line = without_line_end(whole);
    if (!has_code(line)) { // only inside a multiline reply, see parse_smtp_reply
        note(reply, "reply-line-without-code", at,
             fmt::format("a line of a multiline reply has no code: {}", shown(whole)));
        reply.lines.emplace_back(line);
        reply.enhanced.emplace_back();
        return;
    }
    const auto code = line.substr(0, 3);
    if (reply.code.empty()) {
        reply.code = code;
        judge_code(reply, at, code);
    } else if (reply.code != code) {
        note(reply, "reply-codes-differ", at,
             fmt::format("a line has the code {}, the first line {}", code, reply.code));
    }
    const char separator = line.size() > 3 ? line[3] : ' ';
    const bool separated = separator == ' ' || separator == '-';
    if (!separated)
        note(reply, "reply-separator", at + 3,
             fmt::format("neither space nor hyphen after the code: {}", shown(whole)));
    else if (line.size() == 3)
        note(reply, "reply-code-without-space", at + 3,
             fmt::format("a line of the code alone, without a space: {}", shown(whole)));
    const auto text = line.substr(std::min<std::size_t>(line.size(), separated ? 4 : 3));
    reply.lines.emplace_back(text);
    reply.enhanced.emplace_back(enhanced_code_of(text));
}

} // namespace

bool smtp_reply::is(std::string_view pattern) const {
    if (pattern.size() != code.size()) return false;
    for (std::size_t i = 0; i < code.size(); ++i)
        if (!is_lower(pattern[i]) && pattern[i] != code[i]) return false;
    return true;
}

parsed_reply parse_smtp_reply(std::string_view buffer) {
    parsed_reply result;
    std::size_t end = 0;
    // The end is looked for first: what is incomplete is looked at again after every read, and a server may
    // go on for megabytes.
    for (bool last = false; !last;) {
        const auto line_end = buffer.find('\n', end);
        if (line_end == std::string_view::npos) return result; // incomplete
        const auto whole = buffer.substr(end, line_end + 1 - end);
        if (end == 0 && !has_code(whole)) {
            result.state = reply_state::not_a_reply;
            result.reply.raw = whole;
            result.used = whole.size();
            return result;
        }
        last = is_last(whole);
        end = line_end + 1;
    }
    while (result.used < end) {
        const auto line_end = buffer.find('\n', result.used);
        take_line(result.reply, buffer.substr(result.used, line_end + 1 - result.used));
        result.used = line_end + 1;
    }
    result.state = reply_state::complete;
    return result;
}

} // namespace mailspec::wire
