// The dialog outside transactions: greeting, EHLO and HELO, unknown and broken commands, limits, endings.
// RFC 5321 §3.1, §3.2, §4.1.1, §4.1.4, §4.2; RFC 2034; RFC 2920. Expectations are literals.
#include "reference/smtp/reply.hpp"
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;
using namespace std::string_literals;

namespace {

const std::string greeting = "220 mx.example.test ESMTP refmaild\r\n";
const std::string ehlo_reply =
    "250-mx.example.test greets c.test\r\n"
    "250-PIPELINING\r\n"
    "250-SIZE 1000000\r\n"
    "250-8BITMIME\r\n"
    "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-BINARYMIME\r\n"
    "250-VRFY\r\n"
    "250-EXPN\r\n"
    "250-HELP\r\n"
    "250 STARTTLS\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(opening_and_closing) {
    auto o = run(mta(), {{"", greeting},
                         {"EHLO c.test\r\n", ehlo_reply},
                         {"QUIT\r\n", "221 2.0.0 mx.example.test Service closing transmission channel\r\n"},
                         {"NOOP\r\n", ""}});
    BOOST_TEST(o.closed);
    BOOST_TEST(o.log == std::vector<std::string>{"close"}, boost::test_tools::per_element());
    BOOST_TEST(o.helo == "c.test");
}

BOOST_AUTO_TEST_CASE(a_service_that_takes_no_mail) {
    auto refusing = mta();
    refusing.policy.refuse_service = "this host only sends";
    const auto out_of_sequence =
        "503 5.5.1 Bad sequence of commands: there is no mail service here, send QUIT\r\n"s;
    auto o =
        run(refusing, {{"", "554 mx.example.test No mail service here: this host only sends\r\n"},
                       {"EHLO c.test\r\n", out_of_sequence},
                       {"MAIL FROM:<joe@c.test>\r\n", out_of_sequence},
                       {"NOOP\r\n", out_of_sequence},
                       {"QUIT\r\n", "221 2.0.0 mx.example.test Service closing transmission channel\r\n"}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(helo_lists_nothing) {
    run(mta(), {{"", greeting}, {"HELO c.test\r\n", "250 mx.example.test\r\n"}});
}

BOOST_AUTO_TEST_CASE(ehlo_arguments) {
    for (std::string good :
         {"c.test", "localhost", "[127.0.0.1]", "[IPv6:::1]", "[127.0.0.1] and a comment", "C.TEST"}) {
        auto o = run(mta(), {{"", greeting},
                             {"EHLO " + good + "\r\n", "*"},
                             {"MAIL FROM:<>\r\n", "250 2.1.0 Sender <> OK\r\n"}});
        BOOST_TEST(o.helo == good.substr(0, good.find(' ')));
    }
    const std::vector<std::pair<std::string, std::string>> bad{
        {"", "domain missing"},
        {" ", "domain missing"},
        {" a_b.test", "underscore is not allowed in a domain"},
        {" c..test", "empty label in a domain"},
        {" -c.test", "a label of a domain must not begin with a hyphen"},
        {" c.test x", "text behind the address"},
        {" [127.0.0.256]", "not an IPv4 address of four numbers from 0 to 255"},
        {" [127.0.0.1", "address literal without its ']'"},
    };
    for (auto& [argument, why] : bad) {
        run(mta(), {{"", greeting},
                    {"EHLO" + argument + "\r\n", "501 Syntax: EHLO domain or [address]: " + why + "\r\n"},
                    {"HELO" + argument + "\r\n", "501 Syntax: HELO domain or [address]: " + why + "\r\n"},
                    {"MAIL FROM:<>\r\n", "503 5.5.1 MAIL: send EHLO first\r\n"}});
    }
}

BOOST_AUTO_TEST_CASE(case_and_trailing_blanks_do_not_matter) {
    run(mta(), {{"", greeting},
                {"ehlo c.test  \r\n", ehlo_reply},
                {"nOOp\t \r\n", "250 2.0.0 OK\r\n"},
                {"mail from:<>\r\n", "250 2.1.0 Sender <> OK\r\n"},
                {"Rcpt tO:<alice@example.test> \r\n", "250 2.1.5 Recipient <alice@example.test> OK\r\n"},
                {"rset\r\n", "250 2.0.0 Reset OK\r\n"},
                {"quit \r\n", "221 2.0.0 mx.example.test Service closing transmission channel\r\n"}});
}

BOOST_AUTO_TEST_CASE(before_ehlo) {
    run(mta(), {{"", greeting},
                {"NOOP\r\n", "250 2.0.0 OK\r\n"},
                {"RSET\r\n", "250 2.0.0 Reset OK\r\n"},
                {"VRFY alice\r\n", "250 2.1.5 Alice Smith <alice@example.test>\r\n"},
                {"EXPN solo\r\n", "250 2.1.5 <bob@example.test>\r\n"},
                {"HELP NOOP\r\n", "214 2.0.0 NOOP: do nothing\r\n"},
                {"MAIL FROM:<>\r\n", "503 5.5.1 MAIL: send EHLO first\r\n"},
                {"RCPT TO:<alice@example.test>\r\n", "503 5.5.1 RCPT: send MAIL first\r\n"},
                {"DATA\r\n", "503 5.5.1 DATA: send MAIL first\r\n"}});
}

BOOST_AUTO_TEST_CASE(unknown_and_not_provided) {
    std::vector<turn> script{{"", greeting}};
    for (std::string unknown :
         {"FOO", "XFOO", "MAILFROM:<a@b.test>", "LONGVERB x", "", " NOOP", "N\tOOP", "1"}) {
        script.push_back({unknown + "\r\n", "500 5.5.1 Command not recognized\r\n"});
    }
    for (std::string known : {"TURN", "SEND", "SOML", "SAML", "ETRN", "ATRN", "BURL"}) {
        script.push_back({known + " x\r\n", "502 5.5.1 " + known + " is not provided here\r\n"});
    }
    script.push_back({"LHLO c.test\r\n", "500 Command not recognized: this is SMTP\r\n"});
    script.push_back({"AUTH PLAIN\r\n", "502 5.5.1 AUTH is not provided here\r\n"});
    run(mta(), script);
}

BOOST_AUTO_TEST_CASE(arguments_where_none_belong) {
    run_greeted(mta(), {{"RSET x\r\n", "501 5.5.4 RSET takes no argument\r\n"},
                        {"DATA x\r\n", "501 5.5.4 DATA takes no argument\r\n"},
                        {"QUIT x\r\n", "501 5.5.4 QUIT takes no argument\r\n"},
                        {"NOOP x y\r\n", "250 2.0.0 OK\r\n"}});
}

BOOST_AUTO_TEST_CASE(octets_that_commands_do_not_have) {
    run_greeted(mta(),
                {{"NOOP \xc3\xa9\r\n", "500 5.5.2 Command with octets above 127\r\n"},
                 {"\xff\r\n", "500 5.5.2 Command with octets above 127\r\n"},
                 {"MAIL FROM:<j\xc3@b.test> SMTPUTF8\r\n", "500 5.5.2 Command with octets above 127\r\n"},
                 {"NOOP a\0b\r\n"s, "501 5.5.2 Control character in a command\r\n"},
                 {"NOOP a\x7f\r\n", "501 5.5.2 Control character in a command\r\n"},
                 {"NOOP a\tb\r\n", "501 5.5.2 Control character in a command\r\n"},
                 {"NOOP a\rb\r\n", "501 5.5.2 Bare CR in a command\r\n"},
                 {"NOOP a\nNOOP\r\n", "501 5.5.2 Bare LF in a command\r\n"},
                 {"NOOP\nNOOP\r\n", "500 5.5.1 Command not recognized\r\n"},
                 {"NOOP a\n\r\n", "501 5.5.2 Bare LF in a command\r\n"},
                 {"NOOP a\r\r\n", "501 5.5.2 Bare CR in a command\r\n"},
                 {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
}

BOOST_AUTO_TEST_CASE(line_length_on_both_sides) {
    const std::string n512 = "NOOP " + std::string(505, 'x') + "\r\n";
    BOOST_REQUIRE(n512.size() == 512);
    const std::string n513 = "NOOP " + std::string(506, 'x') + "\r\n";
    const std::string huge = "NOOP " + std::string(100'000, 'x') + "\r\n";
    run_greeted(mta(), {{n512, "250 2.0.0 OK\r\n"},
                        {n513, "500 5.5.2 Line too long: at most 512 octets\r\n"},
                        {huge, "500 5.5.2 Line too long\r\n"},
                        {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
}

BOOST_AUTO_TEST_CASE(overlong_lines_are_skipped_in_step) {
    for (std::size_t n = 12'280; n < 12'292; ++n) {
        const std::string start = "500 5.5.2 Line too long";
        const auto line = "NOOP " + std::string(n - 7, 'x') + "\r\n";
        run_greeted(mta(), {{line, n > 12'288 ? start + "\r\n" : start + ": at most 512 octets\r\n"},
                            {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
    }
}

BOOST_AUTO_TEST_CASE(mail_lines_may_be_longer) {
    auto mail_of = [](std::size_t size) { // the blanks before CRLF count, and are tolerated
        const std::string line = "MAIL FROM:<a@b.test> SIZE=1";
        return line + std::string(size - line.size() - 2, ' ') + "\r\n";
    };
    run_greeted(mta(), {{mail_of(695), "250 2.1.0 Sender <a@b.test> OK\r\n"},
                        {"RSET\r\n", "250 2.0.0 Reset OK\r\n"},
                        {mail_of(696), "500 5.5.2 Line too long: at most 695 octets\r\n"}});
    auto with_auth = submissions();
    with_auth.policy.check_sender_rights = false;
    run_greeted(with_auth, {{mail_of(1195), "250 2.1.0 Sender <a@b.test> OK\r\n"},
                            {"RSET\r\n", "250 2.0.0 Reset OK\r\n"},
                            {mail_of(1196), "500 5.5.2 Line too long: at most 1195 octets\r\n"}});
}

BOOST_AUTO_TEST_CASE(too_many_errors) {
    auto s = mta();
    s.policy.limits.errors = 3;
    auto o = run_greeted(
        s, {{"A\r\nB\r\nC\r\n", "500 5.5.1 Command not recognized\r\n"
                                "500 5.5.1 Command not recognized\r\n"
                                "500 5.5.1 Command not recognized\r\n"},
            {"NOOP\r\n", "421 4.7.0 mx.example.test Too many errors, closing transmission channel\r\n"}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(too_many_commands) {
    auto s = mta();
    s.policy.limits.commands = 2; // EHLO is one
    auto o = run_greeted(
        s, {{"NOOP\r\n", "250 2.0.0 OK\r\n"},
            {"NOOP\r\n", "421 4.7.0 mx.example.test Too many commands, closing transmission channel\r\n"}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(help) {
    run_greeted(mta(), {{"HELP\r\n", "214-2.0.0 Commands: EHLO HELO LHLO MAIL RCPT DATA RSET NOOP QUIT\r\n"
                                     "214-2.0.0 VRFY EXPN HELP STARTTLS AUTH\r\n"
                                     "214 2.0.0 HELP command tells more about one of them\r\n"},
                        {"HELP rcpt\r\n", "214 2.0.0 RCPT TO:<address>\r\n"},
                        {"HELP sex\r\n", "504 5.5.4 HELP: no help on that\r\n"}});
}

BOOST_AUTO_TEST_CASE(replies_to_a_group_leave_together) {
    auto s = mta();
    smtp::session session(s.policy, people(), {"s1", "127.0.0.1"}, noon());
    auto first = session.next();
    BOOST_REQUIRE(first);
    BOOST_TEST(std::get<smtp::send>(*first).octets == greeting);
    session.receive("EHLO c.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<nosuch@example.test>\r\nRCPT "
                    "TO:<bob@example.test>\r\nDATA\r\n",
                    noon());
    auto group = session.next();
    BOOST_REQUIRE(group);
    BOOST_TEST(std::get<smtp::send>(*group).octets ==
               ehlo_reply + "250 2.1.0 Sender <a@b.test> OK\r\n"
                            "550 5.1.1 <nosuch@example.test>: no such user here\r\n"
                            "250 2.1.5 Recipient <bob@example.test> OK\r\n"
                            "354 Start mail input; end with <CRLF>.<CRLF>\r\n");
    BOOST_TEST(std::holds_alternative<smtp::begin_message>(session.next().value()));
    BOOST_TEST(!session.next());
    BOOST_TEST(session.in_data());
    BOOST_TEST(session.in_transaction());
}

BOOST_AUTO_TEST_CASE(replies_are_printable) {
    std::string out;
    smtp::write_reply(out, 550, "5.1.1", "a\r\n250 b\0\x7f\xff\tc"s);
    BOOST_TEST(out == "550 5.1.1 a??250 b???\tc\r\n");
}

BOOST_AUTO_TEST_CASE(long_replies_are_cut) {
    // A path of 256 octets fits; what a client can make us quote never passes 512 octets a line.
    const std::string parameter(480, 'P');
    run_greeted(mta(), {{"MAIL FROM:<> " + parameter + "\r\n",
                         "555 5.5.4 Parameter " + parameter + " is not pr\r\n"}});
}

// A client that pipelines and never reads: its replies wait in one bounded piece, not all of them.
BOOST_AUTO_TEST_CASE(replies_to_a_long_pipeline_leave_in_bounded_pieces) {
    const auto s = mta();
    smtp::session session(s.policy, people(), {"s1", s.client_address, false}, noon());
    std::string commands;
    constexpr std::size_t asked = 3000;
    for (std::size_t i = 0; i < asked; ++i)
        commands += "HELP\r\n";
    session.receive(commands, noon());
    std::size_t largest = 0, replies = 0;
    while (auto action = session.next()) {
        const auto* said = std::get_if<smtp::send>(&*action);
        BOOST_REQUIRE(said);
        largest = std::max(largest, said->octets.size());
        for (std::size_t at = 0; (at = said->octets.find("\r\n214 ", at)) != std::string::npos; ++at)
            ++replies;
    }
    BOOST_TEST(replies == asked);
    BOOST_TEST(largest < 65u * 1024);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(endings)

namespace {

struct open_session {
    setup s = mta();
    smtp::session session{s.policy, people(), {"s1", "127.0.0.1"}, noon()};
    std::vector<smtp::action> drain() {
        std::vector<smtp::action> out;
        while (auto a = session.next())
            out.push_back(std::move(*a));
        return out;
    }
    std::string sent(std::vector<smtp::action> actions) {
        std::string out;
        for (auto& a : actions) {
            if (auto* s = std::get_if<smtp::send>(&a))
                out += s->octets;
            else if (std::holds_alternative<smtp::close>(a))
                out += "[close]";
            else if (auto* why = std::get_if<smtp::abort_message>(&a))
                out += "[abort: " + why->reason + "]";
            else if (std::holds_alternative<smtp::begin_message>(a))
                out += "[begin]";
            else if (std::holds_alternative<smtp::commit_message>(a))
                out += "[commit]";
        }
        return out;
    }
    void to_data() {
        session.receive("EHLO c.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n",
                        noon());
        drain();
    }
};

const std::string bye =
    "421 4.3.2 mx.example.test Service closing transmission channel: shutting down\r\n[close]";

} // namespace

BOOST_FIXTURE_TEST_CASE(timeout_between_commands, open_session) {
    drain();
    session.timed_out();
    BOOST_TEST(sent(drain()) == "421 4.4.2 mx.example.test Timeout, closing transmission channel\r\n[close]");
    BOOST_TEST(!session.wants_input());
}

BOOST_FIXTURE_TEST_CASE(timeout_in_data, open_session) {
    to_data();
    session.receive("Subject: x\r\n", noon());
    session.timed_out();
    BOOST_TEST(sent(drain()) == "[abort: transaction ended before its content was complete]"
                                "421 4.4.2 mx.example.test Timeout, closing transmission channel\r\n[close]");
}

BOOST_FIXTURE_TEST_CASE(timeout_while_we_are_slow_is_not_the_clients, open_session) {
    to_data();
    session.receive("Subject: x\r\n.\r\n", noon());
    drain();
    session.timed_out();
    BOOST_TEST(drain().empty());
    session.delivered({smtp::delivery_verdict::stored}, noon());
    BOOST_TEST(sent(drain()) == "250 2.0.0 Message s1-1 accepted\r\n");
}

BOOST_FIXTURE_TEST_CASE(shutdown_of_an_idle_session, open_session) {
    drain();
    session.shut_down();
    BOOST_TEST(sent(drain()) == bye);
}

BOOST_FIXTURE_TEST_CASE(shutdown_lets_a_transaction_finish, open_session) {
    to_data();
    session.shut_down();
    BOOST_TEST(drain().empty());
    session.receive("Subject: x\r\n.\r\nNOOP\r\n", noon());
    BOOST_TEST(sent(drain()) == "[commit]");
    session.delivered({smtp::delivery_verdict::stored}, noon());
    BOOST_TEST(sent(drain()) == "250 2.0.0 Message s1-1 accepted\r\n" + bye);
}

BOOST_FIXTURE_TEST_CASE(shutdown_after_rset, open_session) {
    session.receive("EHLO c.test\r\nMAIL FROM:<a@b.test>\r\n", noon());
    drain();
    session.shut_down();
    BOOST_TEST(drain().empty());
    session.receive("RSET\r\n", noon());
    BOOST_TEST(sent(drain()) == "250 2.0.0 Reset OK\r\n" + bye);
}

BOOST_FIXTURE_TEST_CASE(disconnected_in_data, open_session) {
    to_data();
    session.receive("Subject: x\r\n", noon());
    session.disconnected();
    BOOST_TEST(sent(drain()) == "[abort: transaction ended before its content was complete][close]");
    session.disconnected();
    session.timed_out();
    session.shut_down();
    session.receive("NOOP\r\n", noon());
    BOOST_TEST(drain().empty());
}

BOOST_FIXTURE_TEST_CASE(disconnected_while_delivering_aborts_nothing, open_session) {
    to_data();
    session.receive("Subject: x\r\n.\r\n", noon());
    drain();
    session.disconnected();
    BOOST_TEST(sent(drain()) == "[close]");
    session.delivered({smtp::delivery_verdict::stored}, noon());
    BOOST_TEST(drain().empty());
}

BOOST_FIXTURE_TEST_CASE(input_waits_while_an_answer_is_awaited, open_session) {
    to_data();
    session.receive("Subject: x\r\n.\r\nMAIL FROM:<c@d.test>\r\nQU", noon());
    BOOST_TEST(sent(drain()) == "[commit]");
    BOOST_TEST(!session.wants_input());
    session.receive("IT\r\n", noon());
    BOOST_TEST(drain().empty());
    session.delivered({smtp::delivery_verdict::stored}, noon());
    BOOST_TEST(sent(drain()) == "250 2.0.0 Message s1-1 accepted\r\n"
                                "250 2.1.0 Sender <c@d.test> OK\r\n"
                                "221 2.0.0 mx.example.test Service closing transmission channel\r\n[close]");
}

BOOST_AUTO_TEST_SUITE_END()
