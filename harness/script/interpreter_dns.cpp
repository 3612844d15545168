// The steps that look at the questions which the server asked of the DNS; see interpreter.hpp. What was
// answered is case_zone's.
#include "harness/script/interpreter.hpp"
#include "harness/script/message_checks.hpp"
#include "harness/world/dns_record.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using question = world::dns_question;

constexpr std::size_t most_listed = 40;

std::string in_words(const question& q) {
    return fmt::format("{} {}{}{} -> {}", q.name, q.type, q.over_tcp ? " over TCP" : "",
                       q.dnssec ? " dnssec" : (q.edns ? " edns" : ""), q.answered);
}

std::string all_in_words(const std::vector<question>& asked) {
    if (asked.empty()) return "nothing was asked of this zone";
    std::string text = "asked were, in order:";
    for (std::size_t i = 0; i < std::min(asked.size(), most_listed); ++i)
        text += "\n" + in_words(asked[i]);
    if (asked.size() > most_listed) text += fmt::format("\nand {} more", asked.size() - most_listed);
    return text;
}

std::string wanted_in_words(const suite::expect_query& e, const std::string& name) {
    auto text = fmt::format("{} {}{}{}{}", name, e.type, e.over_tcp ? " over TCP" : "",
                            e.dnssec ? ", with the DO bit" : "", e.edns ? ", with EDNS" : "");
    if (e.negative) return "no question " + text;
    if (e.count) return fmt::format("{} question{} {}", *e.count, *e.count == 1 ? "" : "s", text);
    return "the question " + text;
}

} // namespace

bool is_asked_for(const suite::expect_query& e, std::string_view name, const question& q) {
    // A type may be written by its number, TYPE15.
    const bool same_type = q.type == e.type || world::read_type(q.type) == world::read_type(e.type);
    return q.name == name && same_type && (!e.over_tcp || q.over_tcp) && (!e.dnssec || q.dnssec) &&
           (!e.edns || q.edns);
}

// A positive step waits until it holds; a count may be exceeded, and then it never will.
interpreter::result interpreter::expect_query(const suite::step& s, const suite::expect_query& e) {
    if (!world_) co_return troubled("`" + s.source + "`: the case has no zone");
    const auto written = values_.octets(e.name, place_of(s.connection));
    if (!written) co_return troubled(written.error());
    const auto name = absolute_name(*written, outcome_.world.facts.zone);
    if (name.empty()) co_return troubled(fmt::format("`{}`: `{}` is no domain name", s.source, *written));
    auto& zone = world_->zone();
    const auto until = net::deadline::in(e.within).earlier(limit_);
    const auto wanted = e.count.value_or(1);
    for (;;) {
        const auto matches = [&](const question& q) { return is_asked_for(e, name, q); };
        const auto found = std::ranges::count_if(zone.asked(), matches);
        const bool held = e.negative ? found == 0 : e.count ? found == wanted : found > 0;
        const bool final = e.negative || found > wanted || environment_.timeless || until.passed();
        if (held) {
            outcome_.steps.push_back({judged::what::query, &s, s.claim, -1, 0, 0, name});
            co_return holds();
        }
        if (final) {
            auto actual = all_in_words(zone.asked());
            if (!e.negative && found < wanted)
                actual =
                    fmt::format("{} within {}; {}", found == 0 ? "none" : fmt::format("{} of them", found),
                                describe(e.within), actual);
            co_return does_not_hold(wanted_in_words(e, name), std::move(actual));
        }
        co_await zone.changed().wait(until);
    }
}

} // namespace mailspec::script
