// Greeting, capabilities, STARTTLS, login, ID, ENABLE, COMPRESS, LOGOUT: RFC 9051 §6.1, §6.2; RFC 2971, 4959,
// 4978, 5161. Expectations are literals.
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(login)

namespace {

const turn greeting{"", "*"};
const std::string common = "CAPABILITY IMAP4rev2 IMAP4rev1 LITERAL+ SASL-IR ID ENABLE";
const std::string offered =
    common +
    " IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS ESEARCH SEARCHRES LIST-EXTENDED LIST-STATUS MOVE SPECIAL-USE "
    "CREATE-SPECIAL-USE STATUS=SIZE CONDSTORE QRESYNC SORT ESORT THREAD=ORDEREDSUBJECT THREAD=REFERENCES "
    "I18NLEVEL=1 WITHIN "
    "MULTIAPPEND BINARY UTF8=ACCEPT QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE COMPRESS=DEFLATE "
    "APPENDLIMIT=52428800";
const std::string logged = " OK [" + offered + "] Logged in\r\n";
const std::string wrong = " NO [AUTHENTICATIONFAILED] User or password is wrong\r\n";
const std::string plain_alice = "AGFsaWNlAGFsaWNlLXB3"; // NUL alice NUL alice-pw

outcome before_login(std::vector<turn> script) {
    script.insert(script.begin(), greeting);
    return run(on_tls(), script);
}

} // namespace

BOOST_AUTO_TEST_CASE(capabilities_follow_the_state) {
    run(in_clear(),
        {{"", "* OK [" + common + " STARTTLS LOGINDISABLED] mail.example.test refmaild is ready\r\n"},
         {"a CAPABILITY\r\n", "* " + common + " STARTTLS LOGINDISABLED\r\na OK CAPABILITY done\r\n"},
         {"b LOGIN alice alice-pw\r\n",
          "b NO [PRIVACYREQUIRED] No password on an open line: issue STARTTLS first\r\n"},
         {"c AUTHENTICATE PLAIN " + plain_alice + "\r\n",
          "c NO [PRIVACYREQUIRED] No password on an open line: issue STARTTLS first\r\n"}});
    run(on_tls(),
        {{"", "* OK [" + common + " AUTH=PLAIN AUTH=LOGIN] mail.example.test refmaild is ready\r\n"},
         {"a LOGIN alice alice-pw\r\n", "a" + logged},
         {"b capability\r\n", "* " + offered + "\r\nb OK CAPABILITY done\r\n"}});
    auto open = in_clear();
    open.policy.allow_plaintext_auth = true;
    open.policy.literal_plus = false;
    open.policy.offer_compression = false;
    open.policy.offer_quotaset = true;
    run(open,
        {{"",
          "* OK [CAPABILITY IMAP4rev2 IMAP4rev1 LITERAL- SASL-IR ID ENABLE STARTTLS AUTH=PLAIN AUTH=LOGIN] "
          "mail.example.test refmaild is ready\r\n"},
         {"a LOGIN alice alice-pw\r\n", "*"},
         {"b COMPRESS DEFLATE\r\n", "b BAD There is no such mechanism of compression here\r\n"}});
}

BOOST_AUTO_TEST_CASE(login_takes_strings_of_all_kinds) {
    before_login({{"a LOGIN \"alice\" \"alice-pw\"\r\n", "a" + logged}});
    before_login({{"a login {5+}\r\nalice {8+}\r\nalice-pw\r\n", "a" + logged}});
    before_login({{"a login {5}\r\n", "+ Ready for the literal\r\n"},
                  {"alice {8}\r\n", "+ Ready for the literal\r\n"},
                  {"alice-pw\r\n", "a" + logged}});
    before_login({{"a LOGIN alice wrong\r\n", "a" + wrong},
                  {"b LOGIN down x\r\n", "b NO [UNAVAILABLE] Passwords cannot be checked just now\r\n"},
                  {"c LOGIN many x\r\n", "c NO [LIMIT] There are too many sessions of this user\r\n"},
                  {"d LOGIN alice\r\n", "d BAD LOGIN: expected a space (at octet 14 of the command)\r\n"},
                  {"e LOGIN alice alice-pw x\r\n",
                   "e BAD LOGIN: expected the end of the command (at octet 23 of the command)\r\n"},
                  {"f LOGIN\r\n", "f BAD LOGIN: expected a space (at octet 8 of the command)\r\n"},
                  {"g LOGIN \"\" \"\"\r\n", "g" + wrong},
                  {"h LOGIN alice alice-pw\r\n", "h" + logged},
                  {"i LOGIN alice alice-pw\r\n", "i BAD LOGIN comes before the login\r\n"},
                  {"j AUTHENTICATE PLAIN\r\n", "j BAD AUTHENTICATE comes before the login\r\n"}});
}

BOOST_AUTO_TEST_CASE(authenticate) {
    auto o = before_login({{"a AUTHENTICATE PLAIN " + plain_alice + "\r\n", "a" + logged}});
    BOOST_TEST(o.log.at(0) == "verify PLAIN alice alice-pw");
    before_login({{"a authenticate plain\r\n", "+ \r\n"}, {plain_alice + "\r\n", "a" + logged}});
    before_login({{"a AUTHENTICATE LOGIN\r\n", "+ VXNlcm5hbWU6\r\n"},
                  {"YWxpY2U=\r\n", "+ UGFzc3dvcmQ6\r\n"},
                  {"YWxpY2UtcHc=\r\n", "a" + logged}});
    const std::string no_base64 = " BAD The response is not valid base64\r\n";
    const std::string no_initial = " BAD The initial response is not valid base64\r\n";
    auto patient = on_tls();
    patient.policy.limits.auth_failures = 99;
    run(patient,
        {greeting,
         {"a AUTHENTICATE PLAIN\r\n", "+ \r\n"},
         {"*\r\n", "a BAD AUTHENTICATE was cancelled\r\n"},
         {"b AUTHENTICATE PLAIN\r\n", "+ \r\n"},
         {"!!!\r\n", "b" + no_base64},
         {"c AUTHENTICATE PLAIN\r\n", "+ \r\n"},
         {"c NOOP\r\n", "c" + no_base64},
         {"d AUTHENTICATE PLAIN =AAA\r\n", "d" + no_initial},
         {"e AUTHENTICATE PLAIN AAA=BBB\r\n", "e" + no_initial},
         {"f AUTHENTICATE PLAIN \r\n", "f" + wrong},
         {"g AUTHENTICATE PLAIN =\r\n", "g" + wrong},
         {"h AUTHENTICATE PLAIN AGFsaWNlAHdyb25n\r\n", "h" + wrong},
         {"i AUTHENTICATE CRAM-MD5\r\n", "i NO There is no such mechanism here\r\n"},
         {"j AUTHENTICATE\r\n", "j BAD AUTHENTICATE: expected a space (at octet 15 of the command)\r\n"},
         {"k AUTHENTICATE PLAIN\r\n", "+ \r\n"},
         {std::string(13'000, 'A') + "\r\n", "k" + no_base64},
         {"l AUTHENTICATE PLAIN " + plain_alice + "\r\nm NOOP\r\n", "l" + logged + "m OK NOOP done\r\n"}});
}

BOOST_AUTO_TEST_CASE(guessing_ends) {
    auto s = on_tls();
    s.policy.limits.auth_failures = 3;
    auto o = run(s, {greeting,
                     {"a LOGIN alice x\r\n", "a" + wrong},
                     {"b LOGIN alice y\r\n", "b" + wrong},
                     {"c LOGIN alice z\r\nd NOOP\r\n", "c" + wrong + "* BYE Too many failed logins\r\n"}});
    BOOST_TEST(o.closed);
    BOOST_TEST(o.log.back() == "close");
}

BOOST_AUTO_TEST_CASE(starttls_forgets_what_was_said_in_the_clear) {
    const std::string inside = "* " + common + " AUTH=PLAIN AUTH=LOGIN\r\nb OK CAPABILITY done\r\n";
    auto o = run_whole(
        in_clear(), {greeting,
                     {"a STARTTLS\r\nx LOGIN alice alice-pw\r\n", "a OK Begin the TLS negotiation now\r\n"},
                     {"b CAPABILITY\r\n", inside},
                     {"c STARTTLS\r\n", "c BAD TLS is active already\r\n"}});
    BOOST_TEST(o.log.at(0) == "tls");
    BOOST_TEST(o.log.at(1) == "note: 24 octets pipelined behind STARTTLS dropped");
    before_login({{"a STARTTLS\r\n", "a BAD TLS is active already\r\n"}});
    run(in_clear(), {greeting,
                     {"a STARTTLS now\r\n",
                      "a BAD STARTTLS: expected the end of the command (at octet 11 of the command)\r\n"},
                     {"b STARTTLS\r\n", "b OK Begin the TLS negotiation now\r\n"}});
    auto s = in_clear();
    s.policy.tls_ready = false;
    run(s, {greeting, {"a STARTTLS\r\n", "a NO [UNAVAILABLE] TLS is not available just now\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_failed_handshake_ends_the_session) {
    imap::policy policy;
    imap::session s(policy, {"s1", "127.0.0.1", false}, noon(), [] {});
    s.receive("a STARTTLS\r\n", noon());
    while (auto a = s.next())
        if (std::holds_alternative<imap::start_tls>(*a)) break;
    BOOST_TEST(!s.wants_input());
    s.tls_failed();
    const auto last = s.next();
    BOOST_REQUIRE(last);
    BOOST_TEST(std::holds_alternative<imap::close>(*last));
    BOOST_TEST(s.closed());
}

BOOST_AUTO_TEST_CASE(id) {
    auto s = on_tls();
    s.policy.version = "1.0";
    const std::string ours = "* ID (\"name\" \"refmaild\" \"version\" \"1.0\")\r\n";
    auto o = run(s, {greeting,
                     {"a ID NIL\r\n", ours + "a OK ID done\r\n"},
                     {"b id (\"name\" \"mutt\" \"os\" NIL)\r\n", ours + "b OK ID done\r\n"},
                     {"c ID ()\r\n", ours + "c OK ID done\r\n"},
                     {"d ID (\"name\")\r\n", "d BAD ID: expected a space (at octet 13 of the command)\r\n"},
                     {"e ID (\"a\" \"b\" \"A\" \"c\")\r\n",
                      "e BAD ID: a field stands there twice (at octet 22 of the command)\r\n"},
                     {"f ID (\"" + std::string(31, 'n') + "\" \"b\")\r\n",
                      "f BAD ID: a field name is longer than 30 octets (at octet 44 of the command)\r\n"},
                     {"g ID\r\n", "g BAD ID: expected a space (at octet 5 of the command)\r\n"}});
    BOOST_TEST(o.log.at(0) == "note: the client is name=\"mutt\" os=\"NIL\"");
}

BOOST_AUTO_TEST_CASE(enable) {
    run(logged_in(),
        {{"a ENABLE CONDSTORE x-good-idea\r\n", "* ENABLED CONDSTORE\r\na OK ENABLE done\r\n"},
         {"b ENABLE IDLE\r\n", "* ENABLED\r\nb OK ENABLE done\r\n"},
         {"c enable qresync utf8=accept imap4rev2\r\n",
          "* ENABLED QRESYNC UTF8=ACCEPT IMAP4rev2\r\nc OK ENABLE done\r\n"},
         {"c2 ENABLE CONDSTORE IMAP4rev2\r\n", "* ENABLED\r\nc2 OK ENABLE done\r\n"},
         {"d ENABLE\r\n", "d BAD ENABLE: expected a space (at octet 9 of the command)\r\n"},
         {"e ENABLE (CONDSTORE)\r\n", "e BAD ENABLE: expected an atom (at octet 10 of the command)\r\n"},
         {"f CAPABILITY\r\n", "* " + offered + "\r\nf OK CAPABILITY done\r\n"}});
    before_login({{"a ENABLE CONDSTORE\r\n", "a BAD ENABLE comes after the login\r\n"}});
}

BOOST_AUTO_TEST_CASE(compress) {
    auto o = run(logged_in(),
                 {{"a COMPRESS GZIP\r\n", "a BAD There is no such mechanism of compression here\r\n"},
                  {"b compress deflate\r\n", "b OK Compression is active from here on\r\n"},
                  {"c COMPRESS DEFLATE\r\n", "c BAD [COMPRESSIONACTIVE] Compression is active already\r\n"}});
    BOOST_TEST(o.log.at(0) == "deflate");
}

BOOST_AUTO_TEST_CASE(logout) {
    auto o = before_login({{"a LOGOUT\r\nb NOOP\r\n", "* BYE Logging out\r\na OK LOGOUT done\r\n"}});
    BOOST_TEST(o.closed);
    o = run(logged_in(), {{"a logout\r\n", "* BYE Logging out\r\na OK LOGOUT done\r\n"}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_SUITE_END()
