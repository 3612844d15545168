// `expect delivered` and the checks on what was.
#include "harness/tests/script/checks.hpp"

using namespace fake;

BOOST_AUTO_TEST_SUITE(mail)

namespace {

const std::string sent_mail = "do hello\ndo envelope\ndo message\n";

// A server that puts trace fields on top of what it takes.
server tracing() {
    server s;
    s.deliver = [](std::string m) {
        return std::vector{
            "Return-Path: <t0k3n@client.mailspec.test>\r\n"
            "Received: from client.mailspec.test (unknown [127.0.0.1])\r\n\tby mx.example.test (Fake) "
            "with ESMTP id 4711\r\n\tfor <alice@example.test>; Mon, 01 Sep 2025 10:00:00 +0000\r\n" +
            m};
    };
    return s;
}

played checked(const std::string& step) {
    auto s = tracing();
    return play(sent_mail + "expect delivered\n" + step + "\n", s);
}

std::vector<std::string> nothing(std::string) {
    return {};
}
std::vector<std::string> twice(std::string m) {
    return {m, m};
}

server with(std::function<std::vector<std::string>(std::string)> deliver) {
    server s;
    s.deliver = std::move(deliver);
    return s;
}

// Loses what carries the token of the case, and delivers the rest.
std::vector<std::string> discards(std::string m) {
    return m.find("t0k3n") == std::string::npos ? std::vector{m} : std::vector<std::string>{};
}

} // namespace

BOOST_AUTO_TEST_CASE(delivered) {
    server s;
    HOLDS(play(sent_mail + "expect delivered\n", s));
    auto loses = with(nothing);
    FAILS(play(sent_mail + "expect delivered within 20ms\n", loses), "a message for alice@example.test",
          "none within 20 ms");
    server other;
    FAILS(play(sent_mail + "expect delivered to {recipient2} within 20ms\n", other),
          "a message for bob@example.test", "none within 20 ms");
    options how;
    how.with_mailboxes = false;
    TROUBLE(play(sent_mail + "expect delivered\n", s, how),
            "there is no way to read delivered mail on this target");
    server broken;
    broken.store.broken = "cannot read the folder /x/new: Permission denied";
    TROUBLE(play(sent_mail + "expect delivered\n", broken),
            "cannot read the folder /x/new: Permission denied");
}

BOOST_AUTO_TEST_CASE(not_delivered_waits_for_a_later_message) {
    auto s = with(discards);
    HOLDS(play(sent_mail + "expect not delivered\n", s));
    BOOST_TEST(s.store.by_address["alice@example.test"].size() == 2u); // ours, the last ones
    server delivers;
    const auto p = play(sent_mail + "expect not delivered\n", delivers);
    BOOST_TEST(p.expected() == "no message for alice@example.test");
    BOOST_TEST(p.actual().starts_with("a message:\nFrom: <t0k3n@client.mailspec.test>\r\n"));
    auto loses = with(nothing);
    TROUBLE(play(sent_mail + "expect not delivered within 20ms\n", loses),
            "the message that ends the wait for mail did not arrive within 20 ms");
    server refuses;
    refuses.answers["RCPT"] = "550 no\r\n";
    TROUBLE(play("do hello\nexpect not delivered\n", refuses),
            "cannot send the message that ends the wait for mail: RCPT was answered "
            "by \"550 "
            "no\\r\\n\"");
}

BOOST_AUTO_TEST_CASE(what_a_later_message_overtook_is_found) {
    std::vector<std::string> late;
    auto s = with([&](std::string m) {
        if (m.find("t0k3n") != std::string::npos) {
            late = {m};
            return std::vector<std::string>{};
        }
        std::vector<std::string> arrived{m};
        if (m.find("last2-") != std::string::npos) arrived.insert(arrived.end(), late.begin(), late.end());
        return arrived;
    });
    const auto p = play(sent_mail + "expect not delivered\n", s);
    BOOST_TEST(p.expected() == "no message for alice@example.test");
    BOOST_TEST(p.actual().starts_with("a message:\nFrom: <t0k3n@client.mailspec.test>\r\n"));
    // Each wait has messages of its own.
    auto none = with(discards);
    HOLDS(play(sent_mail + "expect not delivered\nexpect not delivered\n", none));
    BOOST_TEST(none.store.by_address["alice@example.test"].size() == 4u);
}

BOOST_AUTO_TEST_CASE(not_delivered_to_an_unknown_address) {
    server s;
    HOLDS(play(sent_mail + "expect not delivered to {unknown}\n", s));
}

BOOST_AUTO_TEST_CASE(so_many_copies) {
    server once;
    HOLDS(play(sent_mail + "expect delivered 1 times\n", once));
    auto doubles = with(twice);
    HOLDS(play(sent_mail + "expect delivered 2 times\n", doubles));
    auto again = with(twice);
    FAILS(play(sent_mail + "expect delivered 1 times\n", again),
          "1 copy of the message for alice@example.test", "2 copies");
    auto merges = with({});
    FAILS(play(sent_mail + "expect delivered 2 times within 500ms\n", merges),
          "2 copies of the message for alice@example.test", "1 copy");
}

BOOST_AUTO_TEST_CASE(a_copy_may_arrive_after_the_last_message) {
    auto slow = with(twice);
    slow.store.looks_before_copy = 3;
    HOLDS(play(sent_mail + "expect delivered 2 times\n", slow));
}

BOOST_AUTO_TEST_CASE(over_a_restart_of_the_server) {
    const std::string script = sent_mail + "server kill\nserver start\nexpect delivered\n";
    server s;
    HOLDS(play(script, s));
    BOOST_TEST(s.controls == "kill start");
    server watched;
    std::string noted;
    const auto p = play("do hello\nserver stop\nserver start\nC: NOOP\nS: 250\n", watched);
    for (const auto& e : p.outcome.conversation.entries())
        if (e.kind == net::transcript_entry::what::noted) noted += e.octets + "; ";
    BOOST_TEST(noted == "the server was asked to stop; the server was started again; ");
    server gone;
    gone.cannot_start = "the server did not come up within 10 s";
    TROUBLE(play(script, gone), "the server did not come up within 10 s");
    server theirs;
    options how;
    how.with_control = false;
    TROUBLE(play(script, theirs, how), "the server was not started by mailspec, so it is not ours to stop");
}

BOOST_AUTO_TEST_CASE(through_submission) {
    auto s = with(discards);
    s.answers["AUTH"] = "235 ok\r\n";
    s.ehlo = "250-mx.example.test\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n";
    options how;
    how.keys = "service: submission";
    how.patience = std::chrono::seconds(5);
    HOLDS(play("do login\ndo envelope\ndo message\nexpect not delivered\n", s, how));
}

BOOST_AUTO_TEST_CASE(headers) {
    HOLDS(checked("expect header Return-Path"));
    HOLDS(checked("expect header return-path: <{sender}>"));
    HOLDS(checked("expect header Subject ~^{token}$~"));
    HOLDS(checked("expect header Date is date-time"));
    HOLDS(checked("expect header Message-ID is msg-id"));
    HOLDS(checked("expect no header X-None"));
    HOLDS(checked("expect headers Received 1"));
    HOLDS(checked("expect headers X-None 0"));
    HOLDS(checked("expect first header Return-Path"));
    FAILS(checked("expect header X-None"), "a X-None field", "none");
    FAILS(checked("expect header X-None: 1"), "a X-None field", "none");
    FAILS(checked("expect header Subject: other"), "Subject: other", "Subject: t0k3n\r\n");
    FAILS(checked("expect header Subject ~^other~"), "Subject that matches ~^other~", "Subject: t0k3n\r\n");
    FAILS(checked("expect header Subject is date-time"),
          "Subject as date-time\nnot met: expected a day of the week (Mon, Tue ...) or of the month at octet "
          "1 of its value",
          "Subject: t0k3n\r\n");
    FAILS(checked("expect no header Subject"), "no Subject field", "Subject: t0k3n\r\n");
    FAILS(checked("expect headers Received 2"), "the Received field 2 times", "once");
    FAILS(checked("expect first header Received"), "Received as the first field",
          "Return-Path: <t0k3n@client.mailspec.test>\r\n");
}

BOOST_AUTO_TEST_CASE(the_nth_field) {
    server s;
    s.deliver = [](std::string m) { return std::vector{"X-A: 1\r\nX-B: 9\r\nX-A: 2\r\n" + m}; };
    HOLDS(play(sent_mail + "expect delivered\nexpect header X-A[2]: 2\n", s));
    FAILS(play(sent_mail + "expect delivered\nexpect header X-A[3]\n", s), "a X-A[3] field", "none");
}

BOOST_AUTO_TEST_CASE(received) {
    const std::string field =
        "Received: from client.mailspec.test (unknown [127.0.0.1])\r\n\tby mx.example.test (Fake) "
        "with ESMTP id 4711\r\n\tfor <alice@example.test>; Mon, 01 Sep 2025 10:00:00 +0000\r\n";
    HOLDS(checked("expect received with ESMTP|ESMTPS"));
    HOLDS(checked("expect received with esmtp"));
    HOLDS(checked("expect received from {client}"));
    HOLDS(checked("expect received from ~\\[127\\.0\\.0\\.1\\]~"));
    HOLDS(checked("expect received by ~^mx\\.~"));
    HOLDS(checked("expect received id ~^[0-9]+$~"));
    HOLDS(checked("expect received for {recipient}"));
    HOLDS(checked("expect no received via"));
    FAILS(checked("expect received with ESMTPS|ESMTPSA"), "Received with the clause \"with ESMTPS|ESMTPSA\"",
          field);
    FAILS(checked("expect received for {recipient2}"), "Received with the clause \"for bob@example.test\"",
          field);
    FAILS(checked("expect received id ~x~"), "Received with a clause \"id\" that matches ~x~", field);
    FAILS(checked("expect no received for"), "Received without a clause \"for\"", field);
    server bare;
    FAILS(play(sent_mail + "expect delivered\nexpect received with SMTP\n", bare),
          "a Received field with a clause \"with\"", "no Received field");
}

BOOST_AUTO_TEST_CASE(bodies) {
    HOLDS(checked("expect body \"Hello.\\r\\n\""));
    HOLDS(checked("expect body contains \"ello\""));
    HOLDS(checked("expect body ~^Hel+o\\.~"));
    HOLDS(checked("expect body length 8"));
    FAILS(checked("expect body \"Hello!\\r\\n\""),
          "the body \"Hello!\\r\\n\"\nnot met: it differs from octet 6 on", "Hello.\r\n");
    FAILS(checked("expect body contains \"bye\""), "a body with \"bye\" in it", "Hello.\r\n");
    FAILS(checked("expect body ~bye~"), "a body that matches ~bye~", "Hello.\r\n");
    FAILS(checked("expect body length 9"), "a body of 9 octets", "8 octets");
}

BOOST_AUTO_TEST_CASE(bodies_in_another_encoding) {
    const auto in = [](const std::string& encoding, const std::string& body) {
        return with([=](std::string) {
            return std::vector{"X: t0k3n last1- last2-\r\nContent-Transfer-Encoding: " + encoding +
                               "\r\n\r\n" + body};
        });
    };
    const std::string read = sent_mail + "expect delivered\n";
    auto base64 = in("BASE64 (so)", "YQBi\r\n"), quoted = in("quoted-printable", "a=00b"),
         plain = in("8bit", "a\xC3\xA4");
    HOLDS(play(
        read + "expect body decoded \"a\\0b\"\nexpect body decoded length 3\nexpect body \"YQBi\\r\\n\"\n",
        base64));
    HOLDS(play(read + "expect body decoded contains \"\\0b\"\n", quoted));
    HOLDS(play(read + "expect body decoded \"a\\xC3\\xA4\"\n", plain));
    FAILS(play(read + "expect body decoded \"YQBi\\r\\n\"\n", base64),
          "the body \"YQBi\\r\\n\"\nnot met: it differs from octet 1 on", std::string("a\0b", 3));
}

BOOST_AUTO_TEST_CASE(a_last_line_that_always_gets_an_end) {
    const auto by_pop3 = [](const std::string& body) {
        auto s = with([=](std::string) { return std::vector{"X: t0k3n last1- last2-\r\n\r\n" + body}; });
        s.store.keeps_last_lines = false;
        return s;
    };
    const std::string read = sent_mail + "expect delivered\n";
    auto ended = by_pop3("ab\r\n"), other = by_pop3("abc\r\n");
    for (const std::string step : {"expect body \"ab\"\n", "expect body length 2\n"}) {
        const auto p = play(read + step, ended);
        BOOST_TEST((p.outcome.what == fake::script::case_outcome::kind::unseen), p.str());
        BOOST_TEST(
            p.outcome.refusal ==
            "whether the last line of the text has an end cannot be seen, as mail is read by POP3 here: "
            "`mailboxes: imap` or a Maildir in the profile would show it");
    }
    HOLDS(play(read + "expect body \"ab\\r\\n\"\n", ended));
    FAILS(play(read + "expect body length 2\n", other), "a body of 2 octets", "5 octets");
    ended.store.keeps_last_lines = true;
    FAILS(play(read + "expect body length 2\n", ended), "a body of 2 octets", "4 octets");
}

BOOST_AUTO_TEST_CASE(nul_where_none_can_be_read) {
    const std::string read = sent_mail + "expect delivered\n";
    const auto by_imap = [](const std::string& body, const std::string& encoding = "8bit") {
        auto s = with([=](std::string) {
            return std::vector{"X: t0k3n last1- last2-\r\nContent-Transfer-Encoding: " + encoding +
                               "\r\n\r\n" + body};
        });
        s.store.carries_nuls = false;
        return s;
    };
    const std::string sentence = "the text has NUL in it, and mail is read by IMAP here, whose literals "
                                 "carry none: `mailboxes: pop3` or a "
                                 "Maildir in the profile would show it";
    for (const std::string step : {"expect body \"a\\0b\"\n", "expect body decoded \"a\\0b\"\n"})
        for (const std::string body : {"a\x80"
                                       "b",
                                       "ab", "a"}) {
            auto replaces = by_imap(body);
            const auto p = play(read + step, replaces);
            BOOST_TEST((p.outcome.what == fake::script::case_outcome::kind::unseen), p.str());
            BOOST_TEST(p.outcome.refusal == sentence);
        }
    // What can be seen is judged.
    auto encoded = by_imap("YQBj", "base64"), bare = by_imap(std::string("a\0c", 3)),
         other = by_imap("hello");
    const std::string wanted = "the body \"a\\0b\"\nnot met: it differs from octet 3 on";
    FAILS(play(read + "expect body decoded \"a\\0b\"\n", encoded), wanted, std::string("a\0c", 3));
    FAILS(play(read + "expect body \"a\\0b\"\n", bare), wanted, std::string("a\0c", 3));
    FAILS(play(read + "expect body \"bye\"\n", other),
          "the body \"bye\"\nnot met: it differs from octet 1 on", "hello");
    HOLDS(play(read + "expect body ~^hello$~\n", other));
    auto maildir =
        with([](std::string) { return std::vector<std::string>{"X: t0k3n last1- last2-\r\n\r\nab"}; });
    FAILS(play(read + "expect body \"a\\0b\"\n", maildir),
          "the body \"a\\0b\"\nnot met: it differs from octet 2 on", "ab");
}

BOOST_AUTO_TEST_CASE(a_long_body_against_an_expression) {
    server s;
    s.deliver = [](std::string m) { return std::vector{m + std::string(2 << 20, 'x')}; };
    HOLDS(play(sent_mail + "expect delivered\nexpect body ~x+$~\n", s));
}

BOOST_AUTO_TEST_SUITE_END()
