// Tokens of structured header fields; see field_reader.hpp.
#include "harness/wire/field_reader.hpp"

#include "harness/wire/octets.hpp"

namespace mailspec::wire {
namespace {

bool is_qtext(char c) {
    return c > ' ' && c < 127 && c != '"' && c != '\\';
}
bool is_pair_target(char c) {
    return (c > ' ' && c < 127) || is_wsp(c);
} // RFC 5322 §3.2.1

} // namespace

bool is_atext(char c) {
    return is_alpha(c) || is_digit(c) ||
           (c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos);
}

bool field_reader::take(char c) {
    if (at_end() || value_[at_] != c) return false;
    ++at_;
    return true;
}

bool field_reader::skip_white() {
    const auto from = at_;
    while (!at_end() && is_wsp(value_[at_]))
        ++at_;
    return at_ > from;
}

bool field_reader::skip_cfws() {
    for (;;) {
        skip_white();
        if (peek() != '(') return true;
        if (!skip_comment()) return false;
    }
}

bool field_reader::skip_comment() { // RFC 5322 §3.2.2: comments nest
    int depth = 0;
    while (!at_end()) {
        const char c = value_[at_++];
        if (c == '\\' && !at_end()) {
            ++at_;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')' && --depth == 0) {
            return true;
        }
    }
    return false;
}

std::optional<std::string_view> field_reader::atom() {
    const auto from = at_;
    while (!at_end() && is_atext(value_[at_]))
        ++at_;
    if (at_ == from) return std::nullopt;
    return value_.substr(from, at_ - from);
}

std::optional<std::string_view> field_reader::dot_atom() {
    const auto from = at_;
    if (!atom()) return std::nullopt;
    while (peek() == '.') {
        const auto dot = at_++;
        if (!atom()) {
            at_ = dot;
            break;
        }
    }
    return value_.substr(from, at_ - from);
}

std::optional<std::string_view> field_reader::quoted_string() {
    const auto from = at_;
    if (!take('"')) return std::nullopt;
    while (!at_end()) {
        const char c = value_[at_++];
        if (c == '"') return value_.substr(from, at_ - from);
        if (c == '\\' && !at_end() && is_pair_target(value_[at_]))
            ++at_;
        else if (!is_qtext(c) && !is_wsp(c))
            break;
    }
    at_ = from;
    return std::nullopt;
}

std::optional<std::string_view> field_reader::domain_literal() { // "[" *dtext "]"
    const auto from = at_;
    if (!take('[')) return std::nullopt;
    while (!at_end() && value_[at_] > ' ' && value_[at_] < 127 && value_[at_] != '[' && value_[at_] != '\\' &&
           value_[at_] != ']')
        ++at_;
    if (take(']')) return value_.substr(from, at_ - from);
    at_ = from;
    return std::nullopt;
}

std::optional<std::string_view> field_reader::digits(std::size_t least, std::size_t most) {
    const auto from = at_;
    while (!at_end() && is_digit(value_[at_]))
        ++at_;
    const auto length = at_ - from;
    if (length >= least && length <= most) return value_.substr(from, length);
    at_ = from;
    return std::nullopt;
}

} // namespace mailspec::wire
