// The steps of POP3 connections: statuses, codes, lines, content, bindings, and the state a script starts in.
#include "harness/tests/script/fake_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdlib.h>

using namespace fake;

BOOST_AUTO_TEST_SUITE(pop3_steps)

namespace {

const std::string before_login = "service: pop3\nstate: authorization";

played run(const std::string& script, std::map<std::string, std::string> answers = {},
           const std::string& keys = before_login) {
    reading_server s;
    s.answers = std::move(answers);
    return play_reading(script, s, keys);
}

} // namespace

BOOST_AUTO_TEST_CASE(statuses_and_codes) {
    HOLDS(run("S: +OK\nC: NOOP\nS: +OK|-ERR\n"));
    FAILS(run("S: +OK\nC: NOOP\nS: -ERR\n"), "-ERR", "+OK done\r\n");
    const std::map<std::string, std::string> in_use = {{"PASS", "-ERR [IN-USE] locked\r\n"}};
    HOLDS(run("S: +OK\nC: PASS x\nS: -ERR [IN-USE]\n", in_use));
    HOLDS(run("S: +OK\nC: PASS x\nS: -ERR [IN-USE]? ~locked$~\n", in_use));
    FAILS(run("S: +OK\nC: PASS x\nS: -ERR [AUTH]?\n", in_use),
          "-ERR [AUTH]?\nnot met: it has the response code [IN-USE]", "-ERR [IN-USE] locked\r\n");
    FAILS(run("S: +OK\nC: PASS x\nS: -ERR [AUTH]\n", {{"PASS", "-ERR no\r\n"}}),
          "-ERR [AUTH]\nnot met: it has no response code", "-ERR no\r\n");
}

BOOST_AUTO_TEST_CASE(lines_that_follow) {
    const std::map<std::string, std::string> listing = {{"LIST", "+OK\r\n1 120\r\n2 200\r\n.\r\n"},
                                                        {"LIST 1", "+OK 1 120\r\n"}};
    HOLDS(run("S: +OK\nC: LIST\nS: +OK lines 2, any ~^2 200$~, each ~^[0-9]+ [0-9]+$~\nC: LIST 1\nS: +OK ~^1 "
              "120$~\n",
              listing));
    FAILS(run("S: +OK\nC: LIST\nS: +OK lines 3+\n", listing), "+OK lines 3+\nnot met: 2 lines follow",
          "+OK\r\n1 120\r\n2 200\r\n.\r\n");
    FAILS(run("S: +OK\nC: LIST\nS: +OK any ~^3 ~\n", listing),
          "+OK any ~^3 ~\nnot met: no line that follows matches ~^3 ~", "+OK\r\n1 120\r\n2 200\r\n.\r\n");
    FAILS(run("S: +OK\nC: LIST\nS: +OK each ~^1 ~\n", listing),
          "+OK each ~^1 ~\nnot met: line 2 behind the first, \"2 200\", does not match ~^1 ~",
          "+OK\r\n1 120\r\n2 200\r\n.\r\n");
    FAILS(run("S: +OK\nC: LIST\nS: +OK each ~^1 ~\n", {{"LIST", "+OK\r\n.\r\n"}}),
          "+OK each ~^1 ~\nnot met: no lines follow", "+OK\r\n.\r\n");
}

BOOST_AUTO_TEST_CASE(content_with_its_dots) {
    const std::map<std::string, std::string> message = {{"RETR", "+OK\r\nA: b\r\n\r\n..x\r\n.\r\n"}};
    HOLDS(run("S: +OK\nC: RETR 1\nS: +OK content \"A: b\\r\\n\\r\\n.x\\r\\n\"\n", message));
    const auto p = run("S: +OK\nC: RETR 1\nS: +OK content \"A: b\\r\\n\\r\\nx\\r\\n\"\n", message);
    BOOST_TEST(
        p.expected() ==
        R"(+OK content "A: b\r\n\r\nx\r\n")"
        "\n"
        R"(not met: the content has 12 octets of 11, and differs at octet 8 (line 3): ".x\r\n" in place of "x\r\n")");
}

BOOST_AUTO_TEST_CASE(capabilities) {
    const std::map<std::string, std::string> capa = {
        {"CAPA", "+OK\r\nTOP\r\nSASL PLAIN LOGIN\r\nEXPIRE 30\r\n.\r\n"}};
    HOLDS(run("S: +OK\nC: CAPA\nS: +OK has TOP, has SASL LOGIN, lacks UTF8, lacks SASL CRAM-MD5, param "
              "EXPIRE ~^[0-9]+$~\n",
              capa));
    const auto unmet = [&](const std::string& condition) {
        const auto text = run("S: +OK\nC: CAPA\nS: +OK " + condition + "\n", capa).expected();
        return text.substr(text.find("not met: ") + 9);
    };
    const std::map<std::string, std::string> twice = {{"CAPA", "+OK\r\nSASL PLAIN\r\nSASL LOGIN\r\n.\r\n"}};
    HOLDS(run("S: +OK\nC: CAPA\nS: +OK has SASL LOGIN\n", twice));
    BOOST_TEST(!run("S: +OK\nC: CAPA\nS: +OK lacks SASL LOGIN\n", twice).held());
    BOOST_TEST(unmet("has UIDL") == "UIDL is not listed");
    BOOST_TEST(unmet("has SASL PLAIN EXTERNAL") == "SASL is listed without EXTERNAL");
    BOOST_TEST(unmet("lacks TOP") == "TOP is listed");
    BOOST_TEST(unmet("lacks SASL PLAIN") == "SASL PLAIN is listed");
    BOOST_TEST(unmet("param EXPIRE ~NEVER~") == "the parameter of EXPIRE, \"30\", does not match ~NEVER~");
}

BOOST_AUTO_TEST_CASE(names_are_bound_by_groups) {
    HOLDS(run("S: +OK\nC: UIDL 1\nS: +OK ~^1 (?<uid>[!-~]+)$~\nC: SAME {$uid}\nS: +OK ~^{$uid}$~\n",
              {{"UIDL", "+OK 1 a.b*c\r\n"}, {"SAME a.b*c", "+OK a.b*c\r\n"}}));
    FAILS(run("S: +OK\nC: UIDL 1\nS: +OK ~^1 (?<uid>.+)$~\nC: UIDL 1\nS: +OK ~^1 {$uid}$~\n",
              {{"UIDL", "+OK 1 a.b\r\n<next>+OK 1 axb\r\n"}}),
          "+OK ~^1 {$uid}$~\nnot met: its text, \"1 axb\", does not match ~^1 a\\.b$~", "+OK 1 axb\r\n");
}

BOOST_AUTO_TEST_CASE(apop_is_the_digest_of_the_greeting) {
    // RFC 1939 §7: the example.
    reading_server s;
    s.greeting = "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n";
    HOLDS(play_reading("S: +OK\nC: APOP {user} {apop}\nS: +OK\n", s, before_login));
    BOOST_TEST(s.commands.back().starts_with("1 APOP alice "));
    BOOST_TEST(s.commands.back().size() == std::string("1 APOP alice ").size() + 32);
    s.greeting = "+OK ready\r\n";
    TROUBLE(play_reading("S: +OK\nC: APOP {user} {apop}\nS: +OK\n", s, before_login),
            "{apop}: the greeting has no timestamp, so the server does not offer APOP");
}

BOOST_AUTO_TEST_CASE(an_auth_exchange) {
    HOLDS(run("S: +OK\nC: AUTH PLAIN\nS: + ~^$~\nC: *\nS: -ERR\n",
              {{"AUTH", "+ \r\n"}, {"*", "-ERR aborted\r\n"}}));
}

BOOST_AUTO_TEST_CASE(a_transaction_is_entered_before_the_script) {
    const std::string keys = "service: pop3";
    reading_server s;
    s.answers = {{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"},
                 {"SELECT", "* 2 EXISTS\r\nTAG OK\r\n"},
                 {"CAPA", "+OK\r\nUSER\r\n.\r\n"}};
    HOLDS(play_reading("C: STAT\nS: +OK\n", s, keys + "\nmessages: plain"));
    const auto has = [&](const std::string& start) {
        return std::ranges::any_of(s.commands, [&](const auto& c) { return c.starts_with(start); });
    };
    BOOST_TEST(has("0 STORE 1:* +FLAGS.SILENT (\\Deleted)"));
    BOOST_TEST(has("0 CLOSE"));
    BOOST_TEST(has("0 APPEND INBOX From: "));
    BOOST_TEST(has("0 LOGOUT")); // nobody else may hold the maildrop
    BOOST_TEST(has("1 PASS alice-pw"));
    BOOST_TEST(s.commands.back() == "1 STAT");
}

BOOST_AUTO_TEST_CASE(without_imap_a_maildrop_is_emptied_by_pop3_and_filled_by_delivery) {
    reading_server s;
    s.services = {"pop3", "lmtp"};
    s.answers = {{"CAPA", "+OK\r\nUSER\r\n.\r\n"},
                 {"STAT", "+OK 2 320\r\n<next>+OK 0 0\r\n<next>+OK 1 160\r\n<next>+OK 2 320\r\n"}};
    HOLDS(play_reading("C: NOOP\nS: +OK\n", s, "service: pop3\nmessages: plain x2"));
    const auto count = [&](const std::string& what) {
        return std::ranges::count_if(
            s.commands, [&](const auto& c) { return c.substr(c.find(' ') + 1).starts_with(what); });
    };
    BOOST_TEST(count("DELE 1") == 1);
    BOOST_TEST(count("DELE 2") == 1);
    BOOST_TEST(count("LHLO client.mailspec.test") == 2);
    BOOST_TEST(count("MAIL FROM:<t0k3n@client.mailspec.test>") == 2);
    BOOST_TEST(count("RCPT TO:<alice@example.test>") == 2);
    BOOST_TEST(count("From: ") == 2);
    BOOST_TEST(count("STAT") == 4); // the first had not arrived at once
    BOOST_TEST(s.commands.back().ends_with(" NOOP"));
}

BOOST_AUTO_TEST_CASE(a_message_that_is_not_delivered_is_no_verdict) {
    reading_server s;
    s.services = {"pop3", "lmtp"};
    s.answers = {
        {"CAPA", "-ERR what\r\n"}, {"STAT", "+OK 0 0\r\n"}, {".", "554 5.6.0 t0k3n is not to my taste\r\n"}};
    const auto p = play_reading("C: NOOP\nS: +OK\n", s, "service: pop3\nmessages: plain");
    BOOST_TEST((p.outcome.what == fake::script::case_outcome::kind::refused), p.str());
    BOOST_TEST(p.outcome.refusal ==
               "the server refused what the case needs first: delivery of the message plain: "
               "the message was answered by 554 5.6.0 ... is not to my taste");
}

BOOST_AUTO_TEST_CASE(without_imap_a_maildir_is_filled_directly) {
    std::string root = (std::filesystem::temp_directory_path() / "pop3-steps-XXXXXX").string();
    BOOST_TEST_REQUIRE(::mkdtemp(root.data()) != nullptr);
    reading_server s;
    s.services = {"pop3"};
    s.maildir = root + "/{user}";
    s.answers = {{"CAPA", "-ERR what\r\n"}, {"STAT", "+OK 0 0\r\n"}};
    HOLDS(play_reading("C: NOOP\nS: +OK\n", s, "service: pop3\nmessages: plain x2"));
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(root + "/alice/new"))
        files.push_back(entry.path());
    BOOST_TEST(files.size() == 2u);
    BOOST_TEST(std::filesystem::is_empty(root + "/alice/tmp"));
    std::ifstream first(files.at(0), std::ios::binary);
    std::string line;
    std::getline(first, line);
    BOOST_TEST(line.starts_with("From: "));
    BOOST_TEST(!line.ends_with('\r'));
    s.maildir = root + "/nowhere/at/all";
    TROUBLE(play_reading("C: NOOP\nS: +OK\n", s, "service: pop3\nmessages: plain"),
            "the case's maildrop cannot be prepared: cannot find the folder " + root +
                "/nowhere/at: No such file or directory");
    std::filesystem::remove_all(root);
}

BOOST_AUTO_TEST_CASE(a_maildrop_that_is_held_is_tried_again) {
    reading_server s;
    s.answers = {{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"},
                 {"CAPA", "-ERR what\r\n"},
                 {"PASS", "-ERR [IN-USE] wait\r\n<next>+OK\r\n"}};
    HOLDS(play_reading("C: STAT\nS: +OK\n", s, "service: pop3"));
    s.answers["PASS"] = "-ERR wrong\r\n";
    TROUBLE(play_reading("C: STAT\nS: +OK\n", s, "service: pop3"),
            R"(login as alice was answered by "-ERR wrong\r\n")");
}

BOOST_AUTO_TEST_CASE(altered_responses_fail_their_claims) {
    const auto stat = run("S: +OK\nC: STAT\ncheck S: +OK ~^2 320$~\n", {{"STAT", "+OK 2 320\r\n"}});
    BOOST_TEST_REQUIRE(stat.held(), stat.str());
    const auto report = mutated(stat);
    BOOST_TEST(report.self_check == "");
    BOOST_TEST(report.proved());
    const auto survivors = report.survivors();
    BOOST_TEST(survivors.empty(), (survivors.empty() ? "" : survivors.front()));
    const auto retr = run("S: +OK\nC: RETR 1\ncheck S: +OK content \"A: b\\r\\n\\r\\n.x\\r\\n\"\n",
                          {{"RETR", "+OK\r\nA: b\r\n\r\n..x\r\n.\r\n"}});
    BOOST_TEST_REQUIRE(retr.held(), retr.str());
    BOOST_TEST(mutated(retr).proved());
    const auto lax = run("S: +OK\nC: NOOP\ncheck S: +OK|-ERR|+\n");
    BOOST_TEST(!mutated(lax).proved());
}

BOOST_AUTO_TEST_SUITE_END()
