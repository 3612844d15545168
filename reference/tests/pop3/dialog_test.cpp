// What holds for every command: lines, pipelining, limits, CAPA, LANG, ends. RFC 1939 §3, RFC 2449 §4 to §6,
// RFC 6856 §3.
#include "reference/tests/pop3/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

BOOST_AUTO_TEST_SUITE(any_command)

namespace {

using namespace dialog;

const turn greeting{"", "+OK mail.test POP3 server ready\r\n"};

} // namespace

BOOST_AUTO_TEST_CASE(capabilities_before_tls) {
    auto s = with({});
    s.policy.allow_plaintext = false;
    run(s,
        {greeting,
         {"CAPA\r\n", "+OK capabilities follow\r\nTOP\r\nUIDL\r\nSTLS\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n"
                      "PIPELINING\r\nEXPIRE NEVER\r\nUTF8 USER\r\nLANG\r\nIMPLEMENTATION refmaild\r\n.\r\n"},
         {"CAPA 1\r\n", "-ERR CAPA takes no argument\r\n"}});
}

BOOST_AUTO_TEST_CASE(capabilities_are_the_same_after_the_login) {
    auto s = with({});
    s.implicit_tls = true;
    s.policy.login_delay = 30;
    const turn asked{"CAPA\r\n", "+OK capabilities follow\r\nTOP\r\nUIDL\r\nUSER\r\nSASL PLAIN "
                                 "LOGIN\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n"
                                 "PIPELINING\r\nEXPIRE NEVER\r\nLOGIN-DELAY 30\r\nUTF8 "
                                 "USER\r\nLANG\r\nIMPLEMENTATION refmaild\r\n.\r\n"};
    run(s, {greeting, asked});
    run_logged_in(s, {asked});
}

BOOST_AUTO_TEST_CASE(capabilities_of_an_open_line_with_passwords) {
    auto s = with({});
    s.policy.offer_utf8 = false;
    s.policy.apop = pop3::apop::instead_of_password;
    run_logged_in(s, {{"STAT\r\n", "-ERR log in first\r\n"}}); // USER was refused
    s.policy.apop = pop3::apop::off;
    const turn asked{
        "CAPA\r\n",
        "+OK capabilities follow\r\nTOP\r\nUIDL\r\nUSER\r\nSASL PLAIN LOGIN\r\nSTLS\r\nRESP-CODES\r\n"
        "AUTH-RESP-CODE\r\nPIPELINING\r\nEXPIRE NEVER\r\nIMPLEMENTATION refmaild\r\n.\r\n"};
    run(s, {greeting,
            asked,
            {"UTF8\r\n", "-ERR command not recognized\r\n"},
            {"USER \xC3\xBC\r\n", "-ERR octets above 127 in a command\r\n"}});
    run_logged_in(s, {asked, {"LANG\r\n", "-ERR command not recognized\r\n"}});
}

BOOST_AUTO_TEST_CASE(languages) {
    const std::vector<turn> asked{
        {"LANG\r\n", "+OK languages follow\r\nen English\r\n.\r\n"},
        {"LANG *\r\n", "+OK en English it is\r\n"},
        {"LANG EN-gb\r\n", "+OK en English it is\r\n"},
        {"LANG enm\r\n", "-ERR en this language is not spoken here; LANG lists those that are\r\n"},
        {"LANG a b\r\n", "-ERR syntax: LANG [language-range]\r\n"}};
    run_logged_in(with({}), asked);
    std::vector<turn> from_the_start{greeting};
    from_the_start.insert(from_the_start.end(), asked.begin(), asked.end());
    run(with({}), from_the_start);
}

BOOST_AUTO_TEST_CASE(lines_that_are_none) {
    run(with({}), {greeting,
                   {"\r\n", "-ERR command not recognized\r\n"},
                   {"XYZZY\r\n", "-ERR command not recognized\r\n"},
                   {" CAPA\r\n", "-ERR command not recognized\r\n"},
                   {"CA\nPA\r\n", "-ERR lines end with CRLF\r\n-ERR command not recognized\r\n"},
                   {"CAPA\n", "-ERR lines end with CRLF\r\n"},
                   {"\n", "-ERR lines end with CRLF\r\n"},
                   {"AUTH PLAIN\r\n", "+ \r\n"},
                   {"*\n", "-ERR lines end with CRLF\r\n"},
                   {"CA\rPA\r\n", "-ERR control character in a command\r\n"},
                   {std::string("USER a\0b\r\n", 10), "-ERR control character in a command\r\n"},
                   {"QU\xC3\x8FT\r\n", "-ERR octets above 127 in a command\r\n"}});
}

BOOST_AUTO_TEST_CASE(lines_up_to_255_octets_are_taken) {
    const std::string longest = "USER " + std::string(248, 'a') + "\r\n";
    BOOST_TEST(longest.size() == 255u);
    run(with({}), {greeting,
                   {longest, "+OK now the password\r\n"},
                   {"USER " + std::string(249, 'a') + "\r\n", "-ERR line too long: at most 255 octets\r\n"},
                   {"PASS x\r\n", "-ERR send USER first\r\n"},
                   {std::string(100'000, 'x') + "\r\n", "-ERR line too long: at most 255 octets\r\n"},
                   {"LANG *\r\n", "+OK en English it is\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_is_pipelined_is_answered_in_order) {
    run(with({"1\r\n", "22\r\n"}),
        {greeting,
         {"USER alice\r\nPASS alice-pw\r\nSTAT\r\nRETR 1\r\nLIST\r\nRETR 2\r\nDELE "
          "1\r\nUIDL\r\nQUIT\r\nSTAT\r\n",
          "+OK now the password\r\n+OK 2 messages, 7 octets\r\n+OK 2 7\r\n+OK 3 octets\r\n1\r\n.\r\n"
          "+OK 2 messages (7 octets)\r\n1 3\r\n2 4\r\n.\r\n+OK 4 octets\r\n22\r\n.\r\n+OK message 1 "
          "deleted\r\n"
          "+OK unique-id listing follows\r\n2 1001.2\r\n.\r\n"
          "+OK mail.test POP3 server signing off, 1 messages left\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_client_that_only_errs_is_sent_away) {
    auto s = with({});
    s.policy.limits.errors = 2;
    const auto did = run(s, {greeting,
                             {"A\r\nB\r\n", "-ERR command not recognized\r\n-ERR command not recognized\r\n"},
                             {"CAPA\r\n", "-ERR too many errors, closing the connection\r\n"}});
    BOOST_TEST(did.closed);
    s.policy.limits.errors = 100;
    s.policy.limits.commands = 1;
    BOOST_TEST(run(s, {greeting,
                       {"LANG *\r\nLANG *\r\n",
                        "+OK en English it is\r\n-ERR too many commands, closing the connection\r\n"}})
                   .closed);
}

BOOST_AUTO_TEST_CASE(an_idle_client_is_left_without_a_word) {
    const auto did = run(with({}), {greeting, {"<timeout>", ""}});
    BOOST_TEST(did.closed);
}

// Whatever comes: answers, no crash, nothing removed without QUIT. Each run has its seed in its message.
BOOST_AUTO_TEST_CASE(mangled_dialogs_do_no_harm) {
    const std::string dialog =
        "USER alice\r\nPASS alice-pw\r\nUTF8\r\nSTAT\r\nLIST\r\nLIST 2\r\nUIDL 1\r\nRETR 2\r\n"
        "TOP 1 1\r\nDELE 1\r\nRSET\r\nAUTH PLAIN AGEAYQ==\r\nLANG *\r\nCAPA\r\nNOOP\r\n";
    for (unsigned seed = 1; seed <= 2000; ++seed) {
        std::mt19937 chance(seed);
        std::string mangled = dialog;
        for (int changes = 1 + static_cast<int>(chance() % 8); changes > 0; --changes) {
            const auto at = chance() % mangled.size();
            switch (chance() % 4) {
            case 0: mangled[at] = static_cast<char>(chance()); break;
            case 1: mangled.erase(at, 1 + chance() % 5); break;
            case 2: mangled.insert(at, mangled.substr(chance() % mangled.size(), chance() % 40)); break;
            case 3: mangled.insert(at, "\r\n"); break;
            }
        }
        const auto s = with({});
        pop3::session one(s.policy, {"id-1", false});
        mailbox_tests::memory_account who;
        who.at("INBOX").put("A: b\r\n\r\nc\r\n");
        who.at("INBOX").put(".\r\n");
        std::string said;
        one.receive(mangled);
        while (auto wanted = one.next()) {
            if (auto* sent = std::get_if<pop3::send>(&*wanted)) said += sent->octets;
            if (std::holds_alternative<pop3::verify_password>(*wanted))
                one.password_checked(pop3::password_verdict::good, {std::shared_ptr<void>(), &who});
            if (std::holds_alternative<pop3::work>(*wanted)) one.work();
            if (std::holds_alternative<pop3::start_tls>(*wanted)) one.tls_started();
        }
        BOOST_TEST((one.wants_input() || one.closed()), "seed " << seed);
        BOOST_TEST(said.ends_with("\r\n"), "seed " << seed);
        BOOST_TEST(who.at("INBOX").records().size() == 2u, "seed " << seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()
