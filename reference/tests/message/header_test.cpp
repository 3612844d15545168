// Header fields: splitting, addresses, identifiers, dates, trace fields. RFC 5322 §2.2, §3.3, §3.4,
// §3.6.4, §4; RFC 5321 §4.4. Expectations are literals.
#include "reference/message/date_time.hpp"
#include "reference/message/header_addresses.hpp"
#include "reference/message/header_section.hpp"
#include "reference/message/message_id.hpp"
#include "reference/message/trace.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace refmail::message;

namespace {

std::string addresses_of(std::string_view body) {
    auto list = parse_address_list(body);
    if (!list) return std::to_string(list.error().offset) + ": " + list.error().what;
    std::string out;
    for (auto& box : *list)
        out += (out.empty() ? "" : " ") + box.to_string();
    return out;
}

struct collector : header_sink {
    std::vector<std::string> seen;
    void field(const header_field& f) override {
        seen.push_back(std::string(f.name) + "|" + std::string(f.raw));
    }
};

timestamp at(int year, unsigned month, unsigned day, int h, int m, int s, int offset = 0) {
    using namespace std::chrono;
    return {sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} + hours{h} +
                minutes{m} + seconds{s},
            minutes{offset}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(header_addresses)

BOOST_AUTO_TEST_CASE(accepted) {
    const std::vector<std::pair<std::string, std::string>> table{
        {" joe@example.test\r\n", "joe@example.test"},
        {"joe@a.test, jim@b.test", "joe@a.test jim@b.test"},
        {"Joe <joe@a.test>", "joe@a.test"},
        {"Joe Q. Public <john.q.public@example.com>", "john.q.public@example.com"},
        {"\"Giant; \\\"Big\\\" Box\" <sysservices@example.net>", "sysservices@example.net"},
        {"<boss@nil.test>, \"G\" <g@h.test>", "boss@nil.test g@h.test"},
        {"A Group:Ed Jones <joe@where.test>,john@one.test;", "joe@where.test john@one.test"},
        {"Undisclosed recipients:;", ""},
        {"(empty list)(start)Hidden recipients :(nobody(that I know)) ;", ""},
        {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "pete@silly.test"},
        {"joe . smith @ example . test", "joe.smith@example.test"},
        {"<@a.test,@b.test:joe@c.test>", "joe@c.test"},
        {", joe@a.test,, jim@b.test,", "joe@a.test jim@b.test"},
        {"\"joe smith\"@a.test", "\"joe smith\"@a.test"},
        {"joe@[127.0.0.1]", "joe@[127.0.0.1]"},
        {"Joe\r\n <joe@a.test>,\r\n\tjim@b.test\r\n", "joe@a.test jim@b.test"},
        {"J\xc3\xb6rg <joerg@a.test>", "joerg@a.test"},
        {"=?utf-8?q?J=C3=B6rg?= <joerg@a.test>", "joerg@a.test"},
    };
    for (auto& [body, expected] : table)
        BOOST_TEST(addresses_of(body) == expected, body << " gave " << addresses_of(body));
}

BOOST_AUTO_TEST_CASE(refused) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"", "0: no address"},
        {" \r\n", "3: no address"},
        {"joe", "3: address without a domain"},
        {"<joe>", "4: address without a domain"},
        {"joe@", "4: domain expected"},
        {"@a.test", "0: address expected"},
        {"joe@a.test jim@b.test", "11: ',' expected between addresses"},
        {"Joe <joe@a.test", "15: '>' expected after the address"},
        {"joe smith@a.test", "10: words in front of '@' are no local-part"},
        {".joe@a.test", "5: words in front of '@' are no local-part"},
        {"joe..x@a.test", "7: words in front of '@' are no local-part"},
        {"j\xc3\xb6@a.test", "4: words in front of '@' are no local-part"},
        {"(joe joe@a.test", "15: comment without its ')'"},
        {"\"joe <joe@a.test>", "0: quoted string without its closing quote"},
        {"Group: joe@a.test", "17: ';' expected at the end of a group"},
        {"Group: Other: joe@a.test;;", "13: a group must not hold another"},
        {"joe@a.test;", "10: ',' expected between addresses"},
        {"joe@[127.0.0.1", "4: broken domain literal"},
    };
    for (auto& [body, expected] : table)
        BOOST_TEST(addresses_of(body) == expected, body << " gave " << addresses_of(body));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(header_sections)

BOOST_AUTO_TEST_CASE(fields_and_folds) {
    collector c;
    header_section h(c);
    BOOST_TEST(h.take("Subject: a\r\n"));
    BOOST_TEST(c.seen.empty()); // it may yet be continued
    BOOST_TEST(h.take("\tb\r\n"));
    BOOST_TEST(h.take("To : x@y.test\r\n"));
    BOOST_TEST(!h.take("\r\n"));
    BOOST_TEST(!h.ended_badly());
    const std::vector<std::string> expected{"Subject|Subject: a\r\n\tb\r\n", "To|To : x@y.test\r\n"};
    BOOST_TEST(c.seen == expected, boost::test_tools::per_element());
    BOOST_TEST(h.size() == 31u);
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_field_ends_it) {
    for (std::string_view line : {"no colon here\r\n", ": no name\r\n", "From joe Mon Jan 1\r\n",
                                  " leading blank\r\n", "na me: x\r\n", "n\xc3\xa4me: x\r\n"}) {
        collector c;
        header_section h(c);
        BOOST_TEST(!h.take(line), line);
        BOOST_TEST(h.ended_badly(), line);
        BOOST_TEST(c.seen.empty());
    }
}

BOOST_AUTO_TEST_CASE(message_may_end_in_the_header) {
    collector c;
    header_section h(c);
    BOOST_TEST(h.take("Subject: a\r\n"));
    h.finish();
    BOOST_TEST(c.seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(field_views) {
    header_field f{"SUBJECT", "SUBJECT: a\r\n b\r\n"};
    BOOST_TEST(f.is("Subject"));
    BOOST_TEST(!f.is("Subjec"));
    BOOST_TEST(f.body() == " a\r\n b\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(identifiers_and_dates)

BOOST_AUTO_TEST_CASE(message_ids) {
    for (auto text : {" <a@b>\r\n", "<1234@local.machine.example>", "<a.b.c@[127.0.0.1]>", "(c)<a@b>(d)\r\n",
                      "<\"x y\"@b>"}) {
        BOOST_TEST(is_message_id(text), text);
    }
    for (auto text : {"", "a@b", "<a>", "<a@>", "<@b>", "<a@b", "<a@b> <c@d>", "<a@b>x", "<a b@c>",
                      "<a..b@c>", "<a@b.>", "<a@[x y]>"}) {
        BOOST_TEST(!is_message_id(text), text);
    }
    BOOST_TEST(make_message_id(at(2026, 11, 22, 5, 39, 50), "s1-1", "mx.example.test") ==
               "<20261122053950.s1-1@mx.example.test>");
}

BOOST_AUTO_TEST_CASE(dates_written) {
    BOOST_TEST(format_date_time(at(2026, 11, 22, 5, 39, 50)) == "Sun, 22 Nov 2026 05:39:50 +0000");
    BOOST_TEST(format_date_time(at(2026, 1, 1, 0, 30, 0, -90)) == "Wed, 31 Dec 2025 23:00:00 -0130");
    BOOST_TEST(format_date_time(at(2024, 2, 28, 23, 59, 59, 330)) == "Thu, 29 Feb 2024 05:29:59 +0530");
}

BOOST_AUTO_TEST_CASE(dates_read) {
    for (auto text :
         {"Sun, 22 Nov 2026 05:39:50 +0000", " 1 Jan 2026 00:00 -0130\r\n", "Fri, 21 Nov 97 09:55:06 GMT",
          "Thu,\r\n 13 Feb 1969 23:32 -0330 (Newfoundland Time)", "1 jan 2026 00:00:60 Z"}) {
        BOOST_TEST(is_date_time(text), text);
    }
    for (auto text : {"", "yesterday", "2026-11-22 05:39:50", "32 Jan 2026 00:00 +0000",
                      "1 Foo 2026 00:00 +0000", "1 Jan 2026 24:00 +0000", "1 Jan 2026 00:60 +0000",
                      "1 Jan 2026 00:00", "1 Jan 2026 00:00 +000", "Sun 1 Jan 2026 00:00 +0000",
                      "1 Jan 2026 00:00 +0000 x", "1 Jan 2026 00:00 +0060", "1 Jan 2026 00:00 J",
                      "1 Jan 2026 00:00 +0000 (open", "1 Jan 2026 0:00 +0000", "1 Jan 6 00:00 +0000"}) {
        BOOST_TEST(!is_date_time(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(trace_fields)

BOOST_AUTO_TEST_CASE(received) {
    received_facts f{"client.example", "127.0.0.1",          "mx.example.test",          "ESMTP",
                     "s1-1",           "alice@example.test", at(2026, 11, 22, 5, 39, 50)};
    BOOST_TEST(received_field(f) ==
               "Received: from client.example ([127.0.0.1])\r\n\tby mx.example.test with ESMTP id s1-1\r\n"
               "\tfor <alice@example.test>;\r\n\tSun, 22 Nov 2026 05:39:50 +0000\r\n");
    f.only_recipient.clear();
    f.client_address = "::1";
    BOOST_TEST(received_field(f) ==
               "Received: from client.example ([IPv6:::1])\r\n\tby mx.example.test with ESMTP id s1-1;\r\n"
               "\tSun, 22 Nov 2026 05:39:50 +0000\r\n");
}

BOOST_AUTO_TEST_CASE(protocols) {
    BOOST_TEST(with_protocol(transport::smtp, false, false) == "SMTP");
    BOOST_TEST(with_protocol(transport::smtp, true, true) == "SMTP");
    BOOST_TEST(with_protocol(transport::esmtp, false, false) == "ESMTP");
    BOOST_TEST(with_protocol(transport::esmtp, true, false) == "ESMTPS");
    BOOST_TEST(with_protocol(transport::esmtp, false, true) == "ESMTPA");
    BOOST_TEST(with_protocol(transport::esmtp, true, true) == "ESMTPSA");
    BOOST_TEST(with_protocol(transport::lmtp, false, false) == "LMTP");
    BOOST_TEST(with_protocol(transport::lmtp, true, false) == "LMTPS");
    BOOST_TEST(with_protocol(transport::lmtp, false, true) == "LMTPA");
    BOOST_TEST(with_protocol(transport::lmtp, true, true) == "LMTPSA");
    // RFC 6531 §4.3
    BOOST_TEST(with_protocol(transport::smtp, false, false, true) == "SMTP");
    BOOST_TEST(with_protocol(transport::esmtp, false, false, true) == "UTF8SMTP");
    BOOST_TEST(with_protocol(transport::esmtp, true, true, true) == "UTF8SMTPSA");
    BOOST_TEST(with_protocol(transport::lmtp, true, false, true) == "UTF8LMTPS");
}

BOOST_AUTO_TEST_SUITE_END()
