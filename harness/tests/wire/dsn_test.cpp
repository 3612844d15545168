// Delivery status notifications: what is read of them, and each rule by a notification that breaks it. The
// good one is RFC 3464's appendix E in form. Uses harness/wire/dsn.hpp and dsn_rules.hpp.
#include "harness/wire/dsn.hpp"
#include "harness/wire/dsn_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(dsns)

namespace {

const std::string good = "Return-Path: <>\r\n"
                         "Date: Thu, 7 Jul 1994 17:16:05 -0400\r\n"
                         "From: Mail Delivery Subsystem <MAILER-DAEMON@cs.example>\r\n"
                         "Message-ID: <199407072116.RAA14128@cs.example>\r\n"
                         "To: <owner@vnet.example>\r\n"
                         "MIME-Version: 1.0\r\n"
                         "Content-Type: multipart/report; report-type=delivery-status;\r\n"
                         " boundary=\"RAA14128.773615765/CS.UTK.EDU\"\r\n"
                         "\r\n"
                         "--RAA14128.773615765/CS.UTK.EDU\r\n"
                         "\r\n"
                         "The original message was not delivered.\r\n"
                         "\r\n"
                         "--RAA14128.773615765/CS.UTK.EDU\r\n"
                         "content-type: message/delivery-status\r\n"
                         "\r\n"
                         "Original-Envelope-Id: QQ314159\r\n"
                         "Reporting-MTA: dns; cs.example\r\n"
                         "Arrival-Date: Thu, 7 Jul 1994 16:15:05 -0400\r\n"
                         "\r\n"
                         "Original-Recipient: rfc822;louisl@larry.example\r\n"
                         "Final-Recipient: rfc822;louisl@larry.example\r\n"
                         "Action: failed\r\n"
                         "Status: 4.0.0 (nothing better known)\r\n"
                         "Remote-MTA: dns; mx.larry.example\r\n"
                         "Diagnostic-Code: smtp; 426 connection\r\n"
                         " timed out\r\n"
                         "Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400\r\n"
                         "\r\n"
                         "Final-Recipient: rfc822;wnj@sunset.example\r\n"
                         "Action: Delayed\r\n"
                         "Status: 4.4.2\r\n"
                         "Will-Retry-Until: Tue, 12 Jul 1994 16:15:05 -0400\r\n"
                         "\r\n"
                         "--RAA14128.773615765/CS.UTK.EDU\r\n"
                         "content-type: message/rfc822\r\n"
                         "\r\n"
                         "Subject: the original\r\n"
                         "\r\n"
                         "Hello.\r\n"
                         "--RAA14128.773615765/CS.UTK.EDU--\r\n";

std::string with(const std::string& text, const std::string& by) {
    auto changed = good;
    const auto at = changed.find(text);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, text);
    return changed.replace(at, text.size(), by);
}

// The rules that it breaks, each once, in order.
std::string broken(const std::string& raw, std::optional<std::string_view> reverse_path = std::nullopt) {
    const auto d = read_dsn(raw);
    BOOST_REQUIRE(d);
    std::string names;
    for (const auto& deviation : judge_dsn(*d, reverse_path).found)
        if ((" " + names).find(" " + deviation.rule + " ") == std::string::npos)
            names += deviation.rule + " ";
    if (!names.empty()) names.pop_back();
    return names;
}

} // namespace

BOOST_AUTO_TEST_CASE(is_read) {
    const auto d = read_dsn(good);
    BOOST_REQUIRE(d);
    BOOST_TEST(d->parts.size() == 3u);
    BOOST_TEST(d->status == 1u);
    BOOST_TEST(d->closed);
    BOOST_TEST(!d->is_global());
    BOOST_TEST(d->about_message.find("reporting-mta")->value == "dns; cs.example");
    BOOST_REQUIRE(d->recipients.size() == 2u);
    BOOST_TEST(d->recipients[0].find("Diagnostic-Code")->value == "smtp; 426 connection timed out");
    BOOST_TEST(d->recipients[1].action() == "delayed");
    BOOST_TEST(d->recipients[0].names("louisl@LARRY.example"));
    BOOST_TEST(!d->recipients[0].names("Louisl@larry.example"));
    BOOST_TEST(!d->recipients[1].names("louisl@larry.example"));
    BOOST_REQUIRE(d->returned());
    BOOST_TEST(d->returned()->type.type == "message/rfc822");
    BOOST_TEST(broken(good) == "");
}

BOOST_AUTO_TEST_CASE(what_is_none) {
    BOOST_TEST(!read_dsn("Subject: failure notice\r\n\r\nHi. This is the program.\r\n"));
    BOOST_TEST(!read_dsn(with("message/delivery-status", "text/plain")));
    BOOST_TEST(!read_dsn(with("boundary=\"RAA", "x=\"RAA")));
    BOOST_TEST(!read_dsn(""));
    const auto alone = read_dsn("Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
                                "Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\nStatus: 5.0.0\r\n");
    BOOST_REQUIRE(alone);
    BOOST_TEST(alone->recipients.size() == 1u);
    BOOST_TEST(alone->returned() == nullptr);
}

BOOST_AUTO_TEST_CASE(typed_values) {
    const auto v = parse_typed_value(" RFC822 (c) ; a@b.test (d)");
    BOOST_TEST(v.type == "rfc822");
    BOOST_TEST(v.value == "a@b.test (d)");
    BOOST_TEST(parse_typed_value("a@b.test").type == "");
}

BOOST_AUTO_TEST_CASE(addresses_in_their_forms) {
    const auto names = [](const std::string& value, std::string_view address) {
        const auto d =
            read_dsn(with("Final-Recipient: rfc822;wnj@sunset.example", "Final-Recipient: " + value));
        return d->recipients[1].names(address);
    };
    BOOST_TEST(names("rfc822; <a@b.test>", "a@b.test"));
    BOOST_TEST(names("rfc822; a@b.test (Ann)", "a@b.test"));
    BOOST_TEST(names("rfc822; a+2Bb@c.test", "a+b@c.test"));   // xtext, as some write it
    BOOST_TEST(names("rfc822; a+2Bb@c.test", "a+2Bb@c.test")); // and as it is
    BOOST_TEST(names("utf-8; caf\\x{E9}@b.test", "caf\xC3\xA9@b.test"));
    BOOST_TEST(names("utf-8; \\x{1F600}\\x{20AC}@b.test", "\xF0\x9F\x98\x80\xE2\x82\xAC@b.test"));
    BOOST_TEST(!names("rfc822; caf\\x{E9}@b.test", "caf\xC3\xA9@b.test"));
}

BOOST_AUTO_TEST_CASE(an_encoded_status_is_read_all_the_same) {
    const auto d =
        read_dsn("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n"
                 "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                 "RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGFAYi50ZXN0DQo=\r\n--b--\r\n");
    BOOST_REQUIRE(d);
    BOOST_TEST(d->about_message.fields.fields.empty());
    BOOST_REQUIRE(d->recipients.size() == 1u);
    BOOST_TEST(d->recipients[0].names("a@b.test"));
}

BOOST_AUTO_TEST_CASE(the_message_around_it) {
    BOOST_TEST(broken(with("Return-Path: <>", "Return-Path: <MAILER-DAEMON@cs.example>")) ==
               "dsn-null-reverse-path");
    BOOST_TEST(broken(good, "postmaster@cs.example") == "dsn-null-reverse-path");
    BOOST_TEST(broken(with("Return-Path: <>\r\n", "")) == ""); // not known
    BOOST_TEST(broken(with("17:16:05 -0400", "17:16:05 EDT")) == "dsn-header");
    BOOST_TEST(broken(with("Date: Thu, 7 Jul 1994 17:16:05 -0400\r\n", "")) == "dsn-header");
    BOOST_TEST(broken(with("To: <owner", "To: <a@b.test>\r\nTo: <owner")) == "dsn-header");
    BOOST_TEST(broken(with("Message-ID: <199407072116.RAA14128@cs.example>\r\n", "")) == "dsn-message-id");
    BOOST_TEST(broken(with("MIME-Version: 1.0\r\n", "")) == "dsn-mime-version");
}

BOOST_AUTO_TEST_CASE(its_parts) {
    BOOST_TEST(broken(with("report-type=delivery-status", "report-type=disposition-notification")) ==
               "dsn-report-type");
    BOOST_TEST(broken(with(" report-type=delivery-status;\r\n", "\r\n")) == "dsn-report-type");
    BOOST_TEST(broken(with("multipart/report", "multipart/mixed")) == "dsn-report-type");
    BOOST_TEST(broken(with("EDU--\r\n", "EDU\r\n")) == "dsn-boundary dsn-parts");
    BOOST_TEST(
        broken(with("--RAA14128.773615765/CS.UTK.EDU\r\n\r\nThe original message was not delivered.\r\n\r\n",
                    "")) == "dsn-parts");
    BOOST_TEST(broken(with("not delivered", std::string(999, 'x'))) == "dsn-line-too-long");
    BOOST_TEST(broken(with("Subject: the original", "Subject: " + std::string(1200, 'x'))) ==
               ""); // not its own
    BOOST_TEST(broken(with("message/rfc822", "message/global-headers; charset=utf-8")) ==
               "dsn-global-headers-charset");
}

BOOST_AUTO_TEST_CASE(the_form_of_the_status) {
    BOOST_TEST(broken(with("message/delivery-status\r\n",
                           "message/delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n")) ==
               "dsn-status-encoding");
    BOOST_TEST(broken(with("426 connection", "426 conn\xC3\xA9xion")) == "dsn-status-encoding");
    BOOST_TEST(broken(with("Reporting-MTA: dns; cs.example\r\n",
                           "no field\r\nReporting-MTA: dns; cs.example\r\n")) == "dsn-groups");
    BOOST_TEST(broken(with("-0400\r\n\r\nOriginal-R", "-0400\r\n\r\n\r\nOriginal-R")) == "dsn-groups");
    // Without the blank line all is one recipient's group.
    BOOST_TEST(broken(with("16:15:05 -0400\r\n\r\nOriginal-R", "16:15:05 -0400\r\nOriginal-R")) ==
               "dsn-groups dsn-reporting-mta");
    BOOST_TEST(broken(with("Reporting-MTA: dns; cs.example\r\n",
                           "Reporting-MTA: dns; cs.example\r\nReporting-MTA: dns; b.example\r\n")) ==
               "dsn-field-twice");
    BOOST_TEST(broken(with("Status: 4.4.2\r\n", "Status: 4.4.2\r\nX-Note: a\r\nX-Note: b\r\n")) == "");
}

BOOST_AUTO_TEST_CASE(fields_that_are_owed) {
    BOOST_TEST(broken(with("Reporting-MTA: dns; cs.example\r\n", "")) == "dsn-reporting-mta");
    BOOST_TEST(broken(with("Final-Recipient: rfc822;wnj@sunset.example\r\n", "")) == "dsn-final-recipient");
    BOOST_TEST(broken(with("Action: failed\r\n", "")) == "dsn-action");
    BOOST_TEST(broken(with("Action: failed", "Action: bounced")) == "dsn-action");
    BOOST_TEST(broken(with("Action: failed", "Action: FAILED (for good)")) == "");
    BOOST_TEST(broken(with("Status: 4.4.2\r\n", "")) == "dsn-status");
}

BOOST_AUTO_TEST_CASE(values_of_fields) {
    for (const char* bad : {"4.04.2", "4. 4.2", "4.4", "426", "4.4.2.1", "3.0.0", "4.4444.2"})
        BOOST_TEST(broken(with("4.4.2", bad)) == "dsn-status-code", bad);
    BOOST_TEST(broken(with("4.4.2", "5.4.2")) == "dsn-status-class"); // delayed
    BOOST_TEST(broken(with("Status: 4.0.0", "Status: 2.0.0")) == "dsn-status-class");
    BOOST_TEST(broken(with("Action: failed", "Action: delivered")) == "dsn-status-class");
    BOOST_TEST(broken(with("Action: failed", "Action: relayed")) == ""); // with a loss, say
    BOOST_TEST(broken(with("rfc822;wnj@sunset.example", "wnj@sunset.example")) == "dsn-field-type");
    BOOST_TEST(broken(with("smtp; 426 connection\r\n timed out", "connection timed out")) ==
               "dsn-field-type");
    BOOST_TEST(broken(with("dns; cs.example", "dns; cs_example")) == "dsn-mta-name");
    BOOST_TEST(broken(with("dns; cs.example", "dns; [192.0.2.1]")) == "");
    BOOST_TEST(broken(with("dns; cs.example", "x-local; a name of ours")) == "");
    BOOST_TEST(broken(with("smtp; 426", "smtp; lost")) == "dsn-smtp-diagnostic");
    BOOST_TEST(broken(with("smtp; 426 connection\r\n", "smtp; 426-connection\r\n")) == "");
    BOOST_TEST(broken(with("smtp; 426", "x-unix; lost")) == "");
    BOOST_TEST(broken(with("17:15:49 -0400", "17:15:49 EDT")) == "dsn-date");
    BOOST_TEST(broken(with("Action: Delayed\r\nStatus: 4.4.2", "Action: failed\r\nStatus: 4.4.2")) ==
               "dsn-will-retry-until");
    BOOST_TEST(broken(with("Status: 4.4.2\r\n", "Status: 4.4.2\r\nLocalized-Diagnostic: en; a\r\n"
                                                "Localized-Diagnostic: EN; b\r\n")) ==
               "dsn-localized-diagnostic");
}

BOOST_AUTO_TEST_CASE(what_was_held_against_it) {
    const auto d = read_dsn(with("Will-Retry-Until: Tue, 12 Jul 1994 16:15:05 -0400\r\n", ""));
    const auto judged = judge_dsn(*d).judged;
    BOOST_TEST(judged.test(index_of_rule("dsn-action")));
    BOOST_TEST(!judged.test(index_of_rule("dsn-will-retry-until")));
    BOOST_TEST(!judged.test(index_of_rule("dsn-localized-diagnostic")));
    BOOST_TEST(!judged.test(index_of_rule("reply-bare-lf")));
}

BOOST_AUTO_TEST_CASE(octets_of_any_kind_do_no_harm) {
    for (std::size_t cut = 0; cut < good.size(); cut += 7)
        if (const auto d = read_dsn(std::string_view(good).substr(0, cut))) (void)judge_dsn(*d);
    auto noise = good;
    for (std::size_t i = 0; i < noise.size(); i += 11) {
        noise[i] = static_cast<char>(i * 37 & 0xff);
        if (const auto d = read_dsn(noise)) (void)judge_dsn(*d);
    }
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_SUITE_END()
