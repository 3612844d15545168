// message/delivery-status field by field (RFC 3464 §2.2, §2.3; RFC 3461 §6.3), its international form
// (RFC 6533), the text for people, and who is to be told at all (RFC 3461 §5.2).
#include "reference/report/explanation.hpp"
#include "reference/report/recipient_status.hpp"
#include "reference/report/status_fields.hpp"
#include "reference/tests/report/notices.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace notices;
using report::action;
using report::charset;

BOOST_AUTO_TEST_SUITE(fields_of_a_report)

namespace {

std::string fields(const report::notification& n, charset c = charset::ascii) {
    return report::status_fields(n, c);
}

std::string status(std::string own, action what, std::string reply = {}) {
    auto r = recipient("ann@remote.test", what);
    r.who.status = std::move(own);
    r.who.last_reply = std::move(reply);
    return report::status_of(r);
}

} // namespace

BOOST_AUTO_TEST_CASE(wanted) { // RFC 3461 §5.2.2 to §5.2.6
    constexpr std::array all{action::failed, action::delayed, action::delivered, action::relayed,
                             action::expanded};
    auto answers = [&](refmail::message::notify notify) {
        queue::recipient who;
        who.notify = notify;
        std::string out;
        for (auto a : all)
            out += report::is_wanted(who, a) ? 'y' : 'n';
        return out;
    };
    BOOST_TEST(answers({}) == "yynnn");
    BOOST_TEST(answers({.given = true, .never = true}) == "nnnnn");
    BOOST_TEST(answers({.given = true, .success = true}) == "nnyyy");
    BOOST_TEST(answers({.given = true, .failure = true}) == "ynnnn");
    BOOST_TEST(answers({.given = true, .delay = true}) == "nynnn");
    BOOST_TEST(answers({.given = true, .success = true, .failure = true, .delay = true}) == "yyyyy");
}

BOOST_AUTO_TEST_CASE(fields_of_the_message) {
    auto n = notification();
    BOOST_TEST(!contains(fields(n), "Original-Envelope-Id")); // RFC 3461 §6.3 (a)
    n.about.envelope_id = "Aa+20+3D";
    BOOST_TEST(
        fields(n).starts_with("Original-Envelope-Id: Aa =\r\nReporting-MTA: dns; mx.example.test\r\n"));
    n.reporting_mta = "mailhost"; // RFC 3461 §6.3 (b)
    BOOST_TEST(contains(fields(n), "Reporting-MTA: x-local-hostname; mailhost\r\n"));
    n.about.from_host = "[127.0.0.9]";
    BOOST_TEST(contains(fields(n), "Received-From-MTA: dns; [127.0.0.9]\r\n"));
    n.about.from_host.clear();
    n.about.received = 0;
    BOOST_TEST(!contains(fields(n), "Received-From-MTA"));
    BOOST_TEST(!contains(fields(n), "Arrival-Date"));
    n.utc_offset_minutes = -210;
    BOOST_TEST(contains(fields(n), "Last-Attempt-Date: Sun, 22 Nov 2026 08:29:00 -0330\r\n"));
}

BOOST_AUTO_TEST_CASE(a_group_for_each_recipient) {
    auto second = recipient("Bob@Remote.TEST", action::delayed);
    second.who.status = "4.4.1";
    second.who.last_host.clear();
    second.who.last_reply = "connect to mx.remote.test [127.0.0.2]:25: connection refused";
    second.who.last_attempt = 0;
    second.will_retry_until = noon + 3600;
    auto n = notification({recipient("ann@remote.test"), second});
    n.about.id.clear();
    BOOST_TEST(fields(n) ==
               "Reporting-MTA: dns; mx.example.test\r\n"
               "Received-From-MTA: dns; Client.Example.TEST (127.0.0.9)\r\n"
               "Arrival-Date: Sun, 22 Nov 2026 11:58:00 +0000\r\n"
               "\r\n"
               "Final-Recipient: rfc822; ann@remote.test\r\n"
               "Action: failed\r\n"
               "Status: 5.1.1\r\n"
               "Remote-MTA: dns; mx.remote.test\r\n"
               "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
               "Last-Attempt-Date: Sun, 22 Nov 2026 11:59:00 +0000\r\n"
               "\r\n"
               "Final-Recipient: rfc822; Bob@Remote.TEST\r\n"
               "Action: delayed\r\n"
               "Status: 4.4.1\r\n"
               "Diagnostic-Code: x-refmaild; connect to mx.remote.test [127.0.0.2]:25: connection "
               "refused\r\n"
               "Will-Retry-Until: Sun, 22 Nov 2026 13:00:00 +0000\r\n");
}

BOOST_AUTO_TEST_CASE(retry_until_is_for_delays_only) { // RFC 3464 §2.3.9
    for (auto a : {action::failed, action::delivered, action::relayed, action::expanded}) {
        auto r = recipient("ann@remote.test", a);
        r.will_retry_until = noon;
        BOOST_TEST(!contains(fields(notification({r})), "Will-Retry-Until"));
    }
}

BOOST_AUTO_TEST_CASE(actions) {
    for (auto [a, name] : {std::pair{action::failed, "failed"}, std::pair{action::delayed, "delayed"},
                           std::pair{action::delivered, "delivered"}, std::pair{action::relayed, "relayed"},
                           std::pair{action::expanded, "expanded"}}) {
        BOOST_TEST(contains(fields(notification({recipient("a@b.test", a)})),
                            std::string("Action: ") + name + "\r\n"));
    }
}

BOOST_AUTO_TEST_CASE(the_recipient_of_the_envelope) { // RFC 3464 §2.3.2
    auto r = recipient("hidden@elsewhere.test");
    r.who.accepted_as = "Team@Example.test";
    const auto text = report::compose(notification({r}), original);
    BOOST_TEST(contains(text, "Final-Recipient: rfc822; Team@Example.test\r\n"));
    BOOST_TEST(contains(text, "  <Team@Example.test>\r\n"));
    BOOST_TEST(!contains(text, "hidden")); // RFC 3461 §5.2.7.4: it may be confidential
}

BOOST_AUTO_TEST_CASE(original_recipients) { // RFC 3461 §6.3 (d)
    auto original_field = [](std::string type, std::string value, charset c) {
        auto r = recipient("ann@remote.test");
        r.who.original_type = std::move(type);
        r.who.original = std::move(value);
        const auto text = fields(notification({r}), c);
        const auto from = text.find("Original-Recipient: ");
        return from == std::string::npos ? "" : text.substr(from, text.find("\r\n", from) - from);
    };
    using c = charset;
    BOOST_TEST(original_field("", "", c::ascii) == "");
    BOOST_TEST(original_field("RFC822", "Ann+20Lee@X.test", c::ascii) ==
               "Original-Recipient: RFC822; Ann Lee@X.test");
    BOOST_TEST(original_field("x400", "/S+3DAnn/+2B", c::ascii) == "Original-Recipient: x400; /S=Ann/+");
    // RFC 6533 §3: the 7-bit form in a 7-bit part, the address itself in the other.
    BOOST_TEST(original_field("utf-8", "d\\x{E9}j\\x{E0}@x.test", c::ascii) ==
               "Original-Recipient: utf-8; d\\x{E9}j\\x{E0}@x.test");
    BOOST_TEST(original_field("utf-8", "d\\x{E9}j\xC3\xA0@x.test", c::ascii) ==
               "Original-Recipient: utf-8; d\\x{E9}j\\x{E0}@x.test");
    BOOST_TEST(original_field("utf-8", "d\\x{E9}j\xC3\xA0@x.test", c::utf8) ==
               "Original-Recipient: utf-8; d\xC3\xA9j\xC3\xA0@x.test");
    BOOST_TEST(original_field("utf-8", "a\\y@x.test", c::utf8) == "Original-Recipient: utf-8; a\\y@x.test");
}

BOOST_AUTO_TEST_CASE(statuses) { // RFC 3464 §2.3.4, RFC 3461 §6.3 (g)
    BOOST_TEST(status("5.1.1", action::failed) == "5.1.1");
    BOOST_TEST(status("4.4.7", action::failed) == "4.4.7"); // a temporary trouble that lasted
    BOOST_TEST(status("2.1.5", action::delivered) == "2.1.5");
    BOOST_TEST(status("4.4.1", action::delivered) == "2.0.0");
    BOOST_TEST(status("5.1.1", action::delayed) == "4.0.0");
    BOOST_TEST(status("2.0.0", action::failed) == "5.0.0");
    BOOST_TEST(status("", action::failed, "550 5.7.1 no") == "5.7.1");
    BOOST_TEST(status("", action::failed, "550-5.7.1\n550 5.7.1 no") == "5.7.1");
    BOOST_TEST(status("", action::failed, "450 later") == "4.0.0");
    for (auto broken : {"5.1", "5.01.1", "5.1.1000", "5.1.1 ", "6.1.1", "5 .1.1", "550", "x"})
        BOOST_TEST(status(broken, action::failed) == "5.0.0");
}

BOOST_AUTO_TEST_CASE(diagnostics) { // RFC 3461 §9.2
    auto diagnostic = [](std::string reply, std::string host, charset c = charset::ascii) {
        auto r = recipient("ann@remote.test");
        r.who.last_reply = std::move(reply);
        r.who.last_host = std::move(host);
        r.who.last_attempt = 0;
        auto n = notification({r});
        n.about.id.clear();
        const auto text = fields(n, c);
        return text.substr(text.find("Status: 5.1.1\r\n") + 15);
    };
    BOOST_TEST(diagnostic("550-mailbox unavailable\n550 user has moved (really)", "mx.remote.test") ==
               "Remote-MTA: dns; mx.remote.test\r\n"
               "Diagnostic-Code: smtp; 550-mailbox unavailable\r\n"
               " 550 user has moved (really)\r\n");
    BOOST_TEST(diagnostic("550", "127.0.0.5") ==
               "Remote-MTA: dns; [127.0.0.5]\r\nDiagnostic-Code: smtp; 550\r\n");
    BOOST_TEST(diagnostic("", "") == "");
    BOOST_TEST(diagnostic("5500 is no reply", "") == "Diagnostic-Code: x-refmaild; 5500 is no reply\r\n");
    // What a hostile server says ends no field and begins none.
    BOOST_TEST(diagnostic("550 a\rAction: delivered\x01\n\n \n550 b\x7F\xC3\xA9\xFF",
                          "evil\r\nStatus: 2.0.0") == "Remote-MTA: x-local-hostname; evil??Status: 2.0.0\r\n"
                                                      "Diagnostic-Code: smtp; 550 a?Action: delivered?\r\n"
                                                      " 550 b???\r\n");
    BOOST_TEST(diagnostic("550 nicht \xC3\xBC\xFF\xC2\x80", "", charset::utf8) ==
               "Diagnostic-Code: smtp; 550 nicht \xC3\xBC??\r\n");
}

BOOST_AUTO_TEST_CASE(international) { // RFC 6533 §4
    auto n = notification({recipient("d\xC3\xA9j\xC3\xA0@remote.test")});
    const std::string text = "Subject: \xC3\xA9\r\n\r\nx\r\n";
    n.about.smtputf8 = true;
    auto p = composed(n, text);
    // A sender with an ASCII address may sit behind a 7-bit server: §4.5.
    BOOST_TEST(contains(p.header, "Content-Transfer-Encoding: 7bit\r\n"));
    BOOST_TEST(contains(p.headers[0], "text/plain; charset=utf-8\r\n"));
    BOOST_TEST(contains(p.headers[0], "Content-Transfer-Encoding: quoted-printable\r\n"));
    BOOST_TEST(contains(p.headers[1], "Content-Type: message/global-delivery-status\r\n"));
    BOOST_TEST(contains(p.headers[1], "Content-Transfer-Encoding: quoted-printable\r\n"));
    BOOST_TEST(contains(p.bodies[1], "Final-Recipient: utf-8; d=C3=A9j=C3=A0@remote.test\r\n"));
    BOOST_TEST(contains(p.headers[2], "Content-Type: message/global\r\n"));
    BOOST_TEST(p.bodies[2] == "Subject: =C3=A9\r\n\r\nx\r\n");

    n.about.sender = "j\xC3\xB6@example.test";
    p = composed(n, text);
    BOOST_TEST(contains(p.header, "To: <j\xC3\xB6@example.test>\r\n"));
    BOOST_TEST(contains(p.header, "Content-Transfer-Encoding: 8bit\r\n"));
    BOOST_TEST(contains(p.headers[1], "Content-Transfer-Encoding: 8bit\r\n"));
    BOOST_TEST(contains(p.bodies[1], "Final-Recipient: utf-8; d\xC3\xA9j\xC3\xA0@remote.test\r\n"));
    BOOST_TEST(contains(p.headers[2], "Content-Transfer-Encoding: 8bit\r\n"));
    BOOST_TEST(p.bodies[2] == text);
    n.about.ret = queue::entry::ret::headers;
    BOOST_TEST(contains(composed(n, text).headers[2], "Content-Type: message/global-headers\r\n"));
}

BOOST_AUTO_TEST_CASE(traditional_where_nothing_is_lost) { // RFC 6533 §4.4
    auto n = notification();
    n.about.smtputf8 = true;
    const auto p = composed(n);
    BOOST_TEST(contains(p.headers[1], "Content-Type: message/delivery-status\r\n"));
    BOOST_TEST(contains(p.headers[2], "Content-Type: message/rfc822\r\n"));
}

BOOST_AUTO_TEST_CASE(words_for_people) {
    auto late = recipient("ann@remote.test", action::delayed);
    late.who.status = "4.4.1";
    late.who.last_host.clear();
    late.who.last_reply = "connection refused";
    late.will_retry_until = noon + 5 * 86400;
    BOOST_TEST(report::explanation(notification({late}), false) ==
               "This is the mail system at mx.example.test.\r\n"
               "\r\n"
               "Your message has not reached the address below yet. There is no need to send it\r\n"
               "again: delivery will be tried for some time to come.\r\n"
               "\r\n"
               "  <ann@remote.test>\r\n"
               "    The mail server of the recipient did not answer.\r\n"
               "    What went wrong:\r\n"
               "        connection refused\r\n"
               "    Delivery will be tried until Fri, 27 Nov 2026 12:00:00 +0000.\r\n"
               "\r\n"
               "The message came here on Sun, 22 Nov 2026 11:58:00 +0000.\r\n"
               "The header of your message is attached, and so is a report for mail programs.\r\n"
               "If you need help, write to postmaster@mx.example.test.\r\n");
    const auto mixed = report::explanation(
        notification({recipient("a@r.test", action::delivered), recipient("b@r.test"), recipient("c@r.test"),
                      recipient("d@r.test", action::relayed), recipient("e@r.test", action::expanded)}),
        true);
    const auto at = [&](std::string_view what) { return mixed.find(what); };
    BOOST_TEST(contains(mixed,
                        "could not be delivered to the addresses below. It will not be tried\r\nagain for "
                        "them.\r\n"));
    BOOST_TEST((at("<b@r.test>") < at("<c@r.test>") && at("<c@r.test>") < at("<d@r.test>") &&
                at("<d@r.test>") < at("<e@r.test>") && at("<e@r.test>") < at("<a@r.test>")));
    BOOST_TEST(contains(mixed, "That server does not report\r\ndeliveries"));
    BOOST_TEST(contains(mixed, "stands for several others"));
    BOOST_TEST(
        contains(mixed, "Your message was delivered, and you asked to be told:\r\n\r\n  <a@r.test>\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
