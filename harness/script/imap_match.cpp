// A response against a pattern; see imap_match.hpp. The table at its end says which responses have elements
// without order, and which of their strings are names of mailboxes.
#include "harness/script/imap_match.hpp"

#include "harness/script/imap_value_match.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using pattern_kind = suite::imap_pattern::kind;
using response_kind = suite::imap_response_pattern::kind;
using wire::imap_response;
using wire::imap_value;
using patterns = imap_value_matcher::patterns;
using values = imap_value_matcher::values;

constexpr std::size_t most_of_response_shown = 400;
// Same kind, same name, same number: each weighs more than all the elements behind it.
constexpr int of_kind = 1, of_name = 1000, of_number = 1000;

bool is_list(const suite::imap_pattern& p) {
    return p.what == pattern_kind::list;
}

class response_matcher {
  public:
    response_matcher(const suite::imap_response_pattern& pattern, const imap_response& response,
                     const imap_match_context& context)
        : pattern_(pattern)
        , response_(response)
        , match_(response, context) {}

    imap_match_result run() {
        imap_match result;
        result.held = whole();
        if (!match_.trouble().empty()) return std::unexpected(match_.trouble());
        result.why = result.held ? "" : match_.why();
        result.nearness = nearness_ + (nearness_ > 0 ? match_.score() : 0);
        result.bound = match_.bound();
        return result;
    }

  private:
    bool whole() {
        const auto same_kind = [&] {
            switch (pattern_.what) {
            case response_kind::tagged: return response_.what == imap_response::kind::tagged;
            case response_kind::untagged: return response_.what == imap_response::kind::untagged;
            case response_kind::continuation: break;
            }
            return response_.what == imap_response::kind::continuation;
        };
        if (!same_kind() || pattern_.conditions.empty() != response_.condition.empty())
            return match_.unfit("it is another kind of response");
        nearness_ = of_kind;
        if (pattern_.what == response_kind::continuation) return text();
        if (pattern_.conditions.empty()) return data();
        if (std::ranges::find(pattern_.conditions, response_.condition) == pattern_.conditions.end())
            return match_.unfit(fmt::format("it is {}", response_.condition));
        nearness_ += of_name;
        return text();
    }

    // The code, and the text behind it.
    bool text() {
        if (pattern_.code && !code(*pattern_.code)) return false;
        if (!pattern_.regex || match_.found(*pattern_.regex, response_.text)) return true;
        return match_.unfit(fmt::format("the text {} does not match ~{}~",
                                        wire::quoted(response_.text, most_of_response_shown),
                                        pattern_.regex->source));
    }

    bool code(const suite::imap_code_pattern& wanted) {
        if (!response_.code)
            return wanted.optional ||
                   match_.unfit(fmt::format("it has no response code [{}]", describe(wanted.items.front())));
        const auto name = response_.code_name();
        if (!match_.value(wanted.items.front(), response_.code->front()))
            return match_.unfit(
                fmt::format("its response code is [{}], not [{}]", name, describe(wanted.items.front())));
        const auto elements = patterns(wanted.items).subspan(1);
        const auto found = values(*response_.code).subspan(1);
        if (fits_code(name, elements, found)) return true;
        return match_.within(fmt::format("in its response code [{}]:", name));
    }

    bool fits_code(const std::string& name, patterns wanted, values found) {
        if (name == "CAPABILITY") return match_.as_set(wanted, found);
        const bool one_list =
            wanted.size() == 1 && is_list(wanted[0]) && found.size() == 1 && found[0].is_list();
        if (one_list && name == "PERMANENTFLAGS")
            return match_.as_set(wanted[0].items, found[0].items, imap_role::exact, true);
        if (one_list && name == "BADCHARSET")
            return match_.as_set(wanted[0].items, found[0].items, imap_role::astring);
        return match_.in_order(wanted, found);
    }

    // `3 EXISTS` has its number in front of the name.
    bool data() {
        const bool numbered = response_.number().has_value();
        const auto name = response_.name();
        const std::size_t at = numbered ? 1 : 0;
        if (pattern_.data.size() <= at || response_.data.size() <= at ||
            !match_.value(pattern_.data[at], response_.data[at]))
            return match_.unfit(fmt::format("it is {}", name.empty() ? "another response" : name));
        nearness_ += of_name;
        if (numbered) {
            if (!match_.value(pattern_.data[0], response_.data[0])) return match_.within("its number");
            nearness_ += of_number;
        }
        const auto wanted = patterns(pattern_.data).subspan(at + 1);
        const auto found = values(response_.data).subspan(at + 1);
        return arguments(name, wanted, found);
    }

    bool arguments(const std::string& name, patterns wanted, values found) {
        if (name == "FETCH") return fetch(wanted, found);
        if (name == "STATUS" || name == "METADATA") return named_in_mailbox(wanted, found, 1);
        if (name == "QUOTA") return named_in_mailbox(wanted, found, 2);
        if (name == "LIST" || name == "LSUB" || name == "XLIST") return list(wanted, found);
        if (name == "FLAGS") return flags(wanted, found);
        if (name == "SEARCH") return match_.as_numbers(wanted, found);
        if (name == "ESEARCH") return esearch(wanted, found);
        if (name == "CAPABILITY" || name == "ENABLED") return match_.as_set(wanted, found);
        if (name == "ID") return id(wanted, found);
        if (name == "QUOTAROOT") return quota_root(wanted, found);
        return match_.in_order(wanted, found, [&](std::size_t i) {
            const bool mailbox = i == 0 && (name == "ACL" || name == "MYRIGHTS" || name == "LISTRIGHTS");
            return mailbox ? imap_role::mailbox : imap_role::exact;
        });
    }

    // RFC 9051 §7.5.2
    bool fetch(patterns wanted, values found) {
        if (wanted.size() != 1 || !is_list(wanted[0]) || found.size() != 1 || !found[0].is_list())
            return match_.in_order(wanted, found);
        return match_.as_pairs(
            wanted[0].items, found[0].items,
            [&](const std::string& item, const suite::imap_pattern& p, const imap_value& v) {
                if (item == "FLAGS" && is_list(p) && v.is_list())
                    return match_.as_set(p.items, v.items, imap_role::exact, true);
                if (item == "BODY" || item == "BODYSTRUCTURE") return match_.as_body(p, v);
                return match_.value(p, v);
            });
    }

    // A mailbox (a quota root), and a list of names with so many values each.
    bool named_in_mailbox(patterns wanted, values found, std::size_t stride) {
        if (wanted.size() != 2 || !is_list(wanted[1]) || found.size() != 2 || !found[1].is_list())
            return match_.in_order(
                wanted, found, [](std::size_t i) { return i == 0 ? imap_role::mailbox : imap_role::exact; });
        if (!match_.value(wanted[0], found[0], stride == 1 ? imap_role::mailbox : imap_role::astring))
            return match_.within(stride == 1 ? "its mailbox" : "its quota root");
        return match_.as_pairs(
            wanted[1].items, found[1].items,
            [&](const std::string&, const suite::imap_pattern& p, const imap_value& v) {
                return match_.value(p, v);
            },
            stride);
    }

    // RFC 9051 §7.3.1: attributes, delimiter, mailbox, and extended data by name.
    bool list(patterns wanted, values found) {
        const bool plain =
            wanted.size() >= 3 && found.size() >= 3 && is_list(wanted[0]) && found[0].is_list() &&
            std::ranges::none_of(wanted.first(3), [](auto& p) { return p.what == pattern_kind::rest; });
        if (!plain) return list_in_order(wanted, found);
        if (!match_.value(wanted[2], found[2], imap_role::mailbox)) return match_.within("its mailbox");
        if (!match_.as_set(wanted[0].items, found[0].items)) return match_.within("its attributes: it");
        if (!match_.value(wanted[1], found[1])) return match_.within("its delimiter");
        if (wanted.size() == 3 || wanted[3].what == pattern_kind::rest) return true;
        if (found.size() < 4) return match_.unfit("it has no extended data");
        if (!is_list(wanted[3]) || !found[3].is_list())
            return match_.in_order(wanted.subspan(3), found.subspan(3));
        const auto extended = [&](const std::string& item, const suite::imap_pattern& p,
                                  const imap_value& v) {
            if (is_list(p) && v.is_list() && item == "CHILDINFO")
                return match_.as_set(p.items, v.items, imap_role::astring);
            if (is_list(p) && v.is_list() && item == "OLDNAME")
                return match_.in_order(p.items, v.items, [](std::size_t) { return imap_role::mailbox; });
            return match_.value(p, v);
        };
        return match_.as_pairs(wanted[3].items, found[3].items, extended);
    }

    bool list_in_order(patterns wanted, values found) {
        return match_.in_order(wanted, found,
                               [](std::size_t i) { return i == 2 ? imap_role::mailbox : imap_role::exact; });
    }

    bool flags(patterns wanted, values found) {
        if (wanted.size() != 1 || !is_list(wanted[0]) || found.size() != 1 || !found[0].is_list())
            return match_.in_order(wanted, found);
        return match_.as_set(wanted[0].items, found[0].items, imap_role::exact, true);
    }

    // RFC 9051 §7.3.4: (TAG "a1"), UID, results by name. A correlator that is not asked for is overlooked.
    bool esearch(patterns wanted, values found) {
        const bool correlated = !found.empty() && found[0].is_list();
        if (!wanted.empty() && is_list(wanted[0])) {
            if (!correlated) return match_.unfit("it has no search correlator");
            if (!match_.value(wanted[0], found[0])) return match_.within("its search correlator");
            wanted = wanted.subspan(1);
        } else if (!wanted.empty() && wanted[0].what == pattern_kind::any && correlated) {
            wanted = wanted.subspan(1);
        }
        if (correlated) found = found.subspan(1);
        const bool any = !wanted.empty() && wanted[0].what == pattern_kind::rest;
        const bool uid = !found.empty() && found[0].is_atom("UID");
        const bool wants_uid = !wanted.empty() && wanted[0].what == pattern_kind::word &&
                               wire::same_word(wanted[0].text.source, "UID");
        if (wants_uid && !uid) return match_.unfit("it has no UID, so its numbers are sequence numbers");
        if (!wants_uid && !any && uid)
            return match_.unfit("it has UID, so its numbers are unique identifiers");
        if (wants_uid) wanted = wanted.subspan(1);
        if (uid) found = found.subspan(1);
        if (wanted.empty() && !found.empty())
            return match_.unfit(fmt::format("it has {}, expected no result", found[0].text));
        return match_.as_pairs(wanted, found,
                               [&](const std::string&, const suite::imap_pattern& p, const imap_value& v) {
                                   return match_.value(p, v);
                               });
    }

    // RFC 2971 §3.1: the names of the pairs are strings, whatever their case.
    bool id(patterns wanted, values found) {
        if (wanted.size() != 1 || !is_list(wanted[0]) || found.size() != 1 || !found[0].is_list())
            return match_.in_order(wanted, found);
        return match_.as_pairs(wanted[0].items, found[0].items,
                               [&](const std::string&, const suite::imap_pattern& p, const imap_value& v) {
                                   return match_.value(p, v);
                               });
    }

    bool quota_root(patterns wanted, values found) {
        if (wanted.empty() || found.empty()) return match_.in_order(wanted, found);
        if (!match_.value(wanted[0], found[0], imap_role::mailbox)) return match_.within("its mailbox");
        return match_.as_set(wanted.subspan(1), found.subspan(1), imap_role::astring);
    }

    const suite::imap_response_pattern& pattern_;
    const imap_response& response_;
    imap_value_matcher match_;
    int nearness_ = 0;
};

} // namespace

imap_match_result match_imap(const suite::imap_response_pattern& pattern, const imap_response& response,
                             const imap_match_context& context) {
    return response_matcher(pattern, response, context).run();
}

std::expected<std::string, std::string> nearest_miss(const suite::imap_response_pattern& pattern,
                                                     const std::vector<const imap_response*>& seen,
                                                     const imap_match_context& context) {
    const imap_response* nearest = nullptr;
    imap_match best;
    for (const auto* response : seen) {
        auto match = match_imap(pattern, *response, context);
        if (!match) return std::unexpected(match.error());
        if (match->nearness <= best.nearness) continue;
        nearest = response;
        best = std::move(*match);
    }
    if (nearest && best.nearness >= of_name)
        return fmt::format("nearest was {}: {}",
                           wire::shown(wire::without_line_end(nearest->raw), most_of_response_shown),
                           best.why);
    if (seen.empty()) return std::string("no response came");
    return fmt::format("none of the {} response{} that came is one", seen.size(),
                       seen.size() == 1 ? "" : "s");
}

std::string describe(const suite::imap_response_pattern& pattern) {
    return pattern.source;
}

} // namespace mailspec::script
