// A response that a pattern matches: what `mutate` lets come where a case says that none must; see
// imap_edits.hpp. For a regular expression a few texts are tried; where none fits, there is no example.
#include "harness/script/imap_edits.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using element = suite::imap_pattern;
using example = std::optional<std::string>;

bool is_atom(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 127 && std::string_view("(){%*\"").find(c) == std::string_view::npos;
    });
}

std::string as_string(std::string_view octets) {
    return fmt::format("{{{}}}\r\n{}", octets.size(), octets);
}

class maker {
  public:
    explicit maker(const imap_match_context& context)
        : context_(context) {}

    example elements(const std::vector<element>& all) {
        std::string text;
        for (const auto& e : all) {
            const auto one = element_of(e);
            if (!one) return std::nullopt;
            if (!one->empty()) text += (text.empty() ? "" : " ") + *one;
        }
        return text;
    }

    // A text that the expression is found in.
    example of_regex(const suite::text_template& regex) {
        const auto expression = context_.values.regex(regex, context_.place);
        if (!expression) return std::nullopt;
        auto candidates = words_of(*expression);
        for (const char* text :
             {"x", "1", "0", "XMUTANT", "X-Mutant", "\xC3\xA9", "\xE9", "&AGE-", "../x", "a/b", "a.b",
              "\\Mutant", "SEARCH", "EXPUNGE", "RECENT", "FETCH", "BODY[]", "STARTTLS", "AUTH=PLAIN"})
            candidates.emplace_back(text);
        for (const auto& text : candidates)
            if (const auto found = context_.patterns.found(*expression, text); found && *found) return text;
        return std::nullopt;
    }

  private:
    example element_of(const element& e) {
        using kind = element::kind;
        switch (e.what) {
        case kind::word: {
            const auto octets = context_.values.octets(e.text, context_.place);
            if (!octets) return std::nullopt;
            return is_atom(*octets) || octets->starts_with('"') ? *octets : as_string(*octets);
        }
        case kind::string: {
            const auto octets = context_.values.octets(e.text, context_.place);
            if (!octets) return std::nullopt;
            return as_string(*octets);
        }
        case kind::nil: return "NIL";
        case kind::any:
        case kind::number: return "1";
        case kind::variable: return bound(e.name).value_or("1");
        case kind::compared: return e.relation.starts_with('>') ? "4294967295" : "1";
        case kind::rest: return "";
        case kind::regex:
            if (auto text = of_regex(e.text)) return is_atom(*text) ? *text : as_string(*text);
            return std::nullopt;
        case kind::list: break;
        }
        auto inside = elements(e.items);
        if (inside) *inside = '(' + *inside + ')';
        return inside;
    }

    example bound(const std::string& name) const {
        const auto found = context_.bound.find(name);
        if (found == context_.bound.end()) return std::nullopt;
        return is_atom(found->second) || found->second.starts_with('(') ? found->second
                                                                        : as_string(found->second);
    }

    // Runs of letters and the like in the expression itself: ^(ALL|MIN)$ has ALL and MIN.
    static std::vector<std::string> words_of(std::string_view expression) {
        std::vector<std::string> words;
        std::string word;
        for (const char c : std::string(expression) + '|') {
            if (wire::is_alpha(c) || wire::is_digit(c) || c == '-' || c == ' ' || c == '=' || c == '_') {
                word += c;
                continue;
            }
            if (!word.empty()) words.push_back(std::exchange(word, {}));
        }
        return words;
    }

    const imap_match_context& context_;
};

} // namespace

example example_of(const suite::imap_response_pattern& pattern, const imap_match_context& context) {
    if (pattern.what != suite::imap_response_pattern::kind::untagged) return std::nullopt;
    maker make(context);
    example text;
    if (pattern.conditions.empty()) {
        text = make.elements(pattern.data);
    } else {
        const auto code = pattern.code ? make.elements(pattern.code->items) : example("");
        const auto words = pattern.regex ? make.of_regex(*pattern.regex) : example("_");
        if (code && words)
            text = fmt::format("{} {}{}", pattern.conditions.front(), code->empty() ? "" : "[" + *code + "] ",
                               *words);
    }
    if (!text) return std::nullopt;
    auto raw = "* " + *text + "\r\n";
    // A pattern may ask for what no response has; then it is no example of anything.
    const auto parsed = wire::parse_imap_response(raw);
    const auto matched = match_imap(pattern, parsed.response, context);
    return parsed.state == wire::imap_state::complete && matched && matched->held ? example(std::move(raw))
                                                                                  : std::nullopt;
}

} // namespace mailspec::script
