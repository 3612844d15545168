// The notification as a whole: RFC 3464 §2, RFC 6522 §3, RFC 3834; what is returned: RFC 3461 §4.3 and §6.2.
// Expectations are literals.
#include "reference/report/returned_content.hpp"
#include "reference/tests/report/notices.hpp"

#include <boost/test/unit_test.hpp>

using namespace notices;
using report::action;

BOOST_AUTO_TEST_SUITE(compose)

BOOST_AUTO_TEST_CASE(octet_for_octet) {
    auto n = notification();
    n.about.envelope_id = "QQ+2B314";
    n.recipients[0].who.original_type = "rfc822";
    n.recipients[0].who.original = "Ann+2Bx@remote.test";
    const std::string expected =
        "From: Mail Delivery System <postmaster@mx.example.test>\r\n"
        "To: <joe@example.test>\r\n"
        "Subject: Undelivered mail: your message could not be delivered\r\n"
        "Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n"
        "Message-ID: <dsn1@mx.example.test>\r\n"
        "In-Reply-To: <m1@example.test>\r\n"
        "References: <m1@example.test>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;\r\n"
        " boundary=\"=_frontier\"\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "This is a report about mail that you sent, in the form of RFC 3464.\r\n"
        "\r\n"
        "--=_frontier\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n"
        "Content-Description: What happened\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "This is the mail system at mx.example.test.\r\n"
        "\r\n"
        "Your message could not be delivered to the address below. It will not be tried\r\n"
        "again.\r\n"
        "\r\n"
        "  <ann@remote.test>\r\n"
        "    There is no such mailbox at that address.\r\n"
        "    The mail server mx.remote.test said:\r\n"
        "        550 5.1.1 no such user\r\n"
        "\r\n"
        "The message came here on Sun, 22 Nov 2026 11:58:00 +0000.\r\n"
        "A copy of your message is attached, and so is a report for mail programs.\r\n"
        "If you need help, write to postmaster@mx.example.test.\r\n"
        "\r\n"
        "--=_frontier\r\n"
        "Content-Type: message/delivery-status\r\n"
        "Content-Description: Delivery report\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "Original-Envelope-Id: QQ+314\r\n"
        "Reporting-MTA: dns; mx.example.test\r\n"
        "Received-From-MTA: dns; Client.Example.TEST (127.0.0.9)\r\n"
        "Arrival-Date: Sun, 22 Nov 2026 11:58:00 +0000\r\n"
        "\r\n"
        "Original-Recipient: rfc822; Ann+x@remote.test\r\n"
        "Final-Recipient: rfc822; ann@remote.test\r\n"
        "Action: failed\r\n"
        "Status: 5.1.1\r\n"
        "Remote-MTA: dns; mx.remote.test\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        "Last-Attempt-Date: Sun, 22 Nov 2026 11:59:00 +0000\r\n"
        "Final-Log-Id: s1-1\r\n"
        "\r\n"
        "--=_frontier\r\n"
        "Content-Type: message/rfc822\r\n"
        "Content-Description: Your message\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "From: Joe <joe@example.test>\r\n"
        "Subject: hello\r\n"
        "Message-ID: <m1@example.test>\r\n"
        "\r\n"
        "Hello.\r\n"
        "\r\n"
        "--=_frontier--\r\n";
    BOOST_TEST(report::compose(n, original) == expected);
}

BOOST_AUTO_TEST_CASE(the_boundary_is_in_no_part) {
    const std::string text = "Subject: x\r\n\r\n--=_frontier\r\n--=_frontier_1--\r\n";
    const auto p = composed(notification(), text);
    BOOST_TEST(contains(p.header, "boundary=\"=_frontier_2\""));
    BOOST_TEST(p.bodies[2] == text);
}

BOOST_AUTO_TEST_CASE(no_reference_to_what_is_no_message_id) {
    for (auto text :
         {"Subject: x\r\n\r\nb\r\n", "Message-ID: not one\r\n\r\nb\r\n", "", "\r\nMessage-ID: <a@b>\r\n"}) {
        const auto message = report::compose(notification(), text);
        BOOST_TEST(!contains(message, "In-Reply-To"), text);
        BOOST_TEST(!contains(message, "References"), text);
    }
}

BOOST_AUTO_TEST_CASE(the_subject_says_what_matters_most) {
    auto subject = [](std::vector<action> actions) {
        std::vector<report::reported_recipient> all;
        for (auto a : actions)
            all.push_back(recipient("ann@remote.test", a));
        const auto p = composed(notification(all));
        const auto from = p.header.find("Subject: ") + 9;
        return p.header.substr(from, p.header.find("\r\n", from) - from);
    };
    BOOST_TEST(subject({action::delivered}) == "Delivered mail: your message has arrived");
    BOOST_TEST(subject({action::expanded}) ==
               "Expanded mail: your message was passed on to several addresses");
    BOOST_TEST(subject({action::relayed}) == "Relayed mail: your message was passed on");
    BOOST_TEST(subject({action::delivered, action::delayed}) ==
               "Delayed mail: your message has not been delivered yet");
    BOOST_TEST(subject({action::delayed, action::failed, action::delivered}) ==
               "Undelivered mail: your message could not be delivered");
}

BOOST_AUTO_TEST_CASE(how_much_comes_back) { // RFC 3461 §4.3, §6.2
    using ret = enum queue::entry::ret;
    auto type = [](ret r, action a, std::string_view text) {
        auto n = notification({recipient("ann@remote.test", a)});
        n.about.ret = r;
        return report::returned_content(n, text).type;
    };
    BOOST_TEST(type(ret::full, action::failed, original) == "message/rfc822");
    BOOST_TEST(type(ret::unspecified, action::failed, original) == "message/rfc822");
    BOOST_TEST(type(ret::headers, action::failed, original) == "text/rfc822-headers");
    for (auto a : {action::delayed, action::delivered, action::relayed, action::expanded})
        BOOST_TEST(type(ret::full, a, original) == "text/rfc822-headers");
    std::string text(original);
    while (text.size() <= report::largest_returned)
        text += "sixty-two octets of text that says very little, line after line\r\n";
    BOOST_TEST(type(ret::full, action::failed, text) == "text/rfc822-headers");
    text.resize(report::largest_returned);
    BOOST_TEST(type(ret::full, action::failed, text) == "message/rfc822");
}

BOOST_AUTO_TEST_CASE(what_requires_tls_does_not_come_back_whole) { // RFC 8689 §5
    auto n = notification({recipient("ann@remote.test", action::failed)});
    n.about.ret = queue::entry::ret::full;
    n.about.require_tls = true;
    BOOST_TEST(report::returned_content(n, original).type == "text/rfc822-headers");
}

BOOST_AUTO_TEST_CASE(one_failure_among_others_returns_all) {
    const auto p = composed(notification(
        {recipient("a@remote.test", action::delayed), recipient("b@remote.test", action::failed)}));
    BOOST_TEST(p.bodies[2] == original);
}

BOOST_AUTO_TEST_CASE(only_the_header_section) {
    auto n = notification();
    n.about.ret = queue::entry::ret::headers;
    const std::string header =
        "From: Joe <joe@example.test>\r\nSubject: hello\r\nMessage-ID: <m1@example.test>\r\n";
    BOOST_TEST(composed(n).bodies[2] == header);
    BOOST_TEST(contains(composed(n).bodies[0], "The header of your message is attached"));
    BOOST_TEST(report::returned_content(n, "Subject: alone\r\n").octets == "Subject: alone\r\n");
    BOOST_TEST(report::returned_content(n, "\r\nbody\r\n").octets == "");
    BOOST_TEST(report::returned_content(n, "").octets == "");
    std::string endless;
    for (int i = 0; i < 3000; ++i)
        endless += "X-Field: of forty octets, folded\r\n in two.\r\n";
    const auto cut = report::returned_content(n, endless).octets;
    BOOST_TEST(cut.size() <= 65536u);
    BOOST_TEST(cut.ends_with("\r\n in two.\r\n"));
    BOOST_TEST(report::returned_content(n, std::string(100'000, 'x')).octets.size() < 70'000u);
}

BOOST_AUTO_TEST_CASE(eight_bit_originals) { // RFC 6522 §3
    const std::string text = "Subject: x\r\n\r\nGr\xC3\xBC\xC3\x9F"
                             "e\r\n";
    auto n = notification();
    BOOST_TEST(report::returned_content(n, text).type == "text/rfc822-headers");
    BOOST_TEST(contains(composed(n, text).header, "Content-Transfer-Encoding: 7bit\r\n"));
    n.way_back_is_eight_bit = true;
    const auto part = report::returned_content(n, text);
    BOOST_TEST(part.type == "message/rfc822");
    BOOST_TEST(part.encoding == "8bit");
    BOOST_TEST(part.octets == text);
    BOOST_TEST(contains(composed(n, text).header, "Content-Transfer-Encoding: 8bit\r\n"));
    // A header that was never legal comes back encoded.
    n.way_back_is_eight_bit = false;
    const auto header = report::returned_content(n, "Subject: \xFC\r\n\r\nx\r\n");
    BOOST_TEST(header.encoding == "quoted-printable");
    BOOST_TEST(header.octets == "Subject: =FC\r\n");
}

BOOST_AUTO_TEST_CASE(binary_originals_and_overlong_lines) {
    auto n = notification();
    n.way_back_is_eight_bit = true;
    for (const std::string& body : {std::string("a\nb\r\n"), std::string("a\rb\r\n"),
                                    std::string("a\0b\r\n", 5), std::string(999, 'x') + "\r\n"}) {
        BOOST_TEST(report::returned_content(n, "Subject: x\r\n\r\n" + body).type == "text/rfc822-headers");
    }
    const auto longest = "Subject: x\r\n\r\n" + std::string(998, 'x') + "\r\n";
    BOOST_TEST(report::returned_content(n, longest).type == "message/rfc822");
}

BOOST_AUTO_TEST_CASE(quoted_printable) { // RFC 2045 §6.7
    BOOST_TEST(report::quoted_printable("a=b\r\n") == "a=3Db\r\n");
    BOOST_TEST(report::quoted_printable("blank \r\ntab\t") == "blank=20\r\ntab=09");
    BOOST_TEST(report::quoted_printable("a\rb\nc\r\n") == "a=0Db=0Ac\r\n");
    BOOST_TEST(report::quoted_printable(std::string(76, 'x')) == std::string(75, 'x') + "=\r\nx");
    BOOST_TEST(report::quoted_printable(std::string(74, 'x') + "\xC3") == std::string(74, 'x') + "=\r\n=C3");
}

BOOST_AUTO_TEST_CASE(no_line_is_too_long) { // RFC 5322 §2.1.1
    auto n = notification();
    n.recipients[0].who.last_reply = "550-" + std::string(5000, 'x') + "\n550 " + std::string(5000, 'y');
    n.recipients[0].who.last_host = std::string(3000, 'h');
    const auto message = report::compose(n, original);
    for (std::size_t at = 0; at < message.size();) {
        const auto end = message.find("\r\n", at);
        BOOST_REQUIRE(end != std::string::npos);
        BOOST_TEST(end - at <= 998u);
        at = end + 2;
    }
}

BOOST_AUTO_TEST_SUITE_END()
