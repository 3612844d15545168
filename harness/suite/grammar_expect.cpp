// The `expect` steps: what a TLS session or a delivered message must show. Refuses field names that no
// message can have (RFC 5322 §3.6.8) and Received clauses that do not exist (RFC 5321 §4.4). Follows
// docs/suite-language.md, "TLS" and "Delivered mail".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

// RFC 5322 §3.6.8: ftext, printable US-ASCII without the colon. `NAME[2]`, the second such field, stays in
// the name; no field that exists has brackets in its own.
std::string field_name(line_cursor& line, bool may_be_numbered) {
    auto at = line.offset();
    auto word = line.peek();
    auto name = std::string(word.substr(0, word.find(':')));
    bool good = !name.empty() && std::ranges::all_of(name, [](char c) { return c > 32 && c < 127; });
    line.skip(name.size());
    if (!good) line.fail_at(at, fmt::format("found `{}`, expected the name of a header field", word));
    auto open = name.find_first_of("[]");
    if (open == name.npos) return name;
    auto number = std::string_view(name).substr(open);
    bool numbered =
        open > 0 && number.size() >= 3 && number.size() <= 4 && number.front() == '[' &&
        number.back() == ']' && number[1] != '0' &&
        std::ranges::all_of(number.substr(1, number.size() - 2), [](char c) { return c >= '0' && c <= '9'; });
    if (!numbered)
        line.fail_at(at, fmt::format("found `{}`, expected NAME or NAME[2], the second such field", name));
    else if (!may_be_numbered)
        line.fail_at(at, fmt::format("found `{}`, expected the name without a number here", name));
    return name;
}

step_body parse_delivered(line_cursor& line, bool negative) {
    expect_delivered step;
    step.negative = negative;
    while (line.ok() && !line.at_end()) {
        if (line.take("to")) {
            if (line.at_end()) line.fail_expected("an address, as `to {recipient2}`");
            step.recipient = line.plain_word();
        } else if (line.take("within")) {
            step.within = line.duration();
        } else if (!negative && line.peek().find_first_not_of("0123456789") == std::string_view::npos) {
            step.times = line.count("a number");
            if (line.ok() && !line.take("times")) line.fail_expected("`times`");
            if (line.ok() && *step.times == 0) line.fail("found 0 times, expected `expect not delivered`");
        } else {
            line.fail_expected(negative ? "`to ADDRESS`, `within 60s` or the end of the line"
                                        : "`to ADDRESS`, `within 60s`, `2 times` or the end of the line");
        }
    }
    return step;
}

step_body parse_header(line_cursor& line) {
    using kind = expect_header::kind;
    static const std::vector<std::string> types = {"date-time", "msg-id", "mailbox-list", "address-list"};
    expect_header step{.what = kind::present};
    step.name = field_name(line, true);
    if (line.take_octet(':')) {
        step.what = kind::equals;
        line.skip_spaces();
        step.text = line.to_end();
        return step;
    }
    line.skip_spaces();
    if (line.at_regex()) {
        step.what = kind::matches;
        step.text = line.regex();
    } else if (line.take("is")) {
        step.what = kind::is_type;
        step.type = line.peek();
        if (std::ranges::find(types, step.type) == types.end())
            line.fail_expected(word_list(types) + did_you_mean(step.type, types));
        line.word();
    } else if (!line.at_end()) {
        line.fail_expected("`NAME: VALUE`, `NAME ~regex~`, `NAME is date-time` or the end of the line");
    }
    line.expect_end("the field");
    return step;
}

step_body parse_named_header(line_cursor& line, expect_header::kind what) {
    expect_header step{.what = what};
    step.name = field_name(line, what == expect_header::kind::absent);
    line.skip_spaces();
    if (what == expect_header::kind::count)
        step.count = line.count("how often, as `expect headers Received 1`");
    line.expect_end("the field");
    return step;
}

// RFC 5321 §4.4: the clauses of a time-stamp line.
step_body parse_received(line_cursor& line, bool negative) {
    static const std::vector<std::string> clauses = {"from", "by", "via", "with", "id", "for"};
    expect_received step;
    step.negative = negative;
    step.clause = line.peek();
    if (std::ranges::find(clauses, step.clause) == clauses.end())
        line.fail_expected("a clause of Received: " + word_list(clauses));
    line.word();
    if (negative || line.at_end()) {
        line.expect_end("the clause");
    } else if (line.at_regex()) {
        step.regex = line.regex();
    } else {
        do {
            step.any_of.push_back(line.plain_word("|"));
            if (line.ok() && step.any_of.back().source.empty()) line.fail_expected("a value");
        } while (line.ok() && line.take_octet('|'));
    }
    line.expect_end("the value");
    return step;
}

} // namespace

body_check parse_body_check(line_cursor& line) {
    using kind = body_check::kind;
    body_check step;
    step.decoded = line.take("decoded");
    if (line.take("contains")) {
        step.what = kind::contains;
        step.text = line.quoted();
    } else if (line.take("length")) {
        step.what = kind::length;
        step.length = line.octet_count("the octets of the body, as `length 1024`");
    } else if (line.at_regex()) {
        step.what = kind::matches;
        step.text = line.regex();
    } else if (line.at_quoted()) {
        step.text = line.quoted();
    } else {
        line.fail_expected(
            "\"TEXT\", `contains \"TEXT\"`, ~regex~ or `length 1024`, each also behind `decoded`");
    }
    line.expect_end("the body");
    return step;
}

namespace {

step_body parse_expect_tls(line_cursor& line) {
    expect_tls step;
    if (line.take("certificate")) {
        step.certificate = true;
    } else if (line.take("version")) {
        auto word = line.peek();
        if (word != "1.0+" && word != "1.1+" && word != "1.2+" && word != "1.3+")
            line.fail_expected("a lowest TLS version, as 1.2+");
        step.min_version = word.substr(0, 3);
        line.word();
    } else {
        line.fail_expected("`version 1.2+` or `certificate`");
    }
    line.expect_end("that");
    return step;
}

} // namespace

step_body parse_expect(line_cursor& line) {
    static const std::vector<std::string> words = {
        "delivered",  "not",       "header",  "no",         "headers",     "first",  "received",
        "body",       "tls",       "mail",    "connection", "connections", "tried",  "sender",
        "recipients", "parameter", "command", "commands",   "pipelined",   "closed", "octets",
        "wire",       "fetch",     "fetches", "dsn",        "dsns",        "query",  "queries"};
    using kind = expect_header::kind;
    if (line.take("delivered")) return parse_delivered(line, false);
    if (line.take("header")) return parse_header(line);
    if (line.take("headers")) return parse_named_header(line, kind::count);
    if (line.take("received")) return parse_received(line, false);
    if (line.take("body")) return expect_body{parse_body_check(line)};
    if (line.take("tls"))
        return line.peek() == "at" ? parse_expect_host_tls(line, false) : parse_expect_tls(line);
    if (auto step = parse_expect_host(line)) return *step;
    if (auto step = parse_expect_report(line)) return *step;
    if (auto step = parse_expect_query(line)) return *step;
    if (line.take("not")) {
        if (line.take("delivered")) return parse_delivered(line, true);
        if (line.take("pipelined")) return parse_expect_not_pipelined(line);
        line.fail_expected("`delivered` or `pipelined` after `not`");
    } else if (line.take("first")) {
        if (line.take("header")) return parse_named_header(line, kind::first);
        line.fail_expected("`header` after `first`");
    } else if (line.take("no")) {
        if (line.take("header")) return parse_named_header(line, kind::absent);
        if (line.take("received")) return parse_received(line, true);
        if (auto step = parse_expect_no_host(line)) return *step;
        if (line.take("dsn")) return parse_expect_no_report(line);
        if (line.take("query")) return parse_expect_no_query(line);
        static const std::vector<std::string> absent = {"header",    "received", "mail", "connection",
                                                        "parameter", "command",  "tls",  "octets",
                                                        "fetch",     "dsn",      "query"};
        line.fail_expected(word_list(absent) + " after `no`" + did_you_mean(line.peek(), absent));
    } else {
        line.fail_expected(word_list(words) + did_you_mean(line.peek(), words));
    }
    return expect_header{};
}

} // namespace mailspec::suite
