// Tokens of structured header fields: RFC 5322 §3.2.2 to §3.2.4, §3.4.1.
// Knows no field and no address; gives what stands at the front, or says that it is broken.
#include "reference/message/header_tokens.hpp"

#include "reference/message/octet_class.hpp"
#include "reference/message/path.hpp"

namespace refmail::message {

namespace {

// comment = "(" *([FWS] ccontent) [FWS] ")", and comments nest
bool skip_comment(std::string_view& text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '(')
            ++depth;
        else if (text[i] == ')' && --depth == 0) {
            text.remove_prefix(i + 1);
            return true;
        }
    }
    text = {};
    return false;
}

} // namespace

bool skip_cfws(std::string_view& text) {
    for (;;) {
        while (!text.empty() && is_folding(text.front()))
            text.remove_prefix(1);
        if (!text.starts_with('(')) return true;
        if (!skip_comment(text)) return false;
    }
}

std::string_view take_atom(std::string_view& text, bool eight_bit) {
    std::size_t length = 0;
    while (length < text.size() &&
           (is_atext(text[length]) || (eight_bit && static_cast<unsigned char>(text[length]) > 127))) {
        ++length;
    }
    auto atom = text.substr(0, length);
    text.remove_prefix(length);
    return atom;
}

std::optional<std::string> take_quoted_string(std::string_view& text) {
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return out;
        }
        if (text[i] == '\\' && i + 1 < text.size())
            ++i;
        else if (text[i] == '\r' || text[i] == '\n')
            continue; // folding is not part of the content
        out += text[i];
    }
    return std::nullopt;
}

std::optional<std::string> take_domain_literal(std::string_view& text) {
    auto close = text.find(']');
    if (close == std::string_view::npos ||
        text.substr(1, close - 1).find_first_of("[\\") != std::string_view::npos) {
        return std::nullopt;
    }
    std::string out;
    for (char c : text.substr(0, close + 1)) {
        if (!is_folding(c)) out += c;
    }
    text.remove_prefix(close + 1);
    return out;
}

} // namespace refmail::message
