// The table of verdicts, the exit codes that follow from them, needs, ambient results.
#include "harness/runner/ambient.hpp"
#include "harness/runner/case_order.hpp"
#include "harness/runner/exit_code.hpp"
#include "harness/runner/needs.hpp"
#include "harness/runner/verdict.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

using namespace mailspec;
using reports::baseline_state;
using reports::verdict;
using suite::level;
using kind = script::case_outcome::kind;

BOOST_AUTO_TEST_SUITE(verdicts)

namespace {

suite::test_case case_of(level l) {
    suite::test_case c;
    c.id = "smtp/x/case";
    c.suite = "smtp/x";
    c.service = "smtp";
    c.services = {"smtp"};
    c.level = l;
    return c;
}

const suite::step claim({"x.yaml", 7, 3}, "check S: 503", suite::split{}, 1, true);

verdict verdict_for(level l, kind what, bool strict = false, std::optional<level> instead = {}) {
    script::case_outcome outcome;
    outcome.what = what;
    outcome.instead = instead;
    if (what == kind::mismatch) outcome.found = script::mismatch{&claim, true, "503", "250 Ok\r\n"};
    const runner::verdict_options how{strict, false};
    return runner::result_of(case_of(l), outcome, how).outcome;
}

int code(std::vector<std::pair<verdict, baseline_state>> cases) {
    reports::run_result run;
    for (const auto& [v, state] : cases) {
        reports::case_result r;
        r.outcome = v;
        r.baseline = state;
        run.cases.push_back(r);
    }
    return runner::exit_code_of(run);
}

target::target_info target_of(int accounts) {
    target::target_info t;
    t.services["smtp"] = "127.0.0.1:25";
    for (int i = 0; i < accounts; ++i)
        t.accounts.push_back({"u", "p", "u@d"});
    return t;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_table) {
    for (const auto l : {level::must, level::should, level::may})
        for (const bool strict : {false, true}) {
            BOOST_TEST((verdict_for(l, kind::held, strict) == verdict::pass));
            BOOST_TEST((verdict_for(l, kind::trouble, strict) == verdict::inconclusive));
        }
    BOOST_TEST((verdict_for(level::must, kind::mismatch) == verdict::fail));
    BOOST_TEST((verdict_for(level::should, kind::mismatch) == verdict::warn));
    BOOST_TEST((verdict_for(level::may, kind::mismatch) == verdict::info));
    BOOST_TEST((verdict_for(level::should, kind::mismatch, true) == verdict::fail));
    BOOST_TEST((verdict_for(level::may, kind::mismatch, true) == verdict::info));
    // A lower tier of `S: A else warn B else info C`.
    BOOST_TEST((verdict_for(level::must, kind::held, false, level::should) == verdict::warn));
    BOOST_TEST((verdict_for(level::must, kind::held, true, level::should) == verdict::fail));
    BOOST_TEST((verdict_for(level::must, kind::held, true, level::may) == verdict::info));
}

BOOST_AUTO_TEST_CASE(a_refused_preparation_is_skipped_with_the_servers_words) {
    script::case_outcome outcome;
    outcome.what = kind::refused;
    outcome.refusal = "the server refused what the case needs first: CREATE: NO full";
    for (const bool strict : {false, true}) {
        const auto told = runner::result_of(case_of(level::must), outcome, {strict, false});
        BOOST_TEST((told.outcome == verdict::skip));
        BOOST_TEST(told.refused);
        BOOST_TEST(told.reason == "the server refused what the case needs first: CREATE: NO full");
        BOOST_TEST(!told.found);
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_reach_us_is_skipped) {
    script::case_outcome outcome;
    outcome.what = kind::unseen;
    outcome.refusal = "the text has NUL in it, and mail is read by IMAP here";
    const auto told = runner::result_of(case_of(level::must), outcome, {});
    BOOST_TEST((told.outcome == verdict::skip));
    BOOST_TEST(!told.refused);
    BOOST_TEST(told.reason == "the text has NUL in it, and mail is read by IMAP here");
}

BOOST_AUTO_TEST_CASE(what_a_report_is_told) {
    auto c = case_of(level::must);
    suite::requirement r;
    r.id = "rfc5321-4.1.4-14";
    r.rfc = 5321;
    r.section = "4.1.4";
    r.level = "MUST";
    c.requirements = {r};
    script::case_outcome outcome;
    outcome.what = kind::mismatch;
    outcome.found = script::mismatch{&claim, false, "503", "250 Ok\r\n"};
    outcome.conversation.add(net::transcript_entry::what::sent, 1, "MAIL\r\n");
    outcome.conversation.add(net::transcript_entry::what::received, 1, std::string(100'000, 'x'));
    const auto told = runner::result_of(c, outcome, {});
    BOOST_TEST(told.clauses.at(0).section == "RFC 5321 §4.1.4");
    BOOST_REQUIRE(told.found.has_value());
    BOOST_TEST(told.found->step == "check S: 503");
    BOOST_TEST(told.found->line == 7);
    BOOST_TEST(!told.found->claim);
    BOOST_TEST((told.transcript.at(0).from == reports::transcript_line::direction::client));
    BOOST_TEST((told.transcript.at(1).from == reports::transcript_line::direction::server));
    BOOST_TEST(told.transcript.at(1).octets.size() < 20'000u);
    BOOST_TEST(told.transcript.at(1).octets.contains("[... 83616 octets left out ...]"));
    outcome.what = kind::held;
    outcome.found.reset();
    BOOST_TEST(runner::result_of(c, outcome, {}).transcript.empty());
    BOOST_TEST(runner::result_of(c, outcome, {false, true}).transcript.size() == 2u);
}

// A server that answers with megabytes, read in small pieces: hundreds of such cases must fit into memory.
BOOST_AUTO_TEST_CASE(a_long_conversation_keeps_its_ends) {
    using what = net::transcript_entry::what;
    script::case_outcome outcome;
    outcome.what = kind::mismatch;
    outcome.found = script::mismatch{&claim, true, "503", std::string(1'000'000, 'y')};
    outcome.conversation.add(what::sent, 1, "MAIL\r\n");
    for (int i = 0; i < 200; ++i)
        outcome.conversation.add(what::received, 1, std::string(8192, 'x'));
    outcome.conversation.add(what::sent, 2, "QUIT\r\n");
    const auto told = runner::result_of(case_of(level::must), outcome, {});
    BOOST_TEST(told.found->actual.size() < 20'000u);
    std::size_t octets = 0;
    std::string notes;
    for (const auto& line : told.transcript) {
        octets += line.octets.size();
        if (line.from == reports::transcript_line::direction::event) notes += line.octets;
    }
    BOOST_TEST(octets > 64u * 1024);
    BOOST_TEST(octets < 100'000u);
    BOOST_TEST(notes == "190 reads, writes and events left out here, 1556480 octets");
    BOOST_TEST(told.transcript.front().octets == "MAIL\r\n");
    BOOST_TEST(told.transcript.back().octets == "QUIT\r\n");
}

BOOST_AUTO_TEST_CASE(a_crash_fails_whatever_the_level) {
    script::case_outcome outcome;
    outcome.what = kind::trouble;
    const auto r =
        runner::crashed(case_of(level::may), outcome, "was killed by signal 11 (Segmentation fault)");
    BOOST_TEST((r.outcome == verdict::fail));
    BOOST_TEST(r.reason == "the server was killed by signal 11 (Segmentation fault) while this case ran");
}

BOOST_AUTO_TEST_CASE(exit_codes) {
    using b = baseline_state;
    BOOST_TEST(code({{verdict::pass, b::none}}) == 0);
    BOOST_TEST(code({{verdict::pass, b::none}, {verdict::warn, b::none}, {verdict::info, b::none}}) == 0);
    BOOST_TEST(code({{verdict::pass, b::none}, {verdict::fail, b::none}}) == 1);
    BOOST_TEST(code({{verdict::pass, b::none}, {verdict::fail, b::expected}}) == 0);
    BOOST_TEST(code({{verdict::fail, b::changed}}) == 1);
    BOOST_TEST(code({{verdict::fail, b::expired}}) == 1);
    BOOST_TEST(code({{verdict::pass, b::unexpected_pass}}) == 1);
    BOOST_TEST(code({{verdict::pass, b::none}, {verdict::inconclusive, b::none}}) == 2);
    BOOST_TEST(code({{verdict::pass, b::none}, {verdict::inconclusive, b::expected}}) == 0);
    // A deviation that is proved stays proved.
    BOOST_TEST(code({{verdict::fail, b::none}, {verdict::inconclusive, b::none}}) == 1);
    // Nothing was judged.
    BOOST_TEST(code({{verdict::skip, b::none}}) == 2);
    BOOST_TEST(code({}) == 2);
    reports::run_result run;
    run.cases.emplace_back();
    run.interrupted = true;
    BOOST_TEST(runner::exit_code_of(run) == 2);
    run.interrupted = false;
    run.trouble = "the server is gone";
    BOOST_TEST(runner::exit_code_of(run) == 2);
}

BOOST_AUTO_TEST_CASE(what_the_target_lacks) {
    auto c = case_of(level::must);
    BOOST_TEST(runner::lacking(c, target_of(0)) == "");
    c.accounts = 2;
    BOOST_TEST(runner::lacking(c, target_of(1)) ==
               "needs 2 accounts, the target has 1 (--user NAME:PASSWORD, or `accounts:`)");
    BOOST_TEST(runner::lacking(c, target_of(2)) == "");
    c.services = {"smtp", "lmtp"};
    BOOST_TEST(runner::lacking(c, target_of(2)) ==
               "the target has no lmtp service (--lmtp HOST:PORT, or `services:` of its profile)");
    c = case_of(level::must);
    c.reads_mail = true;
    BOOST_TEST(
        runner::lacking(c, target_of(0)) ==
        "delivered mail cannot be read (--maildir PATH, --imap or --pop3 HOST:PORT, or `mailboxes:` of "
        "the profile)");
    c = case_of(level::must);
    c.restarts = true;
    BOOST_TEST(
        runner::lacking(c, target_of(0)) ==
        "stops the server and starts it again, which mailspec cannot do here: mailspec did not start it");
    c = case_of(level::must);
    c.needs = {{"plaintext-auth", false, false, "plaintext-auth", "", "", {}}};
    auto t = target_of(0);
    BOOST_TEST(runner::lacking(c, t) == "the profile does not state `plaintext-auth` under features");
    t.features = {"plaintext-auth"};
    BOOST_TEST(runner::lacking(c, t) == "");
    c.needs[0].negative = true;
    BOOST_TEST(runner::lacking(c, t) == "the profile states `plaintext-auth` under features");
}

BOOST_AUTO_TEST_CASE(what_a_target_without_imap_lacks) {
    auto c = case_of(level::must);
    c.service = "pop3";
    c.services = {"pop3"};
    c.messages.push_back({"plain", {}, {}});
    c.account_alone = true;
    auto t = target_of(1);
    t.services["pop3"] = "127.0.0.1:110";
    t.services.erase("smtp");
    BOOST_TEST(runner::lacking(c, t) ==
               "its messages cannot be put anywhere (--imap or --lmtp HOST:PORT, --maildir "
               "PATH, or `mailboxes:` of the profile)");
    t.services["lmtp"] = "127.0.0.1:24";
    BOOST_TEST(runner::lacking(c, t) == "");
    suite::send_line line{*suite::parse_template("{fixture:plain}", suite::template_kind::plain)};
    c.script = {suite::step({}, "", std::move(line))};
    BOOST_TEST(
        runner::lacking(c, t) ==
        "its messages must come unchanged, and what is delivered has more header fields (--imap HOST:PORT, "
        "--maildir PATH, or `mailboxes:` of the profile)");
    t.maildir = "/mail/{user}";
    BOOST_TEST(runner::lacking(c, t) == "");
    c.mailboxes = 1;
    BOOST_TEST(runner::lacking(c, t) ==
               "its mailboxes cannot be prepared: the target has no imap service (--imap "
               "HOST:PORT, or `services:` of its profile)");
    t.services["imaps"] = "127.0.0.1:993";
    BOOST_TEST(runner::lacking(c, t) == "");
}

BOOST_AUTO_TEST_CASE(what_a_target_that_sends_lacks) {
    auto c = case_of(level::must);
    c.world.hosts.emplace_back();
    auto t = target_of(0);
    BOOST_TEST(runner::lacking(c, t) == "the target's DNS is not ours (profile key `sends`)");
    t.no_sending.clear();
    BOOST_TEST(runner::lacking(c, t) == "");
    c.retries = true;
    BOOST_TEST(runner::lacking(c, t) == "the target cannot be made to try again (`retry` or `retries_within` "
                                        "under `sends` of its profile)");
    t.retries = true;
    BOOST_TEST(runner::lacking(c, t) == "");
    c.moves_clock = true;
    BOOST_TEST(runner::lacking(c, t) ==
               "the target's clock cannot be moved (`clock` under `sends` of its profile)");
    t.moves_clock = true;
    BOOST_TEST(runner::lacking(c, t) == "");
}

BOOST_AUTO_TEST_CASE(a_domain_that_nobody_named) {
    auto c = case_of(level::must);
    const auto text = *suite::parse_template("RCPT TO:<a@{domain}>", suite::template_kind::plain);
    const suite::step send({}, "", suite::send_line{text});
    c.script = {suite::step({}, "", suite::repeat_block{2, {send}})};
    auto t = target_of(0);
    BOOST_TEST(runner::lacking(c, t) ==
               "the domain whose mail the server takes is not known (--domain DOMAIN)");
    t.domain = "d.test";
    BOOST_TEST(runner::lacking(c, t) == "");
    c.script.clear();
    t.domain.clear();
    BOOST_TEST(runner::lacking(c, t) == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_offered) {
    runner::capabilities offered;
    offered["smtp"].plain.offered = {{"STARTTLS", ""}, {"SIZE", "1000"}};
    offered["smtp"].secured.offered = {{"AUTH", "PLAIN LOGIN"}, {"SIZE", "1000"}};
    const auto reason = [&](suite::need n) {
        auto c = case_of(level::must);
        n.capability = true;
        c.needs = {std::move(n)};
        return runner::not_offered(c, offered);
    };
    BOOST_TEST(reason({"STARTTLS", false, true, "STARTTLS", "", "", {}}) == "");
    BOOST_TEST(reason({"AUTH PLAIN", false, true, "AUTH", "PLAIN", "", {}}) == "");
    BOOST_TEST(reason({"AUTH CRAM-MD5", false, true, "AUTH", "CRAM-MD5", "", {}}) ==
               "smtp does not offer AUTH CRAM-MD5");
    BOOST_TEST(reason({"not STARTTLS", true, true, "STARTTLS", "", "", {}}) == "smtp offers STARTTLS");
    BOOST_TEST(reason({"not DSN", true, true, "DSN", "", "", {}}) == "");
    using range = std::pair<std::uint64_t, std::uint64_t>;
    BOOST_TEST(reason({"SIZE 1..2000", false, true, "SIZE", "", "", range(1, 2000)}) == "");
    BOOST_TEST(reason({"SIZE 1..999", false, true, "SIZE", "", "", range(1, 999)}) ==
               "smtp does not offer SIZE 1..999");
    offered["smtp"].logged_in.offered = {{"APPENDLIMIT", "500"}}; // of IMAP: what is told behind a login only
    BOOST_TEST(reason({"APPENDLIMIT 1..999", false, true, "APPENDLIMIT", "", "", range(1, 999)}) == "");
    BOOST_TEST(reason({"APPENDLIMIT 1..9", false, true, "APPENDLIMIT", "", "", range(1, 9)}) ==
               "smtp does not offer APPENDLIMIT 1..9");
}

BOOST_AUTO_TEST_CASE(whose_certificate_has_another_key) {
    runner::capabilities offered;
    auto c = case_of(level::must);
    c.needs = {{"rsa-certificate", false, false, "rsa-certificate", "", "", {}}};
    BOOST_TEST(runner::lacking(c, target_of(0)) == ""); // no profile has to state it
    BOOST_TEST(runner::not_offered(c, offered) == "");  // not asked
    offered["smtp"].certificate_key = "RSA";
    BOOST_TEST(runner::not_offered(c, offered) == "");
    offered["smtp"].certificate_key = "EC";
    BOOST_TEST(runner::not_offered(c, offered) == "the certificate of smtp has a key of the kind EC");
    offered["smtp"].certificate_key = "";
    BOOST_TEST(runner::not_offered(c, offered) ==
               "the certificate of smtp has not been seen: TLS was not reached");
    c.needs[0].negative = true;
    BOOST_TEST(runner::not_offered(c, offered) == "");
    offered["smtp"].certificate_key = "RSA";
    BOOST_TEST(runner::not_offered(c, offered) == "the certificate of smtp has a key of the kind RSA");
}

BOOST_AUTO_TEST_CASE(needs_of_another_service) {
    runner::capabilities offered;
    offered["smtp"].plain.offered = {{"BINARY", ""}};
    auto c = case_of(level::must);
    c.needs = {{"BINARY", false, true, "BINARY", "", "imap", {}}};
    offered["imap"].plain.offered = {};
    BOOST_TEST(runner::not_offered(c, offered) == "imap does not offer BINARY");
    offered["imap"].logged_in.offered = {{"BINARY", ""}};
    BOOST_TEST(runner::not_offered(c, offered) == "");
}

BOOST_AUTO_TEST_CASE(ambient_rules_are_reported_once) {
    const suite::requirement_catalogue none;
    runner::ambient_findings findings;
    auto second = case_of(level::must);
    second.id = "smtp/x/a-case";
    script::case_outcome outcome;
    outcome.rules_judged.set(wire::index_of_rule("reply-bare-lf"));
    outcome.rules_judged.set(wire::index_of_rule("reply-bare-cr"));
    BOOST_TEST(!findings.judged_anything());
    findings.add(case_of(level::must), outcome);
    outcome.deviations = {{"reply-bare-lf", 3, "`250 Ok\\n` ends with a bare LF"},
                          {"reply-bare-lf", 9, "another"}};
    findings.add(case_of(level::must), outcome);
    findings.add(second, outcome);
    BOOST_TEST(findings.judged_anything());

    const auto all = findings.results(none, {});
    BOOST_TEST(all.size() == runner::ambient_ids().size());
    const auto find = [&](const char* id) { return *std::ranges::find(all, id, &reports::case_result::id); };
    const auto broken = find("smtp/ambient/reply-bare-lf");
    BOOST_TEST((broken.outcome == verdict::fail));
    BOOST_TEST(broken.found->step == "in smtp/x/a-case"); // the first by name, whichever ran first
    BOOST_TEST(broken.found->actual == "`250 Ok\\n` ends with a bare LF");
    BOOST_TEST(broken.reason == "seen in 2 cases");
    BOOST_TEST((find("smtp/ambient/reply-bare-cr").outcome == verdict::pass));
    BOOST_TEST((find("smtp/ambient/greeting-domain").outcome == verdict::skip));
}

BOOST_AUTO_TEST_CASE(the_order_is_that_of_the_seed) {
    std::deque<suite::test_case> cases(50);
    runner::case_list list;
    for (auto& c : cases)
        list.push_back(&c);
    auto one = list, same = list, other = list;
    runner::shuffle(one, 7);
    runner::shuffle(same, 7);
    runner::shuffle(other, 8);
    BOOST_TEST((one == same));
    BOOST_TEST((one != other));
    BOOST_TEST((one != list));
    BOOST_TEST(std::ranges::is_permutation(one, list));
}

BOOST_AUTO_TEST_CASE(connections_that_a_case_holds) {
    auto c = case_of(level::must);
    BOOST_TEST(runner::connections_of(c) == 1);
    suite::step second({}, "", suite::send_line{}, 2);
    c.script = {suite::step({}, "", suite::repeat_block{3, {second}})};
    BOOST_TEST(runner::connections_of(c) == 2);
    suite::expect_delivered none;
    none.negative = true; // is proved by another message, on another connection
    c.script.push_back(suite::step({}, "", none));
    BOOST_TEST(runner::connections_of(c) == 3);
}

BOOST_AUTO_TEST_CASE(cases_that_take_long) {
    auto c = case_of(level::must);
    const suite::step one({}, "", suite::send_line{}, 1);
    c.script = {suite::step({}, "", suite::repeat_block{74, {one, one}}), one};
    BOOST_TEST(!runner::takes_long(c)); // 149
    c.script.push_back(one);
    BOOST_TEST(runner::takes_long(c));
    c.script = {
        suite::step({}, "", suite::repeat_block{2, {suite::step({}, "", suite::repeat_block{80, {one}})}})};
    BOOST_TEST(runner::takes_long(c));
}

BOOST_AUTO_TEST_CASE(tokens_differ) {
    runner::token_source run, other_run;
    const auto a = run.next(), b = run.next(), c = other_run.next();
    BOOST_TEST(a != b);
    BOOST_TEST(a.substr(0, 8) == b.substr(0, 8));
    BOOST_TEST(a.substr(0, 8) != c.substr(0, 8));
    BOOST_TEST(a.size() == 12u);
    BOOST_TEST(a.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
