// See the header. Reads ECMAScript's syntax; look-aheads and references give nothing.
#include "harness/script/likely_match.hpp"

#include <algorithm>
#include <charconv>

namespace mailspec::script {
namespace {

class match_maker {
  public:
    explicit match_maker(std::string_view expression)
        : rest_(expression) {}

    // Up to the end or the parenthesis that closes: the first alternative.
    std::string alternatives() {
        auto first = sequence();
        while (take('|'))
            (void)sequence();
        return first;
    }

  private:
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string sequence() {
        std::string all;
        while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
            const auto piece = one();
            for (int i = times(); i > 0; --i)
                all += piece;
        }
        return all;
    }

    std::string one() {
        if (take('(')) return group();
        if (take('[')) return one_of_class();
        if (take('\\')) return escaped();
        if (take('^') || take('$')) return {};
        if (take('.')) return "a";
        const std::string literal(rest_.substr(0, 1));
        rest_.remove_prefix(1);
        return literal;
    }

    std::string group() {
        const bool looks_around = rest_.starts_with("?=") || rest_.starts_with("?!") ||
                                  rest_.starts_with("?<=") || rest_.starts_with("?<!");
        // (?: (?= (?i: (?<name>
        if (rest_.starts_with("?"))
            rest_.remove_prefix(std::min(rest_.find_first_of(":=!>)"), rest_.size() - 1) + 1);
        auto inside = alternatives();
        take(')');
        return looks_around ? "" : inside;
    }

    std::string escaped() {
        if (rest_.empty()) return {};
        const char c = rest_.front();
        rest_.remove_prefix(1);
        switch (c) {
        case 'r': return "\r";
        case 'n': return "\n";
        case 't': return "\t";
        case 's': return " ";
        case 'd': return "1";
        case 'w':
        case 'S':
        case 'D': return "a";
        case 'b':
        case 'B': return {};
        case 'x': {
            unsigned octet = 0;
            std::from_chars(rest_.data(), rest_.data() + std::min<std::size_t>(2, rest_.size()), octet, 16);
            rest_.remove_prefix(std::min<std::size_t>(2, rest_.size()));
            return std::string(1, static_cast<char>(octet));
        }
        default: return std::string(1, c);
        }
    }

    // The first of the class; of a negated one the first letter that is not written in it.
    std::string one_of_class() {
        const bool negated = take('^');
        std::string listed;
        while (!rest_.empty() && (rest_.front() != ']' || listed.empty())) {
            if (take('\\')) {
                listed += escaped();
            } else {
                listed += rest_.front();
                rest_.remove_prefix(1);
            }
        }
        take(']');
        if (!negated) return listed.substr(0, 1);
        for (const char c : std::string_view("a1_ ~"))
            if (listed.find(c) == std::string::npos) return std::string(1, c);
        return "\x01";
    }

    int times() {
        int least = 1;
        if (take('*') || take('?') || take('+')) {
            take('?');
        } else if (rest_.starts_with('{') && rest_.size() > 1 && rest_[1] >= '0' && rest_[1] <= '9') {
            std::from_chars(rest_.data() + 1, rest_.data() + rest_.size(), least);
            rest_.remove_prefix(std::min(rest_.find('}'), rest_.size() - 1) + 1);
        }
        return std::clamp(least, 1, 10000);
    }

    std::string_view rest_;
};

} // namespace

std::string likely_match(std::string_view expression) {
    return match_maker(expression).alternatives();
}

} // namespace mailspec::script
