// One reply off the front of a buffer: nothing lost, every slip of form noted.
#include "harness/wire/smtp_reply.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(replies)

namespace {

smtp_reply read(std::string_view octets) {
    const auto parsed = parse_smtp_reply(octets);
    BOOST_TEST_REQUIRE((parsed.state == reply_state::complete));
    BOOST_TEST(parsed.used == parsed.reply.raw.size());
    return parsed.reply;
}

// The only deviation of a reply, as "rule@offset".
std::string slip(std::string_view octets) {
    const auto reply = read(octets);
    std::string all;
    for (const auto& d : reply.deviations)
        all += (all.empty() ? "" : " ") + d.rule + "@" + std::to_string(d.offset);
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(one_line) {
    const auto r = read("250 2.1.0 Ok\r\n");
    BOOST_TEST(r.code == "250");
    BOOST_TEST(r.lines.size() == 1u);
    BOOST_TEST(r.lines[0] == "2.1.0 Ok");
    BOOST_TEST(r.enhanced[0] == "2.1.0");
    BOOST_TEST(r.deviations.empty());
}

BOOST_AUTO_TEST_CASE(several_lines) {
    const auto r = read(
        "250-First line\r\n250-Second line\r\n250-234 Text beginning with numbers\r\n250 The last line\r\n");
    BOOST_TEST(r.lines.size() == 4u);
    BOOST_TEST(r.lines[2] == "234 Text beginning with numbers");
    BOOST_TEST(r.deviations.empty());
}

BOOST_AUTO_TEST_CASE(only_the_front_is_taken) {
    const auto parsed = parse_smtp_reply("250-a\r\n250 b\r\n354 go\r\n");
    BOOST_TEST(parsed.used == 14u);
    BOOST_TEST(parsed.reply.raw == "250-a\r\n250 b\r\n");
}

BOOST_AUTO_TEST_CASE(not_there_yet) {
    for (const auto* octets : {"", "2", "250", "250 Ok", "250 Ok\r", "250-a\r\n", "250-a\r\n250 b"})
        BOOST_TEST((parse_smtp_reply(octets).state == reply_state::incomplete), octets);
}

BOOST_AUTO_TEST_CASE(no_reply_at_all) {
    const auto parsed = parse_smtp_reply("* OK IMAP4rev1 ready\r\n250 Ok\r\n");
    BOOST_TEST((parsed.state == reply_state::not_a_reply));
    BOOST_TEST(parsed.reply.raw == "* OK IMAP4rev1 ready\r\n");
    BOOST_TEST(parsed.used == 22u);
}

BOOST_AUTO_TEST_CASE(slips_of_form) {
    BOOST_TEST(slip("250 Ok\n") == "reply-bare-lf@6");
    BOOST_TEST(slip("250 O\rk\r\n") == "reply-bare-cr@5");
    BOOST_TEST(slip("250-a\r\n251 b\r\n") == "reply-codes-differ@7");
    BOOST_TEST(slip("250:Ok\r\n") == "reply-separator@3");
    BOOST_TEST(slip("250\r\n") == "reply-code-without-space@3");
    BOOST_TEST(slip("650 Ok\r\n") == "reply-first-digit@0");
    BOOST_TEST(slip("150 Ok\r\n") == "reply-first-digit@0");
    BOOST_TEST(slip("260 Ok\r\n") == "reply-second-digit@1");
    BOOST_TEST(slip("250-a\r\nmore\r\n250 b\r\n") == "reply-line-without-code@7");
    BOOST_TEST(slip("250-a\n250 b\n") == "reply-bare-lf@5 reply-bare-lf@11");
}

BOOST_AUTO_TEST_CASE(both_sides_of_512_octets) { // RFC 5321 §4.5.3.1.5
    BOOST_TEST(slip("250 " + std::string(506, 'x') + "\r\n") == "");
    BOOST_TEST(slip("250 " + std::string(507, 'x') + "\r\n") == "reply-line-too-long@512");
    BOOST_TEST(slip("334 " + std::string(2000, 'x') + "\r\n") == ""); // RFC 4954 §4: a challenge
    const auto r = read("250 " + std::string(507, 'x') + "\r\n");
    BOOST_TEST(r.deviations[0].text.starts_with("a line of 513 octets, CRLF included: \"250 xxx"));
}

BOOST_AUTO_TEST_CASE(words_for_people) {
    BOOST_TEST(read("250 Ok\n").deviations[0].text == "a line ends with LF alone: \"250 Ok\n\"");
    BOOST_TEST(read("250-a\r\n251 b\r\n").deviations[0].text ==
               "a line has the code 251, the first line 250");
    BOOST_TEST(read("250:Ok\r\n").deviations[0].text ==
               "neither space nor hyphen after the code: \"250:Ok\r\n\"");
}

BOOST_AUTO_TEST_CASE(nothing_is_lost) {
    const std::string hostile("250-\0\xff\x01\r\n250 ]]>\r\n", 18);
    BOOST_TEST(read(hostile).raw == hostile);
    BOOST_TEST(read(hostile).lines[0] == std::string("\0\xff\x01", 3));
}

BOOST_AUTO_TEST_CASE(patterns) {
    const auto r = read("554 no\r\n");
    BOOST_TEST(r.is("554"));
    BOOST_TEST(r.is("55z"));
    BOOST_TEST(r.is("5yz"));
    BOOST_TEST(!r.is("4yz"));
    BOOST_TEST(!r.is("55"));
}

BOOST_AUTO_TEST_CASE(capabilities) {
    const auto set = capabilities_of(
        read("250-mx.example.test SIZE 1\r\n250-Size 1000\r\n250-AUTH PLAIN LOGIN\r\n250 8bitmime\r\n"));
    BOOST_TEST(set.offered.size() == 3u); // the first line names the server
    BOOST_TEST(set.offered[0].keyword == "SIZE");
    BOOST_TEST(set.find("size")->parameters == "1000");
    BOOST_TEST(set.has("AUTH", "login"));
    BOOST_TEST(!set.has("AUTH", "LOG"));
    BOOST_TEST(!set.has("ETRN"));
    BOOST_TEST(capabilities_of(read("500-no\r\n500 SIZE\r\n")).offered.empty());
}

BOOST_AUTO_TEST_SUITE_END()
