// From keywords to what they mean.
#include "reference/smtp/parameters.hpp"

#include "reference/message/path.hpp"
#include "reference/message/xtext.hpp"
#include "reference/smtp/dsn_parameters.hpp"
#include "reference/smtp/parameter_list.hpp"

#include <algorithm>
#include <limits>

namespace refmail::smtp {

namespace {

using message::characters;

// size-value = 1*20DIGIT (RFC 1870 §3)
std::expected<std::uint64_t, refusal> parse_size(const parameter& p) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!p.value || p.value->size() > 20 || !std::ranges::all_of(*p.value, is_digit)) {
        return bad_parameter("Syntax: SIZE=number, of 1 to 20 digits");
    }
    std::uint64_t size = 0;
    for (char c : *p.value) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (size > (most - digit) / 10) return most; // 20 digits need not fit
        size = size * 10 + digit;
    }
    return size;
}

std::expected<body_type, refusal> parse_body(const parameter& p, bool binary_too) {
    auto is = [&](std::string_view name) { return p.value && message::equals_ignoring_case(*p.value, name); };
    if (is("7BIT")) return body_type::seven_bit;
    if (is("8BITMIME")) return body_type::eight_bit_mime;
    if (binary_too && is("BINARYMIME")) return body_type::binary_mime;
    return bad_parameter(binary_too ? "Syntax: BODY=7BIT, BODY=8BITMIME or BODY=BINARYMIME"
                                    : "Syntax: BODY=7BIT or BODY=8BITMIME");
}

// RFC 4954 §8: the decoded form MUST be a mailbox or "<>".
std::expected<message::reverse_path, refusal> parse_submitter(const parameter& p, characters allowed) {
    auto decoded = p.value ? message::decode_xtext(*p.value) : std::nullopt;
    if (decoded && *decoded == "<>") return message::reverse_path{};
    if (decoded) {
        if (auto box = message::parse_mailbox(*decoded, {}, allowed))
            return message::reverse_path{false, std::move(*box)};
    }
    return bad_parameter("Syntax: AUTH=mailbox in xtext, or AUTH=<>");
}

std::expected<bool, refusal> parse_flag(const parameter& p) {
    if (p.value) return bad_parameter("Parameter " + std::string(p.keyword) + " takes no value");
    return true;
}

// Stores what was parsed, or hands on the refusal.
template <class T, class U>
std::optional<refusal> take(std::expected<T, refusal> parsed, U& into) {
    if (!parsed) return std::move(parsed.error());
    into = std::move(*parsed);
    return std::nullopt;
}

std::optional<refusal> take_mail_parameter(const parameter& p, const extensions& offered,
                                           mail_parameters& out) {
    const auto allowed = offered.smtputf8 ? characters::utf8 : characters::ascii;
    if (p.is("SIZE")) return take(parse_size(p), out.size);
    if (p.is("BODY")) return take(parse_body(p, offered.binarymime), out.body);
    if (offered.auth && p.is("AUTH")) return take(parse_submitter(p, allowed), out.submitter);
    if (offered.dsn && p.is("RET")) return take(parse_ret(p), out.ret);
    if (offered.dsn && p.is("ENVID")) return take(parse_envid(p), out.envelope_id);
    if (offered.smtputf8 && p.is("SMTPUTF8")) return take(parse_flag(p), out.smtputf8);
    if (offered.requiretls && p.is("REQUIRETLS")) return take(parse_flag(p), out.require_tls);
    return unknown_parameter(p).error();
}

std::optional<refusal> take_rcpt_parameter(const parameter& p, const extensions& offered,
                                           rcpt_parameters& out) {
    if (offered.dsn && p.is("NOTIFY")) return take(parse_notify(p), out.notify);
    if (offered.dsn && p.is("ORCPT")) {
        auto original = parse_orcpt(p);
        if (!original) return std::move(original.error());
        out.original_type = std::move(original->type);
        out.original = std::move(original->address);
        return std::nullopt;
    }
    return unknown_parameter(p).error();
}

} // namespace

std::expected<mail_parameters, refusal> parse_mail_parameters(std::string_view text,
                                                              const extensions& offered) {
    // No parameter of MAIL has a value beyond ASCII: xtext is ASCII.
    auto list = split_parameters(text, characters::ascii);
    if (!list) return std::unexpected(list.error());
    mail_parameters out;
    for (const auto& p : *list) {
        if (auto refused = take_mail_parameter(p, offered, out)) return std::unexpected(std::move(*refused));
    }
    return out;
}

std::expected<rcpt_parameters, refusal> parse_rcpt_parameters(std::string_view text,
                                                              const extensions& offered, bool smtputf8) {
    auto list = split_parameters(text, smtputf8 ? characters::utf8 : characters::ascii);
    if (!list) return std::unexpected(list.error());
    rcpt_parameters out;
    for (const auto& p : *list) {
        if (auto refused = take_rcpt_parameter(p, offered, out)) return std::unexpected(std::move(*refused));
    }
    return out;
}

} // namespace refmail::smtp
