// The steps of IMAP connections: tags, literals, what belongs to a command, states and mailboxes.
#include "harness/tests/script/fake_reader.hpp"

#include <algorithm>

using namespace fake;

BOOST_AUTO_TEST_SUITE(imap_steps)

namespace {

const std::string nonauth = "service: imap\nstate: nonauth";
const std::string auth = "service: imap";
const std::string selected = "service: imap\nstate: selected";

played run(const std::string& script, const std::string& keys = nonauth, reading_server s = {}) {
    return play_reading(script, s, keys);
}

reading_server answering(std::map<std::string, std::string> answers) {
    reading_server s;
    s.answers = std::move(answers);
    return s;
}

} // namespace

BOOST_AUTO_TEST_CASE(tags_are_made_in_order) {
    reading_server s;
    HOLDS(play_reading("S: * OK\nC: NOOP\nC: CHECK\nsend \"{tag} NOOP\\r\\n\"\nS: OK\nS: OK\nS: OK\n", s,
                       nonauth));
    const std::vector<std::string> wanted = {"0 NOOP", "0 CHECK", "0 NOOP"};
    BOOST_TEST(s.commands == wanted, boost::test_tools::per_element());
    FAILS(run("S: * OK\nC: NOOP\nS: NO\n"), "NO\nnot met: none of the 1 response that came is one",
          "a1 OK done\r\n");
}

BOOST_AUTO_TEST_CASE(untagged_responses_in_any_order) {
    const auto s = answering({{"X", "* 3 EXISTS\r\n* 1 RECENT\r\n* FLAGS (\\Seen)\r\nTAG OK done\r\n"}});
    HOLDS(run("S: * OK\nC: X\nS: * FLAGS (\\Seen)\nS: * 3 EXISTS\nS: OK\n", nonauth, s));
    HOLDS(
        run("S: * OK\nC: X\nS: * 3 EXISTS\nS: then * 1 RECENT\nS: then * FLAGS (...)\nS: OK\n", nonauth, s));
    const auto p = run("S: * OK\nC: X\nS: * FLAGS (...)\nS: then * 3 EXISTS\nS: OK\n", nonauth, s);
    BOOST_TEST(p.step() == "S: then * 3 EXISTS");
    // Each response satisfies one step.
    BOOST_TEST(run("S: * OK\nC: X\nS: * 3 EXISTS\nS: * 3 EXISTS\nS: OK\n", nonauth, s).step() ==
               "S: * 3 EXISTS");
    // What came before the command was completed is not looked for behind it.
    BOOST_TEST(run("S: * OK\nC: X\nS: OK\nC: NOOP\nS: * 3 EXISTS\n", nonauth, s).step() == "S: * 3 EXISTS");
}

BOOST_AUTO_TEST_CASE(answers_to_pipelined_commands_may_be_mixed) {
    const auto s = answering({{"A", ""}, {"B", "* 1 EXISTS\r\n* 2 EXISTS\r\na1 OK\r\na2 OK\r\n"}});
    HOLDS(run("S: * OK\nC: A\nC: B\nS: * 1 EXISTS\nS: OK\nS: * 2 EXISTS\nS: OK\n", nonauth, s));
    const auto swapped = answering({{"A", ""}, {"B", "a2 NO first\r\na1 OK then\r\n"}});
    HOLDS(run("S: * OK\nC: A\nC: B\nS: OK\nS: NO\n", nonauth, swapped));
}

BOOST_AUTO_TEST_CASE(none_and_so_many) {
    const auto s = answering({{"X", "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 5 EXISTS\r\nTAG OK done\r\n"}});
    HOLDS(run("S: * OK\nC: X\nS: count 2 * 1 EXPUNGE\nnot * # RECENT\nS: OK\n", nonauth, s));
    HOLDS(run("S: * OK\nC: X\nS: OK\nS: count 2 * # EXPUNGE\nnot * # FETCH ...\n", nonauth, s));
    FAILS(run("S: * OK\nC: X\nS: OK\nS: count 1 * # EXPUNGE\n", nonauth, s), "1 of * # EXPUNGE",
          "2 of\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 5 EXISTS\r\n");
    FAILS(run("S: * OK\nC: X\nS: OK\nnot * 5 EXISTS\n", nonauth, s), "no * 5 EXISTS", "* 5 EXISTS\r\n");
}

BOOST_AUTO_TEST_CASE(what_a_command_brings_is_known_at_its_end) {
    const auto ends = answering({{"X", "* 5 EXISTS\r\n" + hang_up}});
    FAILS(run("S: * OK\nC: X\nnot * # EXPUNGE\n", nonauth, ends),
          "no * # EXPUNGE\nnot met: the command's tagged response has not come",
          "* 5 EXISTS\r\nconnection closed");
    FAILS(run("S: * OK\nC: X\nS: count 1 * 5 EXISTS\n", nonauth, ends),
          "1 of * 5 EXISTS\nnot met: the command's tagged response has not come",
          "* 5 EXISTS\r\nconnection closed");
    const auto hangs = answering({{"X", "* 5 EXISTS\r\n"}});
    FAILS(run("S: * OK\nC: X\nnot * # EXPUNGE\n", nonauth, hangs),
          "no * # EXPUNGE\nnot met: the command's tagged response has not come",
          "* 5 EXISTS\r\nnothing more within 200 ms");
    // What must not come did.
    FAILS(run("S: * OK\nC: X\nnot * # EXISTS\n", nonauth, ends), "no * # EXISTS", "* 5 EXISTS\r\n");
}

BOOST_AUTO_TEST_CASE(the_first_tagged_response_counts) {
    const auto s = answering({{"X", "a1 NO no\r\na1 OK yes\r\n"}});
    BOOST_TEST(run("S: * OK\nC: X\nS: OK\n", nonauth, s).step() == "S: OK");
    HOLDS(run("S: * OK\nC: X\nS: NO\n", nonauth, s));
}

BOOST_AUTO_TEST_CASE(silence_lasts_as_long_as_it_says) {
    const auto short_case = nonauth + "\ntimeout: 1s";
    FAILS(run("S: * OK\nS: silence 60s\n", short_case), "silence 60 s",
          "nothing more within the 1 s of the whole case");
}

BOOST_AUTO_TEST_CASE(what_one_branch_heard_is_no_silence_for_the_next) {
    const std::string script = "S: * OK\nC: X\neither\n  S: * BYE\nor\n  check S: silence 20ms\nend\n";
    HOLDS(run(script, nonauth, answering({{"X", ""}})));
    BOOST_TEST(run(script, nonauth, answering({{"X", "* 1 EXISTS\r\n"}})).step() == "check S: silence 20ms");
    HOLDS(run("S: * OK\nC: X\nS: * 1 EXISTS\n" + script.substr(script.find("either")), nonauth,
              answering({{"X", "* 1 EXISTS\r\n"}})));
}

BOOST_AUTO_TEST_CASE(messages_of_several_megabytes_are_read_whole) {
    const std::string message(5 << 20, 'x');
    auto s = answering({{"X", "* 1 FETCH (BODY[] {" + std::to_string(message.size()) + "}\r\n" + message +
                                  ")\r\nTAG OK\r\n"}});
    const auto p = play_reading("S: * OK\nC: X\nS: * 1 FETCH (BODY[] ~^x+$~)\nS: OK\n", s, nonauth,
                                std::chrono::seconds(60));
    BOOST_TEST(p.held(), p.str().substr(0, 300));
}

BOOST_AUTO_TEST_CASE(synchronizing_literals_wait) {
    reading_server s;
    HOLDS(play_reading("S: * OK\nC: LOGIN {literal:a b} {literal:{password}}\nS: OK\n", s, nonauth));
    BOOST_TEST(s.commands.at(0) == "0 LOGIN a b alice-pw");
    reading_server at_once;
    HOLDS(play_reading("S: * OK\nC: X {literal+:one} {literal8+:two}\nS: OK\n", at_once, nonauth));
    BOOST_TEST(at_once.commands.at(0) == "0 X one ~two");
}

BOOST_AUTO_TEST_CASE(a_literal_that_is_refused_ends_its_command) {
    reading_server s;
    s.refuses_literal = "TAG NO [TOOBIG] too long\r\n";
    HOLDS(play_reading("S: * OK\nC: APPEND x {literal:abc} more\nS: NO [TOOBIG]\nC: NOOP\nS: OK\n", s,
                       nonauth));
    BOOST_TEST(s.commands.at(0) == "0 NOOP");
    s.refuses_literal = "* OK thinking\r\n";
    const auto p = play_reading("S: * OK\nC: APPEND x {literal:abc}\nS: OK\n", s, nonauth);
    BOOST_TEST(p.expected() == "a continuation request for the literal");
    BOOST_TEST(p.actual() == "none within 200 ms");
    s.refuses_literal = "* BYE too long\r\n" + hang_up;
    HOLDS(play_reading("S: * OK\nC: APPEND x {literal:abc}\nS: * BYE\nS: close\n", s, nonauth));
}

BOOST_AUTO_TEST_CASE(names_are_bound_and_used) {
    const auto s = answering(
        {{"X", "* 1 FETCH (UID 42)\r\nTAG OK\r\n"}, {"UID FETCH 42", "* 1 FETCH (UID 42)\r\nTAG OK\r\n"}});
    HOLDS(run("S: * OK\nC: X\nS: * 1 FETCH (UID $uid)\nS: OK\nC: UID FETCH {$uid}\nS: * 1 FETCH (UID "
              "$uid)\nS: OK\n",
              nonauth, s));
}

BOOST_AUTO_TEST_CASE(lower_tiers_wait_for_the_end_of_the_command) {
    const auto s =
        answering({{"X", "* OK [B] two\r\n* OK [A] one\r\nTAG OK\r\n"}, {"Y", "* OK [B] two\r\nTAG OK\r\n"}});
    const auto full = run("S: * OK\nC: X\nS: * OK [A] else warn * OK [B]\nS: OK\n", nonauth, s);
    BOOST_TEST(full.held(), full.str());
    BOOST_TEST(!full.outcome.instead.has_value());
    const auto lower = run("S: * OK\nC: Y\nS: * OK [A] else warn * OK [B]\nS: OK\n", nonauth, s);
    BOOST_TEST(lower.held(), lower.str());
    BOOST_TEST(lower.outcome.instead.has_value());
    BOOST_TEST(lower.outcome.note == R"(expected * OK [A], got "* OK [B] two\r\n")");
}

BOOST_AUTO_TEST_CASE(idle_and_silence) {
    const auto s = answering({{"IDLE", "+ idling\r\n"}, {"DONE", "a1 OK\r\n"}});
    HOLDS(run("S: * OK\nC: IDLE\nS: +\nS: silence 30ms\nC+: DONE\nS: OK\n", nonauth, s));
    const auto talks = answering({{"IDLE", "+ idling\r\n* 1 EXISTS\r\n"}});
    FAILS(run("S: * OK\nC: IDLE\nS: +\nS: silence 30ms\n", nonauth, talks), "silence 30 ms",
          "* 1 EXISTS\r\nnothing more within 30 ms");
}

BOOST_AUTO_TEST_CASE(ends_and_greetings) {
    const auto s = answering({{"LOGOUT", "* BYE now\r\nTAG OK\r\n" + hang_up}});
    HOLDS(run("S: * OK\nC: LOGOUT\nS: * BYE\nS: OK\nS: close\n", nonauth, s));
    FAILS(run("S: * OK\nC: LOGOUT\nS: OK\nS: OK\n", nonauth, s), "OK\nnot met: no response came",
          "connection closed");
    reading_server busy;
    busy.greeting = "* BYE [UNAVAILABLE] busy\r\n";
    TROUBLE(play_reading("S: * OK\n", busy, nonauth),
            R"(the server turned the connection away: "* BYE [UNAVAILABLE] busy\r\n")");
    HOLDS(play_reading("S: * BYE\n", busy, nonauth));
    FAILS(run("S: * PREAUTH\n"), "* PREAUTH\nnot met: none of the 1 response that came is one",
          "* OK ready\r\n");
}

BOOST_AUTO_TEST_CASE(states_are_entered_before_the_script) {
    reading_server s = answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"}});
    HOLDS(play_reading("C: NOOP\nS: OK\n", s, auth));
    std::vector<std::string> wanted = {"0 CAPABILITY", R"(0 LOGIN "alice" "alice-pw")", "0 NOOP"};
    BOOST_TEST(s.commands == wanted, boost::test_tools::per_element());
    s.commands.clear();
    s.connections = 0;
    HOLDS(play_reading("2 open nonauth\n2 S: * OK\nC: NOOP\nS: OK\n", s, auth));
    BOOST_TEST(s.commands.at(2) == "0 NOOP"); // the first connection is there before the second
}

BOOST_AUTO_TEST_CASE(a_login_that_fails_judges_nothing) {
    reading_server s = answering({{"LOGIN", "TAG NO [AUTHENTICATIONFAILED] no\r\n"}});
    TROUBLE(play_reading("C: NOOP\nS: OK\n", s, auth),
            R"(LOGIN as alice was answered by "h2 NO [AUTHENTICATIONFAILED] no\r\n")");
}

BOOST_AUTO_TEST_CASE(a_state_that_is_not_reached_fails_without_the_claim) {
    reading_server s =
        answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"}, {"SELECT", "TAG NO broken\r\n"}});
    const auto p = play_reading("C: NOOP\ncheck S: OK\n", s, selected);
    BOOST_TEST(p.expected() == "OK to SELECT box-t0k3n, which the harness sent");
    BOOST_TEST(p.actual() == "h3 NO broken\r\n");
    BOOST_REQUIRE(p.outcome.found);
    BOOST_TEST(!p.outcome.found->claim);
}

BOOST_AUTO_TEST_CASE(mailboxes_are_made_filled_and_removed) {
    reading_server s =
        answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1 NAMESPACE\r\nTAG OK\r\n"},
                   {"NAMESPACE", "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\nTAG OK\r\n"},
                   {"LIST \"\" \"INBOX.box-t0k3n.*\"", "* LIST () \".\" INBOX.box-t0k3n.a\r\nTAG OK\r\n"}});
    const auto p = play_reading("C: X {mailbox} {mailbox2} {delimiter}\nS: NO\n", s,
                                "service: imap\nmessages: plain \\Seen \"01-Feb-2024 10:00:00 +0100\"");
    BOOST_TEST(p.step() == "S: NO");
    const auto position = [&](const std::string& start) {
        const auto at = std::ranges::find_if(s.commands, [&](const auto& c) { return c.starts_with(start); });
        BOOST_TEST_REQUIRE((at != s.commands.end()), start);
        return at - s.commands.begin();
    };
    const auto made = position("0 CREATE INBOX.box-t0k3n");
    const auto filled = position("0 APPEND INBOX.box-t0k3n (\\Seen) \"01-Feb-2024 10:00:00 +0100\" From: ");
    const auto used = position("1 X INBOX.box-t0k3n INBOX.other-t0k3n .");
    const auto child = position("0 DELETE \"INBOX.box-t0k3n.a\"");
    const auto gone = position("0 DELETE \"INBOX.box-t0k3n\"");
    position("0 DELETE \"INBOX.other-t0k3n\"");
    BOOST_TEST(made < filled);
    BOOST_TEST(filled < used);
    BOOST_TEST(used < child);
    BOOST_TEST(child < gone);
}

// How often, and on which connections, somebody logged in: "0 1 ".
static std::string logins(const reading_server& s) {
    std::string where;
    for (const auto& c : s.commands)
        if (c.contains(" LOGIN ")) where += c.substr(0, 2);
    return where;
}

BOOST_AUTO_TEST_CASE(the_session_that_makes_mailboxes_is_kept_for_the_next_case) {
    reading_server s = answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"}});
    s.plays = 2;
    s.keeps_sessions = true;
    const auto p = play_reading("C: NOOP\nS: OK\n", s, selected);
    BOOST_TEST((p.outcome.what == fake::script::case_outcome::kind::held), p.str());
    BOOST_TEST(logins(s) == "0 1 2 "); // 1 and 2 are the case's own
    BOOST_TEST(std::ranges::count(s.commands, "0 CREATE box-t0k3n") == 2);
    BOOST_TEST(std::ranges::count(s.commands, "0 LOGOUT") == 0);
    const auto& first = p.outcome.conversation.entries().front();
    BOOST_TEST(first.party == "harness");
    BOOST_TEST(first.octets == "on a session that the harness has kept open since an earlier case");
    reading_server each = s;
    each.commands.clear();
    each.connections = 0;
    each.keeps_sessions = false;
    HOLDS(play_reading("C: NOOP\nS: OK\n", each, selected));
    BOOST_TEST(std::ranges::count_if(each.commands, [](const auto& c) { return c.ends_with(" LOGOUT"); }) ==
               2);
}

BOOST_AUTO_TEST_CASE(a_session_that_was_closed_meanwhile_is_had_again) {
    reading_server s = answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"},
                                  {"DELETE", std::string("TAG OK gone\r\n") + fake::hang_up}});
    s.plays = 2;
    s.keeps_sessions = true;
    HOLDS(play_reading("C: NOOP\nS: OK\n", s, selected));
    BOOST_TEST(logins(s) == "0 1 2 3 ");
    BOOST_TEST(std::ranges::count(s.commands, "2 CREATE box-t0k3n") == 1);
}

// Nobody knows what else is amiss there.
BOOST_AUTO_TEST_CASE(a_session_that_was_refused_something_is_not_kept) {
    reading_server s = answering(
        {{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"}, {"CREATE", "TAG NO [LIMIT] enough\r\n"}});
    s.plays = 2;
    s.keeps_sessions = true;
    play_reading("C: NOOP\nS: OK\n", s, selected);
    BOOST_TEST(logins(s) == "0 1 ");
    BOOST_TEST(std::ranges::count(s.commands, "0 LOGOUT") == 1);
}

BOOST_AUTO_TEST_CASE(what_is_refused_before_the_script_is_no_verdict) {
    using kind = fake::script::case_outcome::kind;
    const auto refusal = [](const std::string& command, const std::string& answer, const std::string& keys) {
        reading_server s =
            answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"}, {command, answer}});
        const auto p = play_reading("C: X {mailbox}\ncheck S: OK\n", s, keys);
        BOOST_TEST((p.outcome.what == kind::refused), p.str());
        BOOST_TEST(!p.outcome.found);
        const auto reached =
            std::ranges::any_of(s.commands, [](const auto& c) { return c.starts_with("1 X"); });
        BOOST_TEST(!reached);
        return p.outcome.refusal;
    };
    BOOST_TEST(refusal("CREATE", "TAG NO [LIMIT] box-t0k3n is one too many\r\n", auth) ==
               "the server refused what the case needs first: CREATE: NO [LIMIT] box-... is one too many");
    BOOST_TEST(refusal("APPEND", "TAG NO Message contains invalid header\r\n", auth + "\nmessages: plain") ==
               "the server refused what the case needs first: APPEND of the message plain: NO Message "
               "contains invalid "
               "header");
}

// BAD says that the command is none (RFC 9051 §7.1.3), and it is one.
BOOST_AUTO_TEST_CASE(bad_to_a_preparation_fails_without_the_claim) {
    reading_server s =
        answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"}, {"CREATE", "TAG BAD what\r\n"}});
    const auto p = play_reading("C: X {mailbox}\ncheck S: OK\n", s, auth);
    BOOST_TEST(p.expected() == "the mailboxes of the case made and filled");
    BOOST_TEST(p.actual() == R"(CREATE was answered by "m5 BAD what\r\n")");
    BOOST_REQUIRE(p.outcome.found);
    BOOST_TEST(!p.outcome.found->claim);
}

BOOST_AUTO_TEST_CASE(capabilities_are_asked_for_where_nobody_said) {
    reading_server s = answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\nTAG OK\r\n"}});
    HOLDS(play_reading("expect capabilities has idle, has AUTH=PLAIN, lacks STARTTLS\n", s, nonauth));
    reading_server greets = s;
    greets.greeting = "* OK [CAPABILITY IMAP4rev1] hello\r\n";
    greets.commands.clear();
    FAILS(play_reading("expect capabilities has IDLE\n", greets, nonauth), "capabilities with IDLE",
          "* OK [CAPABILITY IMAP4rev1] hello\r\n");
    BOOST_TEST(greets.commands.empty());
}

BOOST_AUTO_TEST_CASE(a_conversation_can_be_replayed_and_altered) {
    reading_server s = answering({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"},
                                  {"SELECT", "* 1 EXISTS\r\nTAG OK\r\n"},
                                  {"FETCH", "* 1 FETCH (FLAGS (\\Seen))\r\nTAG OK\r\n"}});
    const auto p =
        play_reading("C: FETCH 1 FLAGS\ncheck S: * 1 FETCH (FLAGS (\\Seen))\nS: OK\n", s, selected);
    BOOST_TEST_REQUIRE(p.held(), p.str());
    const auto report = mutated(p);
    BOOST_TEST(report.self_check == "");
    BOOST_TEST(report.proved());
    const auto none = play_reading("C: FETCH 1 FLAGS\nS: OK\ncheck not * # EXPUNGE\n", s, selected);
    BOOST_TEST_REQUIRE(none.held(), none.str());
    BOOST_TEST(mutated(none).proved());
}

BOOST_AUTO_TEST_SUITE_END()
