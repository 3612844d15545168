// esmtp-param = esmtp-keyword ["=" esmtp-value], one blank between them: RFC 5321 §4.1.2.
#include "reference/smtp/parameters.hpp"

#include "reference/message/path.hpp"
#include "reference/message/xtext.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace refmail::smtp {

namespace {

struct parameter {
    std::string_view keyword;
    std::optional<std::string_view> value;
    bool is(std::string_view name) const { return message::equals_ignoring_case(keyword, name); }
};

std::unexpected<refusal> bad(std::string text) {
    return std::unexpected(refusal{501, "5.5.4", std::move(text)});
}

bool is_let_dig(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_keyword(std::string_view text) {
    return !text.empty() && is_let_dig(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_let_dig(c) || c == '-'; });
}

// esmtp-value = 1*(%d33-60 / %d62-126)
bool is_value(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 32 && c < 127 && c != '='; });
}

std::expected<std::vector<parameter>, refusal> split(std::string_view text) {
    std::vector<parameter> out;
    while (!text.empty()) {
        if (text.front() != ' ')
            return bad("Syntax: a blank expected between the address and its parameters");
        text.remove_prefix(1);
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        parameter p{word.substr(0, word.find('=')), std::nullopt};
        if (p.keyword.size() < word.size()) p.value = word.substr(p.keyword.size() + 1);
        if (!is_keyword(p.keyword) || (p.value && !is_value(*p.value))) {
            return bad("Syntax: malformed parameter '" + std::string(word) + "'");
        }
        for (auto& earlier : out) {
            if (earlier.is(p.keyword)) return bad("Parameter " + std::string(p.keyword) + " given twice");
        }
        out.push_back(p);
    }
    return out;
}

std::unexpected<refusal> unknown(const parameter& p) {
    return std::unexpected(
        refusal{555, "5.5.4", "Parameter " + std::string(p.keyword) + " is not provided here"});
}

// size-value = 1*20DIGIT (RFC 1870 §3)
std::expected<std::uint64_t, refusal> parse_size(const parameter& p) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!p.value || p.value->size() > 20 || !std::ranges::all_of(*p.value, is_digit)) {
        return bad("Syntax: SIZE=number, of 1 to 20 digits");
    }
    std::uint64_t size = 0;
    for (char c : *p.value) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (size > (most - digit) / 10) return most; // 20 digits need not fit
        size = size * 10 + digit;
    }
    return size;
}

std::expected<body_type, refusal> parse_body(const parameter& p) {
    if (p.value && message::equals_ignoring_case(*p.value, "7BIT")) return body_type::seven_bit;
    if (p.value && message::equals_ignoring_case(*p.value, "8BITMIME")) return body_type::eight_bit_mime;
    return bad("Syntax: BODY=7BIT or BODY=8BITMIME");
}

// RFC 4954 §8: the decoded form MUST be a mailbox or "<>".
std::expected<message::reverse_path, refusal> parse_submitter(const parameter& p) {
    auto decoded = p.value ? message::decode_xtext(*p.value) : std::nullopt;
    if (decoded && *decoded == "<>") return message::reverse_path{};
    if (decoded) {
        if (auto box = message::parse_mailbox(*decoded)) return message::reverse_path{false, std::move(*box)};
    }
    return bad("Syntax: AUTH=mailbox in xtext, or AUTH=<>");
}

} // namespace

std::expected<mail_parameters, refusal> parse_mail_parameters(std::string_view text, bool with_auth) {
    auto list = split(text);
    if (!list) return std::unexpected(list.error());
    mail_parameters out;
    for (auto& p : *list) {
        if (p.is("SIZE")) {
            auto size = parse_size(p);
            if (!size) return std::unexpected(size.error());
            out.size = *size;
        } else if (p.is("BODY")) {
            auto body = parse_body(p);
            if (!body) return std::unexpected(body.error());
            out.body = *body;
        } else if (with_auth && p.is("AUTH")) {
            auto submitter = parse_submitter(p);
            if (!submitter) return std::unexpected(submitter.error());
            out.submitter = std::move(*submitter);
        } else {
            return unknown(p);
        }
    }
    return out;
}

std::expected<void, refusal> parse_rcpt_parameters(std::string_view text) {
    auto list = split(text);
    if (!list) return std::unexpected(list.error());
    if (!list->empty()) return unknown(list->front());
    return {};
}

} // namespace refmail::smtp
