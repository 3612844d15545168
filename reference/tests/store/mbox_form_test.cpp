// Messages as text of an mbox, and back: whatever is written is read as it was, and begins no other message.
// RFC 4155.
#include "reference/store/mbox_from_line.hpp"
#include "reference/store/mbox_scanner.hpp"
#include "reference/store/message_file.hpp"

#include <boost/test/unit_test.hpp>

namespace store = refmail::store;
namespace flag = refmail::mailbox::flag;

namespace {

constexpr std::int64_t noon = 1'795'089'600; // Thu Nov 19 12:00:00 2026, UTC

store::mbox_contents scan(std::string_view text, std::size_t piece = 1'000'000) {
    store::mbox_scanner scanner;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
        scanner.feed(text.substr(0, piece));
    return scanner.finish();
}

store::mbox_entry entry(std::string octets) {
    const auto form = store::to_store(std::move(octets));
    return store::mbox_entry_of(form.octets, form.raw, "joe@example.test", noon);
}

std::string text_of(const std::string& mbox, const store::mbox_message& one) {
    return mbox.substr(one.offset, one.length);
}

} // namespace

BOOST_AUTO_TEST_SUITE(mbox_form)

BOOST_AUTO_TEST_CASE(what_a_message_looks_like) {
    BOOST_TEST(entry("Subject: a\r\n\r\nFrom here\r\n>From there\r\n> From no\r\nend\r\n").text ==
               "From joe@example.test Thu Nov 19 12:00:00 2026\n"
               "Subject: a\n\n>From here\n>>From there\n> From no\nend\n\n");
}

BOOST_AUTO_TEST_CASE(hostile_messages_come_back_as_they_were) {
    const std::string messages[] = {
        "Subject: a\r\n\r\nb\r\n",
        "",
        "\r\n",
        "\r\n\r\n\r\n",
        "Subject: no body\r\n",
        "Subject: no body\r\n\r\n",
        "Subject: no end",
        "Subject: a\r\n\r\nno end",
        "Subject: a\r\n\r\nempty lines behind\r\n\r\n\r\n",
        "From joe@example.test Thu Nov 19 12:00:00 2026\r\nSubject: a\r\n\r\nb\r\n",
        "Subject: a\r\nFrom joe@example.test Thu Nov 19 12:00:00 2026\r\n\r\nb\r\n",
        "Subject: a\r\n\r\n\r\nFrom joe@example.test Thu Nov 19 12:00:00 2026\r\n\r\nb\r\n",
        "Subject: a\r\n\r\n>From joe@example.test Thu Nov 19 12:00:00 2026\r\n>>>>>From "
        "x\r\n>\r\n>>\r\n>From\r\n",
        "Subject: a\r\n\r\nFrom \r\nFrom",
        "Subject: a\r\n\r\nfrom here\r\n From there\r\n",
        "Subject: a\r\n\r\na bare \r in it, and one at the end of a line \r\n",
        "Subject: a\r\n\r\ntwo of them\r\r\n",
        "Subject: a\r\n\r\na bare \n in it\r\n",
        "Subject: a\n\nFrom joe Thu Nov 19 12:00:00 2026\nall bare\n",
        "Subject: a\r\n\r\nraw \n\r\n\r\n",
        "Subject: a\r\n\r\nraw \n without end\r",
        "Subject: a\r\n\r\na bare CR at the end\r",
        "Subject: a\r\n\r\nalone in its line\r\n\r",
        std::string("Subject: a\r\n\r\nNUL \0 and \xff\xfe\r\n", 28),
        " no header\r\n\r\nStatus: RO\r\n",
        "Subject: a\r\n b\r\n\tc\r\n\r\nStatus: this is text\r\nContent-Length: 7\r\n",
        "StatusX: a\r\nX-Status-Too: b\r\n\r\nb\r\n",
        std::string(100'000, 'x') + "\r\nFrom x Thu Nov 19 12:00:00 2026\r\n",
    };
    std::string mbox;
    std::vector<store::mbox_entry> entries;
    for (const auto& one : messages) {
        entries.push_back(entry(one));
        mbox += entries.back().text;
    }
    for (const std::size_t piece : {1'000'000, 7, 1}) {
        const auto found = scan(mbox, piece);
        BOOST_TEST(!found.foreign.has_value());
        BOOST_REQUIRE(found.messages.size() == std::size(messages));
        for (std::size_t i = 0; i < std::size(messages); ++i) {
            BOOST_TEST_CONTEXT("message " << i) {
                const auto& one = found.messages[i];
                BOOST_TEST(one.identity == entries[i].identity);
                BOOST_TEST(one.received == noon);
                BOOST_TEST(entries[i].octets == messages[i].size());
                BOOST_TEST(store::served_from_mbox(text_of(mbox, one), entries[i].info) == messages[i]);
                // Without what the index knows it is still a message with whole lines.
                BOOST_TEST(store::served_from_mbox(text_of(mbox, one), {}).size() == one.octets);
            }
        }
    }
}

// What senders write into these fields other programs would take for their own records.
BOOST_AUTO_TEST_CASE(records_of_mbox_programs_are_not_the_message) {
    const auto made =
        entry("Subject: a\r\nStatus: RO\r\n folded\r\nX-Status : F\r\nCONTENT-LENGTH: 3\r\nTo: b\r\n"
              "x-imapbase: 1 2\r\nX-UID: 3\r\nLines: 7\r\nX-Keywords: k\r\n\r\nStatus: text\r\n");
    BOOST_TEST(made.text == "From joe@example.test Thu Nov 19 12:00:00 2026\n"
                            "Subject: a\nTo: b\n\nStatus: text\n\n");
    BOOST_TEST(made.octets == std::string("Subject: a\r\nTo: b\r\n\r\nStatus: text\r\n").size());
}

// As mutt leaves it: its records are not served, and it is the same message as before.
BOOST_AUTO_TEST_CASE(a_message_is_known_again_by_what_is_the_message) {
    const std::string before = "From joe@example.test Thu Nov 19 12:00:00 2026\nSubject: a\n\n>From b\n\n";
    const std::string after = "From joe@example.test Thu Nov 19 12:00:00 2026\nSubject: a\nStatus: RO\n"
                              "X-Status: AF\nContent-Length: 8\nLines: 1\n\n>From b\n\n";
    const auto was = scan(before).messages.at(0), is = scan(after).messages.at(0);
    BOOST_TEST(was.identity == is.identity);
    BOOST_TEST(was.letters == "");
    BOOST_TEST(is.letters == "AFOR");
    BOOST_TEST(store::flags_in_letters(is.letters) == (flag::answered | flag::flagged | flag::seen));
    BOOST_TEST(store::flags_in_letters("DTNO") == (flag::deleted | flag::draft));
    BOOST_TEST(store::served_from_mbox(after, {}) == "Subject: a\r\n\r\nFrom b\r\n");
    BOOST_TEST(is.octets == 22u);
}

BOOST_AUTO_TEST_CASE(what_other_programs_write) {
    // No empty line between, none at the end, an end without a line end, two senders with spaces, dates of
    // all sorts.
    const std::string mbox =
        "\n\nFrom a Thu Nov 19 12:00:00 2026\nSubject: 1\n\none\n"
        "From \"b c\"@d  Thu Nov  5 12:00 2026\nSubject: 2\n\ntwo\n\n"
        "From e@f Thu Nov 19 12:00:00 +0100 2026\r\nSubject: 3\r\n\r\nthree\r\n\r\n"
        "From g Thu Nov 19 12:00:00 CET 2026 remote from h\nSubject: 4\n\nFrom our Thursday on\nfour";
    const auto found = scan(mbox);
    BOOST_REQUIRE(found.messages.size() == 4u);
    BOOST_TEST(!found.foreign.has_value());
    BOOST_TEST(found.doubtful.size() == 1u);
    BOOST_TEST(mbox.substr(found.doubtful[0], 8) == "From our");
    const std::string served[] = {"Subject: 1\r\n\r\none\r\n", "Subject: 2\r\n\r\ntwo\r\n",
                                  "Subject: 3\r\n\r\nthree\r\n\r\n",
                                  "Subject: 4\r\n\r\nFrom our Thursday on\r\nfour\r\n"};
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(store::served_from_mbox(text_of(mbox, found.messages[i]), {}) == served[i]);
    BOOST_TEST(found.messages[0].received == noon);
    BOOST_TEST(found.messages[1].received == noon - 14 * 86400);
    BOOST_TEST(found.messages[2].received == noon - 3600);
    // What is behind the last line later changes nothing about the message.
    BOOST_TEST(scan(mbox + "\n\n").messages[3].identity == found.messages[3].identity);
}

BOOST_AUTO_TEST_CASE(what_is_no_mbox) {
    const auto found = scan("\n\nDear reader,\n\nFrom a Thu Nov 19 12:00:00 2026\nSubject: 1\n\none\n");
    BOOST_REQUIRE(found.foreign.has_value());
    BOOST_TEST(*found.foreign == "Dear reader,\n");
    BOOST_TEST(found.foreign_line == 3u);
    BOOST_TEST(found.messages.size() == 1u);
    BOOST_TEST(!scan("").foreign.has_value());
    BOOST_TEST(!scan("\n\n").foreign.has_value());
}

BOOST_AUTO_TEST_CASE(from_lines) {
    const auto sender = [](std::string_view line) {
        const auto found = store::parse_from_line(line);
        return found ? found->sender : "none";
    };
    BOOST_TEST(sender("From joe@a.test Thu Nov 19 12:00:00 2026") == "joe@a.test");
    BOOST_TEST(sender("From \"a b\"@c.test  Thu Nov 19 12:00:00 2026") == "\"a b\"@c.test");
    BOOST_TEST(sender("From Thu Nov 19 12:00:00 2026") == "");
    BOOST_TEST(sender("From - Thu Nov 19 12:00:00 2026") == "-");
    for (const char* line :
         {"From joe", "From the Thu Nov on", "From a Thu Nov 31 12:00:00 2026",
          "From a Thu Nov 19 24:00:00 2026", "From a Thu Nov 19 12:00:00", "from a Thu Nov 19 12:00:00 2026",
          "From: a Thu Nov 19 12:00:00 2026", "From a Don Nov 19 12:00:00 2026", "From "})
        BOOST_TEST(sender(line) == "none", line);
    BOOST_TEST(store::make_from_line("", 0) == "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n");
    BOOST_TEST(store::make_from_line("a b\n\"c\"@d", noon) == "From a-b-\"c\"@d Thu Nov 19 12:00:00 2026\n");
    for (const std::int64_t when :
         {std::int64_t{-99'999'999'999}, std::int64_t{0}, noon, std::int64_t{253'000'000'000}}) {
        const auto line = store::make_from_line("x", when);
        const auto back = store::parse_from_line(std::string_view(line).substr(0, line.size() - 1));
        BOOST_REQUIRE(back.has_value());
        BOOST_TEST(store::make_from_line("x", back->when) == line);
    }
}

BOOST_AUTO_TEST_CASE(info_of_a_row) {
    for (const char* text : {"", "RO", ";raw", ";open", "AFR;raw;open"})
        BOOST_TEST(store::mbox_info::from(text).text() == text);
    BOOST_TEST(store::mbox_info::from("RO;open").open);
    BOOST_TEST(!store::mbox_info::from("RO;open").raw);
}

BOOST_AUTO_TEST_SUITE_END()
