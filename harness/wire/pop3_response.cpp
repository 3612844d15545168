// Reading a POP3 response off the front of a buffer; see the header.
#include "harness/wire/pop3_response.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace mailspec::wire {
namespace {

using reply_kind = pop3_response::kind;

constexpr std::size_t longest_first_line = 512; // RFC 1939 §3, RFC 2449 §4: with CRLF

void note(pop3_response& r, std::string_view rule, std::size_t offset, std::string text) {
    r.deviations.push_back({std::string(rule), offset, std::move(text)});
}

struct status_word {
    std::string_view word;
    reply_kind what;
};
constexpr status_word statuses[] = {{"+OK", reply_kind::ok}, {"-ERR", reply_kind::err}};

// How the line begins: RFC 1939 §3 the two status words, in capitals; RFC 5034 §4 "+ " for a challenge.
std::optional<std::pair<reply_kind, std::size_t>> status_of(std::string_view line) {
    for (const auto& status : statuses) {
        const auto head = line.substr(0, status.word.size());
        const auto behind = line.substr(head.size());
        if (same_word(head, status.word) && (behind.empty() || behind[0] == ' '))
            return std::pair{status.what, head.size()};
    }
    if (line == "+" || line.starts_with("+ ")) return std::pair{reply_kind::continuation, std::size_t{1}};
    return std::nullopt;
}

void judge_line_end(pop3_response& r, std::string_view line, std::size_t at) {
    const auto bare = without_line_end(line);
    if (line.ends_with('\n') && !line.ends_with("\r\n"))
        note(r, "pop3-bare-lf", at, fmt::format("a line that ends with LF alone: {}", shown(bare)));
    if (const auto cr = bare.find('\r'); cr != bare.npos && r.lines.empty() && !r.multi_line)
        note(r, "pop3-bare-cr", at + cr, fmt::format("CR within a line: {}", shown(bare)));
}

// RFC 2449 §8: resp-text-code, as [IN-USE] or [SYS/TEMP], stands first in the text.
void read_code(pop3_response& r) {
    if (!r.text.starts_with('[')) return;
    const auto end = r.text.find(']');
    if (end == r.text.npos) return;
    r.code = upper(std::string_view(r.text).substr(1, end - 1));
}

void read_first_line(pop3_response& r, std::string_view line) {
    const auto bare = without_line_end(line);
    const auto [what, length] = *status_of(bare);
    r.what = what;
    r.text = bare.substr(std::min(bare.size(), length + 1));
    if (what == reply_kind::err || what == reply_kind::ok) read_code(r);
    judge_line_end(r, line, 0);
    if (what != reply_kind::continuation && bare.substr(0, length) != upper(bare.substr(0, length)))
        note(r, "pop3-status-case", 0,
             fmt::format("a status indicator that is not in capitals: {}", shown(bare)));
    if (what != reply_kind::continuation && line.size() > longest_first_line)
        note(r, "pop3-line-too-long", longest_first_line,
             fmt::format("a first line of {} octets: {}", line.size(), shown(bare)));
    const auto odd =
        std::ranges::find_if(bare, [](char c) { return is_control(c) && c != '\r' && c != '\t'; });
    if (odd != bare.end())
        note(r, "pop3-control-octet", static_cast<std::size_t>(odd - bare.begin()),
             fmt::format("a control octet (0x{:02x}) in {}", static_cast<unsigned char>(*odd), shown(bare)));
}

// The end of the final dot's line; npos: it has not come. `from`: where the lines begin.
std::size_t end_of_lines(std::string_view buffer, std::size_t from, std::size_t scanned) {
    // The dot may stand on the very first line.
    auto at = std::max(from, scanned < 5 ? 0 : scanned - 5);
    if (at > from) at = buffer.find('\n', at) == buffer.npos ? buffer.size() : buffer.find('\n', at) + 1;
    while (at < buffer.size()) {
        const auto end = buffer.find('\n', at);
        if (end == buffer.npos) return buffer.npos;
        const auto line = buffer.substr(at, end + 1 - at);
        if (line == ".\r\n" || line == ".\n") return end + 1;
        at = end + 1;
    }
    return buffer.npos;
}

void read_lines(pop3_response& r, std::string_view octets, std::size_t offset) {
    while (!octets.empty()) {
        const auto line = octets.substr(0, octets.find('\n') + 1);
        judge_line_end(r, line, offset);
        if (without_line_end(line) == "." && line.size() == octets.size()) return;
        offset += line.size();
        octets.remove_prefix(line.size());
        // RFC 1939 §3: an initial dot that other octets follow was put there by the server.
        const auto unstuffed = line.starts_with('.') ? line.substr(1) : line;
        r.lines.emplace_back(without_line_end(unstuffed));
        r.content += unstuffed;
    }
}

} // namespace

parsed_pop3 parse_pop3_response(std::string_view buffer, bool lines_follow, std::size_t scanned) {
    parsed_pop3 parsed;
    const auto end = buffer.find('\n');
    if (end == buffer.npos) return parsed;
    const auto first = buffer.substr(0, end + 1);
    const auto status = status_of(without_line_end(first));
    if (!status) {
        parsed.state = pop3_state::not_a_response;
        parsed.response.raw = first;
        parsed.used = first.size();
        return parsed;
    }
    auto used = first.size();
    if (lines_follow && status->first == reply_kind::ok) {
        used = end_of_lines(buffer, first.size(), scanned);
        if (used == buffer.npos) return parsed;
    }
    auto& r = parsed.response;
    r.raw = buffer.substr(0, used);
    read_first_line(r, first);
    r.multi_line = used > first.size();
    read_lines(r, buffer.substr(first.size(), used - first.size()), first.size());
    parsed.state = pop3_state::complete;
    parsed.used = used;
    return parsed;
}

std::vector<pop3_capability> pop3_capabilities_of(const pop3_response& response) {
    std::vector<pop3_capability> offered;
    for (const std::string_view line : response.lines) {
        const auto blank = line.find(' ');
        const auto parameters = blank == line.npos ? std::string_view() : line.substr(blank + 1);
        offered.push_back({upper(line.substr(0, blank)), std::string(parameters)});
    }
    return offered;
}

} // namespace mailspec::wire
