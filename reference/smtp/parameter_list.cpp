// Keywords and values, told apart and checked for their octets.
#include "reference/smtp/parameter_list.hpp"

#include "reference/message/utf8.hpp"

#include <algorithm>

namespace refmail::smtp {

namespace {

bool is_let_dig(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_keyword(std::string_view text) {
    return !text.empty() && is_let_dig(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_let_dig(c) || c == '-'; });
}

// esmtp-value = 1*(%d33-60 / %d62-126), and UTF8-non-ascii
bool is_value(std::string_view text, message::characters allowed) {
    if (text.empty() || !message::is_utf8(text)) return false;
    return std::ranges::all_of(text, [&](char c) {
        if (static_cast<unsigned char>(c) > 127) return allowed == message::characters::utf8;
        return c > 32 && c < 127 && c != '=';
    });
}

} // namespace

std::unexpected<refusal> bad_parameter(std::string text) {
    return std::unexpected(refusal{501, "5.5.4", std::move(text)});
}

std::unexpected<refusal> unknown_parameter(const parameter& p) {
    return std::unexpected(
        refusal{555, "5.5.4", "Parameter " + std::string(p.keyword) + " is not provided here"});
}

std::expected<std::vector<parameter>, refusal> split_parameters(std::string_view text,
                                                                message::characters allowed) {
    std::vector<parameter> out;
    while (!text.empty()) {
        if (text.front() != ' ')
            return bad_parameter("Syntax: a blank expected between the address and its parameters");
        text.remove_prefix(1);
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        parameter p{word.substr(0, word.find('=')), std::nullopt};
        if (p.keyword.size() < word.size()) p.value = word.substr(p.keyword.size() + 1);
        if (!is_keyword(p.keyword) || (p.value && !is_value(*p.value, allowed)))
            return bad_parameter("Syntax: malformed parameter '" + std::string(word) + "'");
        for (const auto& earlier : out) {
            if (earlier.is(p.keyword))
                return bad_parameter("Parameter " + std::string(p.keyword) + " given twice");
        }
        out.push_back(p);
    }
    return out;
}

} // namespace refmail::smtp
