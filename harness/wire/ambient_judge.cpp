// Following the dialog and judging each reply in its place; see ambient_judge.hpp.
#include "harness/wire/ambient_judge.hpp"

#include "harness/wire/domain.hpp"
#include "harness/wire/enhanced_code.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mailspec::wire {
namespace {

// With CRLF: RFC 5321 §4.5.3.1.4 and §4.5.3.1.6, RFC 4954 §4.
constexpr std::size_t longest_command = 512;
constexpr std::size_t longest_text = 1000;
constexpr std::size_t longest_response = 12290;

// RFC 5321 §4.2.3, and what extensions define: RFC 4954 (235 334 432 454 530 534 535 538), RFC 3207 (454),
// RFC 1985 (253 458 459), RFC 7504 (521 556).
bool is_listed(std::string_view code) {
    static constexpr auto codes = std::to_array<std::string_view>(
        {"211", "214", "220", "221", "235", "250", "251", "252", "253", "334", "354", "421", "432",
         "450", "451", "452", "454", "455", "458", "459", "500", "501", "502", "503", "504", "521",
         "530", "534", "535", "538", "550", "551", "552", "553", "554", "555", "556"});
    return std::ranges::binary_search(codes, code);
}

bool is_keyword(std::string_view word) { // (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
    const auto let_dig = [](char c) { return is_alpha(c) || is_digit(c); };
    return !word.empty() && let_dig(word[0]) &&
           std::ranges::all_of(word, [&](char c) { return let_dig(c) || c == '-'; });
}

// 250, a domain first, keywords behind it.
bool looks_like_ehlo(const smtp_reply& reply) {
    if (reply.code != "250" || !is_domain(first_word(reply.lines.front()))) return false;
    for (std::size_t i = 1; i < reply.lines.size(); ++i)
        if (!is_keyword(first_word(reply.lines[i]))) return false;
    return true;
}

} // namespace

ambient_judge::ambient_judge(bool lmtp)
    : lmtp_(lmtp) {}

void ambient_judge::lose_track() {
    if (!certain_) return;
    certain_ = false;
    hello_possible_ = std::ranges::any_of(
        outstanding_, [](answer_to a) { return a == answer_to::ehlo || a == answer_to::helo; });
    outstanding_.clear();
}

// Past it a line may be refused on the spot, be it whole or not, or be taken for several.
std::size_t ambient_judge::longest_line() const {
    switch (mode_) {
    case reading::content: return longest_text;
    case reading::challenge_response: return longest_response;
    case reading::commands: break;
    }
    return longest_command;
}

void ambient_judge::sent(std::string_view octets) {
    while (!octets.empty()) {
        const auto end = octets.find('\n');
        partial_.append(octets.substr(0, end == std::string_view::npos ? end : end + 1));
        if (partial_.size() > longest_line()) lose_track();
        if (end == std::string_view::npos) return;
        octets.remove_prefix(end + 1);
        line_sent(partial_);
        partial_.clear();
    }
}

void ambient_judge::line_sent(std::string_view line) {
    const bool clean = line.ends_with("\r\n") && line.find('\r') == line.size() - 2;
    if (!clean) lose_track(); // how many lines that is, is just what a case may be about
    line = without_line_end(line);
    switch (mode_) {
    case reading::content:
        if (line.find('\0') != std::string_view::npos) lose_track(); // the line may end at it
        if (line == ".") {
            mode_ = reading::commands;
            // RFC 2033 §4.2: one reply for each accepted recipient
            outstanding_.insert(outstanding_.end(), lmtp_ ? accepted_recipients_ : 1, answer_to::content);
        }
        break;
    case reading::challenge_response:
        mode_ = reading::commands;
        outstanding_.push_back(answer_to::other);
        break;
    case reading::commands: command_sent(line); break;
    }
}

void ambient_judge::command_sent(std::string_view line) {
    // An empty line, or one with NUL, may get one reply, several or none.
    if (line.empty() || std::ranges::any_of(line, is_control)) lose_track();
    const auto verb = upper(first_word(line));
    auto expected = answer_to::other;
    if (verb == "EHLO" || verb == "LHLO") expected = answer_to::ehlo;
    if (verb == "HELO") expected = answer_to::helo;
    if (verb == "MAIL") expected = answer_to::mail;
    if (verb == "RCPT") expected = answer_to::rcpt;
    if (verb == "DATA") expected = answer_to::data;
    if (verb == "STARTTLS") expected = answer_to::starttls;
    if (verb == "BDAT") lose_track(); // RFC 3030: raw octets follow
    if (line.find(" SMTPUTF8") != std::string_view::npos) utf8_asked_ = true;
    if (certain_)
        outstanding_.push_back(expected);
    else if (expected == answer_to::ehlo || expected == answer_to::helo)
        hello_possible_ = true;
}

void ambient_judge::tls_started() {
    // TLS from the first octet (RFC 8314 §3): the greeting is still to come.
    const bool not_greeted = certain_ && !outstanding_.empty() && outstanding_.front() == answer_to::greeting;
    outstanding_.clear();
    if (not_greeted) outstanding_.push_back(answer_to::greeting);
    mode_ = reading::commands;
    partial_.clear();
    accepted_recipients_ = 0;
    certain_ = true;
    hello_possible_ = enhanced_offered_ = utf8_asked_ = tls_due_ = false;
}

ambient_judge::answer_to ambient_judge::next_answer(const smtp_reply& reply, std::vector<deviation>& found) {
    if (!certain_) return answer_to::other;
    held_against("reply-unsolicited");
    if (outstanding_.empty()) {
        // RFC 5321 §3.8: 421 may come at any time.
        if (reply.code != "421")
            note(found, "reply-unsolicited", 0, fmt::format("a reply to no command: {}", shown(reply.raw)));
        return answer_to::other;
    }
    const auto next = outstanding_.front();
    outstanding_.pop_front();
    return next;
}

void ambient_judge::follow(answer_to what, const smtp_reply& reply) {
    const bool positive = reply.code[0] == '2';
    if (answered_ehlo_ && positive) enhanced_offered_ = capabilities_of(reply).has("ENHANCEDSTATUSCODES");
    if (what == answer_to::starttls && positive) tls_due_ = true;
    if (what == answer_to::mail && positive) accepted_recipients_ = 0;
    if (what == answer_to::rcpt && positive) ++accepted_recipients_;
    if (what == answer_to::content && outstanding_.empty()) accepted_recipients_ = 0;
    if (reply.code == "334") mode_ = reading::challenge_response;
    if (reply.code == "354") {
        if (!certain_ || (what == answer_to::data && outstanding_.empty() && partial_.empty()))
            mode_ = reading::content;
        else
            lose_track(); // content was sent before it was asked for
    }
}

std::vector<deviation> ambient_judge::judge(const smtp_reply& reply) {
    auto found = reply.deviations;
    for (const auto* rule :
         {"reply-bare-lf", "reply-bare-cr", "reply-line-malformed", "reply-separator",
          "reply-code-without-space", "reply-without-text", "reply-first-digit", "reply-second-digit",
          "reply-unlisted-code", "reply-line-too-long", "reply-control-octet", "reply-8bit-octet"})
        held_against(rule);
    if (reply.lines.size() > 1)
        for (const auto* rule : {"reply-codes-differ", "reply-line-without-code"})
            held_against(rule);

    const auto what = next_answer(reply, found);
    judge_octets(what, reply, found);
    if (reply.code[0] >= '2' && reply.code[0] <= '5' && reply.code[1] <= '5' && !is_listed(reply.code))
        note(found, "reply-unlisted-code", 0,
             fmt::format("{} is not a code of RFC 5321: {}", reply.code, shown(reply.raw)));
    // RFC 4954 §4: an empty challenge is "334 " and nothing else.
    if (reply.code != "334" && std::ranges::all_of(reply.lines, [](const auto& l) { return l.empty(); }))
        note(found, "reply-without-text", 0, fmt::format("a reply of its code alone: {}", shown(reply.raw)));

    if (what == answer_to::greeting) judge_greeting(reply, found);
    if (what == answer_to::ehlo) judge_ehlo(reply, found);
    answered_ehlo_ = what == answer_to::ehlo || (hello_possible_ && looks_like_ehlo(reply));
    follow(what, reply);
    const bool hello = what == answer_to::ehlo || what == answer_to::helo || hello_possible_;
    if (enhanced_offered_ && !hello && what != answer_to::greeting) judge_enhanced(reply, found);
    return found;
}

std::vector<deviation> ambient_judge::judge_malformed(std::string_view line) {
    held_against("reply-line-malformed");
    std::vector<deviation> found;
    note(found, "reply-line-malformed", 0, fmt::format("a line without a reply code: {}", shown(line)));
    return found;
}

// RFC 5321 §4.2: textstring = 1*(%d09 / %d32-126); §4.1.1.1: ehlo-greet may also hold control octets.
void ambient_judge::judge_octets(answer_to what, const smtp_reply& reply,
                                 std::vector<deviation>& found) const {
    for (std::size_t i = 0; i < reply.lines.size(); ++i) {
        const std::string_view text = reply.lines[i];
        const bool greet = what == answer_to::ehlo && i == 0;
        const auto control =
            std::ranges::find_if(text, [](char c) { return is_control(c) && c != '\t' && c != '\r'; });
        if (control != text.end() && !greet)
            note(found, "reply-control-octet", reply.raw.find(text),
                 fmt::format("a control octet (0x{:02x}) in {}", static_cast<unsigned char>(*control),
                             shown(text)));
        const auto high = std::ranges::find_if(text, is_8bit);
        if (high != text.end() && !utf8_asked_)
            note(found, "reply-8bit-octet", reply.raw.find(text),
                 fmt::format("an 8-bit octet (0x{:02x}) in {}", static_cast<unsigned char>(*high),
                             shown(text)));
    }
}

// RFC 5321 §4.2: Greeting = "220 " (Domain / address-literal) [ SP textstring ]
void ambient_judge::judge_greeting(const smtp_reply& reply, std::vector<deviation>& found) {
    if (reply.code != "220") return; // §4.2: other responses upon connection follow Reply-line
    held_against("greeting-domain");
    const auto name = first_word(reply.lines.front());
    if (!is_domain(name) && !is_address_literal(name))
        note(found, "greeting-domain", 4,
             fmt::format("the greeting begins with {}, which is no domain and no address literal",
                         shown(name)));
}

// RFC 5321 §4.1.1.1: ehlo-ok-rsp
void ambient_judge::judge_ehlo(const smtp_reply& reply, std::vector<deviation>& found) {
    if (reply.code != "250") return;
    for (const auto* rule : {"ehlo-domain", "ehlo-keyword", "ehlo-parameter"})
        held_against(rule);
    const auto name = first_word(reply.lines.front());
    if (!is_domain(name))
        note(found, "ehlo-domain", 4,
             fmt::format("the EHLO reply begins with {}, which is no domain", shown(name)));
    for (std::size_t i = 1; i < reply.lines.size(); ++i) {
        const std::string_view line = reply.lines[i];
        const auto keyword = first_word(line);
        const auto at = reply.raw.find(line);
        if (!is_keyword(keyword)) {
            note(found, "ehlo-keyword", at,
                 fmt::format("{} is no EHLO keyword, in {}", shown(keyword), shown(line)));
            continue;
        }
        // *( SP ehlo-param ), ehlo-param = 1*(%d33-126)
        const auto rest = line.substr(keyword.size());
        const bool fits = rest.find("  ") == std::string_view::npos && !rest.ends_with(' ') &&
                          std::ranges::all_of(rest, [](char c) { return c >= ' ' && c < 127; });
        if (!fits)
            note(found, "ehlo-parameter", at,
                 fmt::format("the parameters of {} are not one space and printable octets each: {}", keyword,
                             shown(line)));
    }
}

// RFC 2034 §4: in all 2xx, 4xx and 5xx lines but those of the greeting and of HELO and EHLO.
void ambient_judge::judge_enhanced(const smtp_reply& reply, std::vector<deviation>& found) {
    const char severity = reply.code[0];
    if (severity != '2' && severity != '4' && severity != '5') return;
    for (const auto* rule : {"enhanced-code-missing", "enhanced-code-malformed", "enhanced-code-class"})
        held_against(rule);
    if (reply.lines.size() > 1) held_against("enhanced-codes-differ");
    const std::string* first = nullptr;
    for (std::size_t i = 0; i < reply.lines.size(); ++i) {
        const auto& code = reply.enhanced[i];
        const auto at = reply.raw.find(reply.lines[i]);
        if (code.empty()) {
            const bool slip = nearly_enhanced_code(reply.lines[i]);
            note(found, slip ? "enhanced-code-malformed" : "enhanced-code-missing", at,
                 fmt::format("{} in {}", slip ? "a malformed enhanced code" : "no enhanced code",
                             shown(reply.code + " " + reply.lines[i])));
            return; // once for each reply
        }
        if (code[0] != severity)
            note(found, "enhanced-code-class", at,
                 fmt::format("the enhanced code {} in a reply {}", code, reply.code));
        if (first && *first != code)
            note(found, "enhanced-codes-differ", at,
                 fmt::format("{} on one line, {} on another", *first, code));
        if (!first) first = &code;
    }
}

} // namespace mailspec::wire
