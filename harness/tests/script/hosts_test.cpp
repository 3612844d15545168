// Steps that look at remote hosts, against a fake server that relays as it is told.
#include "harness/script/likely_match.hpp"
#include "harness/tests/script/checks.hpp"
#include "harness/tests/script/fake_mta.hpp"

using namespace fake;

BOOST_AUTO_TEST_SUITE(hosts)

namespace {

const std::string relay_to_mx = "do hello\nC: RELAY {address:mx}\nS: 250\n";
const options in_world{.keys = "hosts: { mx: accepts }", .with_world = true};

options with_hosts(const std::string& keys) {
    options how;
    how.keys = keys;
    how.with_world = true;
    return how;
}

// One relay to mx, and these steps.
played seen(const std::string& steps, relay said = sound_relay(), const options& how = in_world) {
    auto s = relaying({std::move(said)});
    return play(relay_to_mx + "expect mail at mx\n" + steps, s, how);
}

} // namespace

BOOST_AUTO_TEST_CASE(mail_that_came) {
    HOLDS(seen("expect header Subject: {token}\nexpect body contains \".dots\"\n"
               "expect wire body \"..dots\\r\\nHello.\\r\\n\"\nexpect connections at mx 1\n"));
    FAILS(seen("expect mail at mx 2 times within 20ms\n"), "a message of ours at mx, 2 times",
          "once, within 20 ms");
    FAILS(seen("expect no mail at mx\n"), "no message of ours at mx",
          "one came on connection 1:\r\nSubject: t0k3n\r\n\r\n.dots\r\nHello.\r\n");
    auto silent = relaying({});
    FAILS(play(relay_to_mx + "expect mail at mx within 20ms\n", silent, in_world), "a message of ours at mx",
          "none, within 20 ms");
}

BOOST_AUTO_TEST_CASE(a_report_lists_what_was_seen) {
    auto silent = relaying({});
    BOOST_TEST(play(relay_to_mx + "expect mail at mx within 20ms\n", silent, in_world).outcome.found->seen ==
               "no connection to mx");
    BOOST_TEST(seen("expect no mail at mx\n").outcome.found->seen ==
               "mx[1]:\n"
               "  \"EHLO relay.example.test\" -> 250-mx.t0k3n.mailspec.test\n"
               "  \"MAIL FROM:<t0k3n@client.mailspec.test> SIZE=100\" -> 250 2.1.0 sender fine\n"
               "  \"RCPT TO:<someone@t0k3n.mailspec.test>\" -> 250 2.1.5 recipient fine\n"
               "  \"DATA\" -> 354 go ahead, end with a dot\n"
               "  (message) -> 250 2.0.0 taken\n"
               "  (open)");
}

BOOST_AUTO_TEST_CASE(envelopes) {
    HOLDS(
        seen("expect sender at mx <{token}@client.mailspec.test>\nexpect recipients at mx <someone@{zone}>\n"
             "expect parameter at mx MAIL SIZE=100\nexpect parameter at mx MAIL SIZE ~^[0-9]+$~\n"
             "expect no parameter at mx RCPT NOTIFY\n"));
    FAILS(seen("expect sender at mx <>\n"), "the reverse-path <> at mx", "<t0k3n@client.mailspec.test>");
    FAILS(seen("expect recipients at mx <a@x>, <b@x>\n"), "accepted recipients at mx: <a@x>, <b@x>",
          "<someone@t0k3n.mailspec.test>");
    FAILS(seen("expect parameter at mx MAIL SMTPUTF8\n"), "MAIL at mx with SMTPUTF8, which has no value",
          "MAIL FROM:<t0k3n@client.mailspec.test> SIZE=100");
    FAILS(seen("expect no parameter at mx MAIL SIZE\n"), "MAIL at mx without SIZE",
          "MAIL FROM:<t0k3n@client.mailspec.test> SIZE=100");
}

BOOST_AUTO_TEST_CASE(commands_and_their_order) {
    HOLDS(seen(
        "expect command at mx EHLO ~^relay~\nexpect no command at mx HELO\nexpect commands at mx RCPT 1\n"
        "expect commands at mx in order EHLO, MAIL, RCPT, DATA, message, QUIT\n"
        "expect closed at mx quit\nexpect not pipelined at mx RCPT\nexpect no tls at mx\n"
        "expect octets at mx ~EHLO relay~\nexpect no octets at mx ~HELO x~\n"));
    FAILS(seen("expect command at mx HELO within 20ms\n"), "HELO at mx", "no such command, within 20 ms");
    FAILS(seen("expect no command at mx EHLO\n"), "no EHLO at mx", "EHLO relay.example.test");
    FAILS(seen("expect commands at mx in order MAIL, EHLO within 20ms\n"), "at mx in this order: MAIL, EHLO",
          "no EHLO behind MAIL, within 20 ms");
    FAILS(seen("expect closed at mx eof within 2s\n"), "the connection to mx: closed without QUIT",
          "QUIT, then closed");
}

BOOST_AUTO_TEST_CASE(pipelining_is_seen) {
    const relay rushed = {{"", 1},
                          {"EHLO relay.example.test\r\n"},
                          {"MAIL FROM:<t0k3n@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n", 3},
                          {"Subject: t0k3n\r\n\r\n\r\n.\r\n"},
                          {"QUIT\r\n"}};
    HOLDS(seen("expect pipelined at mx RCPT\nexpect pipelined at mx DATA\nexpect not pipelined at mx MAIL\n"
               "expect not pipelined at mx message\nexpect not pipelined at mx QUIT\n",
               rushed));
    FAILS(seen("expect not pipelined at mx RCPT\n", rushed),
          "RCPT at mx sent only when the command before it was answered", "it was on its way before");
    FAILS(seen("expect pipelined at mx RCPT\n"),
          "RCPT at mx sent before the command in front of it was answered", "it came after the answer");
}

BOOST_AUTO_TEST_CASE(the_order_of_hosts) {
    const auto two = with_hosts("hosts: { a: accepts, b: accepts, c: accepts }");
    const std::string there = "do hello\nC: RELAY {address:b}\nS: 250\nexpect mail at b\n"
                              "C: RELAY {address:a}\nS: 250\nexpect mail at a\n";
    const std::vector<relay> both = {sound_relay(), sound_relay()};
    auto run = [&](const std::string& steps) {
        auto s = relaying(both);
        return play(there + steps, s, two);
    };
    HOLDS(run("expect tried b, a\nexpect tried a|b\nexpect no connection at c\nexpect mail at a|c\n"));
    FAILS(run("expect tried a, b\n"), "tried in this order: a, b", "tried: b, a");
    FAILS(run("expect tried b\n"), "tried in this order: b", "tried: b, a");
    FAILS(run("expect tried b, a, c within 20ms\n"), "tried in this order: b, a, c",
          "tried: b, a, within 20 ms");
    FAILS(run("expect no connection at a\n"), "no connection to a", "the server connected there");
}

BOOST_AUTO_TEST_CASE(tls_at_hosts) {
    const relay secured = {{"", 1},
                           {"EHLO relay.example.test\r\n"},
                           {"STARTTLS\r\n"},
                           {take_tls, 0, "mx.t0k3n.mailspec.test"},
                           {"EHLO relay.example.test\r\n"},
                           {"MAIL FROM:<t0k3n@x>\r\n"},
                           {"RCPT TO:<a@x>\r\n"},
                           {"DATA\r\n"},
                           {"Subject: t0k3n\r\n\r\n\r\n.\r\n"},
                           {"QUIT\r\n"}};
    const auto secure = with_hosts("hosts: { mx: secure }");
    HOLDS(seen("expect tls at mx sni mx.{zone} version 1.2+\n", secured, secure));
    FAILS(seen("expect tls at mx sni other.{zone}\n", secured, secure),
          "a connection to mx inside TLS, SNI other.t0k3n.mailspec.test", "SNI mx.t0k3n.mailspec.test");
    FAILS(seen("expect no tls at mx\n", secured, secure), "no TLS on the connection to mx", "TLSv1.3");
    FAILS(seen("expect tls at mx within 20ms\n"), "a connection to mx inside TLS", "no TLS, within 20 ms");
    auto broken = relaying({secured});
    HOLDS(play(relay_to_mx + "expect tls at mx failed\nexpect no mail at mx\n", broken,
               with_hosts("hosts: { mx: { tls: broken } }")));
}

BOOST_AUTO_TEST_CASE(stocks) {
    const auto replies = [&](const std::string& hosts, const std::string& steps, relay said = sound_relay()) {
        auto s = relaying({said, said, said});
        return play(relay_to_mx + steps, s, with_hosts("hosts: { mx: " + hosts + " }"));
    };
    HOLDS(
        replies("rejects", "expect command at mx QUIT\nexpect no mail at mx\n",
                {{"", 1}, {"EHLO x\r\n"}, {"MAIL FROM:<t0k3n@x>\r\n"}, {"RCPT TO:<a@x>\r\n"}, {"QUIT\r\n"}}));
    HOLDS(replies("[ defers, accepts ]", "expect closed at mx quit\nC: RELAY {address:mx}\nS: 250\n"
                                         "expect mail at mx\nexpect connections at mx 2\n"));
    HOLDS(replies("greylists", "expect closed at mx quit\nC: RELAY {address:mx}\nS: 250\nexpect mail at mx\n"
                               "expect recipients at mx <someone@{zone}>\n"));
    HOLDS(replies("drops", "expect command at mx message\nexpect no mail at mx\n"));
    HOLDS(replies("busy", "expect connection at mx\nexpect no command at mx MAIL\n", {{"", 1}, {hang_up}}));
    HOLDS(replies("old", "expect command at mx HELO\n",
                  {{"", 1}, {"EHLO x\r\n"}, {"HELO x\r\n"}, {"QUIT\r\n"}}));
    HOLDS(replies("{ answers: { 'RCPT <someone@{zone}>': 450 4.2.1 later } }",
                  "expect closed at mx quit\nexpect no mail at mx\n"));
    HOLDS(replies("{ protocol: lmtp }", "expect mail at mx\n",
                  {{"", 1},
                   {"LHLO x\r\n"},
                   {"MAIL FROM:<t0k3n@x>\r\n"},
                   {"RCPT TO:<a@x>\r\n"},
                   {"RCPT TO:<b@x>\r\n"},
                   {"DATA\r\n"},
                   {"Subject: t0k3n\r\n\r\n\r\n.\r\n", 2},
                   {"QUIT\r\n"}}));
}

BOOST_AUTO_TEST_CASE(scripts_of_hosts) {
    const std::string script =
        "hosts:\n  mx:\n    script: |\n      S: 220 mx.{zone} ESMTP\n      C: EHLO\n"
        "      S: 250-mx.{zone}\n      S: 250 PIPELINING\n"
        "      check C: MAIL FROM:<{token}@client.mailspec.test>\n      S: 250 2.1.0 fine\n"
        "      serve\n";
    HOLDS(seen("", sound_relay(), with_hosts(script)));
    auto wrong = relaying({{{"", 1}, {"EHLO x\r\n"}, {"MAIL FROM:<other@x>\r\n"}}});
    const auto p = play(relay_to_mx + "expect mail at mx\n", wrong, with_hosts(script));
    BOOST_TEST(p.step() == "check C: MAIL FROM:<{token}@client.mailspec.test>");
    BOOST_TEST(p.expected() == "at mx, on connection 1: MAIL FROM:<t0k3n@client.mailspec.test>");
    BOOST_TEST(p.actual() == "MAIL FROM:<other@x>\r\n");
    BOOST_TEST(p.outcome.found->claim);
    auto leaves = relaying({{{"", 1}, {"EHLO x\r\n"}, {hang_up}}});
    FAILS(play(relay_to_mx + "expect mail at mx\n", leaves, with_hosts(script)),
          "at mx, on connection 1: MAIL FROM:<t0k3n@client.mailspec.test>", "connection closed");
    auto absent = relaying({});
    FAILS(play(relay_to_mx, absent, with_hosts(script)),
          "`check C: MAIL FROM:<{token}@client.mailspec.test>` in the script of a host",
          "the host's dialog never got there");
}

BOOST_AUTO_TEST_CASE(a_host_that_holds) {
    const auto holding = with_hosts(
        "hosts:\n  mx:\n    script: |\n      S: 220 mx.{zone} ESMTP\n      C: EHLO\n"
        "      S: 250 mx.{zone}\n      C: MAIL\n      hold\n      S: 250 2.1.0 fine\n      serve\n");
    auto s = relaying({sound_relay()});
    HOLDS(play(relay_to_mx + "expect command at mx MAIL\ncheck expect no mail at mx\n"
                             "check expect no command at mx RCPT\nrelease mx\ncheck expect mail at mx\n",
               s, holding));
}

BOOST_AUTO_TEST_CASE(without_a_world) {
    server s;
    options how;
    how.keys = "hosts: { mx: accepts }";
    TROUBLE(play("expect no mail at mx\n", s, how),
            "the target's DNS and the hosts that it sends to are not ours");
}

// Replayed without a socket, each claim is failed by something.
BOOST_AUTO_TEST_CASE(every_claim_can_fail) {
    const auto proved = [](const played& p) {
        BOOST_TEST_REQUIRE(p.held(), p.str());
        const auto report = mutated(p);
        BOOST_TEST(report.self_check == "");
        BOOST_TEST(report.proved(), p.from->script.back().source);
    };
    for (auto* claim :
         {"expect sender at mx <{token}@client.mailspec.test>", "expect recipients at mx <someone@{zone}>",
          "expect parameter at mx MAIL SIZE=100", "expect no parameter at mx MAIL SMTPUTF8",
          "expect no parameter at mx RCPT NOTIFY=NEVER", "expect command at mx EHLO ~^relay~",
          "expect no command at mx HELO", "expect commands at mx RCPT 1",
          "expect commands at mx in order EHLO, MAIL, RCPT, DATA, message, QUIT",
          "expect not pipelined at mx RCPT", "expect closed at mx quit", "expect no tls at mx",
          "expect octets at mx ~EHLO relay~", "expect no octets at mx ~[^\\r]\\n~",
          "expect connections at mx 1", "expect wire body \"..dots\\r\\nHello.\\r\\n\"",
          "expect header Subject: {token}", "expect body contains \"Hello\""})
        proved(seen(std::string("check ") + claim + "\n"));
    for (auto* claim : {"expect mail at mx", "expect tried mx", "expect connection at mx"}) {
        auto s = relaying({sound_relay()});
        proved(play(relay_to_mx + "check " + claim + "\n", s, in_world));
    }
    auto nobody = relaying({});
    proved(play(relay_to_mx + "check expect no mail at mx\n", nobody, in_world));
    proved(play(relay_to_mx + "check expect no connection at mx\n", nobody, in_world));
    const relay rushed = {{"", 1},
                          {"EHLO x\r\n"},
                          {"MAIL FROM:<t0k3n@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n", 3},
                          {"Subject: t0k3n\r\n\r\n\r\n.\r\n"},
                          {"QUIT\r\n"}};
    proved(seen("check expect pipelined at mx RCPT\n", rushed));
}

BOOST_AUTO_TEST_CASE(texts_that_expressions_match) {
    const auto likely = [](const char* expression) { return script::likely_match(expression); };
    BOOST_TEST(likely("a(b|c)d+") == "abd");
    BOOST_TEST(likely("^x{3}[0-9]\\r\\n$") == "xxx0\r\n");
    BOOST_TEST(likely("[^a1]\\x80\\.") == "_\x80.");
    BOOST_TEST(likely("(?:y|z)(?!no)\\d") == "y1");
    BOOST_TEST(likely("[]a](") == "]");
}

BOOST_AUTO_TEST_SUITE_END()
