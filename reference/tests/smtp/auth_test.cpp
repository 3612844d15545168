// AUTH and STARTTLS: RFC 4954, RFC 3207, RFC 8314 (implicit TLS). Expectations are literals.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;

namespace {

const turn ehlo{"EHLO c.test\r\n", "*"};
const turn greeting{"", "*"};
const std::string invalid = "535 5.7.8 Authentication credentials invalid\r\n";
const std::string succeeded = "235 2.7.0 Authentication succeeded\r\n";
const std::string plain_alice = "AGFsaWNlAGFsaWNlLXB3"; // NUL alice NUL alice-pw

outcome on_tls(std::vector<turn> script) {
    script.insert(script.begin(), {greeting, ehlo});
    return run(submissions(), script);
}

} // namespace

BOOST_AUTO_TEST_SUITE(auth)

BOOST_AUTO_TEST_CASE(is_listed_only_when_usable) {
    const std::string base =
        "250-mx.example.test greets c.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n"
        "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-BINARYMIME\r\n";
    const std::string tls_common = base + "250-REQUIRETLS\r\n250-VRFY\r\n250-EXPN\r\n";
    const std::string common = base + "250-VRFY\r\n250-EXPN\r\n";
    run(submission(), {greeting, {"EHLO c.test\r\n", common + "250-HELP\r\n250 STARTTLS\r\n"}});
    run(submissions(), {greeting, {"EHLO c.test\r\n", tls_common + "250-HELP\r\n250 AUTH PLAIN LOGIN\r\n"}});
    auto open = submission();
    open.policy.allow_plaintext_auth = true;
    run(open, {greeting,
               {"EHLO c.test\r\n", common + "250-HELP\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"},
               {"AUTH PLAIN " + plain_alice + "\r\n", succeeded}});
}

BOOST_AUTO_TEST_CASE(plain) {
    auto o = on_tls({{"AUTH PLAIN " + plain_alice + "\r\n", succeeded},
                     {"AUTH PLAIN " + plain_alice + "\r\n", "503 5.5.1 AUTH: already authenticated\r\n"},
                     {"MAIL FROM:<alice@example.test>\r\n", "250 2.1.0 Sender <alice@example.test> OK\r\n"}});
    BOOST_TEST(o.user == "alice");
    BOOST_TEST(o.log.at(0) == "verify PLAIN alice alice-pw");
    on_tls({{"auth plain\r\n", "334 \r\n"}, {plain_alice + "\r\n", succeeded}});
    on_tls({{"AUTH PLAIN AGFsaWNlAHdyb25n\r\n", invalid}, {"AUTH PLAIN " + plain_alice + "\r\n", succeeded}});
}

BOOST_AUTO_TEST_CASE(login) {
    on_tls({{"AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n"},
            {"YWxpY2U=\r\n", "334 UGFzc3dvcmQ6\r\n"},
            {"YWxpY2UtcHc=\r\n", succeeded}});
    on_tls({{"AUTH LOGIN YWxpY2U=\r\n", "334 UGFzc3dvcmQ6\r\n"}, {"YWxpY2UtcHc=\r\n", succeeded}});
    on_tls({{"AUTH login\r\nYWxpY2U=\r\nd3Jvbmc=\r\nNOOP\r\n",
             "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n" + invalid + "250 2.0.0 OK\r\n"}});
}

BOOST_AUTO_TEST_CASE(broken_exchanges_leave_the_session_usable) {
    const std::string not_base64 = "501 5.5.2 AUTH: the response is not valid base64\r\n";
    on_tls({{"AUTH PLAIN\r\n", "334 \r\n"},
            {"*\r\n", "501 5.7.0 Authentication cancelled\r\n"},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {"!!!\r\n", not_base64},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {"=AAA\r\n", not_base64},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {plain_alice + " \r\n", not_base64},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {"=\r\n", not_base64},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {"QUIT\n\r\n", not_base64},
            {"AUTH PLAIN AAA=BBB\r\n", "501 5.5.2 AUTH: the initial response is not valid base64\r\n"},
            {"AUTH PLAIN *\r\n", "501 5.5.2 AUTH: the initial response is not valid base64\r\n"},
            {"AUTH\r\n", "501 5.5.4 Syntax: AUTH mechanism [initial-response]\r\n"},
            {"AUTH PLAIN a b\r\n", "501 5.5.4 Syntax: AUTH mechanism [initial-response]\r\n"},
            {"AUTH CRAM-MD5\r\n", "504 5.5.4 AUTH: mechanism not known here\r\n"},
            {"AUTH PLAIN =\r\n", invalid},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {"\r\n", invalid},
            {"AUTH PLAIN " + plain_alice + "\r\n", succeeded}});
}

BOOST_AUTO_TEST_CASE(exchange_lines_on_both_sides) {
    const std::string fits(12288 - 4, 'A'); // a multiple of four; 2 octets to spare
    const std::string too_long = std::string(12288 - 1, 'A');
    const std::string reply = "500 5.5.6 Authentication exchange line is too long: at most 12288 octets\r\n";
    on_tls({{"AUTH PLAIN\r\n", "334 \r\n"},
            {fits + "\r\n", invalid},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {std::string(12286, 'A') + "\r\n",
             "501 5.5.2 AUTH: the response is not valid base64\r\n"}, // 12288 in all
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {too_long + "\r\n", reply},
            {"AUTH PLAIN\r\n", "334 \r\n"},
            {std::string(50'000, 'A') + "\r\n", reply},
            {"AUTH PLAIN " + std::string(2000, 'A') + "\r\n", invalid},
            {"AUTH PLAIN " + std::string(12284, 'A') + "\r\n", "500 5.5.2 Line too long\r\n"},
            {"AUTH PLAIN " + plain_alice + "\r\n", succeeded}});
}

BOOST_AUTO_TEST_CASE(other_outcomes) {
    on_tls({{"AUTH PLAIN AHdlYWsAeA==\r\n", "534 5.7.9 Authentication mechanism is too weak\r\n"},
            {"AUTH PLAIN AG1vdmluZwB4\r\n", "432 4.7.12 A password transition is needed\r\n"},
            {"AUTH PLAIN AGRvd24AeA==\r\n", "454 4.7.0 Temporary authentication failure\r\n"},
            {"AUTH PLAIN " + plain_alice + "\r\n", succeeded}});
}

BOOST_AUTO_TEST_CASE(sequence) {
    run(submissions(), {greeting,
                        {"AUTH PLAIN " + plain_alice + "\r\n", "503 5.5.1 AUTH: send EHLO first\r\n"},
                        {"HELO c.test\r\n", "*"},
                        {"AUTH PLAIN " + plain_alice + "\r\n", "503 5.5.1 AUTH: send EHLO first\r\n"}});
    auto relay = mta();
    relay.policy.offer_auth = true;
    relay.implicit_tls = true;
    run_greeted(relay,
                {{"MAIL FROM:<>\r\n", "250 2.1.0 Sender <> OK\r\n"},
                 {"AUTH PLAIN " + plain_alice + "\r\n", "503 5.5.1 AUTH: not inside a transaction\r\n"},
                 {"RCPT TO:<bob@example.test>\r\n", "250 2.1.5 Recipient <bob@example.test> OK\r\n"}});
    // RFC 4954 §5: AUTH= is taken before authentication, and counts as AUTH=<>.
    auto o =
        run_greeted(relay, {{"MAIL FROM:<> AUTH=a@b.test\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", "*"},
                            {".\r\n", "*"}});
    BOOST_TEST(o.messages.at(0).envelope.submitter.value().null);
}

BOOST_AUTO_TEST_CASE(not_in_the_clear) {
    run(submission(),
        {greeting,
         ehlo,
         {"AUTH PLAIN " + plain_alice + "\r\n",
          "504 5.5.4 AUTH: this mechanism requires encryption, issue STARTTLS first\r\n"},
         {"AUTH LOGIN\r\n", "504 5.5.4 AUTH: this mechanism requires encryption, issue STARTTLS first\r\n"},
         {"AUTH FOO\r\n", "504 5.5.4 AUTH: mechanism not known here\r\n"}});
}

BOOST_AUTO_TEST_CASE(five_failures) {
    std::vector<turn> script(5, {"AUTH PLAIN AGFsaWNlAHdyb25n\r\n", invalid});
    script.push_back({"AUTH PLAIN " + plain_alice + "\r\n",
                      "421 4.7.0 mx.example.test Too many failed logins, closing transmission channel\r\n"});
    auto o = on_tls(script);
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(needed_for_submission) {
    const std::string required = "530 5.7.0 Authentication required\r\n";
    const std::string tls_first = "530 5.7.0 Must issue a STARTTLS command first\r\n";
    for (auto& [s, reply] : {std::pair{submissions(), required}, std::pair{submission(), tls_first}}) {
        run(s, {greeting,
                {"MAIL FROM:<>\r\n", reply},
                ehlo,
                {"MAIL FROM:<alice@example.test>\r\n", reply},
                {"RCPT TO:<bob@example.test>\r\n", reply},
                {"DATA\r\n", reply},
                {"VRFY bob\r\n", reply},
                {"EXPN team\r\n", reply},
                {"NOOP\r\n", "250 2.0.0 OK\r\n"},
                {"RSET\r\n", "250 2.0.0 Reset OK\r\n"},
                {"HELO c.test\r\n", "250 mx.example.test\r\n"},
                {"QUIT\r\n", "221 2.0.0 mx.example.test Service closing transmission channel\r\n"}});
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(starttls)

const turn tls{"STARTTLS\r\n", "220 2.0.0 Ready to start TLS\r\n"};

BOOST_AUTO_TEST_CASE(starts_anew) {
    auto o =
        run(submission(),
            {greeting,
             ehlo,
             tls,
             {"MAIL FROM:<>\r\n", "530 5.7.0 Authentication required\r\n"},
             {"AUTH PLAIN " + plain_alice + "\r\n", "503 5.5.1 AUTH: send EHLO first\r\n"},
             {"EHLO c.test\r\n",
              "250-mx.example.test greets c.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n"
              "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-"
              "REQUIRETLS\r\n250-VRFY\r\n250-EXPN\r\n250-HELP\r\n250 AUTH PLAIN LOGIN\r\n"},
             {"STARTTLS\r\n", "503 5.5.1 STARTTLS: TLS is active already\r\n"},
             {"AUTH PLAIN " + plain_alice + "\r\n", succeeded}});
    BOOST_TEST(o.log.at(0) == "tls");
    run_greeted(mta(), {{"MAIL FROM:<>\r\nRCPT TO:<bob@example.test>\r\n", "*"},
                        tls,
                        {"RCPT TO:<bob@example.test>\r\n", "503 5.5.1 RCPT: send MAIL first\r\n"},
                        {"MAIL FROM:<>\r\n", "503 5.5.1 MAIL: send EHLO first\r\n"}});
}

BOOST_AUTO_TEST_CASE(forgets_a_login_made_in_the_clear) {
    auto open = submission();
    open.policy.allow_plaintext_auth = true;
    auto o = run(open, {greeting,
                        ehlo,
                        {"AUTH PLAIN " + plain_alice + "\r\n", succeeded},
                        tls,
                        {"EHLO c.test\r\n", "*"},
                        {"MAIL FROM:<alice@example.test>\r\n", "530 5.7.0 Authentication required\r\n"}});
    BOOST_TEST(o.user == "");
}

BOOST_AUTO_TEST_CASE(refusals) {
    run_greeted(mta(), {{"STARTTLS now\r\n", "501 5.5.4 STARTTLS takes no argument\r\n"}});
    auto s = mta();
    s.policy.tls_ready = false;
    run_greeted(s, {{"STARTTLS\r\n", "454 4.7.0 TLS not available due to temporary reason\r\n"},
                    {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
    s.policy.offer_tls = false;
    run_greeted(s, {{"STARTTLS\r\n", "502 5.5.1 STARTTLS is not provided here\r\n"}});
}

BOOST_AUTO_TEST_CASE(nothing_is_injected) {
    auto s = mta();
    smtp::session session(s.policy, people(), {"s1", "127.0.0.1"}, noon());
    auto drain = [&] {
        std::string out;
        while (auto a = session.next()) {
            if (auto* x = std::get_if<smtp::send>(&*a))
                out += x->octets;
            else if (auto* n = std::get_if<smtp::note>(&*a))
                out += "[" + n->text + "]";
            else if (std::holds_alternative<smtp::start_tls>(*a))
                out += "[tls]";
            else if (std::holds_alternative<smtp::close>(*a))
                out += "[close]";
        }
        return out;
    };
    session.receive("EHLO c.test\r\n", noon());
    drain();
    session.receive("STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@b.test>\r\nNO", noon());
    BOOST_TEST(drain() ==
               "220 2.0.0 Ready to start TLS\r\n[tls][43 octets pipelined behind STARTTLS dropped]");
    BOOST_TEST(!session.wants_input());
    session.receive("OP\r\nRCPT TO:<bob@example.test>\r\n", noon());
    BOOST_TEST(drain() == "[plaintext between STARTTLS and the handshake dropped]");
    session.tls_started(noon());
    BOOST_TEST(drain() == "");
    BOOST_TEST(session.helo() == "");
    session.receive("NOOP\r\n", noon());
    BOOST_TEST(drain() == "250 2.0.0 OK\r\n");
    session.receive("RCPT TO:<bob@example.test>\r\n", noon());
    BOOST_TEST(drain() == "503 5.5.1 RCPT: send MAIL first\r\n");
}

BOOST_AUTO_TEST_CASE(failed_handshake_closes_without_a_word) {
    auto s = mta();
    smtp::session session(s.policy, people(), {"s1", "127.0.0.1"}, noon());
    session.receive("STARTTLS\r\n", noon());
    while (session.next()) {
    }
    session.tls_failed();
    auto last = session.next();
    BOOST_REQUIRE(last);
    BOOST_TEST(std::holds_alternative<smtp::close>(*last));
    BOOST_TEST(!session.next());
    BOOST_TEST(session.closed());
}

BOOST_AUTO_TEST_SUITE_END()
