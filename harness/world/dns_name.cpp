// Domain names as keys; see the header. RFC 1035 §3.1, §5.1 (escapes); RFC 4343 (case).
#include "harness/world/dns_name.hpp"

#include <fmt/core.h>

namespace mailspec::world {
namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 255;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool digit(char c) {
    return c >= '0' && c <= '9';
}

// One octet of a label, escapes undone: \X is X, \DDD the octet with that number.
std::optional<char> take_octet(std::string_view& text) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') return c;
    if (text.empty()) return std::nullopt;
    if (!digit(text[0])) {
        const char escaped = text.front();
        text.remove_prefix(1);
        return escaped;
    }
    if (text.size() < 3 || !digit(text[1]) || !digit(text[2])) return std::nullopt;
    const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    text.remove_prefix(3);
    if (value > 255) return std::nullopt;
    return static_cast<char>(value);
}

} // namespace

std::optional<dns_name> dns_name::parse(std::string_view text, const dns_name& origin) {
    if (text == "@") return origin;
    if (text == ".") return dns_name();
    if (text.empty()) return std::nullopt;
    dns_name made;
    made.wire_.clear();
    bool relative = true;
    while (!text.empty()) {
        std::string label;
        bool dot = false;
        while (!text.empty() && !dot) {
            if (text.front() == '.') {
                dot = true;
                text.remove_prefix(1);
                continue;
            }
            const auto octet = take_octet(text);
            if (!octet) return std::nullopt;
            label += lower(*octet);
        }
        if (label.empty() || label.size() > longest_label) return std::nullopt;
        made.wire_ += static_cast<char>(label.size());
        made.wire_ += label;
        relative = !(dot && text.empty());
    }
    made.wire_ += relative ? origin.wire_ : std::string(1, '\0');
    if (made.wire_.size() > longest_name) return std::nullopt;
    return made;
}

std::optional<dns_name> dns_name::absolute(std::string_view text) {
    return parse(text, dns_name());
}

dns_name dns_name::from_wire(std::string_view wire) {
    dns_name made;
    made.wire_ = wire;
    for (std::size_t at = 0; at < wire.size() && wire[at] != 0;) {
        const auto size = static_cast<unsigned char>(wire[at]);
        for (std::size_t i = at + 1; i <= at + size && i < wire.size(); ++i)
            made.wire_[i] = lower(wire[i]);
        at += size + 1u;
    }
    return made;
}

std::string dns_name::text() const {
    if (is_root()) return ".";
    std::string out;
    for (std::size_t at = 0; wire_[at] != 0;) {
        const auto size = static_cast<unsigned char>(wire_[at]);
        if (!out.empty()) out += '.';
        for (const char c : std::string_view(wire_).substr(at + 1, size)) {
            if (c == '.' || c == '\\') out += '\\';
            if (c > ' ' && c < 0x7f)
                out += c;
            else
                out += fmt::format("\\{:03}", static_cast<unsigned char>(c));
        }
        at += size + 1u;
    }
    return out;
}

dns_name dns_name::parent() const {
    dns_name up;
    if (!is_root()) up.wire_ = wire_.substr(static_cast<unsigned char>(wire_[0]) + 1u);
    return up;
}

bool dns_name::is_at_or_below(const dns_name& other) const {
    for (dns_name name = *this;; name = name.parent()) {
        if (name == other) return true;
        if (name.is_root()) return false;
    }
}

std::optional<dns_name> dns_name::child(std::string_view label) const {
    dns_name made;
    made.wire_ = static_cast<char>(label.size());
    made.wire_ += label;
    made.wire_ += wire_;
    if (label.empty() || label.size() > longest_label || made.wire_.size() > longest_name)
        return std::nullopt;
    return made;
}

} // namespace mailspec::world
