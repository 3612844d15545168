// Delivered messages: fields, types of values, Received clauses.
#include "harness/wire/domain.hpp"
#include "harness/wire/dot_stuffing.hpp"
#include "harness/wire/enhanced_code.hpp"
#include "harness/wire/field_syntax.hpp"
#include "harness/wire/message.hpp"
#include "harness/wire/octets.hpp"
#include "harness/wire/received.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(messages)

namespace {

// Empty when the value fits; else what was expected and where (from 0).
std::string trouble(const syntax_result& r) {
    return r ? "" : r.error().text + "@" + std::to_string(r.error().offset);
}

} // namespace

BOOST_AUTO_TEST_CASE(fields_and_body) {
    const auto m = parse_message(
        "Return-Path: <a@b>\r\nSubject: one\r\n two\r\n\tthree \r\nX-Empty:\r\n\r\nHello.\r\n\r\nBye.\r\n");
    BOOST_TEST_REQUIRE(m.fields.size() == 3u);
    BOOST_TEST(m.fields[1].name == "Subject");
    BOOST_TEST(m.fields[1].value == "one two\tthree");
    BOOST_TEST(m.fields[1].raw == "Subject: one\r\n two\r\n\tthree \r\n");
    BOOST_TEST(m.fields[2].value == "");
    BOOST_TEST(m.body == "Hello.\r\n\r\nBye.\r\n");
    BOOST_TEST(m.find("subject") == &m.fields[1]);
    BOOST_TEST(m.find("Sub") == nullptr);
}

BOOST_AUTO_TEST_CASE(odd_messages_are_kept) {
    const auto no_body = parse_message("Subject: x\r\n");
    BOOST_TEST(!no_body.has_body);
    const auto no_field = parse_message("From a@b Mon\r\nSubject : x\r\n\r\n");
    BOOST_TEST_REQUIRE(no_field.fields.size() == 2u);
    BOOST_TEST(no_field.fields[0].name == "");
    BOOST_TEST(no_field.fields[0].raw == "From a@b Mon\r\n");
    BOOST_TEST(no_field.fields[1].name == "Subject"); // RFC 5322 §4.5.8
    BOOST_TEST(no_field.has_body);
    BOOST_TEST(parse_message("").fields.empty());
    const auto body_only = parse_message("\r\nx");
    BOOST_TEST(body_only.body == "x");
    const auto twice = parse_message("A: 1\r\nB: 2\r\na: 3\r\n\r\n");
    BOOST_TEST(twice.count("A") == 2u);
    BOOST_TEST(twice.find("A", 2)->value == "3");
    BOOST_TEST(twice.find("A", 3) == nullptr);
}

BOOST_AUTO_TEST_CASE(dates) {
    for (const auto* good :
         {"Mon, 01 Sep 2025 10:00:00 +0000", "1 Sep 2025 10:00 -0130", "Sun, 29 Feb 2032 23:59:60 +1400",
          "Mon, 01 Sep 2025 10:00:00 +0000 (UTC)", "Mon,  1 Sep  2025 10:00:00  +0000"})
        BOOST_TEST(trouble(check_date_time(good)) == "", good);
    BOOST_TEST(trouble(check_date_time("Tue, 01 Sep 2025 10:00:00 +0000")) ==
               "that day was a Mon, not a Tue@0");
    BOOST_TEST(trouble(check_date_time("31 Jun 2025 10:00:00 +0000")) == "there is no 31 Jun 2025@0");
    BOOST_TEST(trouble(check_date_time("01 Sep 2025 24:00:00 +0000")) == "the time is past 23:59:60@0");
    BOOST_TEST(trouble(check_date_time("01 Sep 2025 10:00:00 +0060")) ==
               "the minutes of the zone are past 59@0");
    BOOST_TEST(trouble(check_date_time("01 Sep 1899 10:00:00 +0000")) == "the year 1899 is before 1900@0");
    // RFC 5321 §4.4 forbids the obsolete forms.
    BOOST_TEST(trouble(check_date_time("01 Sep 25 10:00:00 +0000")) ==
               "expected a year of four digits and a space@7");
    BOOST_TEST(trouble(check_date_time("01 Sep 2025 10:00:00 GMT")) ==
               "expected a zone as +hhmm or -hhmm@21");
    BOOST_TEST(trouble(check_date_time("2025-09-01T10:00:00Z")) ==
               "expected a day of the month and a space@0");
    BOOST_TEST(trouble(check_date_time("Mon 01 Sep 2025 10:00:00 +0000")) ==
               "expected a comma behind the day of the week@3");
    BOOST_TEST(trouble(check_date_time("")) == "expected a day of the week (Mon, Tue ...) or of the month@0");
    BOOST_TEST(trouble(check_date_time("01 Sep 2025 10:00:00 +0000 x")) == "expected the end of the date@27");
}

BOOST_AUTO_TEST_CASE(identifiers) {
    for (const auto* good : {"<a@b>", " (c) <a.b@[127.0.0.1]> ", "<4711.x!y@mx.example.test>"})
        BOOST_TEST(trouble(check_msg_id(good)) == "", good);
    BOOST_TEST(trouble(check_msg_id("a@b")) == "expected <@0");
    BOOST_TEST(trouble(check_msg_id("<a>")) == "expected @@2");
    BOOST_TEST(trouble(check_msg_id("<a@b")) == "expected >@4");
    BOOST_TEST(trouble(check_msg_id("<a..b@c>")) == "expected @@2");
    BOOST_TEST(trouble(check_msg_id("<a@b> <c@d>")) == "expected the end of the field@6");
}

BOOST_AUTO_TEST_CASE(addresses) {
    for (const auto* good :
         {"a@b.example", "<a@b.example>", "Alice <a@b.example>", "\"Q. A\" <a@b.example>, c@d.example",
          "(comment) a@b.example (more (nested))", "\"quoted local\"@b.example", "a@[192.0.2.1]"}) {
        BOOST_TEST(trouble(check_mailbox_list(good)) == "", good);
        BOOST_TEST(trouble(check_address_list(good)) == "", good);
    }
    BOOST_TEST(trouble(check_address_list("undisclosed-recipients:;")) == "");
    BOOST_TEST(trouble(check_address_list("A group: a@b.example, C <c@d.example>; , e@f.example")) == "");
    BOOST_TEST(trouble(check_mailbox_list("undisclosed-recipients:;")) == "expected @@22");
    BOOST_TEST(trouble(check_mailbox_list("a")) == "expected @@1");
    BOOST_TEST(trouble(check_mailbox_list("a@")) == "expected a domain@2");
    BOOST_TEST(trouble(check_mailbox_list("a@b.example,")) == "expected a local part@12");
    BOOST_TEST(trouble(check_mailbox_list("<a@b.example")) == "expected >@12");
    BOOST_TEST(trouble(check_mailbox_list("a@b.example c@d.example")) == "expected a comma or the end@12");
    BOOST_TEST(trouble(check_mailbox_list("(open a@b.example")) == "expected the end of a comment@17");
    BOOST_TEST(!check_field_type("no-such", "x").has_value());
}

BOOST_AUTO_TEST_CASE(received_of_real_servers) {
    const auto postfix = parse_received(
        "from client.mailspec.test (unknown [127.0.0.1])\tby mx.example.test (Postfix) with ESMTPSA id "
        "4B2C1A0\tfor <a@example.test>; Mon,  1 Sep 2025 10:00:00 +0000 (UTC)");
    BOOST_TEST(postfix.find("from")->value == "client.mailspec.test");
    BOOST_TEST(postfix.find("from")->text == "client.mailspec.test (unknown [127.0.0.1])");
    BOOST_TEST(postfix.find("by")->value == "mx.example.test");
    BOOST_TEST(postfix.find("with")->value == "ESMTPSA");
    BOOST_TEST(postfix.find("id")->value == "4B2C1A0");
    BOOST_TEST(postfix.find("for")->value == "<a@example.test>");
    BOOST_TEST(postfix.find("via") == nullptr);
    BOOST_TEST(postfix.date == "Mon,  1 Sep 2025 10:00:00 +0000 (UTC)");
    const auto exim = parse_received(
        "from [127.0.0.1] (helo=client.mailspec.test)\tby mx.example.test with esmtp (Exim 4.96)\t"
        "(envelope-from <t@client.mailspec.test>)\tid 1uX-0001-Aa\tfor a@example.test;\tMon, 01 Sep 2025");
    BOOST_TEST(exim.find("with")->value == "esmtp");
    BOOST_TEST(exim.find("with")->text == "esmtp (Exim 4.96) (envelope-from <t@client.mailspec.test>)");
    BOOST_TEST(exim.find("for")->value == "a@example.test");
    const auto over_tls = parse_received(
        "from [127.0.0.1] (helo=client.mailspec.test)\tby mx.example.test with esmtpsa  (TLS1.3) tls "
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\t(Exim 4.96)\tid 1uX-0001-Aa\tfor a@example.test;\tMon");
    BOOST_TEST(over_tls.find("with")->value == "esmtpsa");
    BOOST_TEST(over_tls.find("tls")->value == "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    BOOST_TEST(over_tls.find("id")->value == "1uX-0001-Aa");
}

BOOST_AUTO_TEST_CASE(odd_received) {
    BOOST_TEST(parse_received("").clauses.empty());
    BOOST_TEST(parse_received("(mended by nobody) far away").clauses.empty());
    BOOST_TEST(parse_received("from by by b").find("from")->value == "by"); // a host may be called so
    BOOST_TEST(parse_received("from a for <\"x;y\"@b>; date").date == "date");
    BOOST_TEST(parse_received("from a (open").find("from")->value == "a");
}

BOOST_AUTO_TEST_CASE(names_of_hosts) {
    for (const auto* good : {"a", "mx.example.test", "1.example", "a-b.c", "localhost"})
        BOOST_TEST(is_domain(good), good);
    for (const auto* bad : {"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "[1.2.3.4]"})
        BOOST_TEST(!is_domain(bad), bad);
    BOOST_TEST(!is_domain(std::string(64, 'a')));
    for (const auto* good : {"[127.0.0.1]", "[IPv6:::1]", "[IPv6:2001:db8::1]", "[IPv6:1:2:3:4:5:6:7:8]",
                             "[ipv6:::ffff:1.2.3.4]", "[tag:content]"})
        BOOST_TEST(is_address_literal(good), good);
    for (const auto* bad : {"[]", "127.0.0.1", "[256.0.0.1]", "[1.2.3]", "[IPv6:1:2]",
                            "[IPv6:1:2:3:4:5:6:7::8]", "[IPv6:g::1]"})
        BOOST_TEST(!is_address_literal(bad), bad);
}

BOOST_AUTO_TEST_CASE(enhanced_codes) {
    BOOST_TEST(enhanced_code_of("2.1.0 Ok") == "2.1.0");
    BOOST_TEST(enhanced_code_of("5.1.123") == "5.1.123");
    for (const auto* none : {"", "Ok", "3.0.0 x", "2.1 x", "2.1.0x", "2.1.1234 x", "2..0 x"})
        BOOST_TEST(enhanced_code_of(none) == "", none);
    BOOST_TEST(nearly_enhanced_code("2.1 Ok"));
    BOOST_TEST(nearly_enhanced_code("5.1.1: no"));
    BOOST_TEST(!nearly_enhanced_code("192.0.2.1 is listed"));
    BOOST_TEST(!nearly_enhanced_code("Ok"));
    BOOST_TEST(enhanced_code_is("5.1.1", "5.1.1"));
    BOOST_TEST(enhanced_code_is("5.1.10", "5.1.z"));
    BOOST_TEST(enhanced_code_is("5.7.8", "5.y.z"));
    BOOST_TEST(!enhanced_code_is("5.1.10", "5.1.1"));
    BOOST_TEST(!enhanced_code_is("", "5.y.z"));
}

BOOST_AUTO_TEST_CASE(octets_for_people) {
    BOOST_TEST(quoted(std::string("a\0\r\n\t\x80\"\\", 8)) == "\"a\\0\\r\\n\\t\\x80\\\"\\\\\"");
    BOOST_TEST(quoted(std::string(100, 'x'), 20) == "\"xxxxxxxxxx\" ... 85 octets ... \"xxxxx\"");
}

// RFC 5321 §4.5.2; §2.3.8: only CRLF ends a line.
BOOST_AUTO_TEST_CASE(dots_at_the_beginning_of_lines) {
    BOOST_TEST(dot_stuffed(".a\r\n..b\r\nc.\r\n.\r\n") == "..a\r\n...b\r\nc.\r\n..\r\n");
    BOOST_TEST(dot_stuffed("a\n.b\r.c") == "a\n.b\r.c");
    BOOST_TEST(dot_stuffed("") == "");
    BOOST_TEST(dot_unstuffed("..a\r\n...b\r\n.c\r\n..\r\n") == ".a\r\n..b\r\nc\r\n.\r\n");
    BOOST_TEST(dot_unstuffed("a\n.b\r.c") == "a\n.b\r.c");
}

BOOST_AUTO_TEST_SUITE_END()
