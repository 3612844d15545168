// The `expect dsn` steps, and the steps about time. Refuses what no delivery status notification can have:
// actions and fields that RFC 3464 §2.2 and §2.3 do not define, unless they begin with X-. Follows
// docs/suite-world.md, "Bounces and other reports" and "Time".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mailspec::suite {

namespace {

using words = std::vector<std::string>;

const words& actions() { // RFC 3464 §2.3.3
    static const words all = {"failed", "delayed", "delivered", "relayed", "expanded"};
    return all;
}

const words& message_fields() { // RFC 3464 §2.2
    static const words all = {"Original-Envelope-Id", "Reporting-MTA", "DSN-Gateway", "Received-From-MTA",
                              "Arrival-Date"};
    return all;
}

// RFC 3464 §2.3, RFC 3461 §6.3, RFC 6533 §4.1.
const words& recipient_fields() {
    static const words all = {"Original-Recipient",
                              "Final-Recipient",
                              "Action",
                              "Status",
                              "Remote-MTA",
                              "Diagnostic-Code",
                              "Last-Attempt-Date",
                              "Final-Log-ID",
                              "Will-Retry-Until",
                              "Localized-Diagnostic",
                              "SMTP-Remote-Recipient"};
    return all;
}

bool is_one_of(const words& all, std::string_view word) {
    return std::ranges::find(all, word) != all.end();
}

std::string action(line_cursor& line) {
    const std::string word(line.peek());
    if (!is_one_of(actions(), word)) line.fail_expected(word_list(actions()) + did_you_mean(word, actions()));
    line.word();
    return word;
}

// What is behind `expect [no] dsn` and `expect dsns`, when it is the notification itself that is looked for.
step_body parse_arrival(line_cursor& line, bool negative, bool counted) {
    expect_dsn step;
    step.negative = negative;
    while (line.ok() && !line.at_end()) {
        if (line.take("for")) {
            if (line.at_end()) line.fail_expected("an address, as `for {foreign}`");
            step.recipient = line.plain_word();
        } else if (line.peek() == "at") {
            step.where = parse_at_host(line);
        } else if (line.take("action")) {
            step.action = action(line);
        } else if (line.take("within")) {
            step.within = line.duration();
        } else if (counted && !step.count &&
                   line.peek().find_first_not_of("0123456789") == std::string_view::npos) {
            step.count = line.count("a number");
            if (line.ok() && *step.count == 0) line.fail("found 0, expected `expect no dsn`");
        } else {
            line.fail_expected(counted ? "`for ADDRESS`, `at HOST`, `action failed`, `within 60s` or how many"
                                       : "`for ADDRESS`, `at HOST`, `action failed`, `within 60s` or the end "
                                         "of the line");
        }
    }
    if (line.ok() && counted && !step.count) line.fail_expected("how many, as `expect dsns 1`");
    return step;
}

// RFC 3464 §2.2, §2.3: a name is checked, for one that is misspelt would never be found.
std::string field_of_report(line_cursor& line, bool per_message) {
    const auto& known = per_message ? message_fields() : recipient_fields();
    const std::string name(line.peek());
    const auto& others = per_message ? recipient_fields() : message_fields();
    if (is_one_of(others, name))
        line.fail(per_message
                      ? fmt::format("{0} is a field of each recipient: write `expect dsn {0}`", name)
                      : fmt::format("{0} is a field of the whole: write `expect dsn message {0}`", name));
    else if (name == "field")
        line.fail("found `field`, expected the name of the field itself, as `expect dsn Action failed`");
    else if (!is_one_of(known, name) && !name.starts_with("X-"))
        line.fail_expected("a field of a notification: " + word_list(known) + did_you_mean(name, known));
    line.word();
    return name;
}

step_body parse_field(line_cursor& line, bool per_message) {
    expect_dsn_field step;
    step.per_message = per_message;
    step.name = field_of_report(line, per_message);
    if (!line.ok() || line.at_end()) return step;
    if (line.at_regex()) {
        step.value.matches = line.regex();
    } else if (line.rest() == "absent") {
        step.absent = true;
        line.word();
    } else if (line.take("is")) {
        if (line.peek() != "date-time") line.fail_expected("`is date-time`");
        step.type = line.word();
    } else {
        const auto at = line.offset();
        const std::string value(line.rest());
        if (step.name == "Action" && !is_one_of(actions(), value))
            line.fail_at(at, fmt::format("found `{}`, expected {}{}", value, word_list(actions()),
                                         did_you_mean(value, actions())));
        step.value.equals = line.to_end();
    }
    line.expect_end("the field");
    return step;
}

// part N type T | [not] header NAME ... | [not] contains "TEXT" | [not] ~regex~
step_body parse_part(line_cursor& line) {
    using kind = expect_dsn_part::kind;
    expect_dsn_part step;
    const auto at = line.offset();
    step.part = line.count("the number of a part, as `expect dsn part 1 type text/plain`");
    if (line.ok() && (step.part < 1 || step.part > 99)) line.fail_at(at, "expected a part from 1 to 99");
    step.negative = line.take("not");
    if (!step.negative && line.take("type")) {
        step.what = kind::type;
        const auto type = line.peek();
        const auto slash = type.find('/');
        if (slash == 0 || slash == type.npos || slash + 1 == type.size())
            line.fail_expected("a content type, as text/plain");
        step.name = line.word();
    } else if (line.take("header")) {
        step.what = kind::header;
        const auto word = line.peek();
        step.name = word.substr(0, word.find(':'));
        if (step.name.empty()) line.fail_expected("the name of a header field");
        line.skip(step.name.size());
        if (line.take_octet(':')) {
            line.skip_spaces();
            step.value.equals = line.to_end();
        } else {
            line.skip_spaces();
            if (line.at_regex()) step.value.matches = line.regex();
        }
    } else if (line.take("contains")) {
        step.what = kind::contains;
        step.text = line.quoted();
    } else if (line.at_regex()) {
        step.what = kind::matches;
        step.text = line.regex();
    } else {
        line.fail_expected(step.negative
                               ? "`header NAME`, `contains \"TEXT\"` or ~regex~"
                               : "`type TYPE`, `header NAME`, `contains \"TEXT\"`, ~regex~ or `not`");
    }
    line.expect_end("that");
    return step;
}

step_body parse_returns(line_cursor& line) {
    static const words known = {"message", "headers", "nothing"};
    expect_dsn_returns step;
    const auto found = std::ranges::find(known, line.peek());
    if (found == known.end())
        line.fail_expected(word_list(known) + did_you_mean(line.peek(), known));
    else
        step.wanted = static_cast<expect_dsn_returns::what>(found - known.begin());
    line.word();
    line.expect_end("that");
    return step;
}

step_body parse_dsn(line_cursor& line) {
    const auto next = line.peek();
    if (line.at_end() || next == "for" || next == "at" || next == "action" || next == "within")
        return parse_arrival(line, false, false);
    if (line.take("message")) return parse_field(line, true);
    if (line.take("recipients")) {
        expect_dsn_recipients step;
        step.count = line.count("how many groups of recipient fields, as `expect dsn recipients 2`");
        line.expect_end("the number");
        return step;
    }
    if (line.take("part")) return parse_part(line);
    if (line.take("returns")) return parse_returns(line);
    if (line.take("language-neutral")) {
        line.expect_end("that");
        return expect_dsn_language_neutral{};
    }
    return parse_field(line, false);
}

// 90s, 15m, 4h, 5d: longer than any real wait of a script.
std::optional<std::chrono::seconds> clock_duration(std::string_view word) {
    constexpr std::uint64_t most = 366; // days
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), value);
    const std::string_view unit(end, word.data() + word.size());
    const std::uint64_t seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 86400;
    const bool known = unit == "s" || unit == "m" || unit == "h" || unit == "d";
    if (status != std::errc{} || !known || value == 0 || value > most * 86400 / seconds) return std::nullopt;
    return std::chrono::seconds(value * seconds);
}

} // namespace

std::optional<step_body> parse_expect_report(line_cursor& line) {
    if (line.take("dsn")) return parse_dsn(line);
    if (line.take("dsns")) return parse_arrival(line, false, true);
    return std::nullopt;
}

step_body parse_expect_no_report(line_cursor& line) {
    return parse_arrival(line, true, false);
}

step_body parse_clock(line_cursor& line) {
    advance_clock step;
    if (!line.take("advance")) line.fail_expected("`advance`, as `clock advance 4h`");
    const auto by = clock_duration(line.peek());
    if (!by) line.fail_expected("a time as 90s, 15m, 4h or 5d, a year at most");
    step.by = by.value_or(std::chrono::seconds(0));
    line.word();
    line.expect_end("the time");
    return step;
}

} // namespace mailspec::suite
