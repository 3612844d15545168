// From octets to commands: tags, states, literals and their limits, pipelining, errors. RFC 9051 §2.2, §4.3,
// §5.5, §9; RFC 7888; RFC 7889. Expectations are literals.
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(commands)

namespace {

const std::string ready = "+ Ready for the literal\r\n";
const turn greeting{"", "*"};

} // namespace

BOOST_AUTO_TEST_CASE(tags_and_names) {
    run(logged_in(),
        {{"a NOOP\r\n", "a OK NOOP done\r\n"},
         {"A.1[]~! noop\r\n", "A.1[]~! OK NOOP done\r\n"},
         {"a FROB\r\n", "a BAD There is no such command\r\n"},
         {"\r\n", "* BAD A command begins with a tag and a space\r\n"},
         {"a\r\n", "* BAD A command begins with a tag and a space\r\n"},
         {" NOOP\r\n", "* BAD A command begins with a tag and a space\r\n"},
         {"a+b NOOP\r\n", "* BAD A command begins with a tag and a space\r\n"},
         {"* NOOP\r\n", "* BAD A command begins with a tag and a space\r\n"},
         {"a \r\n", "a BAD There is no such command\r\n"},
         {"a  NOOP\r\n", "a BAD There is no such command\r\n"},
         {"a NOOP \r\n", "a BAD NOOP: expected the end of the command (at octet 7 of the command)\r\n"},
         {"a NOOP x\r\n", "a BAD NOOP: expected the end of the command (at octet 7 of the command)\r\n"},
         {"a NO\nOP\r\n", "a BAD There is no such command\r\n"},
         {"a UID\r\n", "a BAD UID goes with no such command\r\n"},
         {"a UID NOOP\r\n", "a BAD UID goes with no such command\r\n"},
         {"a UID CLOSE\r\n", "a BAD UID goes with no such command\r\n"},
         {"a UIDNOOP\r\n", "a BAD There is no such command\r\n"}});
}

BOOST_AUTO_TEST_CASE(states) {
    auto s = on_tls();
    run(s, {greeting,
            {"a SELECT INBOX\r\n", "a BAD SELECT comes after the login\r\n"},
            {"b FETCH 1 FLAGS\r\n", "b BAD FETCH comes after the login\r\n"},
            {"c NOOP\r\n", "c OK NOOP done\r\n"}});
    run(logged_in(), {{"a FETCH 1 FLAGS\r\n", "a BAD FETCH needs a selected mailbox\r\n"},
                      {"b UID FETCH 1 FLAGS\r\n", "b BAD FETCH needs a selected mailbox\r\n"},
                      {"c CLOSE\r\n", "c BAD CLOSE needs a selected mailbox\r\n"},
                      {"d STARTTLS\r\n", "d BAD STARTTLS comes before the login\r\n"},
                      {"e SELECT INBOX\r\n", "*"},
                      {"f CHECK\r\n", "f OK NOOP done\r\n"},
                      {"g UNSELECT\r\n", "g OK UNSELECT done\r\n"},
                      {"h CHECK\r\n", "h BAD CHECK needs a selected mailbox\r\n"}});
}

BOOST_AUTO_TEST_CASE(literals_are_strings) {
    run(logged_in(), {{"a CREATE {3}\r\n", ready},
                      {"box\r\n", "a OK CREATE done\r\n"},
                      {"b CREATE {5+}\r\nbox/x\r\n", "b OK CREATE done\r\n"},
                      {"c RENAME {5+}\r\nbox/x {5+}\r\nbox/y\r\n", "c OK RENAME done\r\n"},
                      {"d LIST \"\" {1+}\r\n*\r\n",
                       "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasChildren) \"/\" box\r\n"
                       "* LIST (\\HasNoChildren) \"/\" box/y\r\nd OK LIST done\r\n"},
                      {"e CREATE {0}\r\n", ready},
                      {"\r\n", "e NO [CANNOT] No mailbox can have that name\r\n"},
                      {"f CREATE {4+}\r\na\r\nb\r\n", "f NO [CANNOT] No mailbox can have that name\r\n"},
                      {std::string("g CREATE {3+}\r\na\0b\r\n", 20),
                       "g BAD CREATE: a literal holds a NUL (at octet 10 of the command)\r\n"},
                      {"h CREATE ~{3+}\r\nabc\r\n",
                       "h BAD CREATE: a binary literal cannot be used here (at octet 10 of the command)\r\n"},
                      {"i CREATE \"a\\\"b\\\\\"\r\n", "i OK CREATE done\r\n"},
                      {"j DELETE \"a\\x\"\r\n",
                       "j BAD DELETE: a quoted string cannot hold this (at octet 12 of the command)\r\n"},
                      {"k DELETE \"abc\r\n",
                       "k BAD DELETE: a quoted string has no end (at octet 14 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_brace_in_an_open_quote_is_text) {
    // RFC 7888 §3 makes {n+} a literal at the end of every line; {n} in a string without end is not one.
    run(logged_in(),
        {{"a CREATE \"x {3}\r\n",
          "a BAD CREATE: a quoted string has no end (at octet 16 of the command)\r\n"},
         {"b CREATE \"x {3+}\r\nabc\r\n",
          "b BAD CREATE: a quoted string cannot hold this (at octet 17 of the command)\r\n"},
         {"c CREATE \"x {3}\"\r\n", "c OK CREATE done\r\n"},
         {"d CREATE x{3\r\n",
          "d BAD CREATE: expected the end of the command (at octet 11 of the command)\r\n"},
         {"e CREATE {}\r\n", "e BAD CREATE: expected a mailbox name (at octet 10 of the command)\r\n"},
         {"f CREATE {-1}\r\n", "f BAD CREATE: expected a mailbox name (at octet 10 of the command)\r\n"},
         {"g CREATE {1 }\r\n", "g BAD CREATE: expected a mailbox name (at octet 10 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(large_literals_are_refused_before_they_come) {
    auto s = logged_in();
    s.policy.limits.message_size = 1000;
    s.policy.limits.literals = 100;
    const std::string here = " BAD [TOOBIG] A literal is too large here: at most 100 octets in a command\r\n";
    const std::string message = " NO [TOOBIG] A message is too large: at most 1000 octets\r\n";
    run(s, {{"a CREATE {101}\r\n", "a" + here},
            {"b CREATE {2147483648}\r\n", "b" + here},
            {"c CREATE {4294967296}\r\n", "c" + here},
            {"d CREATE {9223372036854775807}\r\n", "d" + here},
            {"e CREATE {9223372036854775808}\r\n", "e BAD The size of a literal is past 2^63-1\r\n"},
            {"f CREATE {99999999999999999999999999}\r\n", "f BAD The size of a literal is past 2^63-1\r\n"},
            {"g APPEND INBOX {1001}\r\n", "g" + message},
            {"h APPEND INBOX (\\Seen) {2147483648}\r\n", "h" + message},
            {"i APPEND {101}\r\n", "i" + here},
            {"j NOOP {1}\r\n", "j BAD NOOP has no place for a literal\r\n"},
            {"k FROB {1}\r\n", "k BAD There is no such command\r\n"},
            {"{1}\r\n", "* BAD A command begins with a tag and a space\r\n"},
            {"l FETCH 1 {1}\r\n", "l BAD FETCH needs a selected mailbox\r\n"},
            {"m CREATE {60+}\r\n" + std::string(60, 'x') + " {60+}\r\n" + std::string(60, 'x') + "\r\n",
             "m" + here},
            {"n NOOP\r\n", "n OK NOOP done\r\n"}});
}

BOOST_AUTO_TEST_CASE(one_append_holds_so_much) {
    auto s = logged_in();
    s.policy.limits.message_size = 1000;
    s.policy.limits.command_line = 100;
    s.policy.limits.append_size = 10; // less than a message: one message is never too much
    const std::string text(1000, 'x');
    run(s, {{"a APPEND INBOX {1000+}\r\n" + text + "\r\n", "a OK [APPENDUID 1001 1] APPEND done\r\n"},
            {"b APPEND INBOX {1000+}\r\n" + text + " {200}\r\n",
             "b NO [TOOBIG] Too much for one APPEND: send the messages one by one\r\n"},
            {"c APPEND INBOX {1000+}\r\n" + text + " {200+}\r\n" + std::string(200, 'x') + "\r\n",
             "c NO [TOOBIG] Too much for one APPEND: send the messages one by one\r\n"}});
    s.policy.limits.append_size = 5000;
    s.policy.limits.messages_at_once = 2;
    run(s, {{"a APPEND INBOX {1+}\r\nx {1+}\r\nx\r\n", "a OK [APPENDUID 1001 1:2] APPEND done\r\n"},
            {"b APPEND INBOX {1+}\r\nx {1+}\r\nx {1}\r\n",
             "b NO [TOOBIG] Too much for one APPEND: send the messages one by one\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_comes_anyway_is_dropped) {
    auto s = logged_in();
    s.policy.limits.message_size = 1000;
    run(s, {{"a APPEND INBOX {1001+}\r\n" + std::string(1001, 'x') + "\r\n",
             "a NO [TOOBIG] A message is too large: at most 1000 octets\r\n"},
            {"b FROB {5+}\r\nc LOG {6+}\r\nd LOG \r\n", "b BAD There is no such command\r\n"},
            {"c NOOP {3+}\r\nabc {3}\r\n", "c BAD NOOP has no place for a literal\r\n"},
            {"d NOOP\r\n", "d OK NOOP done\r\n"}});
    auto o = run(s, {{"a APPEND INBOX {2000000+}\r\n",
                      "* BYE [TOOBIG] A message is too large: at most 1000 octets\r\n"}});
    BOOST_TEST(o.closed);
    o = run(s, {{"a FROB {1000000+}\r\n" + std::string(1'000'000, 'x') + "{1000000+}\r\n",
                 "* BYE [TOOBIG] A literal is too large to be read and dropped\r\n"}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(literal_minus) {
    auto s = logged_in();
    s.policy.literal_plus = false;
    const auto text = "Subject: x\r\n\r\n" + std::string(4082, 'x');
    run(s, {{"a APPEND INBOX {4096+}\r\n" + text + "\r\n", "a OK [APPENDUID 1001 1] APPEND done\r\n"},
            {"b APPEND INBOX {4097+}\r\n" + text + "x\r\n",
             "b BAD [TOOBIG] A literal of more than 4096 octets must be synchronizing\r\n"},
            {"c CREATE {4097+}\r\n" + std::string(4097, 'x') + "\r\n",
             "c BAD A literal of more than 4096 octets must be synchronizing\r\n"},
            {"d APPEND INBOX {4097}\r\n", ready},
            {text + "x\r\n", "d OK [APPENDUID 1001 2] APPEND done\r\n"}});
}

BOOST_AUTO_TEST_CASE(long_lines_are_dropped_to_their_end) {
    auto s = logged_in();
    s.policy.limits.command_line = 100;
    const std::string too_long = " BAD A command line is too long: at most 100 octets\r\n";
    run(s, {{"a CREATE " + std::string(91, 'x') + "\r\n", "a OK CREATE done\r\n"},
            {"b CREATE " + std::string(92, 'x') + "\r\nc NOOP\r\n", "b" + too_long + "c OK NOOP done\r\n"},
            {"d CREATE " + std::string(5000, 'x') + "\n\r\n", "d" + too_long},
            {"e CREATE " + std::string(500, 'x') + " {6+}\r\nf NOOP\r\ng NOOP\r\n",
             "e" + too_long + "g OK NOOP done\r\n"},
            {"h CREATE " + std::string(500, 'x') + " {6}\r\n", "h" + too_long},
            {std::string(500, 'x') + "\r\n", "*" + too_long}});
}

BOOST_AUTO_TEST_CASE(little_is_read_before_login) {
    auto s = on_tls();
    s.policy.limits.before_login = 50;
    auto o = run(s, {greeting,
                     {"a LOGIN alice " + std::string(60, 'x') + "\r\n",
                      "a BAD A command line is too long: at most 50 octets\r\n"},
                     {"b LOGIN {51}\r\n",
                      "b BAD [TOOBIG] A literal is too large here: at most 50 octets in a command\r\n"},
                     {"c LOGIN {51+}\r\n",
                      "* BYE [TOOBIG] A literal is too large here: at most 50 octets in a command\r\n"}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(a_client_that_only_errs_is_left) {
    auto s = on_tls();
    s.policy.limits.errors_before_login = 3;
    auto o = run(s, {greeting,
                     {"a X\r\nb X\r\nc X\r\nd X\r\n",
                      "a BAD There is no such command\r\nb BAD There is no such command\r\n"
                      "c BAD There is no such command\r\n* BYE Too many errors\r\n"}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(pipelined_commands_are_answered_in_order) {
    run(on_tls(),
        {greeting,
         {"a LOGIN alice alice-pw\r\nb ENABLE CONDSTORE\r\nc CREATE x\r\nd DELETE x\r\ne NOOP\r\n", "*"},
         {"f NOOP\r\n", "f OK NOOP done\r\n"}});
    run(logged_in(),
        {{"a CREATE x\r\nb DELETE x\r\nc DELETE x\r\nd NOOP\r\n",
          "a OK CREATE done\r\nb OK DELETE done\r\nc NO [NONEXISTENT] There is no such mailbox\r\n"
          "d OK NOOP done\r\n"},
         {"a NOOP\r\na NOOP\r\n", "a OK NOOP done\r\na OK NOOP done\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_ends_a_session) {
    imap::policy policy;
    const auto fresh = [&] { return imap::session(policy, {"s1", "127.0.0.1", true}, noon(), [] {}); };
    const auto all = [](imap::session& s) {
        std::string out;
        while (auto a = s.next())
            if (const auto* sent = std::get_if<imap::send>(&*a)) out += sent->octets;
        return out;
    };
    auto slow = fresh();
    all(slow);
    slow.timed_out();
    BOOST_TEST(all(slow) == "* BYE Too slow to log in\r\n");
    BOOST_TEST(slow.closed());
    auto stopped = fresh();
    all(stopped);
    stopped.shut_down();
    BOOST_TEST(all(stopped) == "* BYE [UNAVAILABLE] The server is shutting down\r\n");
    auto gone = fresh();
    gone.disconnected();
    BOOST_TEST(all(gone) == "");
    BOOST_TEST(gone.closed());
    // A password is being checked: the client is not the slow one, and hears of the end with the answer.
    auto busy = fresh();
    all(busy);
    busy.receive("a LOGIN alice alice-pw\r\n", noon());
    all(busy);
    busy.timed_out();
    BOOST_TEST(!busy.closed());
    busy.shut_down();
    busy.password_checked(imap::password_verdict::bad, nullptr);
    BOOST_TEST(all(busy) == "a NO [AUTHENTICATIONFAILED] User or password is wrong\r\n"
                            "* BYE [UNAVAILABLE] The server is shutting down\r\n");
    BOOST_TEST(busy.closed());
}

BOOST_AUTO_TEST_SUITE_END()
