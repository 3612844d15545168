// Following a POP3 dialog and judging each response in its place; see pop3_judge.hpp.
#include "harness/wire/pop3_judge.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::wire {
namespace {

using reply_kind = pop3_response::kind;

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool is_printable(std::string_view text) { // %x21-7E
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; });
}

// The first two words, split at single spaces; the second ends at the next one.
std::pair<std::string_view, std::string_view> two_words(std::string_view line) {
    const auto first = line.substr(0, line.find(' '));
    auto second = first.size() == line.size() ? std::string_view() : line.substr(first.size() + 1);
    return {first, second.substr(0, second.find(' '))};
}

// RFC 2449 §3: tag = 1*cchar, parameters of printable octets behind one space each.
bool is_capability(std::string_view line) {
    const auto fits = [](char c) { return c >= ' ' && c < 127; };
    return !line.empty() && line[0] != ' ' && !line.ends_with(' ') && line.find("  ") == line.npos &&
           std::ranges::all_of(line, fits);
}

// RFC 2449 §8: resp-code = resp-level *("/" resp-level), resp-level of printable octets but / and ].
bool is_code(std::string_view code) {
    return is_printable(code) && code.front() != '/' && code.back() != '/' && code.find("//") == code.npos;
}

bool is_base64(std::string_view text) {
    const auto data = text.substr(0, text.find('='));
    const auto padding = text.substr(data.size());
    return text.size() % 4 == 0 && (padding.empty() || padding == "=" || padding == "==") &&
           std::ranges::all_of(data,
                               [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '/'; });
}

} // namespace

void pop3_judge::sent(std::string_view octets) {
    while (!octets.empty()) {
        const auto end = octets.find('\n');
        partial_.append(octets.substr(0, end == octets.npos ? end : end + 1));
        if (end == octets.npos) return;
        octets.remove_prefix(end + 1);
        line_sent(without_line_end(partial_));
        partial_.clear();
    }
}

void pop3_judge::line_sent(std::string_view line) {
    if (challenged_) { // RFC 5034 §4: a line of base64, or *
        challenged_ = false;
        return outstanding_.push_back(answer_to::auth);
    }
    const auto verb = upper(line.substr(0, line.find(' ')));
    const bool bare = trimmed(line).size() == verb.size();
    auto expected = answer_to::other;
    if (verb == "CAPA") expected = answer_to::capa;
    if (verb == "LIST") expected = bare ? answer_to::list : answer_to::list_one;
    if (verb == "UIDL") expected = bare ? answer_to::uidl : answer_to::uidl_one;
    if (verb == "RETR" || verb == "TOP" || (verb == "LANG" && bare)) expected = answer_to::lines;
    if (verb == "AUTH") expected = bare ? answer_to::lines : answer_to::auth;
    if (verb == "STLS") expected = answer_to::stls;
    if (verb == "STAT") expected = answer_to::stat;
    if (verb == "UTF8") utf8_asked_ = true;
    outstanding_.push_back(expected);
}

void pop3_judge::tls_started() {
    // TLS from the first octet (RFC 8314 §3): the greeting is still to come.
    const bool not_greeted = !outstanding_.empty() && outstanding_.front() == answer_to::greeting;
    // RFC 2595 §4: what was sent behind STLS is dropped. Of a server that keeps it nobody knows what it
    // answers; the cases that send such things claim that it does not.
    if (!not_greeted && !(outstanding_.empty() && partial_.empty())) dropped_ = false;
    outstanding_.clear();
    if (not_greeted) outstanding_.push_back(answer_to::greeting);
    partial_.clear();
    challenged_ = tls_due_ = codes_offered_ = utf8_asked_ = false;
}

bool pop3_judge::lines_follow() const {
    if (outstanding_.empty()) return false;
    const auto what = outstanding_.front();
    return what == answer_to::capa || what == answer_to::list || what == answer_to::uidl ||
           what == answer_to::lines;
}

std::vector<deviation> pop3_judge::judge(const pop3_response& response) {
    auto found = response.deviations;
    for (const auto* rule :
         {"pop3-bare-lf", "pop3-bare-cr", "pop3-status-case", "pop3-line-too-long", "pop3-control-octet",
          "pop3-line-malformed", "pop3-unsolicited", "pop3-8bit-octet"})
        held_against(rule);
    auto what = answer_to::other;
    if (!outstanding_.empty()) {
        what = outstanding_.front();
        outstanding_.pop_front();
    } else if (dropped_ && response.what != reply_kind::err) { // one that leaves may say why
        note(found, "pop3-unsolicited", 0, fmt::format("a response to no command: {}", shown(response.raw)));
    }
    const auto high = std::ranges::find_if(response.text, is_8bit);
    if (high != response.text.end() && !utf8_asked_)
        note(found, "pop3-8bit-octet", response.raw.find(response.text),
             fmt::format("an 8-bit octet (0x{:02x}) in {}", static_cast<unsigned char>(*high),
                         shown(response.text)));
    if (response.what == reply_kind::continuation) {
        held_against("pop3-challenge");
        challenged_ = true;
        // RFC 5034 §4: "+ " and base64, "+ " alone for an empty challenge.
        if (!is_base64(response.text) || !response.raw.starts_with("+ "))
            note(found, "pop3-challenge", 0,
                 fmt::format("a challenge that is not \"+ \" and base64: {}", shown(response.raw)));
        return found;
    }
    if (what == answer_to::stls && response.what == reply_kind::ok) tls_due_ = true;
    if (!dropped_) return found;
    judge_codes(response, found);
    if (response.what != reply_kind::ok) return found;
    if (what == answer_to::capa) judge_capa(response, found);
    judge_listing(what, response, found);
    return found;
}

std::vector<deviation> pop3_judge::judge_malformed(std::string_view line) {
    if (!dropped_) return {}; // a line, perhaps, of a response whose length nobody knows
    held_against("pop3-line-malformed");
    std::vector<deviation> found;
    note(found, "pop3-line-malformed", 0,
         fmt::format("a line that begins with neither +OK nor -ERR: {}", shown(line)));
    return found;
}

void pop3_judge::judge_codes(const pop3_response& response, std::vector<deviation>& found) {
    if (!codes_offered_) return;
    held_against("pop3-response-code");
    if (response.text.starts_with('[') && (response.code.empty() || !is_code(response.code)))
        note(found, "pop3-response-code", response.raw.find('['),
             fmt::format("`[` begins no response code in {}", shown(response.raw)));
}

void pop3_judge::judge_capa(const pop3_response& response, std::vector<deviation>& found) {
    held_against("pop3-capability");
    for (const auto& line : response.lines)
        if (!is_capability(line))
            note(found, "pop3-capability", response.raw.find(line),
                 fmt::format("{} is not a capability and its parameters, one space apart", shown(line)));
    codes_offered_ = std::ranges::any_of(pop3_capabilities_of(response),
                                         [](const auto& c) { return c.keyword == "RESP-CODES"; });
}

// RFC 1939 §5: "nn mm"; §7: a unique-id has 1 to 70 octets in the range 0x21 to 0x7E.
void pop3_judge::judge_listing(answer_to what, const pop3_response& response, std::vector<deviation>& found) {
    const auto sizes = [&](std::string_view line, std::string_view rule) {
        const auto [number, size] = two_words(line);
        if (!is_number(number) || !is_number(size))
            note(found, rule, response.raw.find(line),
                 fmt::format("{} is not two numbers, one space apart", shown(line)));
    };
    const auto id = [&](std::string_view line) {
        const auto [number, name] = two_words(line);
        if (!is_number(number) || !is_printable(name) || name.size() > 70)
            note(found, "pop3-uidl-line", response.raw.find(line),
                 fmt::format("{} is not a number and a unique-id of 1 to 70 printable octets", shown(line)));
    };
    switch (what) {
    case answer_to::stat: held_against("pop3-stat-line"); return sizes(response.text, "pop3-stat-line");
    case answer_to::list_one: held_against("pop3-list-line"); return sizes(response.text, "pop3-list-line");
    case answer_to::uidl_one: held_against("pop3-uidl-line"); return id(response.text);
    case answer_to::list:
        held_against("pop3-list-line");
        for (const auto& line : response.lines)
            sizes(line, "pop3-list-line");
        break;
    case answer_to::uidl:
        held_against("pop3-uidl-line");
        for (const auto& line : response.lines)
            id(line);
        break;
    default: break;
    }
}

} // namespace mailspec::wire
