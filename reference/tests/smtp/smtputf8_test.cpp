// SMTPUTF8 (RFC 6531) and REQUIRETLS (RFC 8689): parameters, addresses, replies, trace. Expectations are
// literals.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;

BOOST_AUTO_TEST_SUITE(smtputf8)

namespace {

const turn mail{"MAIL FROM:<j\xC3\xB6@b\xC3\xBC"
                "cher.test> SMTPUTF8\r\n",
                "250 2.1.0 Sender <j??@b??cher.test> OK\r\n"};
const turn plain_mail{"MAIL FROM:<a@b.test>\r\n", "250 2.1.0 Sender <a@b.test> OK\r\n"};
const turn jorg{"RCPT TO:<j\xC3\xB6rg@example.test>\r\n", "250 2.1.5 Recipient <j??rg@example.test> OK\r\n"};

} // namespace

BOOST_AUTO_TEST_CASE(addresses) {
    auto o = run_greeted(mta(), {mail, jorg, {"DATA\r\nSubject: \xC3\xA9\r\n.\r\n", "*"}});
    BOOST_REQUIRE(o.messages.size() == 1u);
    BOOST_TEST(o.messages[0].envelope.smtputf8);
    BOOST_TEST(o.messages[0].envelope.sender.to_string() == "<j\xC3\xB6@b\xC3\xBC"
                                                            "cher.test>");
    BOOST_TEST(o.messages[0].envelope.protocol == "UTF8SMTP");
    BOOST_TEST(
        o.messages[0].content ==
        "Received: from c.test ([127.0.0.1])\r\n\tby mx.example.test with UTF8SMTP id s1-1\r\n"
        "\tfor <j\xC3\xB6rg@example.test>;\r\n\tSun, 22 Nov 2026 12:00:00 +0000\r\nSubject: \xC3\xA9\r\n");
}

BOOST_AUTO_TEST_CASE(only_with_the_parameter) { // §3.5
    run_greeted(mta(),
                {{"MAIL FROM:<j\xC3\xB6@b.test>\r\n",
                  "550 5.6.7 Sender address: beyond ASCII only with the parameter SMTPUTF8\r\n"},
                 plain_mail,
                 {jorg.in, "553 5.6.7 Recipient address: beyond ASCII only with the parameter SMTPUTF8 of "
                           "MAIL\r\n"},
                 {"RCPT TO:<bob@example.test>\r\n", "*"}});
}

BOOST_AUTO_TEST_CASE(grammar) {
    for (auto bad : {"<j\xC3@b.test>", "<\xFF@b.test>", "<\xED\xA0\x80@b.test>", "<\xC0\xAF@b.test>"})
        run_greeted(mta(), {{std::string("MAIL FROM:") + bad + " SMTPUTF8\r\n",
                             "500 5.5.2 Command with octets above 127\r\n"}});
    // §3.3: ASCII specials and controls stay what they were.
    run_greeted(
        mta(),
        {{"MAIL FROM:<j\xC3\xB6 x@b.test> SMTPUTF8\r\n",
          "501 5.1.7 Sender address: '@' and a domain expected after the local-part (octet 5)\r\n"},
         {"MAIL FROM:<j\xC3\xB6\x01@b.test> SMTPUTF8\r\n", "501 5.5.2 Control character in a command\r\n"},
         {"MAIL FROM:<j@\xC3\xB6-.test> SMTPUTF8\r\n",
          "501 5.1.7 Sender address: a label of a domain must not end with a hyphen (octet 6)\r\n"},
         {"MAIL FROM:<\"j\xC3\xB6 x\"@b.test> SMTPUTF8\r\n", "250 2.1.0 Sender <\"j?? x\"@b.test> OK\r\n"}});
    // Octets are counted, not characters: RFC 5321 §4.5.3.1.1.
    std::string local;
    for (int i = 0; i < 33; ++i)
        local += "\xC3\xB6";
    run_greeted(mta(), {{"MAIL FROM:<" + local + "@b.test> SMTPUTF8\r\n",
                         "501 5.1.7 Sender address: local-part longer than 64 octets (octet 2)\r\n"}});
    run_greeted(mta(),
                {{"MAIL FROM:<a@b.test> SMTPUTF8=yes\r\n", "501 5.5.4 Parameter SMTPUTF8 takes no value\r\n"},
                 {"MAIL FROM:<a@b.test> smtputf8 BODY=8BITMIME\r\n", "250 2.1.0 Sender <a@b.test> OK\r\n"}});
}

BOOST_AUTO_TEST_CASE(after_helo_or_switched_off) {
    run(mta(),
        {{"", "*"},
         {"HELO c.test\r\n", "*"},
         {mail.in, "500 5.5.2 Command with octets above 127\r\n"},
         {"MAIL FROM:<a@b.test> SMTPUTF8\r\n", "555 5.5.4 Parameter SMTPUTF8 is not provided here\r\n"}});
    auto off = mta();
    off.policy.offer_smtputf8 = false;
    run_greeted(off, {{mail.in, "500 5.5.2 Command with octets above 127\r\n"},
                      {"VRFY bob SMTPUTF8\r\n", "501 5.5.4 Syntax: VRFY name or VRFY address\r\n"}});
}

BOOST_AUTO_TEST_CASE(vrfy_and_expn) { // §3.7.4.2
    const std::string not_shown =
        "252 2.6.8 The mailbox name is beyond ASCII: ask with the parameter SMTPUTF8\r\n";
    run_greeted(mta(), {{"VRFY j\xC3\xB6rg\r\n", not_shown},
                        {"VRFY j\xC3\xB6rg@example.test SMTPUTF8\r\n",
                         "250 2.1.5 J\xC3\xB6rg Gr\xC3\xBCn <j\xC3\xB6rg@example.test>\r\n"},
                        {"VRFY zoe\r\n", "250 2.1.5 <zoe@example.test>\r\n"},
                        {"VRFY zoe smtputf8\r\n", "250 2.1.5 Zo\xC3\xAB <zoe@example.test>\r\n"},
                        {"VRFY zoe SMTPUTF8=1\r\n", "501 5.5.4 Parameter SMTPUTF8 takes no value\r\n"},
                        {"EXPN world\r\n", not_shown},
                        {"EXPN world SMTPUTF8\r\n",
                         "250-2.1.5 <bob@example.test>\r\n250 2.1.5 <j\xC3\xB6rg@example.test>\r\n"},
                        {"EXPN team SMTPUTF8=\r\n", "501 5.5.4 Parameter SMTPUTF8 takes no value\r\n"},
                        {"VRFY n\xC3\xB6 SMTPUTF8\r\n", "550 5.1.1 No such user here\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_submitted_header) {
    const turn envelope{
        "MAIL FROM:<alice@example.test> SMTPUTF8\r\nRCPT TO:<j\xC3\xB6rg@example.test>\r\nDATA\r\n", "*"};
    const std::string header = "From: alice@example.test\r\nTo: J\xC3\xB6rg <j\xC3\xB6rg@b\xC3\xBC"
                               "cher.test>\r\n";
    auto o =
        run_greeted(submissions(), {envelope, {header + "\r\n.\r\n", "250 2.0.0 Message s1-1 accepted\r\n"}});
    BOOST_TEST(o.messages.at(0).envelope.protocol == "UTF8SMTPSA");
    // Without the parameter no address of the header may be so.
    run_greeted(submissions(),
                {{"MAIL FROM:<alice@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", "*"},
                 {header + "\r\n.\r\n", "554 5.6.0 To field: words in front of '@' are no local-part\r\n"}});
}

BOOST_AUTO_TEST_CASE(requiretls) { // RFC 8689 §2
    run_greeted(mta(), {{"MAIL FROM:<a@b.test> REQUIRETLS\r\n",
                         "555 5.5.4 Parameter REQUIRETLS is not provided here\r\n"}});
    auto s = mta();
    s.implicit_tls = true;
    auto o = run_greeted(
        s, {{"MAIL FROM:<a@b.test> REQUIRETLS=1\r\n", "501 5.5.4 Parameter REQUIRETLS takes no value\r\n"},
            {"MAIL FROM:<a@b.test> REQUIRETLS\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n.\r\n", "*"}});
    BOOST_TEST(o.messages.at(0).envelope.require_tls);
    BOOST_TEST(o.messages.at(0).envelope.protocol == "ESMTPS");
    s.policy.offer_requiretls = false;
    run_greeted(s, {{"MAIL FROM:<a@b.test> REQUIRETLS\r\n",
                     "555 5.5.4 Parameter REQUIRETLS is not provided here\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
