// Reading POP3 responses without loss, and the ambient rules that hold them: each can fail.
#include "harness/wire/pop3_judge.hpp"
#include "harness/wire/pop3_response.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(pop3)

namespace {

using kind = pop3_response::kind;

pop3_response read(const std::string& octets, bool lines_follow = false) {
    auto parsed = parse_pop3_response(octets, lines_follow);
    BOOST_REQUIRE(parsed.state == pop3_state::complete);
    BOOST_TEST(parsed.used == octets.size());
    BOOST_TEST(parsed.response.raw == octets);
    return parsed.response;
}

std::string rules_of(const std::vector<deviation>& found) {
    std::string names;
    for (const auto& d : found)
        names += (names.empty() ? "" : " ") + d.rule;
    return names;
}

// What is judged when the client sent `command` behind the greeting, and this came.
std::string judged(const std::string& command, const std::string& response, const std::string& before = "") {
    pop3_judge judge;
    auto greeting = parse_pop3_response("+OK ready\r\n", judge.lines_follow());
    BOOST_TEST(rules_of(judge.judge(greeting.response)) == "");
    if (!before.empty()) {
        judge.sent("CAPA\r\n");
        BOOST_TEST(rules_of(judge.judge(parse_pop3_response(before, judge.lines_follow()).response)) == "");
    }
    judge.sent(command);
    auto parsed = parse_pop3_response(response, judge.lines_follow());
    if (parsed.state == pop3_state::not_a_response)
        return rules_of(judge.judge_malformed(parsed.response.raw));
    BOOST_REQUIRE(parsed.state == pop3_state::complete);
    BOOST_TEST(parsed.used == response.size());
    return rules_of(judge.judge(parsed.response));
}

} // namespace

BOOST_AUTO_TEST_CASE(the_status_and_its_text) {
    BOOST_TEST((read("+OK 2 320\r\n").what == kind::ok));
    BOOST_TEST(read("+OK 2 320\r\n").text == "2 320");
    BOOST_TEST(read("+OK\r\n").text == "");
    const auto in_use = read("-ERR [in-use] locked\r\n");
    BOOST_TEST((in_use.what == kind::err));
    BOOST_TEST(in_use.code == "IN-USE");
    BOOST_TEST(in_use.text == "[in-use] locked");
    BOOST_TEST(read("-ERR no [IN-USE] here\r\n").code == "");
    BOOST_TEST((read("+ \r\n").what == kind::continuation));
    BOOST_TEST(read("+ AGE=\r\n").text == "AGE=");
}

BOOST_AUTO_TEST_CASE(lines_and_their_dots) {
    const auto r = read("+OK 3 lines\r\nSubject: a\r\n\r\n..dot\r\n.. \r\n.\r\n", true);
    BOOST_TEST(r.multi_line);
    BOOST_REQUIRE(r.lines.size() == 4u);
    BOOST_TEST(r.lines[2] == ".dot");
    BOOST_TEST(r.content == "Subject: a\r\n\r\n.dot\r\n. \r\n");
    BOOST_TEST(rules_of(r.deviations) == "");
    const auto none = read("+OK\r\n.\r\n", true);
    BOOST_TEST(none.lines.empty());
    BOOST_TEST(none.multi_line);
    BOOST_TEST(!read("-ERR no such message\r\n", true).multi_line);
}

BOOST_AUTO_TEST_CASE(what_is_not_complete) {
    for (const char* part :
         {"", "+OK", "+OK\r", "+OK\r\n", "+OK\r\nline\r\n", "+OK\r\nline\r\n.", "+OK\r\n.\r"})
        BOOST_TEST((parse_pop3_response(part, true).state == pop3_state::incomplete));
    BOOST_TEST((parse_pop3_response("+OK\r\n", false).state == pop3_state::complete));
}

BOOST_AUTO_TEST_CASE(the_end_is_found_wherever_the_pieces_break) {
    const std::string whole = "+OK\r\nline one\r\n..\r\nx.\r\n.\r\n";
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const auto first = parse_pop3_response(whole.substr(0, cut), true);
        BOOST_TEST((first.state == pop3_state::incomplete));
        const auto then = parse_pop3_response(whole + "+OK next\r\n", true, cut);
        BOOST_REQUIRE((then.state == pop3_state::complete));
        BOOST_TEST(then.used == whole.size());
        BOOST_TEST(then.response.lines.size() == 3u);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_response) {
    for (const char* line :
         {"* OK IMAP\r\n", "220 smtp\r\n", "\r\n", "+OKAY\r\n", "-ERROR\r\n", " +OK\r\n"}) {
        const auto parsed = parse_pop3_response(line, false);
        BOOST_TEST((parsed.state == pop3_state::not_a_response), line);
        BOOST_TEST(parsed.response.raw == line);
    }
}

BOOST_AUTO_TEST_CASE(capabilities) {
    const auto offered = pop3_capabilities_of(read("+OK\r\nTOP\r\nsasl PLAIN LOGIN\r\n.\r\n", true));
    BOOST_REQUIRE(offered.size() == 2u);
    BOOST_TEST(offered[0].keyword == "TOP");
    BOOST_TEST(offered[1].keyword == "SASL");
    BOOST_TEST(offered[1].parameters == "PLAIN LOGIN");
}

BOOST_AUTO_TEST_CASE(rules_of_form) {
    BOOST_TEST(judged("NOOP\r\n", "+OK\r\n") == "");
    BOOST_TEST(judged("NOOP\r\n", "+OK done\n") == "pop3-bare-lf");
    BOOST_TEST(judged("RETR 1\r\n", "+OK\r\nline\n.\r\n") == "pop3-bare-lf");
    BOOST_TEST(judged("NOOP\r\n", "+OK a\rb\r\n") == "pop3-bare-cr");
    BOOST_TEST(judged("RETR 1\r\n", "+OK\r\na\rb\r\n.\r\n") == "");
    BOOST_TEST(judged("NOOP\r\n", "+ok\r\n") == "pop3-status-case");
    BOOST_TEST(judged("NOOP\r\n", "-Err no\r\n") == "pop3-status-case");
    BOOST_TEST(judged("NOOP\r\n", "OK\r\n") == "pop3-line-malformed");
    BOOST_TEST(judged("NOOP\r\n", "+OK " + std::string(506, 'x') + "\r\n") == "");
    BOOST_TEST(judged("NOOP\r\n", "+OK " + std::string(507, 'x') + "\r\n") == "pop3-line-too-long");
    BOOST_TEST(judged("NOOP\r\n", "+OK a\x1b[2J\r\n") == "pop3-control-octet");
    BOOST_TEST(judged("NOOP\r\n", "+OK caf\xc3\xa9\r\n") == "pop3-8bit-octet");
    BOOST_TEST(judged("UTF8\r\n", "+OK caf\xc3\xa9\r\n") == "");
}

BOOST_AUTO_TEST_CASE(rules_of_listings) {
    BOOST_TEST(judged("STAT\r\n", "+OK 2 320\r\n") == "");
    BOOST_TEST(judged("STAT\r\n", "+OK 2 messages\r\n") == "pop3-stat-line");
    BOOST_TEST(judged("STAT\r\n", "-ERR no\r\n") == "");
    BOOST_TEST(judged("LIST\r\n", "+OK\r\n1 120\r\n2 200 more\r\n.\r\n") == "");
    BOOST_TEST(judged("list \r\n", "+OK\r\n1  120\r\n.\r\n") == "pop3-list-line");
    BOOST_TEST(judged("LIST 1\r\n", "+OK 1 120\r\n") == "");
    BOOST_TEST(judged("LIST 1\r\n", "+OK first\r\n") == "pop3-list-line");
    BOOST_TEST(judged("UIDL\r\n", "+OK\r\n1 " + std::string(70, '~') + "\r\n.\r\n") == "");
    BOOST_TEST(judged("UIDL\r\n", "+OK\r\n1 " + std::string(71, '~') + "\r\n.\r\n") == "pop3-uidl-line");
    BOOST_TEST(judged("UIDL 1\r\n", "+OK 1 \r\n") == "pop3-uidl-line");
    BOOST_TEST(judged("CAPA\r\n", "+OK\r\nSASL PLAIN\r\n.\r\n") == "");
    BOOST_TEST(judged("CAPA\r\n", "+OK\r\nSASL  PLAIN\r\n.\r\n") == "pop3-capability");
    BOOST_TEST(judged("CAPA\r\n", "+OK\r\n TOP\r\n.\r\n") == "pop3-capability");
}

BOOST_AUTO_TEST_CASE(rules_of_place) {
    const std::string codes = "+OK\r\nRESP-CODES\r\n.\r\n";
    BOOST_TEST(judged("PASS x\r\n", "-ERR [no code\r\n", codes) == "pop3-response-code");
    BOOST_TEST(judged("PASS x\r\n", "-ERR [/A] no\r\n", codes) == "pop3-response-code");
    BOOST_TEST(judged("PASS x\r\n", "-ERR [SYS/TEMP] no\r\n", codes) == "");
    BOOST_TEST(judged("PASS x\r\n", "-ERR [no code\r\n") == "");
    BOOST_TEST(judged("", "+OK nobody asked\r\n") == "pop3-unsolicited");
    BOOST_TEST(judged("", "-ERR [SYS/TEMP] shutting down\r\n") == "");
    BOOST_TEST(judged("AUTH PLAIN\r\n", "+ \r\n") == "");
    BOOST_TEST(judged("AUTH PLAIN\r\n", "+\r\n") == "pop3-challenge");
    BOOST_TEST(judged("AUTH PLAIN\r\n", "+ go ahead\r\n") == "pop3-challenge");
    BOOST_TEST(judged("AUTH CRAM-MD5\r\n", "+ PDE4OTY+\r\n") == "");
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_challenge_is_no_command) {
    pop3_judge judge;
    judge.judge(parse_pop3_response("+OK ready\r\n", false).response);
    judge.sent("AUTH PLAIN\r\n");
    judge.judge(parse_pop3_response("+ \r\n", judge.lines_follow()).response);
    judge.sent("LIST\r\n"); // as base64 as anything
    BOOST_TEST(!judge.lines_follow());
    judge.judge(parse_pop3_response("-ERR no\r\n", false).response);
    judge.sent("LIST\r\n");
    BOOST_TEST(judge.lines_follow());
}

// A server that carries them out fails the case that sent them; what it says then is no second finding.
BOOST_AUTO_TEST_CASE(commands_behind_stls_may_be_answered_inside) {
    const auto rules_after = [](std::string_view sent) {
        pop3_judge judge;
        judge.judge(parse_pop3_response("+OK ready\r\n", false).response);
        judge.sent(sent);
        judge.judge(parse_pop3_response("+OK begin\r\n", false).response);
        BOOST_TEST(judge.tls_due());
        judge.tls_started();
        judge.sent("STAT\r\n");
        std::string rules;
        for (const auto& d :
             judge.judge(parse_pop3_response("+OK here is what I can do\r\n", false).response))
            rules += d.rule + ' ';
        for (const auto& d : judge.judge_malformed("SASL PLAIN\r\n"))
            rules += d.rule + ' ';
        for (const auto& d : judge.judge(parse_pop3_response("+ok left\n", false).response))
            rules += d.rule + ' ';
        return rules;
    };
    BOOST_TEST(rules_after("STLS\r\n") ==
               "pop3-stat-line pop3-line-malformed pop3-bare-lf pop3-status-case pop3-unsolicited ");
    BOOST_TEST(rules_after("STLS\r\nCAPA\r\n") == "pop3-bare-lf pop3-status-case ");
    BOOST_TEST(rules_after("STLS\r\nCA") == "pop3-bare-lf pop3-status-case ");
}

BOOST_AUTO_TEST_CASE(commands_in_one_write_are_answered_in_order) {
    pop3_judge judge;
    judge.judge(parse_pop3_response("+OK ready\r\n", false).response);
    judge.sent("LIST 1\r\nRETR 1\r\nLI");
    judge.sent("ST\r\nAUTH\r\nLANG\r\nLANG *\r\n");
    std::string follow;
    for (int i = 0; i < 6; ++i) {
        follow += judge.lines_follow() ? 'l' : '-';
        judge.judge(parse_pop3_response("-ERR no\r\n", false).response);
    }
    BOOST_TEST(follow == "-llll-");
}

BOOST_AUTO_TEST_SUITE_END()
