// What submission does beyond relay: senders' rights, full domains, mending of header sections. RFC 6409
// §4.2, §5.1, §6, §8. Expectations are literals.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;

BOOST_AUTO_TEST_SUITE(submission_role)

namespace {

const std::string trace =
    "Received: from c.test ([127.0.0.1])\r\n\tby mx.example.test with ESMTPSA id s1-1\r\n"
    "\tfor <bob@example.test>;\r\n\tSun, 22 Nov 2026 12:00:00 +0000\r\n";
const std::string accepted = "250 2.0.0 Message s1-1 accepted\r\n";
const std::string date = "Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n";
const std::string id = "Message-ID: <20261122120000.s1-1@mx.example.test>\r\n";
const std::string from = "From: alice@example.test\r\n";

std::vector<turn> sending(const std::string& content, const std::string& reply,
                          const std::string& sender = "<alice@example.test>") {
    return {{"MAIL FROM:" + sender + "\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", "*"}, {content, reply}};
}

std::string mended(const std::string& content, setup s = submissions(),
                   const std::string& sender = "<alice@example.test>") {
    auto o = run_greeted(s, sending(content + ".\r\n", accepted, sender));
    if (o.messages.size() != 1) return "nothing kept";
    BOOST_TEST(o.messages[0].content.starts_with(trace));
    return o.messages[0].content.substr(trace.size());
}

void refused(const std::string& content, const std::string& reply) {
    auto o = run_greeted(submissions(), sending(content + ".\r\n", reply + "\r\n"));
    BOOST_TEST(o.messages.empty());
}

} // namespace

BOOST_AUTO_TEST_CASE(senders) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"<alice@example.test>", "250 2.1.0 Sender <alice@example.test> OK"},
        {"<ALICE+x@example.test>", "250 2.1.0 Sender <ALICE+x@example.test> OK"},
        {"<info@example.test>", "250 2.1.0 Sender <info@example.test> OK"},
        {"<>", "250 2.1.0 Sender <> OK"},
        {"<bob@example.test>", "550 5.7.1 User alice may not send as <bob@example.test>"},
        {"<alice@other.test>", "550 5.7.1 User alice may not send as <alice@other.test>"},
        {"<alice@localhost>", "554 5.1.8 Domain 'localhost' of the sender is not fully qualified"},
    };
    for (auto& [sender, reply] : table)
        run_greeted(submissions(), {{"MAIL FROM:" + sender + "\r\n", reply + "\r\n"}});
    auto lax = submissions();
    lax.policy.check_sender_rights = false;
    run_greeted(lax, {{"MAIL FROM:<a@other.test>\r\n", "250 2.1.0 Sender <a@other.test> OK\r\n"}});
}

BOOST_AUTO_TEST_CASE(recipients) {
    auto o = run_greeted(
        submissions(),
        {{"MAIL FROM:<>\r\n", "*"},
         {"RCPT TO:<nosuch@example.test>\r\n", "550 5.1.1 <nosuch@example.test>: no such user here\r\n"},
         {"RCPT TO:<a@sales>\r\n", "554 5.1.2 Domain 'sales' of the recipient is not fully qualified\r\n"},
         {"RCPT TO:<@x.test:A@other.test>\r\n", "250 2.1.5 Recipient <A@other.test> OK\r\n"},
         {"RCPT TO:<a@[127.0.0.1]>\r\n", "250 2.1.5 Recipient <a@[127.0.0.1]> OK\r\n"},
         {"RCPT TO:<postmaster>\r\nDATA\r\n", "*"},
         {".\r\n", "*"}});
    const auto& first = o.messages.at(0).envelope.recipients.at(0);
    BOOST_REQUIRE(first.destinations.size() == 1u);
    BOOST_TEST(!first.destinations[0].is_local());
    BOOST_TEST(first.destinations[0].address.to_string() == "A@other.test");
    BOOST_TEST(o.messages[0].envelope.user == "alice");
    BOOST_TEST(o.messages[0].envelope.protocol == "ESMTPSA");
}

BOOST_AUTO_TEST_CASE(adds_what_is_missing) {
    BOOST_TEST(mended("Subject: x\r\n\r\nbody\r\n") == "Subject: x\r\n" + from + date + id + "\r\nbody\r\n");
    BOOST_TEST(mended("Subject: x\r\n") == "Subject: x\r\n" + from + date + id);
    BOOST_TEST(mended("") == from + date + id);
    BOOST_TEST(mended("hello\r\n") == from + date + id + "\r\nhello\r\n");
    BOOST_TEST(mended("\r\nhello\r\n") == from + date + id + "\r\nhello\r\n");
    BOOST_TEST(mended("Subject: x\r\n\r\n", submissions(), "<info@example.test>") ==
               "Subject: x\r\nFrom: info@example.test\r\n" + date + id + "\r\n");
    BOOST_TEST(mended("Subject: x\r\n\r\n", submissions(), "<>") ==
               "Subject: x\r\n" + from + date + id + "\r\n");
}

BOOST_AUTO_TEST_CASE(leaves_what_is_right) {
    const std::string header =
        "From: Alice <alice@example.test>\r\nTo: bob@example.test,\r\n c@other.test\r\n"
        "date: Fri, 21 Nov 1997 09:55:06 -0600\r\nMESSAGE-ID: <1@c.test>\r\nX-Any: \xc3\xa9\r\n\r\nbody\r\n";
    BOOST_TEST(mended(header) == header);
}

BOOST_AUTO_TEST_CASE(mends_and_removes) {
    BOOST_TEST(mended(from + "Date: yesterday\r\nMessage-ID: nonsense\r\nSubject: x\r\n\r\n") ==
               from + "Subject: x\r\n" + date + id + "\r\n");
    BOOST_TEST(mended(from + "Bcc: secret@other.test,\r\n more@other.test\r\nRESENT-BCC: x\r\nReturn-Path: "
                             "<a@b.test>\r\nSubject: x\r\n\r\nBcc: y\r\n") ==
               from + "Subject: x\r\n" + date + id + "\r\nBcc: y\r\n");
}

BOOST_AUTO_TEST_CASE(refuses_bad_headers) {
    refused("From: Alice Smith\r\n\r\n", "554 5.6.0 From field: address without a domain");
    refused("From: bob\r\n\r\n", "550 5.7.1 From field: not an address of user alice");
    refused(from + "To: bob@sales\r\n\r\n", "554 5.6.0 To field: domain 'sales' is not fully qualified");
    refused(from + "Cc: <bob@example.test\r\n\r\n", "554 5.6.0 Cc field: '>' expected after the address");
    refused(from + "Reply-To:\r\n\r\n", "554 5.6.0 Reply-To field: no address");
    refused(from + from + "\r\n", "554 5.6.0 More than one From field");
    refused(from + "Subject: a\r\nSUBJECT: b\r\n\r\n", "554 5.6.0 More than one SUBJECT field");
    refused("Subject: x\r\nthis is no field\r\n\r\n",
            "554 5.6.0 A line of the header section is no header field");
    refused("From: bob@example.test\r\n\r\n", "550 5.7.1 From field: not an address of user alice");
    refused("From: ceo@other.test\r\n\r\n", "550 5.7.1 From field: not an address of user alice");
}

BOOST_AUTO_TEST_CASE(completes_addresses_without_a_domain) { // RFC 6409 §4.2
    BOOST_TEST(
        mended("From: alice\r\nTo: bob (the builder), \"joe smith\" , c@other.test,\r\n Carl <carl>\r\n"
               "Cc: friends: bob, info;\r\n\r\n") ==
        "From: alice@example.test\r\nTo: bob@example.test (the builder), \"joe smith\"@example.test , "
        "c@other.test,\r\n Carl <carl@example.test>\r\n"
        "Cc: friends: bob@example.test, info@example.test;\r\n" +
            date + id + "\r\n");
    auto o = run_greeted(
        submissions(),
        {{"MAIL FROM:<alice>\r\n", "250 2.1.0 Sender <alice@example.test> OK\r\n"},
         {"RCPT TO:<bob>\r\n", "250 2.1.5 Recipient <bob@example.test> OK\r\n"},
         {"RCPT TO:<\"joe smith\"> NOTIFY=NEVER\r\n",
          "250 2.1.5 Recipient <\"joe smith\"@example.test> OK\r\n"},
         {"RCPT TO:<nosuch>\r\n", "550 5.1.1 <nosuch@example.test>: no such user here\r\n"},
         {"RCPT TO:<a b>\r\n",
          "501 5.1.3 Recipient address: '@' and a domain expected after the local-part (octet 3)\r\n"},
         {"RCPT TO:<>\r\n", "501 5.1.3 Recipient address: the null path is for MAIL only (octet 2)\r\n"},
         {"RCPT TO:<bob\r\n",
          "501 5.1.3 Recipient address: '@' and a domain expected after the local-part (octet 5)\r\n"}});
    run_greeted(mta(),
                {{"MAIL FROM:<alice>\r\n", "501 5.1.7 Sender address: '@' and a domain expected after the "
                                           "local-part (octet 7)\r\n"}});
}

BOOST_AUTO_TEST_CASE(local_names_count_as_qualified_and_groups_as_addresses) {
    const std::string header = from + "To: undisclosed-recipients:;\r\n";
    BOOST_TEST(mended(header + "\r\n") == header + date + id + "\r\n");
}

BOOST_AUTO_TEST_CASE(another_author) {
    // RFC 5322 §3.6.2: the Sender says who sent it for the author.
    const std::string boss = "From: boss@other.test\r\n";
    const std::string sender = "Sender: alice@example.test\r\n";
    BOOST_TEST(mended(sender + boss + "\r\n") == boss + date + id + sender + "\r\n");
    auto s = submissions();
    s.policy.foreign_from = smtp::foreign_from::add_sender;
    BOOST_TEST(mended(boss + "\r\n", s) == boss + date + id + sender + "\r\n");
    BOOST_TEST(mended("Sender: x@other.test\r\n" + boss + "\r\n", s) == boss + date + id + sender + "\r\n");
    BOOST_TEST(mended(from + "\r\n", s) == from + date + id + "\r\n");
    s.policy.foreign_from = smtp::foreign_from::accept;
    BOOST_TEST(mended(boss + "\r\n", s) == boss + date + id + "\r\n");
}

BOOST_AUTO_TEST_CASE(over_587) {
    auto o =
        run(submission(), {{"", "220 mx.example.test ESMTP refmaild\r\n"},
                           {"EHLO c.test\r\n", "*"},
                           {"STARTTLS\r\n", "220 2.0.0 Ready to start TLS\r\n"},
                           {"EHLO c.test\r\n", "*"},
                           {"AUTH PLAIN AGFsaWNlAGFsaWNlLXB3\r\n", "235 2.7.0 Authentication succeeded\r\n"},
                           {"MAIL FROM:<alice@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", "*"},
                           {"Subject: x\r\n.\r\n", accepted}});
    BOOST_REQUIRE(o.messages.size() == 1u);
    BOOST_TEST(o.messages[0].content == trace + "Subject: x\r\n" + from + date + id);
}

BOOST_AUTO_TEST_SUITE_END()
