// MAIL and RCPT: order, grammar, parameters, limits, who may receive. RFC 5321 §3.3, §4.1.1.2, §4.1.1.3,
// §4.1.1.11, §4.1.4, §4.5.3.1; RFC 1870; RFC 6152; RFC 4954 §5. Expectations are literals.
#include "reference/message/xtext.hpp"
#include "reference/smtp/parameters.hpp"
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace dialog;

BOOST_AUTO_TEST_SUITE(envelope)

namespace {

const turn mail{"MAIL FROM:<a@b.test>\r\n", "250 2.1.0 Sender <a@b.test> OK\r\n"};
const turn bob{"RCPT TO:<bob@example.test>\r\n", "250 2.1.5 Recipient <bob@example.test> OK\r\n"};
const turn rset{"RSET\r\n", "250 2.0.0 Reset OK\r\n"};

} // namespace

BOOST_AUTO_TEST_CASE(order) {
    run_greeted(mta(), {{bob.in, "503 5.5.1 RCPT: send MAIL first\r\n"},
                        {"DATA\r\n", "503 5.5.1 DATA: send MAIL first\r\n"},
                        mail,
                        {"MAIL FROM:<c@d.test>\r\n", "503 5.5.1 MAIL: a transaction is open already\r\n"},
                        {"DATA\r\n", "503 5.5.1 DATA: no valid recipients\r\n"},
                        {"RCPT TO:<nosuch@example.test>\r\n",
                         "550 5.1.1 <nosuch@example.test>: no such user here\r\n"},
                        {"DATA\r\n", "503 5.5.1 DATA: no valid recipients\r\n"},
                        bob,
                        rset,
                        {bob.in, "503 5.5.1 RCPT: send MAIL first\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_leaves_a_transaction_alone) {
    auto o = run_greeted(
        mta(),
        {mail,
         {"NOOP\r\n", "250 2.0.0 OK\r\n"},
         {"VRFY bob\r\n", "250 2.1.5 <bob@example.test>\r\n"},
         {"EXPN solo\r\n", "250 2.1.5 <bob@example.test>\r\n"},
         {"HELP QUIT\r\n", "214 2.0.0 QUIT: end the session\r\n"},
         {"EHLO b_ad\r\n", "501 Syntax: EHLO domain or [address]: underscore is not allowed in a domain\r\n"},
         {"FOO\r\n", "500 5.5.1 Command not recognized\r\n"},
         {"RCPT TO:<bo b@example.test>\r\n",
          "501 5.1.3 Recipient address: '@' and a domain expected after the local-part (octet 4)\r\n"},
         bob,
         {"DATA\r\n", "354 Start mail input; end with <CRLF>.<CRLF>\r\n"},
         {".\r\n", "250 2.0.0 Message s1-1 accepted\r\n"}});
    BOOST_REQUIRE(o.messages.size() == 1u);
    BOOST_TEST(o.messages[0].envelope.recipients.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_ends_a_transaction) {
    for (std::string ender : {"EHLO c.test\r\n", "HELO c.test\r\n", "RSET\r\n"}) {
        run_greeted(mta(), {mail,
                            bob,
                            {ender, "*"},
                            {bob.in, "503 5.5.1 RCPT: send MAIL first\r\n"},
                            {"DATA\r\n", "503 5.5.1 DATA: send MAIL first\r\n"},
                            mail});
    }
    auto o = run_greeted(mta(), {mail, bob, {"QUIT\r\n", "*"}});
    BOOST_TEST(o.messages.empty());
}

BOOST_AUTO_TEST_CASE(sender_grammar) {
    const std::vector<std::pair<std::string, std::string>> good{
        {"<>", "<>"},
        {"<a@b.test>", "<a@b.test>"},
        {"<\"a b\"@b.test>", "<\"a b\"@b.test>"},
        {"<\"a\"@b.test>", "<a@b.test>"},
        {"<@x.test,@y.test:a@b.test>", "<a@b.test>"},
        {"<a@[127.0.0.1]>", "<a@[127.0.0.1]>"},
        {"<a@[IPv6:2001:db8::1]>", "<a@[IPv6:2001:db8::1]>"},
        {"<a@b>", "<a@b>"},
    };
    for (auto& [path, shown] : good) {
        run_greeted(mta(), {{"MAIL FROM:" + path + "\r\n", "250 2.1.0 Sender " + shown + " OK\r\n"}});
    }
    const std::vector<std::pair<std::string, std::string>> bad{
        {"MAIL", "501 5.5.4 Syntax: MAIL FROM:<address>"},
        {"MAIL FROM", "501 5.5.4 Syntax: MAIL FROM:<address>"},
        {"MAIL TO:<a@b.test>", "501 5.5.4 Syntax: MAIL FROM:<address>"},
        {"MAIL FROM :<a@b.test>", "501 5.5.4 Syntax: MAIL FROM:<address>"},
        {"MAIL FROM: <a@b.test>", "501 5.1.7 Sender address: '<' expected before the address (octet 1)"},
        {"MAIL FROM:a@b.test", "501 5.1.7 Sender address: '<' expected before the address (octet 1)"},
        {"MAIL FROM:", "501 5.1.7 Sender address: '<' expected before the address (octet 1)"},
        {"MAIL FROM:<a@b.test", "501 5.1.7 Sender address: '>' expected after the address (octet 10)"},
        {"MAIL FROM:<a>",
         "501 5.1.7 Sender address: '@' and a domain expected after the local-part (octet 3)"},
        {"MAIL FROM:<a@b_c.test>",
         "501 5.1.7 Sender address: underscore is not allowed in a domain (octet 5)"},
        {"MAIL FROM:<postmaster>",
         "501 5.1.7 Sender address: '@' and a domain expected after the local-part (octet 12)"},
        {"MAIL FROM:<a@b.test>SIZE=1",
         "501 5.5.4 Syntax: a blank expected between the address and its parameters"},
    };
    for (auto& [line, reply] : bad) {
        run_greeted(mta(),
                    {{line + "\r\n", reply + "\r\n"}, {bob.in, "503 5.5.1 RCPT: send MAIL first\r\n"}});
    }
}

BOOST_AUTO_TEST_CASE(mail_parameters) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"SIZE=1000000", "250 2.1.0 Sender <a@b.test> OK"},
        {"SIZE=0", "250 2.1.0 Sender <a@b.test> OK"},
        {"size=1", "250 2.1.0 Sender <a@b.test> OK"},
        {"SIZE=1000001", "552 5.3.4 Message exceeds the maximum of 1000000 octets"},
        {"SIZE=99999999999999999999", "552 5.3.4 Message exceeds the maximum of 1000000 octets"},
        {"SIZE=000000000000000000001", "501 5.5.4 Syntax: SIZE=number, of 1 to 20 digits"},
        {"SIZE=abc", "501 5.5.4 Syntax: SIZE=number, of 1 to 20 digits"},
        {"SIZE=-1", "501 5.5.4 Syntax: SIZE=number, of 1 to 20 digits"},
        {"SIZE", "501 5.5.4 Syntax: SIZE=number, of 1 to 20 digits"},
        {"SIZE=", "501 5.5.4 Syntax: malformed parameter 'SIZE='"},
        {"SIZE=1 SIZE=1", "501 5.5.4 Parameter SIZE given twice"},
        {"BODY=7BIT", "250 2.1.0 Sender <a@b.test> OK"},
        {"BODY=8BITMIME SIZE=5", "250 2.1.0 Sender <a@b.test> OK"},
        {"body=8bitmime", "250 2.1.0 Sender <a@b.test> OK"},
        {"BODY", "501 5.5.4 Syntax: BODY=7BIT, BODY=8BITMIME or BODY=BINARYMIME"},
        {"AUTH=<>", "555 5.5.4 Parameter AUTH is not provided here"},
        {"HOLDFOR=60", "555 5.5.4 Parameter HOLDFOR is not provided here"},
        {"X-FOO", "555 5.5.4 Parameter X-FOO is not provided here"},
        {"FOO=a=b", "501 5.5.4 Syntax: malformed parameter 'FOO=a=b'"},
        {"=1", "501 5.5.4 Syntax: malformed parameter '=1'"},
        {"-A=1", "501 5.5.4 Syntax: malformed parameter '-A=1'"},
        {" SIZE=1", "501 5.5.4 Syntax: malformed parameter ''"},
    };
    for (auto& [parameters, reply] : table) {
        run_greeted(mta(), {{"MAIL FROM:<a@b.test> " + parameters + "\r\n", reply + "\r\n"}});
    }
}

BOOST_AUTO_TEST_CASE(auth_parameter) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"AUTH=<>", "250 2.1.0 Sender <alice@example.test> OK"},
        {"auth=e+3Dmc2@example.com", "250 2.1.0 Sender <alice@example.test> OK"},
        {"AUTH=e+3dmc2@example.com", "250 2.1.0 Sender <alice@example.test> OK"},
        {"AUTH=e+3mc2@example.com", "501 5.5.4 Syntax: AUTH=mailbox in xtext, or AUTH=<>"},
        {"AUTH=nobody", "501 5.5.4 Syntax: AUTH=mailbox in xtext, or AUTH=<>"},
        {"AUTH", "501 5.5.4 Syntax: AUTH=mailbox in xtext, or AUTH=<>"},
        {"AUTH=<a@b.test>", "501 5.5.4 Syntax: AUTH=mailbox in xtext, or AUTH=<>"},
    };
    for (auto& [parameter, reply] : table) {
        run_greeted(submissions(),
                    {{"MAIL FROM:<alice@example.test> " + parameter + "\r\n", reply + "\r\n"}});
    }
}

BOOST_AUTO_TEST_CASE(parsed_values) {
    auto p = smtp::parse_mail_parameters(" SIZE=18446744073709551616 BODY=8BITMIME AUTH=e+3Dmc2@example.com",
                                         {.auth = true});
    BOOST_REQUIRE(p);
    BOOST_TEST(*p->size == std::numeric_limits<std::uint64_t>::max());
    BOOST_TEST((p->body == smtp::body_type::eight_bit_mime));
    BOOST_TEST(p->submitter->to_string() == "<e=mc2@example.com>");
    BOOST_TEST(smtp::parse_mail_parameters(" AUTH=<>", {.auth = true})->submitter->null);
    BOOST_TEST(!smtp::parse_mail_parameters("", {.auth = true})->submitter.has_value());
}

BOOST_AUTO_TEST_CASE(xtext) {
    BOOST_TEST(*message::decode_xtext("a+2Bb+3D") == "a+b=");
    BOOST_TEST(*message::decode_xtext("") == "");
    for (auto text : {"+", "+2", "a+", "+2x", "+x2", "a=b", "a b", "a\x7f", "\xc3\xa9"}) {
        BOOST_TEST(!message::decode_xtext(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(recipients) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"RCPT TO:<alice@example.test>", "250 2.1.5 Recipient <alice@example.test> OK"},
        {"RCPT TO:<ALICE@EXAMPLE.TEST>", "250 2.1.5 Recipient <ALICE@EXAMPLE.TEST> OK"},
        {"RCPT TO:<alice+x@example.test>", "250 2.1.5 Recipient <alice+x@example.test> OK"},
        {"RCPT TO:<\"alice\"@example.test>", "250 2.1.5 Recipient <alice@example.test> OK"},
        {"RCPT TO:<\"joe smith\"@example.test>", "250 2.1.5 Recipient <\"joe smith\"@example.test> OK"},
        {"RCPT TO:<@a.test,@b.test:bob@example.test>", "250 2.1.5 Recipient <bob@example.test> OK"},
        {"RCPT TO:<postmaster>", "250 2.1.5 Recipient <postmaster> OK"},
        {"RCPT TO:<PostMaster>", "250 2.1.5 Recipient <PostMaster> OK"},
        {"RCPT TO:<POSTMASTER@example.test>", "250 2.1.5 Recipient <POSTMASTER@example.test> OK"},
        {"RCPT TO:<info@example.test>", "250 2.1.5 Recipient <info@example.test> OK"},
        {"RCPT TO:<team@example.test>", "250 2.1.5 Recipient <team@example.test> OK"},
        {"RCPT TO:<nosuch@example.test>", "550 5.1.1 <nosuch@example.test>: no such user here"},
        {"RCPT TO:<later@example.test>",
         "450 4.3.0 <later@example.test>: cannot be looked up now, try again later"},
        {"RCPT TO:<nobody@example.test>",
         "450 4.3.0 <nobody@example.test>: cannot be looked up now, try again later"},
        {"RCPT TO:<a@other.test>", "550 5.7.1 <a@other.test>: relaying denied"},
        {"RCPT TO:<@example.test:a@other.test>", "550 5.7.1 <a@other.test>: relaying denied"},
        {"RCPT TO:<a%other.test@example.test>", "550 5.1.1 <a%other.test@example.test>: no such user here"},
        {"RCPT TO:<a@[127.0.0.1]>", "550 5.7.1 <a@[127.0.0.1]>: relaying denied"},
        {"RCPT TO:<>", "501 5.1.3 Recipient address: the null path is for MAIL only (octet 2)"},
        {"RCPT TO:<bob>",
         "501 5.1.3 Recipient address: '@' and a domain expected after the local-part (octet 5)"},
        {"RCPT TO: <bob@example.test>",
         "501 5.1.3 Recipient address: '<' expected before the address (octet 1)"},
        {"RCPT FROM:<bob@example.test>", "501 5.5.4 Syntax: RCPT TO:<address>"},
        {"RCPT", "501 5.5.4 Syntax: RCPT TO:<address>"},
        {"RCPT TO:<bob@example.test> RRVS=x", "555 5.5.4 Parameter RRVS is not provided here"},
        {"RCPT TO:<bob@example.test> A=", "501 5.5.4 Syntax: malformed parameter 'A='"},
        {"RCPT TO:<bob@example.test>x",
         "501 5.5.4 Syntax: a blank expected between the address and its parameters"},
    };
    for (auto& [line, reply] : table)
        run_greeted(mta(), {mail, {line + "\r\n", reply + "\r\n"}});
}

BOOST_AUTO_TEST_CASE(sizes_on_both_sides) {
    const std::string l64(64, 'l'), l65(65, 'l');
    run_greeted(mta(), {mail,
                        {"RCPT TO:<" + l64 + "@example.test>\r\n",
                         "250 2.1.5 Recipient <" + l64 + "@example.test> OK\r\n"},
                        {"RCPT TO:<" + l65 + "@example.test>\r\n",
                         "501 5.1.3 Recipient address: local-part longer than 64 octets (octet 2)\r\n"}});
    const std::string d189(189, 'd'); // "<" 64 "@" 189 ">" is 256
    run_greeted(mta(), {{"MAIL FROM:<" + l64 + "@" + d189 + ">\r\n",
                         "250 2.1.0 Sender <" + l64 + "@" + d189 + "> OK\r\n"},
                        rset,
                        {"MAIL FROM:<" + l64 + "@" + d189 + "d>\r\n",
                         "501 5.1.7 Sender address: path longer than 256 octets (octet 1)\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_thousand_recipients_and_one) {
    auto s = mta();
    std::vector<turn> script{mail};
    for (int i = 0; i < 1000; ++i)
        script.push_back(bob);
    script.push_back({bob.in, "452 4.5.3 Too many recipients: at most 1000\r\n"});
    script.push_back({"DATA\r\n", "354 Start mail input; end with <CRLF>.<CRLF>\r\n"});
    script.push_back({"Subject: x\r\n.\r\n", "250 2.0.0 Message s1-1 accepted\r\n"});
    script.push_back(mail);
    script.push_back(bob);
    auto o = run_greeted(s, script);
    BOOST_REQUIRE(o.messages.size() == 1u);
    BOOST_TEST(o.messages[0].envelope.recipients.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(aliases_keep_the_sender_and_lists_do_not) {
    auto o = run_greeted(mta(), {mail,
                                 {"RCPT TO:<info@example.test>\r\nRCPT TO:<team@example.test>\r\nRCPT "
                                  "TO:<alice+in@example.test>\r\nDATA\r\n",
                                  "*"},
                                 {"Subject: x\r\n.\r\n", "250 2.0.0 Message s1-1 accepted\r\n"}});
    BOOST_REQUIRE(o.messages.size() == 1u);
    const auto& e = o.messages[0].envelope;
    BOOST_TEST(e.id == "s1-1");
    BOOST_TEST(e.return_path(e.recipients[0]).to_string() == "<a@b.test>");
    BOOST_TEST(e.return_path(e.recipients[1]).to_string() == "<team-owner@example.test>");
    BOOST_TEST(e.recipients[1].destinations.size() == 2u);
    BOOST_TEST(e.recipients[2].destinations[0].detail == "in");
}

BOOST_AUTO_TEST_SUITE_END()
