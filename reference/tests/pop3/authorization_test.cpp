// Before the login: USER and PASS, APOP, AUTH, STLS, and what is refused. RFC 1939 §4 and §7, RFC 2595 §4,
// RFC 5034 §4, RFC 3206, RFC 6856 §2.2.
#include "reference/tests/pop3/dialog.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(authorization)

namespace {

using namespace dialog;
using texts = std::vector<std::string>;

const turn greeting{"", "+OK mail.test POP3 server ready\r\n"};
const turn user{"USER alice\r\n", "+OK now the password\r\n"};
const turn logged_in{"PASS alice-pw\r\n", "+OK 2 messages, 10 octets\r\n"};

setup two() {
    return with({"one\r\n", "two\r\n"});
}

void check_same(const texts& got, const texts& wanted) {
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_CASE(user_and_pass_log_in) {
    const auto did = run(two(), {greeting, user, logged_in});
    check_same(did.log, {"verify USER alice alice-pw"});
    BOOST_TEST(did.logged_in);
    BOOST_TEST(did.user == "alice");
}

BOOST_AUTO_TEST_CASE(keywords_know_no_letter_case) {
    run(two(), {greeting, {"uSeR alice\r\n", user.out}, {"pAss alice-pw\r\n", logged_in.out}});
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_auth_and_one_may_try_again) {
    const auto did = run(two(), {greeting,
                                 user,
                                 {"PASS wrong\r\n", "-ERR [AUTH] user or password is wrong\r\n"},
                                 {"PASS alice-pw\r\n", "-ERR send USER first\r\n"},
                                 user,
                                 logged_in});
    BOOST_TEST(did.logged_in);
}

BOOST_AUTO_TEST_CASE(a_user_that_does_not_exist_is_asked_for_his_password) {
    run(two(), {greeting,
                {"USER nobody\r\n", "+OK now the password\r\n"},
                {"PASS x\r\n", "-ERR [AUTH] user or password is wrong\r\n"}});
}

BOOST_AUTO_TEST_CASE(pass_comes_immediately_after_user) {
    run(two(), {greeting,
                {"PASS alice-pw\r\n", "-ERR send USER first\r\n"},
                user,
                {"NOOP\r\n", "-ERR log in first\r\n"},
                {"PASS alice-pw\r\n", "-ERR send USER first\r\n"},
                user,
                {"USER\r\n", "-ERR syntax: USER name\r\n"},
                {"PASS alice-pw\r\n", "-ERR send USER first\r\n"}});
}

BOOST_AUTO_TEST_CASE(user_and_pass_need_arguments) {
    run(two(), {greeting,
                {"USER \r\n", "-ERR syntax: USER name\r\n"},
                {"USER alice b\r\n", "-ERR syntax: USER name\r\n"},
                user,
                {"PASS\r\n", "-ERR syntax: PASS password\r\n"},
                user,
                {"PASS \r\n", "-ERR syntax: PASS password\r\n"}});
}

BOOST_AUTO_TEST_CASE(blanks_are_part_of_a_password) {
    const auto did = run(two(), {greeting,
                                 {"USER bob\r\n", user.out},
                                 {"PASS two words \r\n", "-ERR [AUTH] user or password is wrong\r\n"}});
    check_same(did.log, {"verify USER bob two words "});
}

BOOST_AUTO_TEST_CASE(names_and_passwords_are_prepared_or_refused) {
    // RFC 6856 §2.2. U+00AA is prepared to "a"; U+200E is prohibited (SASLprep §2.3).
    const auto did = run(two(), {greeting,
                                 {"USER \xC2\xAAlice\r\n", user.out},
                                 logged_in,
                                 {"QUIT\r\n", "+OK mail.test POP3 server signing off, 2 messages left\r\n"}});
    check_same(did.log, {"verify USER alice alice-pw", "close"});
    run(two(), {greeting,
                {"USER a\xE2\x80\x8E\r\n", "-ERR SASLprep does not allow that name\r\n"},
                {"USER a\xFF\r\n", "-ERR this is not UTF-8\r\n"},
                user,
                {"PASS \xE2\x80\x8E\r\n", "-ERR [AUTH] SASLprep does not allow that password\r\n"},
                user,
                {"PASS \xC3\r\n", "-ERR this is not UTF-8\r\n"}});
}

BOOST_AUTO_TEST_CASE(no_password_goes_over_an_open_line) {
    auto s = two();
    s.policy.allow_plaintext = false;
    const auto did = run(s, {greeting,
                             {"USER alice\r\n", "-ERR no passwords on an open line, issue STLS first\r\n"},
                             {"PASS alice-pw\r\n", "-ERR send USER first\r\n"},
                             {"AUTH PLAIN AGFsaWNlAGFsaWNlLXB3\r\n",
                              "-ERR no passwords on an open line, issue STLS first\r\n"},
                             {"STLS\r\n", "+OK begin TLS\r\n"},
                             user,
                             logged_in});
    check_same(did.log, {"tls", "verify USER alice alice-pw"});
}

BOOST_AUTO_TEST_CASE(stls_once_and_before_the_login_only) {
    run(two(), {greeting,
                {"STLS now\r\n", "-ERR STLS takes no argument\r\n"},
                {"STLS\r\n", "+OK begin TLS\r\n"},
                {"STLS\r\n", "-ERR TLS is active already\r\n"},
                user,
                logged_in,
                {"STLS\r\n", "-ERR only before the login\r\n"}});
    auto s = two();
    s.policy.tls_ready = false;
    run(s, {greeting, {"STLS\r\n", "-ERR [SYS/TEMP] TLS is not available now\r\n"}});
    s.policy.offer_tls = false;
    run(s, {greeting, {"STLS\r\n", "-ERR STLS is not provided here\r\n"}});
}

BOOST_AUTO_TEST_CASE(stls_not_after_utf8) {
    run(two(), {greeting, {"UTF8\r\n", "+OK UTF-8 mode\r\n"}, {"STLS\r\n", "-ERR not after UTF8\r\n"}});
}

// Not one octet at a time: what comes after TLS has begun is the client's.
BOOST_AUTO_TEST_CASE(what_is_pipelined_behind_stls_has_no_effect) {
    const auto s = two();
    pop3::session one(s.policy, {"id-1", false});
    one.receive("STLS\r\nUSER alice\r\nPASS alice-pw\r\n");
    texts said;
    bool noted = false;
    while (auto wanted = one.next()) {
        if (auto* sent = std::get_if<pop3::send>(&*wanted)) said.push_back(sent->octets);
        noted = noted || std::holds_alternative<pop3::note>(*wanted);
        if (std::holds_alternative<pop3::start_tls>(*wanted)) one.tls_started();
    }
    check_same(said, {"+OK mail.test POP3 server ready\r\n+OK begin TLS\r\n"});
    BOOST_TEST(noted);
    BOOST_TEST(one.wants_input());
}

BOOST_AUTO_TEST_CASE(a_handshake_that_failed_ends_it) {
    const auto s = two();
    pop3::session one(s.policy, {"id-1", false});
    one.receive("STLS\r\n");
    bool closes = false;
    while (auto wanted = one.next()) {
        if (std::holds_alternative<pop3::start_tls>(*wanted)) one.tls_failed();
        closes = std::holds_alternative<pop3::close>(*wanted);
    }
    BOOST_TEST(closes);
    BOOST_TEST(one.closed());
}

BOOST_AUTO_TEST_CASE(plain_with_and_without_an_initial_response) {
    run(two(), {greeting, {"AUTH PLAIN AGFsaWNlAGFsaWNlLXB3\r\n", logged_in.out}});
    run(two(), {greeting, {"auth plain\r\n", "+ \r\n"}, {"AGFsaWNlAGFsaWNlLXB3\r\n", logged_in.out}});
}

BOOST_AUTO_TEST_CASE(login_asks_twice) {
    const auto did = run(two(), {greeting,
                                 {"AUTH LOGIN\r\n", "+ VXNlcm5hbWU6\r\n"},
                                 {"YWxpY2U=\r\n", "+ UGFzc3dvcmQ6\r\n"},
                                 {"YWxpY2UtcHc=\r\n", logged_in.out}});
    check_same(did.log, {"verify LOGIN alice alice-pw"});
}

BOOST_AUTO_TEST_CASE(an_exchange_can_be_cancelled) {
    run(two(), {greeting,
                {"AUTH PLAIN\r\n", "+ \r\n"},
                {"*\r\n", "-ERR AUTH cancelled\r\n"},
                user,
                logged_in,
                {"AUTH PLAIN\r\n", "-ERR only before the login\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_auth_refuses) {
    run(two(), {greeting,
                {"AUTH\r\n", "-ERR syntax: AUTH mechanism [initial-response]; CAPA lists the mechanisms\r\n"},
                {"AUTH PLAIN a b\r\n", "-ERR syntax: AUTH mechanism [initial-response]\r\n"},
                {"AUTH X-NONE\r\n", "-ERR mechanism not known here\r\n"},
                {"AUTH PLAIN =AAA\r\n", "-ERR the initial response is not valid base64\r\n"},
                {"AUTH PLAIN\r\n", "+ \r\n"},
                {"AAA=BBB\r\n", "-ERR the response is not valid base64\r\n"},
                {"AUTH PLAIN\r\n", "+ \r\n"},
                {"AGFs!\r\n", "-ERR the response is not valid base64\r\n"}});
}

BOOST_AUTO_TEST_CASE(an_equals_sign_is_an_empty_response) {
    const auto did = run(two(), {greeting,
                                 {"AUTH PLAIN =\r\n", "-ERR [AUTH] user or password is wrong\r\n"},
                                 {"AUTH LOGIN =\r\n", "+ UGFzc3dvcmQ6\r\n"},
                                 {"eA==\r\n", "-ERR [AUTH] user or password is wrong\r\n"}});
    check_same(did.log, {"note: AUTH failed: PLAIN message without exactly two NULs",
                         "note: AUTH failed: user name empty, or not allowed by SASLprep"});
}

BOOST_AUTO_TEST_CASE(long_responses_are_taken_up_to_a_limit) {
    auto s = two();
    s.policy.limits.auth_line = 1000;
    run(s, {greeting,
            {"AUTH PLAIN\r\n", "+ \r\n"},
            {std::string(996, 'A') + "\r\n", "-ERR [AUTH] user or password is wrong\r\n"},
            {"AUTH PLAIN\r\n", "+ \r\n"},
            {std::string(1000, 'A') + "\r\n", "-ERR line too long: at most 1000 octets\r\n"},
            user,
            logged_in});
}

BOOST_AUTO_TEST_CASE(apop_where_it_is_offered) {
    auto s = two();
    run(s, {greeting, {"APOP alice " + std::string(32, 'a') + "\r\n", "-ERR APOP is not provided here\r\n"}});
    s.policy.apop = pop3::apop::beside_password;
    const turn stamped{"", "+OK mail.test POP3 server ready <id-1@mail.test>\r\n"};
    const std::string syntax =
        "-ERR syntax: APOP name digest, the digest in 32 lower case hexadecimal digits\r\n";
    const auto did =
        run(s, {stamped,
                {"APOP\r\n", syntax},
                {"APOP alice\r\n", syntax},
                {"APOP alice abc\r\n", syntax},
                {"APOP alice " + std::string(32, 'A') + "\r\n", syntax},
                {"APOP alice " + std::string(32, 'b') + "\r\n", "-ERR [AUTH] user or password is wrong\r\n"},
                {"APOP alice " + std::string(32, 'a') + "\r\n", logged_in.out},
                {"APOP alice " + std::string(32, 'a') + "\r\n", "-ERR only before the login\r\n"}});
    check_same(did.log, {"digest alice <id-1@mail.test> " + std::string(32, 'b'),
                         "digest alice <id-1@mail.test> " + std::string(32, 'a')});
}

BOOST_AUTO_TEST_CASE(apop_may_replace_user) {
    auto s = two();
    s.policy.apop = pop3::apop::instead_of_password;
    run(s, {{"", "+OK mail.test POP3 server ready <id-1@mail.test>\r\n"},
            {"USER alice\r\n", "-ERR USER is not provided here, use APOP or AUTH\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_the_check_of_a_password_may_say) {
    auto s = two();
    s.policy.login_delay = 60;
    const turn wrong{"PASS x\r\n", "-ERR [SYS/TEMP] passwords cannot be checked now\r\n"};
    s.verdict = pop3::password_verdict::unavailable;
    run(s, {greeting, user, wrong, user, logged_in});
    s.verdict = pop3::password_verdict::too_soon;
    run(s, {greeting, user, {"PASS x\r\n", "-ERR [LOGIN-DELAY] at least 60 seconds between two logins\r\n"}});
    s.verdict = pop3::password_verdict::good; // and no account
    run(s, {greeting, user, {"PASS x\r\n", "-ERR [SYS/TEMP] the mailbox cannot be opened now\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_mailbox_is_held_by_one_session) {
    auto s = two();
    std::shared_ptr<void> held;
    s.prepare = [&](mailbox_tests::memory_account& who) { held = *who.at("INBOX").lock_exclusively(); };
    const turn in_use{"PASS alice-pw\r\n", "-ERR [IN-USE] another session has the mailbox\r\n"};
    const auto did = run(s, {greeting, user, in_use, user, in_use});
    BOOST_TEST(!did.logged_in);
    // Only after right credentials (RFC 2449 §8.1.2).
    run(s, {greeting, user, {"PASS x\r\n", "-ERR [AUTH] user or password is wrong\r\n"}});
}

BOOST_AUTO_TEST_CASE(trouble_with_the_mailbox_says_whether_it_may_pass) {
    using kind = enum mailbox_tests::trouble::kind;
    const auto answer = [](kind what) {
        auto s = two();
        s.prepare = [what](mailbox_tests::memory_account& who) {
            who.at("INBOX").refuse_with(mailbox_tests::trouble{what, "for a reason"});
        };
        const std::string code = what == kind::corrupt ? "[SYS/PERM]" : "[SYS/TEMP]";
        const auto did = run(s, {greeting,
                                 user,
                                 {"PASS alice-pw\r\n", "-ERR " + code + " the mailbox cannot be opened\r\n"},
                                 {"STAT\r\n", "-ERR log in first\r\n"}});
        check_same(did.log,
                   {"verify USER alice alice-pw", "note: the mailbox cannot be opened: for a reason"});
        // The lock is free (RFC 1939 §4).
        BOOST_TEST(did.account->at("INBOX").lock_exclusively().has_value());
    };
    answer(kind::corrupt);
    answer(kind::failed);
}

// New mail cannot be taken up then, but what is there can be read and removed.
BOOST_AUTO_TEST_CASE(a_full_disk_keeps_nobody_out) {
    auto s = two();
    s.prepare = [](mailbox_tests::memory_account& who) {
        who.at("INBOX").refuse_with(
            mailbox_tests::trouble{mailbox_tests::trouble::kind::no_space, "no room"});
    };
    BOOST_TEST(run(s, {greeting, user, {"PASS alice-pw\r\n", "+OK 2 messages, 10 octets\r\n"}}).logged_in);
}

BOOST_AUTO_TEST_CASE(too_many_failures_end_it) {
    auto s = two();
    s.policy.limits.auth_failures = 2;
    const turn wrong{"AUTH PLAIN AGEAYQ==\r\n", "-ERR [AUTH] user or password is wrong\r\n"};
    const auto did = run(s, {greeting,
                             wrong,
                             wrong,
                             {"USER alice\r\n", "-ERR too many failed logins, closing the connection\r\n"}});
    BOOST_TEST(did.closed);
}

BOOST_AUTO_TEST_CASE(commands_of_the_other_state) {
    run(two(), {greeting,
                {"STAT\r\n", "-ERR log in first\r\n"},
                {"LIST\r\n", "-ERR log in first\r\n"},
                {"RETR 1\r\n", "-ERR log in first\r\n"},
                {"DELE 1\r\n", "-ERR log in first\r\n"},
                {"NOOP\r\n", "-ERR log in first\r\n"},
                {"RSET\r\n", "-ERR log in first\r\n"},
                {"TOP 1 0\r\n", "-ERR log in first\r\n"},
                {"UIDL\r\n", "-ERR log in first\r\n"},
                user,
                logged_in,
                {"USER alice\r\n", "-ERR only before the login\r\n"},
                {"PASS alice-pw\r\n", "-ERR only before the login\r\n"},
                {"UTF8\r\n", "-ERR only before the login\r\n"}});
}

BOOST_AUTO_TEST_CASE(quit_before_the_login) {
    const auto did = run(two(), {greeting,
                                 {"QUIT now\r\n", "-ERR QUIT takes no argument\r\n"},
                                 {"QUIT\r\n", "+OK mail.test POP3 server signing off\r\n"},
                                 {"NOOP\r\n", ""}});
    check_same(did.log, {"close"});
    BOOST_TEST(did.left().size() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
