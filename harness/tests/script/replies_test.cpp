// `S:` in all its forms, holding and not holding, with the words that people read.
#include "harness/tests/script/checks.hpp"

using namespace fake;

BOOST_AUTO_TEST_SUITE(replies)

// Script with one NOOP that is answered by `answer`, and `wanted` as the claim.
static played noop(const std::string& answer, const std::string& wanted) {
    server s;
    s.answers["NOOP"] = answer;
    return play("do hello\nC: NOOP\nS: " + wanted + "\n", s);
}

BOOST_AUTO_TEST_CASE(codes) {
    HOLDS(noop("250 Ok\r\n", "250"));
    HOLDS(noop("251 Ok\r\n", "250|251"));
    HOLDS(noop("554 no\r\n", "5yz"));
    HOLDS(noop("554 no\r\n", "55z"));
    FAILS(noop("250 2.1.0 Ok\r\n", "503"), "503", "250 2.1.0 Ok\r\n");
    FAILS(noop("500 no\r\n", "55z"), "55z", "500 no\r\n");
    FAILS(noop("250 Ok\r\n", "500|501|5yz"), "500|501|5yz", "250 Ok\r\n");
}

BOOST_AUTO_TEST_CASE(silence_lasts_as_long_as_it_says) {
    server s;
    options brief;
    brief.keys = "timeout: 1s";
    FAILS(play("do hello\nS: silence 60s\n", s, brief), "silence 60 s",
          "no reply within the 1 s of the whole case");
}

BOOST_AUTO_TEST_CASE(enhanced_codes) {
    HOLDS(noop("550 5.1.1 no\r\n", "550 5.1.1"));
    HOLDS(noop("550 5.1.10 no\r\n", "550 5.1.z"));
    HOLDS(noop("550 5.7.8 no\r\n", "550 5.y.z"));
    FAILS(noop("550 5.1.2 no\r\n", "550 5.1.1"), "550 5.1.1\nnot met: it has the enhanced code 5.1.2",
          "550 5.1.2 no\r\n");
    FAILS(noop("550 no\r\n", "550 5.1.1"), "550 5.1.1\nnot met: it has no enhanced code", "550 no\r\n");
    FAILS(noop("550-5.1.1 a\r\n550 5.1.2 b\r\n", "550 5.1.1"),
          "550 5.1.1\nnot met: line 2 has the enhanced code 5.1.2", "550-5.1.1 a\r\n550 5.1.2 b\r\n");
    HOLDS(noop("550 no\r\n", "550 5.1.1?")); // not offered, not looked at
    server offers;
    offers.ehlo = "250-mx.example.test\r\n250 ENHANCEDSTATUSCODES\r\n";
    offers.answers["NOOP"] = "550 no\r\n";
    FAILS(play("do hello\nC: NOOP\nS: 550 5.1.1?\n", offers), "550 5.1.1?\nnot met: it has no enhanced code",
          "550 no\r\n");
}

BOOST_AUTO_TEST_CASE(texts_and_lines) {
    HOLDS(noop("250-a\r\n250 b\r\n", "250 ~^b$~"));
    FAILS(noop("250-a\r\n250 b\r\n", "250 ~c~"), "250 ~c~\nnot met: no line matches ~c~",
          "250-a\r\n250 b\r\n");
    HOLDS(noop("250 for t0k3n\r\n", "250 ~for {token}$~"));
    FAILS(noop("250 for aliceXexample.test\r\n", "250 ~{recipient}~"),
          "250 ~{recipient}~\nnot met: no line matches ~alice@example\\.test~",
          "250 for aliceXexample.test\r\n");
    HOLDS(noop("250-ab\r\n250 ac\r\n", "250 each ~^a~"));
    FAILS(noop("250-ab\r\n250 bc\r\n", "250 each ~^a~"), "250 each ~^a~\nnot met: line 2 does not match ~^a~",
          "250-ab\r\n250 bc\r\n");
    HOLDS(noop("250-ab\r\n250 bc\r\n", "250 first ~^a~"));
    FAILS(noop("250-ab\r\n250 bc\r\n", "250 first ~^b~"),
          "250 first ~^b~\nnot met: the first line does not match ~^b~", "250-ab\r\n250 bc\r\n");
    HOLDS(noop("250-ab\r\n250 bc\r\n", "250 lines 2"));
    HOLDS(noop("250-ab\r\n250 bc\r\n", "250 lines 2+"));
    FAILS(noop("250 Ok\r\n", "250 lines 2+"), "250 lines 2+\nnot met: it has 1 line", "250 Ok\r\n");
    FAILS(noop("250-a\r\n250 b\r\n", "250 lines 1"), "250 lines 1\nnot met: it has 2 lines",
          "250-a\r\n250 b\r\n");
}

static played ehlo(const std::string& conditions) {
    server s;
    s.ehlo = "250-mx.example.test hi\r\n250-SIZE 1000\r\n250-auth PLAIN LOGIN\r\n250 STARTTLS\r\n";
    return play("do greeting\nC: EHLO {client}\nS: 250 " + conditions + "\n", s);
}

BOOST_AUTO_TEST_CASE(capabilities) {
    const std::string raw =
        "250-mx.example.test hi\r\n250-SIZE 1000\r\n250-auth PLAIN LOGIN\r\n250 STARTTLS\r\n";
    HOLDS(ehlo("has SIZE, has AUTH LOGIN, bare STARTTLS, lacks ETRN, param SIZE ~^[0-9]+$~, lines 4"));
    FAILS(ehlo("has ETRN"), "250 has ETRN\nnot met: ETRN is not listed", raw);
    FAILS(ehlo("has AUTH GSSAPI"), "250 has AUTH GSSAPI\nnot met: AUTH is listed without GSSAPI", raw);
    FAILS(ehlo("bare SIZE"), "250 bare SIZE\nnot met: SIZE has the parameters \"1000\"", raw);
    FAILS(ehlo("bare ETRN"), "250 bare ETRN\nnot met: ETRN is not listed", raw);
    FAILS(ehlo("lacks STARTTLS"), "250 lacks STARTTLS\nnot met: STARTTLS is listed", raw);
    FAILS(ehlo("param SIZE ~^2~"),
          "250 param SIZE ~^2~\nnot met: the parameters of SIZE, \"1000\", do not match ~^2~", raw);
}

BOOST_AUTO_TEST_CASE(ends_are_told_apart) {
    HOLDS(noop(hang_up, "close"));
    HOLDS(noop(break_off, "close"));
    HOLDS(noop(hang_up, "421 or close"));
    HOLDS(noop("421 bye\r\n", "421 or close"));
    FAILS(noop(hang_up, "250"), "250", "connection closed");
    FAILS(noop(break_off, "250"), "250", "connection reset");
    FAILS(noop("", "250"), "250", "no reply within 200 ms");
    FAILS(noop("250-Ok\r\n", "250"), "250", "no complete reply within 200 ms; so far: 250-Ok\r\n");
    FAILS(noop("250 Ok\r\n" + hang_up, "close"), "close", "250 Ok\r\n");
    FAILS(noop("", "close"), "close", "no reply within 200 ms");
    FAILS(noop("250 O" + hang_up, "250"), "250", "250 O"); // cut in the midst of a reply
    FAILS(noop("250 Ok\r\n", "421 or close"), "421 or close", "250 Ok\r\n");
    FAILS(noop("hello there\r\n", "250"), "250", "hello there\r\n");
    HOLDS(noop("", "silence 20ms"));
    FAILS(noop("250 Ok\r\n", "silence 20ms"), "silence 20 ms", "250 Ok\r\n");
}

BOOST_AUTO_TEST_CASE(an_end_stays_an_end) {
    server s;
    s.answers["NOOP"] = hang_up;
    HOLDS(play("do hello\nC: NOOP\nS: close\nS: close\n", s));
}

BOOST_AUTO_TEST_CASE(tiers) {
    auto best = noop("500 no\r\n", "500 else warn 502 else info 5yz");
    BOOST_TEST(best.held());
    BOOST_TEST(!best.outcome.instead.has_value());
    auto weaker = noop("502 no\r\n", "500 else warn 502 else info 5yz");
    BOOST_TEST(weaker.held());
    BOOST_REQUIRE(weaker.outcome.instead.has_value());
    BOOST_TEST((*weaker.outcome.instead == suite::level::should));
    BOOST_TEST(weaker.outcome.note == "expected 500, got \"502 no\\r\\n\"");
    auto weakest = noop("554 no\r\n", "500 else warn 502 else info 5yz");
    BOOST_REQUIRE(weakest.outcome.instead.has_value());
    BOOST_TEST((*weakest.outcome.instead == suite::level::may));
    BOOST_TEST(weakest.outcome.note == "expected 500, 502, got \"554 no\\r\\n\"");
    FAILS(noop("250 Ok\r\n", "500 else warn 502"), "500", "250 Ok\r\n");
}

BOOST_AUTO_TEST_CASE(the_gravest_tier_stays) {
    server s;
    s.answers["NOOP"] = "502 no\r\n";
    s.answers["HELP"] = "554 no\r\n";
    const auto p = play("do hello\nC: HELP\nS: 500 else info 554\nC: NOOP\nS: 500 else warn 502\nC: HELP\nS: "
                        "500 else info 554",
                        s);
    BOOST_REQUIRE(p.outcome.instead.has_value());
    BOOST_TEST((*p.outcome.instead == suite::level::should));
}

BOOST_AUTO_TEST_CASE(a_step_before_the_claim) {
    server s;
    s.answers["MAIL"] = "550 no\r\n";
    const auto p = play("do hello\nC: MAIL FROM:<>\nS: 250\nC: NOOP\nS: 250\n", s);
    BOOST_TEST(!p.held());
    BOOST_TEST(!p.outcome.found->claim);
    BOOST_TEST(p.step() == "S: 250");
    BOOST_TEST(p.outcome.found->at->at.line > 0);
}

BOOST_AUTO_TEST_CASE(trouble_is_not_the_servers_word) {
    server busy;
    busy.greeting = "421 mx.example.test too many\r\n" + hang_up;
    auto p = play("do hello\nC: NOOP\nS: 250", busy);
    BOOST_TEST(p.in_trouble());
    BOOST_TEST(p.outcome.trouble ==
               "the server turned the connection away: \"421 mx.example.test too many\\r\\n\"");
    server absent;
    absent.refuses_connections = true;
    p = play("do hello\nC: NOOP\nS: 250", absent);
    BOOST_TEST(p.in_trouble());
    BOOST_TEST(p.outcome.trouble == "cannot connect to smtp at 127.0.0.1:25: connection refused");
    server rude;
    rude.resets_at_once = true;
    p = play("do hello\nC: NOOP\nS: 250", rude);
    BOOST_TEST(!p.held());
    BOOST_TEST(p.actual() == "connection reset");
    server refusing; // a greeting of 554 is the server's word
    refusing.greeting = "554 mx.example.test no\r\n";
    p = play("do hello\nC: NOOP\nS: 250", refusing);
    BOOST_TEST(p.actual() == "554 mx.example.test no\r\n");
    server wanted; // and a 421 that is wanted holds
    wanted.greeting = "421 mx.example.test no\r\n";
    HOLDS(play("S: 421\n", wanted));
}

BOOST_AUTO_TEST_CASE(the_deadline_of_the_case) {
    server s;
    s.answers["NOOP"] = "";
    options how;
    how.keys = "timeout: 50ms";
    how.patience = std::chrono::seconds(30);
    FAILS(play("do hello\nC: NOOP\nS: 250\n", s, how), "250", "no reply within the 50 ms of the whole case");
}

BOOST_AUTO_TEST_SUITE_END()
