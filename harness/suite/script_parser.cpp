// Splits a script into lines, reads what may stand before a step (`check`, a connection's number), hands
// the rest to the grammar of its first word, and nests blocks. Resolves no name. One problem a line at
// most, and none that merely follows from another. Follows docs/suite-language.md, "Blocks".
#include "harness/suite/script_parser.hpp"

#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace mailspec::suite {

namespace {

const std::vector<std::string> step_words = {"C:",     "S:",     "send",    "split",  "pause", "half-close",
                                             "close",  "reset",  "open",    "fresh",  "tls",   "server",
                                             "retry",  "clock",  "release", "expect", "check", "do",
                                             "repeat", "either", "or",      "end"};

const std::vector<std::string> imap_words = {"C+:", "not", "compress"}; // and these

const std::vector<std::string> host_words = {"S:",    "C:",  "send", "split", "pause",  "close", "reset",
                                             "check", "tls", "hold", "serve", "repeat", "end"};

constexpr int deepest_block = 9; // the script itself and eight blocks

struct script_line {
    std::string_view text; // no spaces around it
    source_pos at;
};

// Lines that say something: not empty, not a comment.
std::vector<script_line> split_lines(const script_source& script) {
    std::vector<script_line> lines;
    std::string_view rest = script.text;
    for (int number = script.first.line; !rest.empty(); ++number) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        auto indent = line.find_first_not_of(" \t\r");
        if (indent == std::string_view::npos || line[indent] == '#') continue;
        auto text = line.substr(indent, line.find_last_not_of(" \t\r") + 1 - indent);
        lines.push_back({text, {script.first.file, number, script.first.column + static_cast<int>(indent)}});
    }
    return lines;
}

template <typename T, typename... Of>
constexpr bool is_any_of = (std::is_same_v<T, Of> || ...);

class script_parser {
  public:
    script_parser(const script_source& script, std::string service, bool of_host = false)
        : lines_(split_lines(script))
        , service_(std::move(service))
        , of_host_(of_host) {}

    parsed_script run() {
        parsed_script result;
        result.steps = steps(block::none, nullptr);
        result.problems = std::move(problems_);
        return result;
    }

  private:
    enum class block { none, repeat, either };

    // Up to the line that ends the block; `opener` is the line that began it.
    std::vector<step> steps(block inside, const script_line* opener) {
        if (depth_ == deepest_block) {
            problem_at(opener->at, fmt::format("found blocks nested more than {} deep", deepest_block - 1));
            next_ = lines_.size(); // what follows would only be told to be out of place
            return {};
        }
        ++depth_;
        auto result = steps_of_block(inside, opener);
        --depth_;
        return result;
    }

    std::vector<step> steps_of_block(block inside, const script_line* opener) {
        std::vector<step> result;
        while (next_ < lines_.size()) {
            auto& line = lines_[next_];
            auto word = line.text.substr(0, line.text.find(' '));
            if (word == "end" || word == "or") {
                if (word == "end" ? inside != block::none : inside == block::either) return result;
                problem_at(line.at, word == "end" ? "found `end`, but no `repeat` or `either` is open"
                                                  : "found `or`, but no `either` is open");
                ++next_;
                continue;
            }
            ++next_;
            if (auto parsed = parse_step(line)) result.push_back(std::move(*parsed));
        }
        if (opener)
            problem_at(opener->at, fmt::format("found `{}` without its `end`, expected a line `end` below it",
                                               opener->text.substr(0, opener->text.find(' '))));
        return result;
    }

    std::optional<step> parse_step(const script_line& line) {
        line_cursor cursor(line.text, line.at);
        step result(line.at, std::string(line.text), split{}, 0);
        prefixes(cursor, result);
        result.body = body(cursor, line, result.connection);
        if (cursor.ok() && result.claim && !can_fail(result) &&
            !std::holds_alternative<fragment_block>(result.body))
            cursor.fail_at(
                0, "`check` marks what can fail: `S:`, `expect`, `tls`, `open` with options of TLS, or `do`");
        if (cursor.ok()) return result;
        problems_.push_back(cursor.found());
        return std::nullopt;
    }

    // `check`, `2`, in either order.
    static void prefixes(line_cursor& cursor, step& result) {
        while (cursor.ok() && !cursor.at_end()) {
            if (!result.claim && cursor.take("check")) {
                result.claim = true;
            } else if (result.connection == 0 &&
                       cursor.peek().find_first_not_of("0123456789") == std::string_view::npos) {
                auto at = cursor.offset();
                auto number = cursor.number("the number of a connection");
                if (number < 1 || number > 99) cursor.fail_at(at, "expected a connection from 1 to 99");
                result.connection = static_cast<int>(number);
            } else {
                return;
            }
        }
    }

    step_body body(line_cursor& cursor, const script_line& line, int connection) {
        if (!cursor.ok()) return split{};
        if (of_host_) return host_body(cursor, line, connection);
        if (auto spoken = of_protocol(cursor, connection)) return std::move(*spoken);
        if (cursor.rest().starts_with("C:")) return cursor.skip(2), parse_send_line(cursor);
        if (cursor.rest().starts_with("S:")) return cursor.skip(2), parse_expect_server(cursor);
        if (cursor.take("send")) return parse_send(cursor);
        if (cursor.take("pause")) return parse_pause(cursor);
        if (cursor.take("open")) return open(cursor, connection);
        if (cursor.take("tls")) return parse_tls(cursor);
        if (cursor.take("server")) return server(cursor, connection);
        if (cursor.peek() == "retry" || cursor.peek() == "clock") return time(cursor, connection);
        if (cursor.take("release")) return release(cursor, connection);
        if (cursor.take("expect")) return parse_expect(cursor);
        if (cursor.take("do")) return parse_fragment_call(cursor);
        if (cursor.take("repeat")) return repeat(cursor, line);
        if (cursor.take("either")) return either(cursor, line);
        if (cursor.take("split")) return alone(cursor, "split", split{});
        if (cursor.take("half-close")) return alone(cursor, "half-close", half_close{});
        if (cursor.take("close")) return alone(cursor, "close", close_connection{});
        if (cursor.take("reset")) return alone(cursor, "reset", reset_connection{});
        if (cursor.take("fresh")) return alone(cursor, "fresh", fresh_connection{});
        unknown(cursor, connection);
        return split{};
    }

    // A connection without a number is the first one.
    protocol protocol_on(int connection) const {
        auto known = services_.find(std::max(connection, 1));
        return protocol_of(known == services_.end() ? service_ : known->second);
    }

    open_connection open(line_cursor& cursor, int connection) {
        auto body = std::get<open_connection>(parse_open(cursor));
        services_[std::max(connection, 1)] = body.service.empty() ? service_ : body.service;
        return body;
    }

    // Steps that mean something else, or something at all, where IMAP or POP3 is spoken; nullopt: nothing of
    // it was read.
    std::optional<step_body> of_protocol(line_cursor& cursor, int connection) {
        const auto spoken = protocol_on(connection);
        if (spoken == protocol::imap) return imap_body(cursor);
        if (spoken == protocol::pop3 && cursor.rest().starts_with("S:"))
            return cursor.skip(2), parse_expect_pop3(cursor);
        return std::nullopt;
    }

    static std::optional<step_body> imap_body(line_cursor& cursor) {
        if (cursor.rest().starts_with("C:")) return cursor.skip(2), parse_send_command(cursor);
        if (cursor.rest().starts_with("C+:")) return cursor.skip(3), parse_send_continuation(cursor);
        if (cursor.rest().starts_with("S:")) return cursor.skip(2), parse_expect_imap(cursor);
        if (cursor.take("not")) return parse_expect_no_response(cursor);
        if (cursor.take("compress")) return alone(cursor, "compress", start_compression{});
        constexpr std::string_view capabilities = "expect capabilities ";
        if (!cursor.rest().starts_with(capabilities)) return std::nullopt;
        cursor.skip(capabilities.size());
        return parse_expect_capabilities(cursor);
    }

    // The harness plays the host, so that what it says and what it wants change sides.
    step_body host_body(line_cursor& cursor, const script_line& line, int connection) {
        if (connection != 0) cursor.fail_at(0, "a host's script has one connection: leave out the number");
        if (cursor.rest().starts_with("S:")) return cursor.skip(2), parse_say_line(cursor);
        if (cursor.rest().starts_with("C:")) return cursor.skip(2), parse_expect_client(cursor);
        if (cursor.take("send")) return parse_send(cursor);
        if (cursor.take("pause")) return parse_pause(cursor);
        if (cursor.take("repeat")) return repeat(cursor, line);
        if (cursor.take("split")) return alone(cursor, "split", split{});
        if (cursor.take("close")) return alone(cursor, "close", close_connection{});
        if (cursor.take("reset")) return alone(cursor, "reset", reset_connection{});
        if (cursor.take("tls")) return alone(cursor, "tls", start_tls{});
        if (cursor.take("hold")) return alone(cursor, "hold", hold_back{});
        if (cursor.take("serve")) return alone(cursor, "serve", serve_as_stock{});
        if (cursor.ok())
            cursor.fail_expected("a step of a host's script (" + word_list(host_words) + ")" +
                                 did_you_mean(cursor.peek(), host_words));
        return split{};
    }

    static step_body parse_say_line(line_cursor& cursor) {
        if (!cursor.at_end() && !cursor.take_octet(' ')) cursor.fail("expected a space after `S:`");
        return send_line{cursor.to_end()};
    }

    static step_body alone(line_cursor& cursor, std::string_view word, step_body body) {
        cursor.expect_end(fmt::format("`{}`", word));
        return body;
    }

    static step_body server(line_cursor& cursor, int connection) {
        if (connection != 0)
            cursor.fail_at(0, "`server` concerns every connection: leave out the number before it");
        return parse_server(cursor);
    }

    static step_body time(line_cursor& cursor, int connection) {
        if (connection != 0)
            cursor.fail_at(0, fmt::format("`{}` concerns every connection: leave out the number before it",
                                          cursor.peek()));
        if (cursor.take("retry")) return alone(cursor, "retry", retry_delivery{});
        cursor.take("clock");
        return parse_clock(cursor);
    }

    static step_body release(line_cursor& cursor, int connection) {
        if (connection != 0)
            cursor.fail_at(0, "`release` concerns a remote host: leave out the number before it");
        return parse_release(cursor);
    }

    void unknown(line_cursor& cursor, int connection) const {
        std::string word(cursor.peek());
        auto words = step_words;
        if (protocol_on(connection) == protocol::imap)
            words.insert(words.end(), imap_words.begin(), imap_words.end());
        else if (std::ranges::find(imap_words, word) != imap_words.end())
            return cursor.fail(fmt::format("found `{}`, which only IMAP connections have; this one speaks {}",
                                           word,
                                           protocol_on(connection) == protocol::pop3 ? "POP3" : "SMTP"));
        if (word == "C" || word == "S" || word == "c:" || word == "s:")
            return cursor.fail(fmt::format("found `{0}`, did you mean `{1}:`?", word,
                                           word == "C" || word == "c:" ? "C" : "S"));
        cursor.fail_expected("a step (" + word_list(words) + ")" + did_you_mean(word, words));
    }

    repeat_block repeat(line_cursor& cursor, const script_line& line) {
        repeat_block block;
        auto at = cursor.offset();
        block.times = cursor.number("how often, as `repeat 100`");
        if (cursor.ok() && (block.times < 1 || block.times > 1000000))
            cursor.fail_at(at, "expected a number from 1 to 1000000");
        cursor.expect_end("the number");
        auto before = problems_.size();
        block.steps = steps(block::repeat, &line);
        close_line();
        if (cursor.ok() && block.steps.empty() && problems_.size() == before)
            cursor.fail_at(0, "`repeat` is empty, expected steps before its `end`");
        return block;
    }

    either_block either(line_cursor& cursor, const script_line& line) {
        either_block block;
        cursor.expect_end("`either`");
        const script_line* branch_line = &line;
        while (true) {
            auto before = problems_.size();
            auto branch = steps(block::either, &line);
            if (problems_.size() == before) judge_branch(branch, *branch_line);
            block.branches.push_back(std::move(branch));
            branch_line = next_ < lines_.size() ? &lines_[next_] : nullptr;
            if (!close_line()) break;
        }
        if (cursor.ok() && block.branches.size() < 2 && branch_line)
            cursor.fail_at(0, "`either` has one branch, expected `or` and another before its `end`");
        return block;
    }

    void judge_branch(const std::vector<step>& branch, const script_line& line) {
        if (branch.empty())
            return problem_at(
                line.at, "found an empty branch, expected steps, the first of them `S:`, `tls` or `expect`");
        auto& first = branch.front();
        if (!can_fail(first) || std::holds_alternative<open_connection>(first.body))
            problem_at(first.at,
                       fmt::format("found `{}` at the head of a branch, expected `S:`, `tls` or `expect`: it "
                                   "decides whether the branch is taken",
                                   first.source));
    }

    // Steps over `or` or `end`; true when it was `or`.
    bool close_line() {
        if (next_ >= lines_.size()) return false;
        auto& line = lines_[next_++];
        if (line.text != "or" && line.text != "end")
            problem_at(line.at, fmt::format("found `{}`, expected nothing behind `{}`", line.text,
                                            line.text.substr(0, line.text.find(' '))));
        return line.text.starts_with("or");
    }

    void problem_at(const source_pos& at, std::string text) { problems_.push_back({at, std::move(text)}); }

    std::vector<script_line> lines_;
    std::string service_;
    std::map<int, std::string> services_; // by connection, where it was opened by name
    bool of_host_;
    std::size_t next_ = 0;
    int depth_ = 0;
    std::vector<problem> problems_;
};

} // namespace

bool can_fail(const step& s) {
    if (auto* open = std::get_if<open_connection>(&s.body)) return open->tls.asks();
    return std::holds_alternative<expect_server>(s.body) || std::holds_alternative<expect_tls>(s.body) ||
           std::holds_alternative<expect_delivered>(s.body) ||
           std::holds_alternative<expect_header>(s.body) || std::holds_alternative<expect_received>(s.body) ||
           std::holds_alternative<expect_body>(s.body) || std::holds_alternative<start_tls>(s.body) ||
           std::holds_alternative<expect_query>(s.body) ||
           std::holds_alternative<expect_no_response>(s.body) ||
           std::holds_alternative<expect_capabilities>(s.body) || looks_at_hosts(s) || looks_at_reports(s);
}

bool looks_at_hosts(const step& s) {
    return std::visit(
        []<typename Body>(const Body&) {
            return is_any_of<Body, expect_mail, expect_connections, expect_tried, expect_envelope,
                             expect_parameter, expect_command, expect_command_order, expect_pipelined,
                             expect_closed, expect_host_tls, expect_octets, expect_wire_body, expect_fetches,
                             expect_client>;
        },
        s.body);
}

bool looks_at_reports(const step& s) {
    return std::visit(
        []<typename Body>(const Body&) {
            return is_any_of<Body, expect_dsn, expect_dsn_field, expect_dsn_recipients, expect_dsn_part,
                             expect_dsn_returns, expect_dsn_language_neutral>;
        },
        s.body);
}

parsed_script parse_script(const script_source& script, const std::string& service) {
    return script_parser(script, service).run();
}

parsed_script parse_host_script(const script_source& script) {
    return script_parser(script, "smtp", true).run();
}

} // namespace mailspec::suite
