// What is remembered of headers for SEARCH says what the messages themselves say: compared with looking into
// them, for the fixtures of the suites and for headers that nobody should write. RFC 9051 §6.4.4.
#include "reference/imap/searched_fields.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace std::string_literals;
using namespace imap_tests;
using imap::searched_fields;
using refmail::message::search_text;

BOOST_AUTO_TEST_SUITE(imap_searched_fields)

namespace {

const std::vector<std::string> names{"Bcc",         "cc",      "DATE",       "From",
                                     "In-Reply-To", "List-Id", "Message-ID", "Reply-To",
                                     "Sender",      "Subject", "To",         "references"};

std::vector<std::string> fixtures() {
    std::vector<std::string> all;
    for (const auto& one : std::filesystem::directory_iterator(SOURCE_DIR "/suites/fixtures")) {
        std::ifstream in(one.path(), std::ios::binary);
        all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return all;
}

std::vector<std::string> hostile_headers() {
    return {
        "",
        "\r\n",
        "Subject:\r\n\r\n",
        "Subject: cut off",
        "Subject\r\n",
        ": nameless\r\nSubject: behind\r\n\r\n",
        "no field at all\r\n folded on\r\nSubject: behind it\r\n\r\n",
        " begins folded\r\nTo: x\r\n\r\n",
        "Subject : blank before the colon\r\n\r\n",
        "Subject: a\r\n b\r\n\tc\r\n \r\n d\r\n\r\n",
        "Subject: bare\nTo: line\n feeds\n\nFrom: body\n",
        "Subject: first\r\nSubject: second\r\nSUBJECT: third\r\n\r\n",
        "Subject: =?utf-8?Q?split_=C3?= =?utf-8?Q?=84_word?=\r\n\r\n",
        "Subject: =?utf-8?B?w4RwZmVs?= =?utf-8?B?IGlzdA==?=\r\n\r\n",
        "Subject: =?no-such?Q?charset?= =?utf-8?X?encoding?= =?utf-8?Q?open\r\n\r\n",
        "Subject: \xC3\x84pfel \xFF\xFE \x80 stra\xC3\x9F"
        "e\r\n\r\n",
        "Subject: a\0b\r\nTo: \x01\x1F\r\n\r\n"s,
        "To: 3:abc, 0:, 99999999999999999999:x\r\nFrom: :\r\n\r\n",
        "From: \"a, b\" <a@b.test>\r\n (comment =?utf-8?Q?=C3=84?=)\r\nSender: <>\r\n\r\n",
        "Date: 1 Jan 2020 00:00:00 +0000\r\nDate: 2 Jan 2020 00:00:00 +0000\r\n\r\n",
        "To: " + std::string(3000, 'x') + "\r\nCc: " + std::string(3000, 'y') + "\r\nSubject: short\r\n\r\n",
    };
}

// Pieces of what the field says, and what it does not.
std::vector<std::string> worth_looking_for(const std::string& message, const std::string& name) {
    std::vector<std::string> all{"", "x", "\xC3\xA4", ":", "no such text", "behind", " b", "apfel", "@"};
    refmail::message::header_fields fields(message);
    while (const auto field = fields.next()) {
        if (!field->is(name)) continue;
        const auto text = refmail::message::searched_text(*field);
        for (std::size_t from = 0; from < text.size() && from < 200; from += 3)
            all.push_back(text.substr(from, 4));
        all.push_back(text);
        all.push_back(text + "!");
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(they_say_what_the_messages_say) {
    auto all = hostile_headers();
    const auto of_suites = fixtures();
    BOOST_REQUIRE(of_suites.size() > 30u);
    all.insert(all.end(), of_suites.begin(), of_suites.end());
    std::size_t held = 0;
    for (const auto& message : all) {
        const std::string_view header =
            std::string_view(message).substr(0, refmail::message::header_size(message));
        const auto fields = searched_fields::from(searched_fields::of(header).text());
        BOOST_REQUIRE(fields);
        for (const auto& name : names)
            for (const auto& wanted : worth_looking_for(message, name)) {
                const search_text sought(wanted);
                const bool expected = refmail::message::field_contains(header, name, sought);
                const auto told = fields->contains(searched_fields::sign_of(name), sought);
                held += expected;
                BOOST_TEST(told.value_or(expected) == expected, name << " " << wanted << " in " << header);
            }
    }
    BOOST_TEST(held > 1000u);
}

BOOST_AUTO_TEST_CASE(other_fields_and_long_ones_are_the_message_s_to_tell) {
    for (const auto& name : names)
        BOOST_TEST(searched_fields::sign_of(name) != 0, name);
    for (const std::string name : {"", "X", "Received", "Subject ", "Subjec"})
        BOOST_TEST(searched_fields::sign_of(name) == 0, name);
    const auto fields =
        searched_fields::of("To: " + std::string(3000, 'x') + "\r\nTo: y\r\nCc: " + std::string(3000, 'z') +
                            "\r\nSubject: s\r\nCc: c\r\n");
    const auto told = [&](const char* name, const char* text) {
        return fields.contains(searched_fields::sign_of(name), search_text(text));
    };
    BOOST_TEST((told("To", "y") == true));
    BOOST_TEST((told("To", "z") == false));
    BOOST_TEST((told("Subject", "S") == true));
    BOOST_TEST((told("Cc", "z") == std::nullopt));
    BOOST_TEST((told("Cc", "c") == std::nullopt));
    BOOST_TEST((told("Bcc", "") == false));
    BOOST_TEST(fields.text().size() < 5000u);
}

BOOST_AUTO_TEST_CASE(the_day_is_that_of_the_first_date_field) {
    using namespace std::chrono;
    const auto day = [](const std::string& header) { return searched_fields::of(header).sent(); };
    BOOST_TEST((day("Date: Tue, 1 Feb 1994 00:30:00 +0900\r\nDate: 5 Feb 1994 00:00:00 +0000\r\n") ==
                sys_days(1994y / 2 / 1)));
    BOOST_TEST((day("Date: Wed, 31 Dec 1969 23:00:00 -0500\r\n") == sys_days(1969y / 12 / 31)));
    BOOST_TEST((day("Date: nonsense\r\nDate: 5 Feb 1994 00:00:00 +0000\r\n") == std::nullopt));
    BOOST_TEST((day("Subject: x\r\n") == std::nullopt));
}

BOOST_AUTO_TEST_CASE(what_is_no_such_text_is_refused) {
    for (const std::string broken : {"", "0:", "x", "0:0:0:", "1:x0:", "0:0:3:sab4:tcd",
                                     "2:120:1:", "0:0:99999999999999999999:s", "1: 0:"})
        BOOST_TEST(!searched_fields::from(broken), broken);
    BOOST_TEST(searched_fields::from("0:0:").has_value());
    BOOST_TEST((searched_fields::from("2:-11:c3:sAB")->contains('s', search_text("b")) == true));
    BOOST_TEST((searched_fields::from("2:-11:c3:sAB")->contains('c', search_text("b")) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_second_search_opens_nothing) {
    memory_account account;
    auto& inbox = account.at("INBOX");
    inbox.put("Subject: apple\r\nDate: 1 Feb 1994 00:00:00 +0000\r\nX-Other: x\r\n\r\nbody\r\n");
    inbox.put("To: " + std::string(5000, 'x') + "end\r\nSubject: pear\r\n\r\nbody\r\n");
    selected_dialog client(account);
    BOOST_TEST(client.untagged("SEARCH SUBJECT APPLE") == "* SEARCH 1\r\n");
    BOOST_TEST(inbox.opened == 2);
    BOOST_TEST(client.untagged("SEARCH NOT SUBJECT apple") == "* SEARCH 2\r\n");
    BOOST_TEST(client.untagged("SEARCH OR FROM nobody SENTON 1-Feb-1994") == "* SEARCH 1\r\n");
    BOOST_TEST(client.untagged("SEARCH HEADER Message-ID \"\"") == "* SEARCH\r\n");
    BOOST_TEST(inbox.opened == 2);
    BOOST_TEST(client.untagged("SEARCH TO xend") == "* SEARCH 2\r\n"); // too long to be remembered
    BOOST_TEST(inbox.opened == 3);
    BOOST_TEST(client.untagged("SEARCH HEADER X-Other x") == "* SEARCH 1\r\n");
    BOOST_TEST(inbox.opened == 5);
    // Something that is no such text is made again.
    inbox.remember(1, "searching-1", "7:broken");
    BOOST_TEST(client.untagged("SEARCH SUBJECT apple") == "* SEARCH 1\r\n");
    BOOST_TEST(inbox.opened == 6);
}

BOOST_AUTO_TEST_SUITE_END()
