// Several connections, their ends, and TLS.
#include "harness/tests/script/checks.hpp"

using namespace fake;

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(two_at_a_time) {
    server s;
    const auto p = play("do hello\n2 do hello\n2 C: NOOP two\nC: NOOP one\n2 S: 250\nS: 250\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(p.outcome.conversation.entries().back().connection == 1);
}

BOOST_AUTO_TEST_CASE(fresh_replaces) {
    server s;
    s.answers["NOOP"] = hang_up;
    HOLDS(play("do hello\nC: NOOP\nS: close\ndo still-alive\n", s));
}

BOOST_AUTO_TEST_CASE(opening_and_closing) {
    server s;
    HOLDS(play("open\nS: 220\nclose\nopen\nS: 220\nreset\nopen\nS: 220\nhalf-close\nS: close\n", s));
}

BOOST_AUTO_TEST_CASE(half_close_still_hears) {
    server s;
    HOLDS(play("do hello\nC: NOOP\nhalf-close\nS: 250\nS: close\n", s));
}

BOOST_AUTO_TEST_CASE(starttls) {
    server s;
    s.ehlo = "250-mx.example.test\r\n250 STARTTLS\r\n";
    const auto p =
        play("do hello\ndo starttls\nexpect tls version 1.2+\nexpect tls certificate\nC: NOOP\nS: 250\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_REQUIRE_EQUAL(p.outcome.handshakes.size(), 1u);
    BOOST_TEST(p.outcome.handshakes[0].facts->version.starts_with("TLSv1."));
}

BOOST_AUTO_TEST_CASE(tls_options) {
    server s;
    HOLDS(play(
        "do hello\nC: STARTTLS\nS: 220\ntls sni mx.example.test version 1.2 certificate\nC: NOOP\nS: 250\n",
        s));
    FAILS(play("do hello\nC: STARTTLS\nS: 220\ntls version 1.2\nexpect tls version 1.3+\n", s),
          "TLS 1.3 or later", "TLSv1.2");
    FAILS(play("do hello\nexpect tls version 1.2+\n", s), "a TLS connection", "the connection has no TLS");
    // The server's certificate has an EC key: of these two it can take the first.
    HOLDS(play("do hello\nC: STARTTLS\nS: 220\ntls cipher TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\nC: "
               "NOOP\nS: 250\n",
               s));
    HOLDS(
        play("do hello\nC: STARTTLS\nS: 220\ntls cipher TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 refused\n", s));
    const auto p = play("do hello\nC: STARTTLS\nS: 220\ntls cipher TLS_AES_128_GCM_SHA256 refused\n", s);
    BOOST_TEST(p.expected() == "the TLS handshake refused");
    BOOST_TEST(p.actual() == "a TLS handshake: TLSv1.3 TLS_AES_128_GCM_SHA256");
}

BOOST_AUTO_TEST_CASE(tls_refused) {
    server s;
    s.answers["STARTTLS"] = "220 go ahead\r\n" + hang_up;
    HOLDS(play("do hello\nC: STARTTLS\nS: 220\ntls refused\n", s));
    const auto wants = play("do hello\nC: STARTTLS\nS: 220\ntls\n", s);
    BOOST_TEST(wants.expected() == "a TLS handshake");
    BOOST_TEST(wants.actual().starts_with("the TLS handshake failed: connection "));
    server willing;
    const auto p = play("do hello\nC: STARTTLS\nS: 220\ntls refused\n", willing);
    BOOST_TEST(p.expected() == "the TLS handshake refused");
    BOOST_TEST(p.actual().starts_with("a TLS handshake: TLSv1."));
    server mute;
    mute.answers["STARTTLS"] = "220 go ahead\r\n"; // and takes the handshake for commands
    mute.otherwise = "";
    FAILS(play("do hello\nC: STARTTLS\nS: 220\ntls refused\n", mute), "the TLS handshake refused",
          "the TLS handshake failed: no answer within 200 ms");
}

BOOST_AUTO_TEST_CASE(a_handshake_that_hangs_is_not_refused) {
    server mute;
    mute.plain_submissions = true;
    mute.greeting = mute.otherwise = "";
    options secured;
    secured.keys = "service: submissions";
    FAILS(play("check open version 1.2 refused\n", mute, secured), "the TLS handshake refused",
          "the TLS handshake failed: no answer within 200 ms");
}

BOOST_AUTO_TEST_CASE(octets_before_the_handshake_stay_readable) {
    server s;
    s.answers["STARTTLS"] = "220 go ahead\r\n250 injected\r\n" + take_tls;
    const auto p = play("do hello\nC: STARTTLS\nS: 220\ntls\nC: NOOP\nS: 250 ~injected~\nS: 250\n", s);
    BOOST_TEST(p.held(), p.str());
    const auto rules = p.rules();
    BOOST_TEST((std::ranges::find(rules, "reply-unsolicited") != rules.end()));
}

BOOST_AUTO_TEST_CASE(a_tls_alert_says_nothing_in_smtp) {
    const std::string alert("\x15\x03\x03\x00\x02\x02\n", 7);
    server s;
    s.answers["NOOP"] = alert + hang_up;
    const std::string script = "do hello\nC: STARTTLS\nS: 220\nC: NOOP\nS: close\n";
    FAILS(play("do hello\nC: NOOP\nS: close\n", s), "close", alert); // without STARTTLS it is rubbish
    s.answers["STARTTLS"] = "220 go ahead\r\n";
    const auto p = play(script, s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(p.outcome.deviations.empty());
}

BOOST_AUTO_TEST_CASE(implicit_tls) {
    server s;
    options how;
    how.keys = "service: submissions";
    HOLDS(play("do hello\nexpect tls version 1.2+\nC: NOOP\nS: 250\n", s, how));
    HOLDS(play("open version 1.3\ndo hello\nexpect tls version 1.3+\n", s, how));
    server plain;
    plain.plain_submissions = true;
    const auto p = play("do hello\nC: NOOP\nS: 250\n", plain, how);
    BOOST_TEST(p.in_trouble());
    BOOST_TEST(p.outcome.trouble.starts_with("the TLS handshake with submissions at 127.0.0.1:25 failed: "));
    HOLDS(play("open version 1.2 refused\nS: close\n", plain, how));
    HOLDS(play("open plain\ndo hello\nC: NOOP\nS: 250\n", plain, how));
}

BOOST_AUTO_TEST_CASE(another_service) {
    server s;
    const auto p = play("do hello\n2 open lmtp\n2 S: 220\n2 C: MAIL FROM:<{sender}>\n2 S: 250\n", s);
    BOOST_TEST(p.held(), p.str());
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_early) {
    // It answers 552 and closes while we still write; the reply is not lost.
    server s;
    s.answers["DATA"] = "552 too large\r\n" + hang_up;
    HOLDS(play("do hello\nC: DATA\nsend 1 MiB of \"x\"\nC:\nS: 552\nS: close\n", s));
}

BOOST_AUTO_TEST_CASE(what_nobody_asked_for_is_judged_at_the_end) {
    server s;
    s.answers["NOOP"] = "250 Ok\r\n250 surplus\r\n";
    const auto p = play("do hello\nC: NOOP\nS: 250\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_REQUIRE_EQUAL(p.outcome.deviations.size(), 1u);
    BOOST_TEST(p.outcome.deviations[0].rule == "reply-unsolicited");
    BOOST_TEST(p.outcome.deviations[0].text == "a reply to no command: \"250 surplus\r\n\"");
}

BOOST_AUTO_TEST_SUITE_END()
