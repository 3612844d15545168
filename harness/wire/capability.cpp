// What an EHLO (LHLO) reply offers. RFC 5321 §4.1.1.1: ehlo-line = ehlo-keyword *( SP ehlo-param ).
#include "harness/wire/octets.hpp"
#include "harness/wire/smtp_reply.hpp"

namespace mailspec::wire {

const capability* capability_set::find(std::string_view keyword) const {
    for (const auto& c : offered)
        if (same_word(c.keyword, keyword)) return &c;
    return nullptr;
}

bool capability_set::has(std::string_view keyword, std::string_view parameter) const {
    for (const auto& c : offered) { // a keyword may be listed twice, with other parameters
        if (!same_word(c.keyword, keyword)) continue;
        if (parameter.empty()) return true;
        std::string_view rest = c.parameters;
        while (!rest.empty()) {
            const auto end = rest.find_first_of(" \t");
            if (same_word(rest.substr(0, end), parameter)) return true;
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        }
    }
    return false;
}

capability_set capabilities_of(const smtp_reply& ehlo_reply) {
    capability_set set;
    if (!ehlo_reply.is("250")) return set;
    for (std::size_t i = 1; i < ehlo_reply.lines.size(); ++i) {
        const std::string_view line = ehlo_reply.lines[i];
        const auto space = line.find(' ');
        capability c;
        c.keyword = upper(line.substr(0, space));
        if (space != std::string_view::npos) c.parameters = line.substr(space + 1);
        if (!c.keyword.empty()) set.offered.push_back(std::move(c));
    }
    return set;
}

} // namespace mailspec::wire
