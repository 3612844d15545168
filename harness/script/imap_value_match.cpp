// Comparing trees; see imap_value_match.hpp.
#include "harness/script/imap_value_match.hpp"

#include "harness/wire/imap_names.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mailspec::script {
namespace {

using element = suite::imap_pattern;
using kind = suite::imap_pattern::kind;
using wire::imap_value;

constexpr std::size_t most_of_value_shown = 60;

// Two long texts that are not equal: where they part.
std::string difference(std::string_view wanted, std::string_view found) {
    const auto [w, f] = std::ranges::mismatch(wanted, found);
    const auto at = static_cast<std::size_t>(w - wanted.begin());
    if (wanted.size() <= most_of_value_shown && found.size() <= most_of_value_shown)
        return fmt::format("is {}, not {}", wire::quoted(found), wire::quoted(wanted));
    const auto around = [&](std::string_view text) {
        return at >= text.size() ? std::string("its end") : wire::quoted(text.substr(at, 24));
    };
    return fmt::format("has {} octets, expected {}; they part at octet {}: {}, expected {}", found.size(),
                       wanted.size(), at, around(found), around(wanted));
}

bool same_set(std::string_view a, std::string_view b) {
    const auto one = wire::parse_number_set(a), other = wire::parse_number_set(b);
    return one && other && *one == *other;
}

// What must be a certain value is met before what may be any.
int freedom(const element& e) {
    switch (e.what) {
    case kind::word:
    case kind::string:
    case kind::nil: return 0;
    case kind::list: return 1;
    case kind::regex: return 2;
    case kind::variable:
    case kind::compared: return 3;
    case kind::number: return 4;
    case kind::any:
    case kind::rest: break;
    }
    return 5;
}

// What `shown` puts around a text is in the way where the text has quotes of its own.
std::string without_quotes(const std::string& shown) {
    return shown.substr(1, shown.size() - 2);
}

const char* article(const imap_value& v) {
    if (v.is_list()) return "a list";
    return v.is_string() ? "a string" : "an atom";
}

} // namespace

std::string describe(const element& e) {
    switch (e.what) {
    case kind::word: return e.text.source;
    case kind::string: return '"' + e.text.source + '"';
    case kind::nil: return "NIL";
    case kind::any: return "_";
    case kind::number: return "#";
    case kind::regex: return '~' + e.text.source + '~';
    case kind::variable: return '$' + e.name;
    case kind::compared: return e.relation + '$' + e.name;
    case kind::rest: return "...";
    case kind::list: break;
    }
    std::string items;
    for (const auto& item : e.items)
        items += (items.empty() ? "" : " ") + describe(item);
    return '(' + items + ')';
}

// As it came; what is long is cut.
std::string imap_value_matcher::show(const imap_value& v) const {
    const auto raw = std::string_view(response_.raw).substr(v.offset, v.length);
    return without_quotes(wire::shown(raw, most_of_value_shown));
}

bool imap_value_matcher::unfit(std::string why) {
    why_ = std::move(why);
    return false;
}

bool imap_value_matcher::within(std::string_view place) {
    why_ = fmt::format("{} {}", place, why_);
    return false;
}

std::string imap_value_matcher::fill(const suite::text_template& text) {
    auto octets = context_.values.octets(text, context_.place);
    if (octets) return std::move(*octets);
    if (trouble_.empty()) trouble_ = octets.error();
    return {};
}

bool imap_value_matcher::found(const suite::text_template& regex, std::string_view octets) {
    auto expression = context_.values.regex(regex, context_.place);
    auto result = expression ? context_.patterns.found(*expression, octets)
                             : std::expected<bool, std::string>(std::unexpect, expression.error());
    if (!result && trouble_.empty()) trouble_ = result.error();
    return result && *result;
}

bool imap_value_matcher::value(const element& pattern, const imap_value& v, imap_role role) {
    bool fits = true;
    switch (pattern.what) {
    case kind::any:
    case kind::rest: break;
    case kind::number:
        fits = v.number().has_value() || unfit(fmt::format("is {}, not a number", show(v)));
        break;
    case kind::nil: fits = v.is_nil() || unfit(fmt::format("is {}, not NIL", show(v))); break;
    case kind::regex:
        if (v.is_list())
            fits =
                unfit(fmt::format("is the list {}, which ~{}~ cannot match", show(v), pattern.text.source));
        else
            fits = found(pattern.text, v.text) ||
                   unfit(fmt::format("is {}, which does not match ~{}~", show(v), pattern.text.source));
        break;
    case kind::variable: fits = variable(pattern, v); break;
    case kind::compared: fits = compared(pattern, v); break;
    case kind::word: fits = word(pattern, v, role); break;
    case kind::string: fits = string(pattern, v, role); break;
    case kind::list:
        fits = v.is_list() ? in_order(pattern.items, v.items)
                           : unfit(fmt::format("is {}, not the list {}", show(v), describe(pattern)));
        break;
    }
    if (fits) ++score_;
    return fits;
}

bool imap_value_matcher::word(const element& pattern, const imap_value& v, imap_role role) {
    const auto wanted = fill(pattern.text);
    if (role == imap_role::mailbox && !v.is_list() && wire::same_mailbox(wanted, v.text)) return true;
    if (role == imap_role::astring && v.is_string() && v.text == wanted) return true;
    if (v.is_atom() && (wire::same_word(v.text, wanted) || same_set(v.text, wanted))) return true;
    if (role == imap_role::exact && v.is_string() && wire::same_word(v.text, wanted))
        return unfit(fmt::format("is the string {}, not the atom {}", show(v), wanted));
    return unfit(fmt::format("is {}, not {}", show(v), wanted));
}

bool imap_value_matcher::string(const element& pattern, const imap_value& v, imap_role role) {
    const auto wanted = fill(pattern.text);
    const bool may_be_atom = role == imap_role::mailbox || role == imap_role::astring;
    if (!v.is_string() && !(may_be_atom && v.is_atom()))
        return unfit(fmt::format("is {} {}, not the string {}", article(v), show(v),
                                 wire::quoted(wanted, most_of_value_shown)));
    const bool same = v.text == wanted || (role == imap_role::keyword && wire::same_word(v.text, wanted)) ||
                      (role == imap_role::mailbox && wire::same_mailbox(v.text, wanted));
    return same || unfit(difference(wanted, v.text));
}

const std::string* imap_value_matcher::bound_to(const std::string& name) const {
    if (const auto found = context_.bound.find(name); found != context_.bound.end()) return &found->second;
    const auto found = bound_.find(name);
    return found == bound_.end() ? nullptr : &found->second;
}

bool imap_value_matcher::compared(const element& pattern, const imap_value& v) {
    const auto* before = bound_to(pattern.name);
    if (!before) {
        if (trouble_.empty()) trouble_ = fmt::format("no expectation that held has bound ${}", pattern.name);
        return false;
    }
    const auto octets = wire::octets_of(v, response_.raw);
    bool fits = *before != octets && !same_set(*before, octets);
    if (pattern.relation != "!") {
        std::uint64_t known = 0;
        const auto* end = before->data() + before->size();
        const bool counts = std::from_chars(before->data(), end, known).ptr == end;
        const auto number = v.number();
        if (!counts || !number)
            return unfit(fmt::format("is {}, and ${} is {}", show(v), pattern.name, *before));
        fits = pattern.relation == ">"    ? *number > known
               : pattern.relation == ">=" ? *number >= known
               : pattern.relation == "<"  ? *number < known
                                          : *number <= known;
    }
    return fits || unfit(fmt::format("is {}, and ${} is {}", show(v), pattern.name,
                                     wire::quoted(*before, most_of_value_shown)));
}

bool imap_value_matcher::variable(const element& pattern, const imap_value& v) {
    const auto octets = wire::octets_of(v, response_.raw);
    const auto* before = bound_to(pattern.name);
    if (!before) {
        bound_[pattern.name] = octets;
        return true;
    }
    return *before == octets || same_set(*before, octets) ||
           unfit(fmt::format("is {}, but ${} is {}", show(v), pattern.name,
                             wire::quoted(*before, most_of_value_shown)));
}

bool imap_value_matcher::in_order(patterns wanted, values found, const roles& role) {
    return order_from(wanted, found, 0, role);
}

// `at`: the index of the first value, for what is said of it.
bool imap_value_matcher::order_from(patterns wanted, values found, std::size_t at, const roles& role) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].what == kind::rest) {
            const auto behind = wanted.subspan(i + 1);
            if (behind.empty()) return true;
            const auto before = bound_;
            for (auto skip = i; skip <= found.size(); ++skip) {
                bound_ = before;
                if (order_from(behind, found.subspan(skip), at + skip, role)) return true;
            }
            return unfit(fmt::format("has no {} in that order behind `...`", describe(behind.front())));
        }
        if (i >= found.size()) return unfit(fmt::format("ends before {}", describe(wanted[i])));
        const auto place = role ? role(at + i) : imap_role::exact;
        if (!value(wanted[i], found[i], place)) return within(fmt::format("element {}", at + i + 1));
    }
    if (found.size() > wanted.size())
        return unfit(fmt::format("goes on with {}", show(found[wanted.size()])));
    return true;
}

bool imap_value_matcher::as_set(patterns wanted, values found, imap_role role, bool flags) {
    std::vector<const element*> order;
    bool more = false;
    for (const auto& e : wanted) {
        if (e.what == kind::rest)
            more = true;
        else
            order.push_back(&e);
    }
    std::ranges::stable_sort(order, {}, [](const element* e) { return freedom(*e); });
    std::vector<bool> taken(found.size());
    std::string lacks, besides;
    for (const auto* e : order) {
        bool met = false;
        for (std::size_t i = 0; i < found.size() && !met; ++i) {
            if (taken[i]) continue;
            const auto before = bound_;
            met = value(*e, found[i], role);
            if (met)
                taken[i] = true;
            else
                bound_ = before;
        }
        if (!met) lacks += (lacks.empty() ? "" : ", ") + describe(*e);
    }
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!taken[i] && !more && !(flags && found[i].is_atom("\\Recent")))
            besides += (besides.empty() ? "" : ", ") +
                       std::string(response_.raw.substr(found[i].offset, found[i].length));
    if (lacks.empty() && besides.empty()) return true;
    return unfit(fmt::format("{}{}{}", lacks.empty() ? "" : "lacks " + lacks,
                             lacks.empty() || besides.empty() ? "" : ", ",
                             besides.empty() ? "" : "has " + besides + " besides"));
}

bool imap_value_matcher::as_numbers(patterns wanted, values found) {
    const auto is_set = [&](const element& e) {
        return e.what == kind::word && wire::parse_number_set(fill(e.text)).has_value();
    };
    const bool ranges = !wanted.empty() && std::ranges::all_of(wanted, is_set) &&
                        std::ranges::all_of(found, [](auto& v) { return v.number().has_value(); });
    if (!ranges) return as_set(wanted, found);
    std::string left, right;
    for (const auto& e : wanted)
        left += (left.empty() ? "" : ",") + fill(e.text);
    for (const auto& v : found)
        right += (right.empty() ? "" : ",") + v.text;
    if (same_set(left, right)) return ++score_, true;
    return unfit(fmt::format("lists {}, not {}", right.empty() ? "nothing" : right, left));
}

bool imap_value_matcher::as_pairs(patterns wanted, values found, const by_name& match, std::size_t stride) {
    const auto step = stride + 1;
    std::string names;
    for (std::size_t i = 0; i < found.size(); i += step)
        names += (names.empty() ? "" : ", ") + (found[i].is_list() ? "a list" : found[i].text);
    for (std::size_t i = 0; i < wanted.size();) {
        const auto& name = wanted[i];
        if (name.what == kind::rest) {
            ++i;
            continue;
        }
        const auto canonical = wire::canonical_item(fill(name.text));
        std::size_t at = 0;
        const auto is_it = [&](const imap_value& v) {
            if (name.what == kind::regex) return !v.is_list() && this->found(name.text, v.text);
            return name.what == kind::any || wire::canonical_item(v.text) == canonical;
        };
        while (at < found.size() && !is_it(found[at]))
            at += step;
        if (at >= found.size())
            return unfit(fmt::format("has no {}{}", describe(name), names.empty() ? "" : ", only " + names));
        ++score_;
        for (std::size_t k = 1; k < step && i + k < wanted.size(); ++k) {
            if (wanted[i + k].what == kind::rest) break;
            if (at + k >= found.size()) return unfit(fmt::format("has no value behind {}", describe(name)));
            if (!match(canonical, wanted[i + k], found[at + k])) return within(describe(name));
        }
        i += step;
    }
    return true;
}

} // namespace mailspec::script
