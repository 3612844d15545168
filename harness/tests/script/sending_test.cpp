// What goes out: lines, raw octets, placeholders, and how it is cut into writes.
#include "harness/script/expansion.hpp"
#include "harness/tests/script/checks.hpp"

#include <algorithm>

using namespace fake;

BOOST_AUTO_TEST_SUITE(sending)

namespace {

// The lines that the server got from a script, without EHLO.
std::vector<std::string> sent(const std::string& script, server s = {}, const options& how = {}) {
    const auto p = play("do hello\n" + script + "\nC: NOOP\nS: 250\n", s, how);
    BOOST_TEST(p.held(), p.str());
    auto lines = s.lines;
    if (!lines.empty()) lines.erase(lines.begin());
    if (!lines.empty()) lines.pop_back();
    return lines;
}

std::string sent_line(const std::string& text, server s = {}) {
    const auto lines = sent("C: " + text + "\nS: 250", std::move(s));
    BOOST_REQUIRE_EQUAL(lines.size(), 1u);
    return lines[0];
}

} // namespace

BOOST_AUTO_TEST_CASE(placeholders) {
    BOOST_TEST(sent_line("VRFY {token} {domain} {client}") == "VRFY t0k3n example.test client.mailspec.test");
    BOOST_TEST(sent_line("VRFY {sender}") == "VRFY t0k3n@client.mailspec.test");
    BOOST_TEST(sent_line("VRFY {recipient} {user} {password} {local-part}") ==
               "VRFY alice@example.test alice alice-pw alice");
    BOOST_TEST(sent_line("VRFY {recipient2} {local-part2}") == "VRFY bob@example.test bob");
    BOOST_TEST(sent_line("VRFY {unknown} {foreign}") ==
               "VRFY nosuch-t0k3n@example.test someone@t0k3n.mailspec.test");
    BOOST_TEST(sent_line("NOOP {5*ab.}{3*{SP}}x {{}}") == "NOOP ab.ab.ab.ab.ab.   x {}");
    BOOST_TEST(sent_line("NOOP {NUL}{TAB}{x80}") == std::string("NOOP \0\t\x80", 8));
    BOOST_TEST(sent_line("NOOP {cap:SIZE} {cap:SIZE+1}") == "NOOP 1000 1001");
}

BOOST_AUTO_TEST_CASE(base64_of_placeholders) {
    BOOST_TEST(sent_line("AUTH PLAIN {base64:{NUL}{user}{NUL}{password}}") ==
               "AUTH PLAIN AGFsaWNlAGFsaWNlLXB3");
    BOOST_TEST(script::base64("") == "");
    BOOST_TEST(script::base64("f") == "Zg==");
    BOOST_TEST(script::base64("fo") == "Zm8=");
    BOOST_TEST(script::base64("foobar") == "Zm9vYmFy"); // RFC 4648 §10
}

BOOST_AUTO_TEST_CASE(fill_makes_the_line_that_long) {
    const auto line = sent_line("NOOP {fill:512} end");
    BOOST_TEST(line.size() == 510u); // and CRLF
    BOOST_TEST(line.starts_with("NOOP xxx"));
    BOOST_TEST(line.ends_with("x end"));
    const auto lines = sent("send \"NOOP\\r\\nNOOP {fill:20}\\r\\nNOOP\\r\\n\"\nS: 250\nS: 250\nS: 250");
    BOOST_REQUIRE_EQUAL(lines.size(), 3u);
    BOOST_TEST(lines[1].size() == 18u);
    server s;
    TROUBLE(play("do hello\nC: NOOP 123456{fill:10}\nS: 250\n", s),
            "{fill:10} stands in a line that has 13 octets without it");
}

BOOST_AUTO_TEST_CASE(submission_sends_as_its_account) {
    server s;
    options how;
    how.keys = "service: submission";
    const auto p = play("do hello\nC: MAIL FROM:<{sender}>\nS: 250\n", s, how);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(s.lines.back() == "MAIL FROM:<alice@example.test>");
}

BOOST_AUTO_TEST_CASE(neighbouring_lines_are_one_write) {
    server s;
    const auto p = play("do hello\ndo mail\nC: RCPT TO:<{recipient}>\nC: NOOP\nrepeat 2\nC: HELP "
                        "{n}\nend\nS: 250\nS: 250\nS: 250\n"
                        "S: 250\n",
                        s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(s.writes.back() == "RCPT TO:<alice@example.test>\r\nNOOP\r\nHELP 1\r\nHELP 2\r\n");
}

BOOST_AUTO_TEST_CASE(split_makes_two_writes) {
    server s;
    const auto p = play("do hello\nsend \"NO\"\nsplit\nsend \"OP\\r\\n\"\nS: 250\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(s.writes.back() == "OP\r\n");
    BOOST_TEST(s.lines.back() == "NOOP");
}

BOOST_AUTO_TEST_CASE(generated_octets) {
    auto lines = sent("send 12 of \"ab\"\nsend \"\\r\\n\"\nS: 250\nsend {cap:SIZE} of \"abc\"\nC:\nS: 250");
    BOOST_REQUIRE_EQUAL(lines.size(), 2u);
    BOOST_TEST(lines[0] == "abababababab");
    BOOST_TEST(lines[1].size() == 1000u);
    BOOST_TEST(lines[1].ends_with("abca"));
    server s;
    s.ehlo = "250-mx.example.test\r\n250 SIZE many\r\n";
    TROUBLE(play("do hello\nsend {cap:SIZE} of \"abc\"\nC:\nS: 250\n", s),
            "`send {cap:SIZE} of \"abc\"`: many is no number of octets up to 1 GiB");
}

BOOST_AUTO_TEST_CASE(a_large_write_arrives_whole) {
    server s;
    options how;
    how.patience = std::chrono::seconds(5);
    const auto p =
        play("do hello\ndo envelope\nC: DATA\nS: 354\nC: Subject: {token}\nC:\n"
             "send 3 MiB of \"0123456789 0123456789 0123456789 0123456789 0123456789 0123456\\r\\n\"\nC: .\n"
             "S: 250\nexpect delivered\nexpect body length 3145728\n",
             s, how);
    BOOST_TEST(p.held(), p.str());
}

BOOST_AUTO_TEST_CASE(capabilities_are_those_of_the_last_ehlo) {
    server s;
    s.answers["EHLO second"] = "250-mx.example.test\r\n250 SIZE 77\r\n";
    const auto p = play("do hello\nC: EHLO second\nS: 250\nC: NOOP {cap:SIZE}\nS: 250\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(s.lines.back() == "NOOP 77");
    server none;
    none.ehlo = "250 mx.example.test\r\n";
    TROUBLE(play("do hello\nC: NOOP {cap:SIZE}\nS: 250\n", none),
            "{cap:SIZE}: no EHLO reply on this connection offers SIZE");
    server wordy;
    wordy.ehlo = "250-mx.example.test\r\n250 SIZE many\r\n";
    TROUBLE(play("do hello\nC: NOOP {cap:SIZE+1}\nS: 250\n", wordy),
            "{cap:SIZE+1}: the server's parameter \"many\" is no number");
}

BOOST_AUTO_TEST_CASE(twenty_digits) { // RFC 1870 §3
    server s;
    s.ehlo = "250-mx.example.test\r\n250 SIZE 99999999999999999999\r\n";
    BOOST_TEST(sent_line("NOOP {cap:SIZE+1}", s) == "NOOP 100000000000000000000");
}

BOOST_AUTO_TEST_CASE(values_of_fragments) {
    server s;
    const auto p = play("do hello\ndo envelope sender=<a@b.example>\nC: MAIL FROM:<{sender}>\nS: 250\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(s.lines[1] == "MAIL FROM:<a@b.example>");
    BOOST_TEST(s.lines[3] == "MAIL FROM:<t0k3n@client.mailspec.test>");
}

BOOST_AUTO_TEST_CASE(an_account_that_is_not_there) {
    server s;
    options how;
    how.accounts = 1;
    TROUBLE(play("do hello\nC: RCPT TO:<{recipient2}>\nS: 250\n", s, how),
            "{recipient2} needs account 2 of this run, which has 1");
}

BOOST_AUTO_TEST_SUITE_END()
