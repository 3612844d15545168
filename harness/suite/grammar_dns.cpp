// The `expect` steps about questions to the DNS. Says what is looked for; whether such a question can be seen
// at all is for those who know the zone. Follows docs/suite-world.md, "What they saw".
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

namespace mailspec::suite {

namespace {

// NAME TYPE, behind `query` and `queries`.
expect_query name_and_type(line_cursor& line) {
    expect_query step;
    if (line.at_end()) line.fail_expected("a name and a type, as `query @ MX`");
    if (line.ok()) step.name = line.plain_word(" ");
    line.skip_spaces();
    const auto type = line.peek();
    const bool good = !type.empty() && type[0] >= 'A' && type[0] <= 'Z' &&
                      type.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == type.npos;
    if (line.ok() && !good) line.fail_expected("a record type in capitals, as `query @ MX`");
    if (line.ok()) step.type = line.word();
    return step;
}

// over tcp, dnssec, edns, within 5s: each once, in any order.
void conditions(line_cursor& line, expect_query& step) {
    while (line.ok() && !line.at_end()) {
        if (!step.over_tcp && line.take("over")) {
            step.over_tcp = true;
            if (!line.take("tcp")) line.fail_expected("`over tcp`");
        } else if (!step.dnssec && line.take("dnssec")) {
            step.dnssec = true;
        } else if (!step.edns && line.take("edns")) {
            step.edns = true;
        } else if (line.take("within")) {
            step.within = line.duration();
            return line.expect_end("that");
        } else {
            line.fail_expected("`over tcp`, `dnssec`, `edns` or `within 5s`");
        }
    }
}

} // namespace

std::optional<step_body> parse_expect_query(line_cursor& line) {
    if (line.take("query")) {
        auto step = name_and_type(line);
        conditions(line, step);
        return step;
    }
    if (!line.take("queries")) return std::nullopt;
    auto step = name_and_type(line);
    const auto at = line.offset();
    if (line.ok()) {
        const auto count = line.number("how many, as `expect queries @ MX 1`");
        if (count > 100000) line.fail_at(at, fmt::format("found {}, expected a smaller number", count));
        step.count = static_cast<int>(count);
    }
    conditions(line, step);
    return step;
}

step_body parse_expect_no_query(line_cursor& line) {
    auto step = name_and_type(line);
    step.negative = true;
    conditions(line, step);
    return step;
}

} // namespace mailspec::suite
