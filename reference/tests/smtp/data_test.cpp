// DATA: dots, line ends, sizes, trace fields, what is refused and what must not be. RFC 5321 §2.3.8,
// §4.1.1.4, §4.4, §4.5.2, §4.5.3.1, §6.3; RFC 1870 §6; RFC 3848. Expectations are literals.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;
using namespace std::string_literals;

namespace {

const std::string to_bob = "MAIL FROM:<a@b.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n";
const std::string to_bob_replies =
    "250 2.1.0 Sender <a@b.test> OK\r\n250 2.1.5 Recipient <bob@example.test> OK\r\n"
    "354 Start mail input; end with <CRLF>.<CRLF>\r\n";
const std::string accepted = "250 2.0.0 Message s1-1 accepted\r\n";
const std::string received = "Received: from c.test ([127.0.0.1])\r\n"
                             "\tby mx.example.test with ESMTP id s1-1\r\n"
                             "\tfor <bob@example.test>;\r\n"
                             "\tSun, 22 Nov 2026 12:00:00 +0000\r\n";

// What is kept of content sent to bob, without the Received field.
std::string kept(const std::string& content, const std::string& reply = accepted, setup s = mta()) {
    auto o = run_greeted(s, {{to_bob, to_bob_replies}, {content, reply}, {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
    if (o.messages.size() != 1) return "nothing kept";
    BOOST_TEST(o.messages[0].content.starts_with(received));
    return o.messages[0].content.substr(received.size());
}

void refused(const std::string& content, const std::string& reply, setup s = mta()) {
    auto o = run_greeted(s, {{to_bob, to_bob_replies},
                             {content, reply + "\r\n"},
                             {"RCPT TO:<bob@example.test>\r\n", "503 5.5.1 RCPT: send MAIL first\r\n"},
                             {to_bob, to_bob_replies},
                             {"Subject: x\r\n.\r\n", "250 2.0.0 Message s1-2 accepted\r\n"}});
    BOOST_TEST(o.messages.size() == 1u);
    const std::vector<std::string> log{"abort: " + reply.substr(10)}; // behind "554 5.6.0 "
    BOOST_TEST(o.log == log, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(data)

BOOST_AUTO_TEST_CASE(content_arrives_as_it_was) {
    BOOST_TEST(kept("Subject: x\r\n\r\nbody\r\n.\r\n") == "Subject: x\r\n\r\nbody\r\n");
    BOOST_TEST(kept(".\r\n") == "");
    BOOST_TEST(kept("\r\n.\r\n") == "\r\n");
    BOOST_TEST(kept("\r\n\r\n\r\n.\r\n") == "\r\n\r\n\r\n");
    BOOST_TEST(kept("no header at all\r\n.\r\n") == "no header at all\r\n");
    BOOST_TEST(kept(" : odd\r\nFrom: x\r\n.\r\n") == " : odd\r\nFrom: x\r\n");
    BOOST_TEST(kept("Subject: x\r\n.\r\n") == "Subject: x\r\n");
}

BOOST_AUTO_TEST_CASE(dots) {
    BOOST_TEST(kept("\r\n..\r\n.\r\n") == "\r\n.\r\n");
    BOOST_TEST(kept("\r\n...\r\n.\r\n") == "\r\n..\r\n");
    BOOST_TEST(kept("\r\n.x\r\n.\r\n") == "\r\nx\r\n");
    BOOST_TEST(kept("\r\n..x\r\nx.\r\n. \r\n.\r\n") == "\r\n.x\r\nx.\r\n \r\n");
    BOOST_TEST(kept("..Subject: x\r\n.\r\n") == ".Subject: x\r\n");
}

BOOST_AUTO_TEST_CASE(every_octet_but_bare_cr_and_lf) {
    std::string all = "\r\n";
    for (int i = 0; i < 256; ++i) {
        if (i != '\r' && i != '\n') all += static_cast<char>(i);
    }
    all += "\r\n";
    BOOST_TEST(kept(all + ".\r\n") == all);
}

BOOST_AUTO_TEST_CASE(only_crlf_dot_crlf_ends_it) {
    const std::string lf = "554 5.6.0 Message refused: bare LF in its content";
    const std::string cr = "554 5.6.0 Message refused: bare CR in its content";
    const std::string smuggled =
        "MAIL FROM:<evil@b.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n\r\nevil\r\n.\r\n";
    refused("\r\nx\n.\n" + smuggled, lf);
    refused("\r\nx\n.\r\n" + smuggled, lf); // the final dot of the smuggled message ends ours
    refused("\r\nx\r\n.\n" + smuggled, lf);
    refused("\r\nx\r.\r" + smuggled, cr);
    refused("\r\nx\r.\r\n" + smuggled, cr);
    refused("\r\nx\r\n.\r" + smuggled, cr);
    refused("\r\nx\n\n.\r\n.\r\n", lf);
    refused("\r\nx\r\r\n.\r\n", cr);
    refused("\r\nx\n\r\n.\r\n", lf);
    refused("\n.\r\n\r\n.\r\n", lf);
    refused("\r\nx\r\n\r.\r\n.\r\n", cr);
    refused("\r\n.\r\r\n.\r\n", cr);
    refused("\r\n.\n\r\n.\r\n", lf);
    refused("\r\n\0.\n.\r\n.\r\n"s, lf);
}

BOOST_AUTO_TEST_CASE(text_lines_on_both_sides) {
    const std::string l1000 = std::string(998, 'x') + "\r\n";
    const std::string l1001 = std::string(999, 'x') + "\r\n";
    const std::string too_long = "554 5.6.0 Message refused: line longer than 1000 octets";
    BOOST_TEST(kept("\r\n" + l1000 + ".\r\n") == "\r\n" + l1000);
    BOOST_TEST(kept("\r\n." + std::string(1, '.') + std::string(997, 'x') + "\r\n.\r\n") ==
               "\r\n." + std::string(997, 'x') + "\r\n");
    refused("\r\n" + l1001 + ".\r\n", too_long);
    refused("\r\n" + std::string(5000, 'x') + "\r\n.\r\n", too_long);
    refused("\r\n" + std::string(5000, 'x') + ".\r\n.\r\n", too_long);
}

BOOST_AUTO_TEST_CASE(overlong_lines_are_skipped_in_step) {
    // Wherever the decoder gives up on keeping the line, its rest is no line of its own.
    for (std::size_t n = 1000; n < 1010; ++n) {
        refused("\r\n" + std::string(n, 'x') + "\r\n.\r\n",
                "554 5.6.0 Message refused: line longer than 1000 octets");
        refused("\r\n" + std::string(n, 'x') + ".\r\n.\r\n",
                "554 5.6.0 Message refused: line longer than 1000 octets");
    }
}

BOOST_AUTO_TEST_CASE(size_on_both_sides) {
    auto s = mta();
    s.policy.limits.message_size = 100; // counts CRLFs, not stuffed dots, not the final dot
    const std::string hundred = "\r\n." + std::string(95, 'x') + "\r\n";
    BOOST_REQUIRE(hundred.size() == 100);
    BOOST_TEST(kept("\r\n.." + std::string(95, 'x') + "\r\n.\r\n", accepted, s) == hundred);
    refused("\r\n.." + std::string(96, 'x') + "\r\n.\r\n",
            "552 5.3.4 Message exceeds the maximum of 100 octets", s);
}

BOOST_AUTO_TEST_CASE(declared_size_does_not_end_it) {
    auto o = run_greeted(
        mta(), {{"MAIL FROM:<a@b.test> SIZE=5\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", to_bob_replies},
                {"Subject: longer than five\r\n.\r\n", accepted}});
    BOOST_REQUIRE(o.messages.size() == 1u);
    BOOST_TEST(o.messages[0].envelope.declared_size.value() == 5u);
    BOOST_TEST(o.messages[0].content == received + "Subject: longer than five\r\n");
}

BOOST_AUTO_TEST_CASE(large_messages_come_in_pieces) {
    auto s = mta();
    s.policy.limits.message_size = 10'000'000;
    smtp::session session(s.policy, people(), {"s1", "127.0.0.1"}, noon());
    session.receive("EHLO c.test\r\n" + to_bob, noon());
    std::string line = std::string(78, 'x') + "\r\n", content = "\r\n", all;
    for (int i = 0; i < 25'000; ++i)
        content += line;
    for (std::string_view rest = content; !rest.empty();
         rest.remove_prefix(std::min<std::size_t>(rest.size(), 10'000))) {
        session.receive(rest.substr(0, 10'000), noon());
        while (auto a = session.next()) {
            if (auto* chunk = std::get_if<smtp::message_chunk>(&*a)) {
                BOOST_TEST(chunk->octets.size() >= 64u * 1024);
                BOOST_TEST(chunk->octets.size() < 80u * 1024);
                all += chunk->octets;
            }
        }
    }
    session.receive(".\r\n", noon());
    std::uint64_t committed = 0;
    while (auto a = session.next()) {
        if (auto* chunk = std::get_if<smtp::message_chunk>(&*a)) all += chunk->octets;
        if (auto* commit = std::get_if<smtp::commit_message>(&*a)) committed = commit->size;
    }
    BOOST_TEST((all == received + content));
    BOOST_TEST(committed == all.size());
}

BOOST_AUTO_TEST_CASE(return_path_of_earlier_hops_goes) {
    BOOST_TEST(kept("Return-Path: <old@b.test>\r\nSubject: x\r\nreturn-path:\r\n <older@b.test>\r\nTo: "
                    "y\r\n\r\nReturn-Path: body\r\n.\r\n") ==
               "Subject: x\r\nTo: y\r\n\r\nReturn-Path: body\r\n");
}

// RFC 5321 §5.1: a backup MX; §4.4: what it only hands on it leaves alone.
BOOST_AUTO_TEST_CASE(mail_that_is_handed_on) {
    const turn from{"MAIL FROM:<a@b.test>\r\n", "250 2.1.0 Sender <a@b.test> OK\r\n"};
    const turn there{"RCPT TO:<x@backed.test>\r\n", "250 2.1.5 Recipient <x@backed.test> OK\r\n"};
    const turn data{"DATA\r\n", "354 Start mail input; end with <CRLF>.<CRLF>\r\n"};
    const turn text{"Return-Path: <old@b.test>\r\nTo: y\r\n\r\nx\r\n.\r\n",
                    "250 2.0.0 Message s1-1 accepted\r\n"};
    auto o = run_greeted(mta(), {from, there, data, text});
    BOOST_REQUIRE(o.messages.size() == 1u);
    BOOST_TEST(o.messages[0].content.ends_with("\r\nReturn-Path: <old@b.test>\r\nTo: y\r\n\r\nx\r\n"));
    // With a copy that stays here it is a final delivery, too.
    const turn here{"RCPT TO:<bob@example.test>\r\n", "250 2.1.5 Recipient <bob@example.test> OK\r\n"};
    o = run_greeted(mta(), {from, there, here, data, text});
    BOOST_REQUIRE(o.messages.size() == 1u);
    BOOST_TEST(o.messages[0].content.find("Return-Path") == std::string::npos);
    run_greeted(mta(),
                {from, {"RCPT TO:<x@foreign.test>\r\n", "550 5.7.1 <x@foreign.test>: relaying denied\r\n"}});
}

BOOST_AUTO_TEST_CASE(header_faults_are_no_reason_to_refuse) {
    for (std::string header :
         {"Resent-To: x@y.test\r\n", "Received: garbage\r\n", "Date: yesterday\r\n", "From: <<>>\r\n",
          "From: a@b.test\r\nFrom: c@d.test\r\n", "To:\r\n", "N\xc3\xa4me: x\r\n", "Bcc: x@y.test\r\n"}) {
        BOOST_TEST(kept(header + "\r\n.\r\n") == header + "\r\n");
    }
}

BOOST_AUTO_TEST_CASE(mail_loops) {
    auto with_hops = [](int n) {
        std::string header;
        for (int i = 0; i < n; ++i)
            header += "Received: from x by y; Sun, 22 Nov 2026 12:00:00 +0000\r\n";
        return header + "\r\n.\r\n";
    };
    BOOST_TEST(kept(with_hops(100)).size() == 100u * 56 + 2);
    refused(with_hops(101), "554 5.4.6 Mail loop: more than 100 Received fields in the message");
}

BOOST_AUTO_TEST_CASE(endless_header) {
    auto s = mta();
    s.policy.limits.header_section = 50;
    BOOST_TEST(kept("Subject: " + std::string(39, 'x') + "\r\n.\r\n", accepted, s).size() == 50u);
    refused("Subject: " + std::string(40, 'x') + "\r\n.\r\n",
            "554 5.6.0 Header section exceeds the maximum of 50 octets", s);
    BOOST_TEST(kept("Subject: x\r\n\r\n" + std::string(500, 'x') + "\r\n.\r\n", accepted, s).size() == 516u);
}

BOOST_AUTO_TEST_CASE(received_field) {
    auto first_lines = [](setup s, const std::string& hello, const std::string& recipients) {
        auto o = run(s, {{"", "*"},
                         {hello, "*"},
                         {"MAIL FROM:<>\r\n" + recipients + "DATA\r\n", "*"},
                         {"\r\n.\r\n", "*"}});
        return o.messages.at(0).content;
    };
    const std::string bob = "RCPT TO:<bob@example.test>\r\n";
    BOOST_TEST(first_lines(mta(), "HELO c.test\r\n", bob) ==
               "Received: from c.test ([127.0.0.1])\r\n\tby mx.example.test with SMTP id s1-1\r\n\tfor "
               "<bob@example.test>;\r\n"
               "\tSun, 22 Nov 2026 12:00:00 +0000\r\n\r\n");
    BOOST_TEST(first_lines(mta(), "EHLO [IPv6:::1]\r\n", bob + bob) ==
               "Received: from [IPv6:::1] ([127.0.0.1])\r\n\tby mx.example.test with ESMTP id s1-1;\r\n"
               "\tSun, 22 Nov 2026 12:00:00 +0000\r\n\r\n");
    auto tls = mta();
    tls.implicit_tls = true;
    tls.client_address = "2001:db8::1";
    BOOST_TEST(first_lines(tls, "EHLO c.test\r\n", "RCPT TO:<postmaster>\r\n") ==
               "Received: from c.test ([IPv6:2001:db8::1])\r\n\tby mx.example.test with ESMTPS id s1-1;\r\n"
               "\tSun, 22 Nov 2026 12:00:00 +0000\r\n\r\n");
    BOOST_TEST(first_lines(lmtp(), "LHLO c.test\r\n", bob).find("with LMTP id s1-1\r\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(delivery_failures) {
    auto s = mta();
    s.verdict = smtp::delivery_verdict::no_space;
    kept("Subject: x\r\n.\r\n", "452 4.3.1 Insufficient system storage, try again later\r\n", s);
    s.verdict = smtp::delivery_verdict::failed;
    kept("Subject: x\r\n.\r\n", "451 4.3.0 Local error in processing, try again later\r\n", s);
    s.verdict = smtp::delivery_verdict::mailbox_full;
    kept("Subject: x\r\n.\r\n", "452 4.2.2 Mailbox full, try again later\r\n", s);
}

BOOST_AUTO_TEST_CASE(stored_for_some_is_ok) {
    run_greeted(
        mta(),
        {{"MAIL FROM:<>\r\nRCPT TO:<carl@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", "*"},
         {"\r\n.\r\n", accepted}});
}

BOOST_AUTO_TEST_CASE(one_message_after_another) {
    auto o = run_greeted(mta(), {{to_bob, to_bob_replies},
                                 {"1\r\n.\r\n", accepted},
                                 {"DATA\r\n", "503 5.5.1 DATA: send MAIL first\r\n"},
                                 {to_bob + "2\r\n.\r\n" + to_bob + "3\r\n.\r\nQUIT\r\n",
                                  to_bob_replies + "250 2.0.0 Message s1-2 accepted\r\n" + to_bob_replies +
                                      "250 2.0.0 Message s1-3 accepted\r\n"
                                      "221 2.0.0 mx.example.test Service closing transmission channel\r\n"}});
    BOOST_TEST(o.messages.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lmtp_role)

BOOST_AUTO_TEST_CASE(greetings) {
    run(lmtp(),
        {{"", "220 mx.example.test LMTP refmaild\r\n"},
         {"EHLO c.test\r\n", "500 Command not recognized: this is LMTP\r\n"},
         {"HELO c.test\r\n", "500 Command not recognized: this is LMTP\r\n"},
         {"MAIL FROM:<>\r\n", "503 5.5.1 MAIL: send LHLO first\r\n"},
         {"LHLO c.test\r\n",
          "250-mx.example.test greets c.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n"
          "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-"
          "VRFY\r\n250-EXPN\r\n250-HELP\r\n250 STARTTLS\r\n"},
         {"MAIL FROM:<>\r\n", "250 2.1.0 Sender <> OK\r\n"},
         {"DATA\r\n", "503 5.5.1 DATA: no valid recipients\r\n"},
         {"RCPT TO:<a@other.test>\r\n", "550 5.7.1 <a@other.test>: relaying denied\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_reply_for_each_recipient) {
    const std::string envelope =
        "MAIL FROM:<>\r\nRCPT TO:<bob@example.test>\r\nRCPT TO:<nosuch@example.test>\r\n"
        "RCPT TO:<carl@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n";
    auto o = run_greeted(lmtp(),
                         {{envelope, "*"},
                          {"Subject: x\r\n.\r\n",
                           "250 2.0.0 <bob@example.test>: Message s1-1 accepted\r\n"
                           "452 4.3.1 <carl@example.test>: Insufficient system storage, try again later\r\n"
                           "250 2.0.0 <bob@example.test>: Message s1-1 accepted\r\n"},
                          {envelope, "*"},
                          {"a\nb\r\n.\r\n", "554 5.6.0 Message refused: bare LF in its content\r\n"
                                            "554 5.6.0 Message refused: bare LF in its content\r\n"
                                            "554 5.6.0 Message refused: bare LF in its content\r\n"},
                          {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
    BOOST_TEST(o.messages.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
