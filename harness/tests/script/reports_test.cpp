// `expect dsn` and what is checked in what was found, its mutants, `retry` and `clock`. The server of these
// tests answers a message by a bounce to its sender. Uses harness/script/dsn_checks.hpp.
#include "harness/tests/script/checks.hpp"
#include "harness/tests/script/fake_mta.hpp"

#include <algorithm>

using namespace fake;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(reports)

namespace {

const std::string sent_mail = "do hello\ndo envelope\ndo message\n";

std::string bounce_with(const std::string& text, const std::string& by) {
    std::string raw = "Return-Path: <>\r\n"
                      "From: <postmaster@mx.example.test>\r\n"
                      "To: <alice@example.test>\r\n"
                      "Date: Mon, 01 Sep 2025 10:00:05 +0000\r\n"
                      "Message-ID: <1@mx.example.test>\r\n"
                      "Subject: Undelivered mail\r\n"
                      "MIME-Version: 1.0\r\n"
                      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b0\"\r\n"
                      "\r\n"
                      "--b0\r\n"
                      "Content-Type: text/plain\r\n"
                      "\r\n"
                      "Sorry: 550 5.1.1 no such user.\r\n"
                      "--b0\r\n"
                      "Content-Type: message/delivery-status\r\n"
                      "\r\n"
                      "Original-Envelope-Id: QQ314\r\n"
                      "Reporting-MTA: dns;MX.example.test\r\n"
                      "Arrival-Date: Mon, 01 Sep 2025 10:00:00 +0000\r\n"
                      "\r\n"
                      "Final-Recipient: rfc822; ann@t0k3n.mailspec.test\r\n"
                      "Action: failed\r\n"
                      "Status: 5.1.1 (no user)\r\n"
                      "Remote-MTA: dns; mx.t0k3n.mailspec.test\r\n"
                      "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
                      "\r\n"
                      "Original-Recipient: rfc822; bob@t0k3n.mailspec.test\r\n"
                      "Final-Recipient: rfc822; robert@t0k3n.mailspec.test\r\n"
                      "Action: delayed\r\n"
                      "Status: 4.4.1\r\n"
                      "Will-Retry-Until: Sat, 06 Sep 2025 10:00:00 +0000\r\n"
                      "\r\n"
                      "--b0\r\n"
                      "Content-Type: message/rfc822\r\n"
                      "\r\n"
                      "Subject: t0k3n\r\n"
                      "To: <ann@t0k3n.mailspec.test>\r\n"
                      "\r\n"
                      "Hello.\r\n"
                      "\r\n"
                      "--b0--\r\n";
    if (text.empty()) return raw;
    const auto at = raw.find(text);
    if (at == std::string::npos) throw std::runtime_error(text);
    return raw.replace(at, text.size(), by);
}

bool is_of_the_case(const std::string& m) {
    return m.find("Subject: t0k3n") != std::string::npos;
}

// Bounces what the case sends, delivers all else.
server bouncing(std::vector<std::string> with) {
    server s;
    s.deliver = [with](std::string m) { return is_of_the_case(m) ? with : std::vector{m}; };
    return s;
}
server bouncing(const std::string& text = "", const std::string& by = "") {
    return bouncing(std::vector{bounce_with(text, by)});
}

// Against a mailbox of its own.
played after_mail(const std::string& steps, server s, const options& how = {}) {
    return play(sent_mail + steps, s, how);
}

played checked(const std::string& step, server s = bouncing()) {
    return after_mail("expect dsn for ann@t0k3n.mailspec.test\n" + step + "\n", s);
}

const std::string wanted_ann = "a DSN for ann@t0k3n.mailspec.test";

} // namespace

BOOST_AUTO_TEST_CASE(a_notification_comes) {
    auto s = bouncing();
    HOLDS(after_mail("expect dsn for ann@t0k3n.mailspec.test\nexpect header Return-Path: <>\n", s));
    HOLDS(after_mail("expect dsn for bob@t0k3n.mailspec.test\nexpect dsn Status 4.4.1\n",
                     s)); // as he was called
    HOLDS(after_mail("expect dsn for robert@T0K3N.mailspec.test action delayed\n", s));
    HOLDS(after_mail("expect dsn\nexpect dsn Action failed\n", s));
    FAILS(
        after_mail("expect dsn for Ann@t0k3n.mailspec.test within 20ms\n", s),
        "a DSN for Ann@t0k3n.mailspec.test",
        "none within 20 ms, and 1 other messages of the case, among them about others:\n" +
            bounce_with("", "").substr(bounce_with("", "").find("Original-Env"),
                                       bounce_with("", "").find("\r\n--b0\r\nContent-Type: message/rfc822") -
                                           bounce_with("", "").find("Original-Env")) +
            "\n");
    auto says_nothing = bouncing("message/delivery-status", "text/plain");
    FAILS(after_mail("expect dsn for ann@t0k3n.mailspec.test action failed within 20ms\n", says_nothing),
          wanted_ann + " with Action: failed", "none within 20 ms, and 1 other messages of the case");
    auto silent = bouncing(std::vector<std::string>{});
    FAILS(after_mail("expect dsn for ann@t0k3n.mailspec.test within 20ms\n", silent), wanted_ann,
          "none within 20 ms");
    TROUBLE(after_mail("expect dsn Action failed\n", s),
            "`expect dsn Action failed` stands before any `expect dsn for` that holds");
    options blind;
    blind.with_mailboxes = false;
    TROUBLE(after_mail("expect dsn\n", s, blind), "there is no way to read delivered mail on this target");
}

BOOST_AUTO_TEST_CASE(the_newest_counts) {
    auto s = bouncing(std::vector{bounce_with("Action: failed\r\nStatus: 5", "Action: delayed\r\nStatus: 4"),
                                  bounce_with("", "")});
    HOLDS(after_mail("expect dsn for ann@t0k3n.mailspec.test\nexpect dsn Action failed\n", s));
    HOLDS(after_mail("expect dsn for ann@t0k3n.mailspec.test action delayed\nexpect dsn Status ~^4~\n", s));
    HOLDS(after_mail("expect dsns 2\nexpect dsns for ann@t0k3n.mailspec.test action failed 1\n", s));
}

BOOST_AUTO_TEST_CASE(how_many_and_none) {
    auto s = bouncing();
    HOLDS(after_mail("expect dsns 1\n", s));
    HOLDS(after_mail("expect dsns for ann@t0k3n.mailspec.test 1\n", s));
    HOLDS(after_mail("expect no dsn for carl@t0k3n.mailspec.test\n", s));
    HOLDS(after_mail("expect no dsn action relayed\n", s));
    auto silent = bouncing(std::vector<std::string>{});
    HOLDS(after_mail("expect no dsn\n", silent));
    const auto found = after_mail("expect no dsn\n", s);
    BOOST_TEST(found.expected() == "no DSN");
    BOOST_TEST(found.actual().starts_with("1 DSN:\nOriginal-Envelope-Id: QQ314\r\n"), found.actual());
    auto twice = bouncing(std::vector{bounce_with("", ""), bounce_with("<1@mx", "<2@mx")});
    const auto many = after_mail("expect dsns for ann@t0k3n.mailspec.test 1\n", twice);
    BOOST_TEST(many.expected() == "1 DSN: " + wanted_ann);
    BOOST_TEST(many.actual().starts_with("2 DSNs:\n"), many.actual());
    FAILS(after_mail("expect dsns 1 within 50ms\n", silent), "1 DSN: a DSN", "none");
}

BOOST_AUTO_TEST_CASE(fields) {
    for (const char* step :
         {"expect dsn Action failed", "expect dsn Status 5.1.1", "expect dsn Status ~^5\\.1\\.1~",
          "expect dsn Final-Recipient rfc822;ann@T0K3N.mailspec.test",
          "expect dsn Remote-MTA dns; MX.t0k3n.mailspec.test",
          "expect dsn Diagnostic-Code smtp;550 5.1.1 no such user", "expect dsn Original-Recipient absent",
          "expect dsn Final-Recipient", "expect dsn message Reporting-MTA dns; mx.example.test",
          "expect dsn message Original-Envelope-Id QQ314", "expect dsn message Arrival-Date is date-time",
          "expect dsn message DSN-Gateway absent", "expect dsn recipients 2"})
        HOLDS(checked(step));
    FAILS(checked("expect dsn Action delayed"), "Action: delayed", "Action: failed\r\n");
    FAILS(checked("expect dsn Status ~^4~"), "Status that matches ~^4~", "Status: 5.1.1 (no user)\r\n");
    FAILS(checked("expect dsn Final-Recipient rfc822;Ann@t0k3n.mailspec.test"),
          "Final-Recipient: rfc822;Ann@t0k3n.mailspec.test",
          "Final-Recipient: rfc822; ann@t0k3n.mailspec.test\r\n");
    FAILS(checked("expect dsn message Original-Envelope-Id qq314"), "Original-Envelope-Id: qq314",
          "Original-Envelope-Id: QQ314\r\n");
    FAILS(checked("expect dsn Remote-MTA absent"), "no Remote-MTA field",
          "Remote-MTA: dns; mx.t0k3n.mailspec.test\r\n");
    const auto lacks = checked("expect dsn Will-Retry-Until");
    BOOST_TEST(lacks.expected() == "a Will-Retry-Until field in the recipient's fields");
    BOOST_TEST(lacks.actual().starts_with("Final-Recipient: rfc822; ann@"), lacks.actual());
    FAILS(checked("expect dsn message Arrival-Date is date-time",
                  bouncing("10:00:00 +0000\r\n\r\nF", "10:00:00 GMT\r\n\r\nF")),
          "Arrival-Date as date-time\nnot met: expected a zone as +hhmm or -hhmm at octet 27 of its value",
          "Arrival-Date: Mon, 01 Sep 2025 10:00:00 GMT\r\n");
    const auto groups = checked("expect dsn recipients 1");
    BOOST_TEST(groups.expected() == "1 group of recipient fields");
}

BOOST_AUTO_TEST_CASE(parts) {
    for (const char* step :
         {"expect dsn part 1 type text/plain", "expect dsn part 2 type Message/Delivery-Status",
          "expect dsn part 3 header Subject: {token}", "expect dsn part 3 header Subject ~{token}~",
          "expect dsn part 3 not header Bcc", "expect dsn part 3 not header Subject: other",
          "expect dsn part 1 header Content-Type ~plain~",
          "expect dsn part 3 header Content-Type: message/rfc822",
          "expect dsn part 2 not header Content-Transfer-Encoding", "expect dsn part 1 contains \"Sorry\"",
          "expect dsn part 1 not contains \"Hello\"", "expect dsn part 3 ~Hello\\.~",
          "expect dsn part 1 not ~Hello~", "expect dsn returns message", "expect dsn language-neutral"})
        HOLDS(checked(step));
    FAILS(checked("expect dsn part 1 type text/html"), "part 1 of type text/html", "text/plain");
    FAILS(checked("expect dsn part 4 type text/html"), "part 4 of the DSN", "it has 3");
    FAILS(checked("expect dsn part 3 header Subject: other"), "Subject: other", "Subject: t0k3n\r\n");
    FAILS(checked("expect dsn part 1 contains \"Hello\""), "\"Hello\" in part 1",
          "Sorry: 550 5.1.1 no such user.");
    FAILS(checked("expect dsn part 1 not ~Sorry~"), "no match of ~Sorry~ in part 1",
          "Sorry: 550 5.1.1 no such user.");
    FAILS(checked("expect dsn part 3 not header Subject"), "no such Subject field in part 3",
          "Subject: t0k3n\r\n");
}

BOOST_AUTO_TEST_CASE(what_is_returned) {
    const auto header = bouncing("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers");
    HOLDS(checked("expect dsn returns headers", header));
    HOLDS(checked("expect dsn returns headers", bouncing("\r\nHello.\r\n", ""))); // a message without a body
    const auto none = bouncing("--b0\r\nContent-Type: message/rfc822\r\n\r\nSubject: t0k3n\r\nTo: "
                               "<ann@t0k3n.mailspec.test>\r\n\r\nHello.\r\n\r\n",
                               "");
    HOLDS(checked("expect dsn returns nothing", none));
    FAILS(checked("expect dsn returns message", none), "a DSN that returns the whole message",
          "nothing of the message");
    const auto wrong = checked("expect dsn returns message", header);
    BOOST_TEST(wrong.expected() == "a DSN that returns the whole message");
    BOOST_TEST(
        wrong.actual().starts_with("the message's header only:\nContent-Type: text/rfc822-headers\r\n"),
        wrong.actual());
}

BOOST_AUTO_TEST_CASE(nothing_is_for_readers_only) {
    const auto found = checked("expect dsn language-neutral",
                               bouncing("550 5.1.1 no such user.\r\n", "2.1.5 delivered\r\n"));
    BOOST_TEST(found.expected() == "a text that does not contradict the Status fields");
    BOOST_TEST(found.actual().starts_with("it says 2.1.5:\n"), found.actual());
    const auto lacks = checked("expect dsn language-neutral", bouncing("Status: 4.4.1\r\n", ""));
    BOOST_TEST(lacks.expected() == "a Status field for each recipient");
    HOLDS(checked("expect dsn language-neutral",
                  bouncing("no such user.", "by 2.4.6.8, on 2.10.2025, program 2.3.4b")));
}

BOOST_AUTO_TEST_CASE(each_is_held_against_the_rules_once) {
    auto s = bouncing("Return-Path: <>", "Return-Path: <postmaster@mx.example.test>");
    const auto p = after_mail("expect dsn\nexpect dsn for ann@t0k3n.mailspec.test\nexpect dsns 1\n", s);
    BOOST_TEST(p.held(), p.str());
    const std::vector<std::string> wanted{"dsn-null-reverse-path"};
    BOOST_TEST(p.rules() == wanted, boost::test_tools::per_element());
    BOOST_TEST(p.outcome.rules_judged.test(mailspec::wire::index_of_rule("dsn-action")));
}

// Each kind of claim is shown able to fail.
BOOST_AUTO_TEST_CASE(claims_can_fail) {
    const std::string about_ann = "expect dsn for ann@t0k3n.mailspec.test\n";
    const std::string scripts[] = {
        "check expect dsn for ann@t0k3n.mailspec.test",
        "check expect dsn for ann@t0k3n.mailspec.test action failed",
        "check expect dsn",
        "check expect dsns 1",
        "check expect no dsn for carl@t0k3n.mailspec.test",
        "check expect no dsn action relayed",
        about_ann + "check expect dsn Action failed",
        about_ann + "check expect dsn Status ~^5~",
        about_ann + "check expect dsn Final-Recipient rfc822;ann@t0k3n.mailspec.test",
        about_ann + "check expect dsn Remote-MTA ~^dns;~",
        about_ann + "check expect dsn Diagnostic-Code ~550~",
        about_ann + "check expect dsn Original-Recipient absent",
        about_ann + "check expect dsn message Arrival-Date is date-time",
        about_ann + "check expect dsn message Original-Envelope-Id QQ314",
        about_ann + "check expect dsn message DSN-Gateway absent",
        about_ann + "check expect dsn recipients 2",
        about_ann + "check expect dsn part 1 type text/plain",
        about_ann + "check expect dsn part 1 contains \"Sorry\"",
        about_ann + "check expect dsn part 1 ~[Ss]orry~",
        about_ann + "check expect dsn part 1 not contains \"{token}\"",
        about_ann + "check expect dsn part 3 header Subject ~{token}~",
        about_ann + "check expect dsn part 3 not header Bcc",
        about_ann + "check expect dsn part 1 header Content-Type ~plain~",
        about_ann + "check expect dsn returns message",
        about_ann + "check expect dsn language-neutral",
        about_ann + "check expect header Return-Path: <>",
        "expect dsn for ann@t0k3n.mailspec.test action failed\nexpect dsn for bob@t0k3n.mailspec.test\n"
        "check expect dsn Status 4.4.1",
    };
    for (const auto& script : scripts) {
        auto s = bouncing();
        const auto p = after_mail(script + "\n", s);
        BOOST_TEST_REQUIRE(p.held(), script << ": " << p.str());
        const auto report = mutated(p);
        BOOST_TEST(report.self_check == "", script << ": " << report.self_check);
        std::string survivors;
        for (const auto& name : report.survivors())
            survivors += name + "; ";
        BOOST_TEST(report.proved(), script << ": survived: " << survivors);
    }
}

BOOST_AUTO_TEST_CASE(what_returned_less_can_fail_too) {
    const auto header = bouncing("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers");
    const auto none = bouncing("--b0\r\nContent-Type: message/rfc822\r\n\r\nSubject: t0k3n\r\nTo: "
                               "<ann@t0k3n.mailspec.test>\r\n\r\nHello.\r\n\r\n",
                               "");
    for (const auto& [step, s] : {std::pair{"check expect dsn returns headers", header},
                                  {"check expect dsn returns nothing", none}}) {
        const auto p = checked(step, s);
        BOOST_TEST_REQUIRE(p.held(), p.str());
        const auto report = mutated(p);
        BOOST_TEST(report.self_check == "");
        BOOST_TEST(report.proved(), step);
    }
}

// Two notifications one after the other: each step of the replay finds what it found.
BOOST_AUTO_TEST_CASE(a_mailbox_that_grows_is_replayed_as_it_grew) {
    server s;
    s.deliver = [](std::string m) {
        if (m.find("second") != std::string::npos) return std::vector{bounce_with("", "")};
        return is_of_the_case(m)
                   ? std::vector{bounce_with("Action: failed\r\nStatus: 5", "Action: delayed\r\nStatus: 4")}
                   : std::vector{m};
    };
    const auto p =
        after_mail("expect dsn for ann@t0k3n.mailspec.test\nexpect dsn Action delayed\n"
                   "do envelope\nC: DATA\nS: 354\nC: Subject: second\nC:\nC: .\nS: 250\n"
                   "expect dsn for ann@t0k3n.mailspec.test action failed\ncheck expect dsn Status 5.1.1\n",
                   s);
    BOOST_TEST_REQUIRE(p.held(), p.str());
    const auto report = mutated(p);
    BOOST_TEST(report.self_check == "");
    BOOST_TEST(report.proved());
}

// To a sender elsewhere: it comes to a remote host.
BOOST_AUTO_TEST_CASE(at_a_remote_host) {
    const options in_world{.keys = "hosts: { mx: accepts, other: accepts }", .with_world = true};
    const auto sending = [](const std::string& sender, const std::string& raw) {
        auto content = raw;
        content.erase(0, std::string("Return-Path: <>\r\n").size());
        return relaying({{{"", 1},
                          {"EHLO relay.example.test\r\n"},
                          {"MAIL FROM:<" + sender + ">\r\n"},
                          {"RCPT TO:<someone@t0k3n.mailspec.test>\r\n"},
                          {"DATA\r\n"},
                          {content + ".\r\n"},
                          {"QUIT\r\n"}}});
    };
    const std::string relay_to_mx = "do hello\nC: RELAY {address:mx}\nS: 250\n";
    const auto bounced = [&](const std::string& steps, server s) {
        return play(relay_to_mx + steps, s, in_world);
    };
    // Each has a relay of its own to carry out.
    const auto good = [&] { return sending("", bounce_with("", "")); };
    const std::string about_ann = "expect dsn for ann@t0k3n.mailspec.test at mx\n";
    HOLDS(bounced(about_ann + "expect dsn Action failed\nexpect header Subject ~Undelivered~\n", good()));
    HOLDS(
        bounced("expect dsns 1 at mx\nexpect no dsn at other\nexpect no dsn action relayed at mx\n", good()));
    FAILS(bounced("expect dsn for carl@t0k3n.mailspec.test at other within 20ms\n", good()),
          "a DSN for carl@t0k3n.mailspec.test", "none within 20 ms");
    const auto rules = [&](const std::string& steps, const std::string& sender) {
        std::string all;
        for (const auto& rule : bounced(steps, sending(sender, bounce_with("", ""))).rules())
            all += rule + " ";
        return all;
    };
    BOOST_TEST(rules(about_ann, "") == "");
    BOOST_TEST(rules(about_ann, "postmaster@relay.example.test") == "dsn-null-reverse-path ");
    BOOST_TEST(rules("expect mail at mx\n", "postmaster@relay.example.test") == "dsn-null-reverse-path ");
    for (const auto& script :
         {"check " + about_ann, "check expect dsns 1 at mx\n"s,
          "expect mail at mx\ncheck expect no dsn at other\n"s, about_ann + "check expect dsn Status ~^5~\n",
          about_ann + "check expect dsn part 1 contains \"Sorry\"\n"}) {
        const auto p = bounced(script, good());
        BOOST_TEST_REQUIRE(p.held(), script << p.str());
        const auto report = mutated(p);
        BOOST_TEST(report.self_check == "", script << report.self_check);
        BOOST_TEST(report.proved(), script);
    }
}

BOOST_AUTO_TEST_CASE(time_is_not_ours) {
    auto s = bouncing();
    TROUBLE(play("do hello\nretry\nC: NOOP\nS: 250\n", s), "the server cannot be made to try again");
    TROUBLE(play("do hello\nclock advance 4h\nC: NOOP\nS: 250\n", s), "the server's clock cannot be moved");
}

BOOST_AUTO_TEST_SUITE_END()
