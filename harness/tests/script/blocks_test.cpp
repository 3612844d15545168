// `either`, `repeat` and fragments.
#include "harness/tests/script/checks.hpp"

using namespace fake;

BOOST_AUTO_TEST_SUITE(blocks)

namespace {

played vrfy(const std::string& answer) {
    server s;
    s.answers["VRFY"] = answer;
    return play("do hello\nC: VRFY x\neither\n  check S: 250|251 ~alice~\n  C: NOOP first\n  S: 250\nor\n"
                "  check S: 252\n  C: NOOP second\n  S: 250\nend\nC: QUIT\nS: 221\n",
                s);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_first_branch_that_holds_is_taken) {
    HOLDS(vrfy("250 alice\r\n"));
    HOLDS(vrfy("252 maybe\r\n"));
}

BOOST_AUTO_TEST_CASE(no_branch_holds) {
    FAILS(vrfy("550 no\r\n"), "250|251 ~alice~\nor 252", "550 no\r\n");
    FAILS(vrfy("250 bob\r\n"), "250|251 ~alice~\nnot met: no line matches ~alice~\nor 252", "250 bob\r\n");
    BOOST_TEST(vrfy("550 no\r\n").outcome.found->claim);
    FAILS(vrfy(""), "250|251 ~alice~\nor 252", "no reply within 200 ms"); // one wait, not two
}

BOOST_AUTO_TEST_CASE(a_later_step_of_a_branch_is_final) {
    server s;
    s.answers["NOOP"] = "500 no\r\n";
    FAILS(play("do hello\nC: HELP\neither\nS: 250\nC: NOOP\nS: 250\nor\nS: 250\nend\nC: HELP\nS: 250\n", s),
          "250", "500 no\r\n");
}

BOOST_AUTO_TEST_CASE(a_handshake_is_offered_to_each_branch) {
    const std::string script =
        "do hello\nC: STARTTLS\nC: NOOP injected\nS: 220 or close\neither\n  tls\n  C: QUIT\n"
        "  check S: 221\nor\n  tls refused\nor\n  S: close\nend\n";
    server takes;
    takes.answers["NOOP injected"] = "";
    HOLDS(play(script, takes));
    server drops;
    drops.answers["STARTTLS"] = hang_up;
    HOLDS(play(script, drops));
    server refuses;
    refuses.answers["STARTTLS"] = "220 go ahead\r\n" + hang_up;
    HOLDS(play(script, refuses));
    // Refused first, and the same handshake succeeds for the second branch.
    server s;
    HOLDS(play("do hello\nC: STARTTLS\nS: 220\neither\ntls refused\nor\ntls\nend\nC: NOOP\nS: 250\n", s));
}

BOOST_AUTO_TEST_CASE(silence_in_a_branch) {
    server s;
    s.answers["NOOP"] = "";
    HOLDS(play("do hello\nC: NOOP\neither\nS: silence 30ms\nor\nS: 250\nend\nC: HELP\nS: 250\n", s));
    s.answers["NOOP"] = "250 Ok\r\n";
    HOLDS(play("do hello\nC: NOOP\neither\nS: silence 30ms\nor\nS: 250\nend\nC: HELP\nS: 250\n", s));
}

BOOST_AUTO_TEST_CASE(repeats_count) {
    server s;
    const auto p = play("do hello\nrepeat 3\nC: NOOP {n}\nS: 250\nend\nC: QUIT\nS: 221\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(s.lines[1] == "NOOP 1");
    BOOST_TEST(s.lines[3] == "NOOP 3");
    s.answers["NOOP 2"] = "500 no\r\n";
    FAILS(play("do hello\nrepeat 3\nC: NOOP {n}\nS: 250\nend\nC: QUIT\nS: 221\n", s), "250", "500 no\r\n");
}

BOOST_AUTO_TEST_CASE(a_fragment_as_the_claim) {
    server s;
    s.answers["QUIT"] = "500 no\r\n";
    const auto p = play("do hello\ncheck do quit\n", s);
    BOOST_TEST(!p.held());
    BOOST_TEST(p.step() == "S: 221");
}

BOOST_AUTO_TEST_CASE(what_a_case_costs) {
    server s;
    const auto p = play("do hello\ndo envelope\ndo message\ncheck do quit\n", s);
    BOOST_TEST(p.held(), p.str());
    BOOST_TEST(p.outcome.duration.count() > 0);
    BOOST_TEST(p.outcome.steps.size() == 8u); // 220 250 250 250 354 250 221 close
    BOOST_TEST(p.outcome.steps.back().claim);
}

BOOST_AUTO_TEST_SUITE_END()
