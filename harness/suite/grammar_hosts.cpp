// The `expect` steps about remote hosts: connections, mail, envelopes, commands, TLS, octets. Says what is
// looked for and where; whether the host exists is hosts_check's. Follows docs/suite-world.md, "What they
// saw".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

constexpr std::string_view host_letters = "abcdefghijklmnopqrstuvwxyz0123456789-";

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : char(c); });
    return result;
}

std::string host_name(line_cursor& line) {
    const auto rest = line.rest();
    const auto length = std::min(rest.find_first_not_of(host_letters), rest.size());
    if (length == 0) line.fail_expected("the name of a host");
    std::string name(rest.substr(0, length));
    line.skip(length);
    return name;
}

// mx, a|b, mx[2]
at_host hosts(line_cursor& line) {
    at_host where;
    do {
        where.any_of.push_back(host_name(line));
    } while (line.ok() && line.take_octet('|'));
    if (line.ok() && line.take_octet('[')) {
        const auto at = line.offset();
        const auto rest = line.rest();
        const auto close = rest.find(']');
        const auto digits = rest.substr(0, close == rest.npos ? 0 : close);
        const bool good = !digits.empty() && digits.size() <= 4 && digits[0] != '0' &&
                          digits.find_first_not_of("0123456789") == digits.npos;
        if (good) {
            where.connection = std::stoi(std::string(digits));
            line.skip(close + 1);
        } else {
            line.fail_at(at, "expected the number of a connection, as `mx[1]`");
        }
    }
    if (line.ok() && !line.at_end() && line.rest()[0] != ' ' && line.rest()[0] != ',')
        line.fail(fmt::format("found `{}` behind the name of a host, expected a space", line.rest()));
    line.skip_spaces();
    return where;
}

at_host at(line_cursor& line) {
    if (!line.take("at")) line.fail_expected("`at HOST`, as `at mx`");
    return line.ok() ? hosts(line) : at_host{};
}

bool at_number(const line_cursor& line) {
    return !line.at_end() && line.peek().find_first_not_of("0123456789") == std::string_view::npos;
}

// `within 5s`, at the end.
void patience(line_cursor& line, std::chrono::milliseconds& within) {
    if (line.ok() && line.take("within")) within = line.duration();
    line.expect_end("that");
}

// <ADDRESS>, also <>: without the brackets.
text_template address(line_cursor& line) {
    const auto rest = line.rest();
    const auto close = rest.find('>');
    if (!rest.starts_with('<') || close == rest.npos) {
        line.fail_expected("an address in angle brackets, as <a@{zone}>");
        return {};
    }
    auto text = parse_template(rest.substr(1, close - 1), template_kind::plain);
    if (!text) {
        line.fail_at(line.offset() + 1 + text.error().offset, text.error().text);
        return {};
    }
    line.skip(close + 1);
    line.skip_spaces();
    return std::move(*text);
}

// A verb as the commands of a session have it; `message` is the end of the data.
std::string verb(line_cursor& line, std::string_view stop_at = " ") {
    const auto rest = line.rest();
    const auto word = rest.substr(0, rest.find_first_of(stop_at));
    const bool good = !word.empty() && word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
                                                              "opqrstuvwxyz0123456789-") == word.npos;
    if (!good) line.fail_expected("a command, as MAIL, or `message`");
    const auto written = std::string(word);
    line.skip(word.size());
    line.skip_spaces();
    return written == "message" ? written : upper(written);
}

step_body parse_mail(line_cursor& line, bool negative) {
    expect_mail step;
    step.negative = negative;
    step.where = at(line);
    if (line.ok() && at_number(line)) {
        const auto place = line.offset();
        step.times = line.count("a number");
        if (line.ok() && !line.take("times")) line.fail_expected("`times`");
        if (line.ok() && (negative || *step.times == 0))
            line.fail_at(place, "found a number of times, expected `expect no mail at HOST` without one");
    }
    patience(line, step.within);
    return step;
}

step_body parse_connections(line_cursor& line, bool negative, bool counted) {
    expect_connections step;
    step.negative = negative;
    step.where = at(line);
    if (counted && line.ok()) step.count = line.count("how many, as `expect connections at mx 2`");
    patience(line, step.within);
    return step;
}

step_body parse_tried(line_cursor& line) {
    expect_tried step;
    do {
        line.skip_spaces();
        auto& group = step.in_order.emplace_back();
        do {
            group.push_back(host_name(line));
        } while (line.ok() && line.take_octet('|'));
    } while (line.ok() && line.take_octet(','));
    line.skip_spaces();
    patience(line, step.within);
    return step;
}

step_body parse_envelope(line_cursor& line, bool sender) {
    expect_envelope step;
    step.sender = sender;
    step.where = at(line);
    do {
        line.skip_spaces();
        if (line.ok()) step.addresses.push_back(address(line));
    } while (line.ok() && !sender && line.take_octet(','));
    line.expect_end(sender ? "the address" : "the addresses");
    return step;
}

step_body parse_parameter(line_cursor& line, bool negative) {
    expect_parameter step;
    step.negative = negative;
    step.where = at(line);
    const auto place = line.offset();
    step.verb = line.ok() ? verb(line) : "";
    if (line.ok() && step.verb != "MAIL" && step.verb != "RCPT")
        line.fail_at(place,
                     fmt::format("found `{}`, expected MAIL or RCPT: they have parameters", step.verb));
    if (line.ok() && step.verb == "RCPT" && line.rest().starts_with('<')) step.recipient = address(line);
    if (!line.ok()) return step;
    // RFC 5321 §4.1.2: esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
    step.keyword = verb(line, " =");
    if (line.take_octet('=')) {
        step.value.equals = line.plain_word();
        if (line.ok() && step.value.equals->source.empty()) line.fail_expected("a value behind `=`");
    } else if (line.at_regex()) {
        step.value.matches = line.regex();
    } else {
        step.bare = true;
    }
    line.expect_end("the parameter");
    return step;
}

step_body parse_command(line_cursor& line, bool negative) {
    expect_command step;
    step.negative = negative;
    step.where = at(line);
    if (line.ok()) step.verb = verb(line);
    if (line.at_regex())
        step.argument.matches = line.regex();
    else if (line.at_quoted())
        step.argument.equals = line.quoted();
    patience(line, step.within);
    return step;
}

step_body parse_commands(line_cursor& line) {
    auto where = at(line);
    if (line.take("in")) {
        expect_command_order step;
        step.where = std::move(where);
        if (!line.take("order")) line.fail_expected("`order`");
        do {
            line.skip_spaces();
            if (line.ok()) step.verbs.push_back(verb(line, " ,"));
        } while (line.ok() && line.take_octet(','));
        line.skip_spaces();
        patience(line, step.within);
        return step;
    }
    expect_command step;
    step.where = std::move(where);
    if (line.ok()) step.verb = verb(line);
    if (line.at_regex()) step.argument.matches = line.regex();
    step.count = line.count("how many, as `expect commands at mx RCPT 2`, or `in order EHLO, MAIL`");
    patience(line, step.within);
    return step;
}

step_body parse_pipelined(line_cursor& line, bool negative) {
    expect_pipelined step;
    step.negative = negative;
    step.where = at(line);
    if (line.ok()) step.verb = verb(line);
    line.expect_end("the command");
    return step;
}

step_body parse_closed(line_cursor& line) {
    static const std::vector<std::string> ends = {"quit", "eof", "reset", "open"};
    expect_closed step;
    step.where = at(line);
    const auto found = std::ranges::find(ends, line.peek());
    if (found == ends.end())
        line.fail_expected(word_list(ends) + did_you_mean(line.peek(), ends));
    else
        step.wanted = static_cast<expect_closed::how>(found - ends.begin());
    line.word();
    patience(line, step.within);
    return step;
}

step_body parse_octets(line_cursor& line, bool negative) {
    expect_octets step;
    step.negative = negative;
    step.where = at(line);
    step.regex = line.regex();
    line.expect_end("the regex");
    return step;
}

step_body parse_wire_body(line_cursor& line) {
    if (!line.take("body")) line.fail_expected("`body` after `wire`");
    return expect_wire_body{parse_body_check(line)};
}

step_body parse_fetches(line_cursor& line, bool negative, bool counted) {
    expect_fetches step;
    step.negative = negative;
    step.where = at(line);
    if (counted && line.ok()) step.count = line.count("how many, as `expect fetches at mta-sts 1`");
    patience(line, step.within);
    return step;
}

} // namespace

at_host parse_at_host(line_cursor& line) {
    return at(line);
}

step_body parse_release(line_cursor& line) {
    release_host step;
    step.host = host_name(line);
    line.skip_spaces();
    line.expect_end("the host");
    return step;
}

step_body parse_expect_host_tls(line_cursor& line, bool negative) {
    static const std::vector<std::string> options = {"sni", "version", "failed", "within"};
    expect_host_tls step;
    step.negative = negative;
    step.where = at(line);
    while (line.ok() && !line.at_end() && line.peek() != "within") {
        if (line.take("sni")) {
            if (line.at_end()) line.fail_expected("a name, as `sni mx.{zone}`");
            step.server_name = line.plain_word();
        } else if (line.take("version")) {
            const auto word = line.peek();
            if (word != "1.0+" && word != "1.1+" && word != "1.2+" && word != "1.3+")
                line.fail_expected("a lowest TLS version, as 1.2+");
            step.min_version = word.substr(0, 3);
            line.word();
        } else if (line.take("failed")) {
            step.failed = true;
        } else {
            line.fail_expected(word_list(options) + did_you_mean(line.peek(), options));
        }
    }
    patience(line, step.within);
    return step;
}

// nullopt: the line speaks of something else, and nothing of it was read.
std::optional<step_body> parse_expect_host(line_cursor& line) {
    if (line.take("mail")) return parse_mail(line, false);
    if (line.take("connection")) return parse_connections(line, false, false);
    if (line.take("connections")) return parse_connections(line, false, true);
    if (line.take("tried")) return parse_tried(line);
    if (line.take("sender")) return parse_envelope(line, true);
    if (line.take("recipients")) return parse_envelope(line, false);
    if (line.take("parameter")) return parse_parameter(line, false);
    if (line.take("command")) return parse_command(line, false);
    if (line.take("commands")) return parse_commands(line);
    if (line.take("pipelined")) return parse_pipelined(line, false);
    if (line.take("closed")) return parse_closed(line);
    if (line.take("octets")) return parse_octets(line, false);
    if (line.take("wire")) return parse_wire_body(line);
    if (line.take("fetch")) return parse_fetches(line, false, false);
    if (line.take("fetches")) return parse_fetches(line, false, true);
    return std::nullopt;
}

std::optional<step_body> parse_expect_no_host(line_cursor& line) {
    if (line.take("mail")) return parse_mail(line, true);
    if (line.take("connection")) return parse_connections(line, true, false);
    if (line.take("parameter")) return parse_parameter(line, true);
    if (line.take("command")) return parse_command(line, true);
    if (line.take("tls")) return parse_expect_host_tls(line, true);
    if (line.take("octets")) return parse_octets(line, true);
    if (line.take("fetch")) return parse_fetches(line, true, false);
    return std::nullopt;
}

step_body parse_expect_not_pipelined(line_cursor& line) {
    return parse_pipelined(line, true);
}

// `C:` in the script of a host: what the server under test must send it.
step_body parse_expect_client(line_cursor& line) {
    using kind = expect_client::kind;
    expect_client step;
    if (!line.take_octet(' ') || line.at_end()) {
        line.fail("expected a space after `C:` and what the server under test must send: a command, a whole "
                  "line, ~regex~, `message` or `close`");
        return step;
    }
    line.skip_spaces();
    if (line.at_regex()) {
        step.what = kind::matches;
        step.text = line.regex();
        line.expect_end("the regex");
    } else if (line.rest() == "message" || line.rest() == "close") {
        step.what = line.rest() == "close" ? kind::close : kind::message;
        line.word();
    } else {
        step.what = line.rest().find(' ') == std::string_view::npos ? kind::verb : kind::line;
        step.text = line.to_end();
    }
    return step;
}

} // namespace mailspec::suite
