// Binary content by APPEND, and what is stored of it: RFC 3516 §4.4, §6. Expectations are literals.
#include "reference/message/binary_content.hpp"
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace imap_tests;
using namespace std::literals;

BOOST_AUTO_TEST_SUITE(binary)

namespace {

std::string stored(std::string_view message) {
    return message::without_binary(message).value_or("refused");
}

std::string leaf(const std::string& body, const std::string& more = "Content-Type: image/x\r\n") {
    return more + "Content-Transfer-Encoding: binary\r\n\r\n" + body;
}

std::string append(const std::string& tag, const std::string& message, const std::string& plus = "+") {
    return tag + " APPEND INBOX ~{" + std::to_string(message.size()) + plus + "}\r\n";
}

const std::string refused = " NO [UNKNOWN-CTE] Binary content stands where no base64 can take its place\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(a_part_becomes_base64) {
    BOOST_TEST(stored(leaf("a\0b\n\r"s)) ==
               "Content-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\nYQBiCg0=");
    BOOST_TEST(stored(leaf("")) == "Content-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    const std::string line(76, 'A');
    BOOST_TEST(stored(leaf(std::string(115, '\0'), "")) ==
               "Content-Transfer-Encoding: base64\r\n\r\n" + line + "\r\n" + line + "\r\nAA==");
    // Comments, letter case and folding; line ends that are LF alone.
    BOOST_TEST(stored("content-transfer-encoding: (so)\r\n BINARY\r\nX: y\r\n\r\n\0"s) ==
               "content-transfer-encoding: base64\r\nX: y\r\n\r\nAA==");
    BOOST_TEST(stored("Content-Transfer-Encoding:binary\n\n\0"s) ==
               "Content-Transfer-Encoding: base64\n\nAA==");
}

BOOST_AUTO_TEST_CASE(what_needs_no_change_stays) {
    for (const std::string same :
         {"x", "Subject: x\r\n\r\nx\n\r\r\n", "Content-Transfer-Encoding: 8bit\r\n\r\n\xE4",
          "Content-Transfer-Encoding: base64\r\n\r\nAA=="})
        BOOST_TEST(stored(same) == same);
}

BOOST_AUTO_TEST_CASE(parts_of_a_multipart) {
    const std::string head = "Content-Type: multipart/mixed; boundary=b\r\n";
    BOOST_TEST(stored(head + "Content-Transfer-Encoding: binary\r\n\r\n--b\r\n\r\nplain\r\n--b\r\n" +
                      leaf("\0\r\n"s) +
                      "\r\n--b\r\nContent-Type: message/rfc822\r\n"
                      "Content-Transfer-Encoding: binary\r\n\r\nSubject: in\r\n" +
                      leaf("\1"s, "") + "\r\n--b--\r\n") ==
               head + "Content-Transfer-Encoding: 8bit\r\n\r\n--b\r\n\r\nplain\r\n--b\r\n"
                      "Content-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\nAA0K"
                      "\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                      "Subject: in\r\nContent-Transfer-Encoding: base64\r\n\r\nAQ==\r\n--b--\r\n");
}

BOOST_AUTO_TEST_CASE(what_would_be_lost_is_refused) {
    BOOST_TEST(stored("Subject: x\r\n\r\n\0"s) == "refused");
    BOOST_TEST(stored(leaf("x", "Subject: a\0b\r\n"s)) == "refused");
    BOOST_TEST(stored("Content-Transfer-Encoding: 8bit\r\n\r\n\0"s) == "refused");
    BOOST_TEST(stored(leaf("x", "Content-Type: message/partial; id=a; number=1\r\n")) == "refused");
    const auto in = [](const std::string& subtype, const std::string& part) {
        return "Content-Type: multipart/" + subtype + "; boundary=b\r\n\r\n--b\r\n" + part + "\r\n--b--\r\n";
    };
    BOOST_TEST(stored(in("signed", leaf("x"))) == "refused");
    BOOST_TEST(stored(in("mixed", leaf("x"))) != "refused");
    BOOST_TEST(stored(in("signed", "\r\nx")) == in("signed", "\r\nx"));
    // Past the limits of the tree nobody looks at encodings.
    for (const auto& [around, inside] :
         {std::pair(""s, "\0"s), {"Content-Transfer-Encoding: binary\r\n"s, "x"s}}) {
        std::string deep = leaf(inside);
        for (int i = 0; i < 60; ++i)
            deep = "Content-Type: message/rfc822\r\n" + around + "\r\n" + deep;
        BOOST_TEST(stored(deep) == "refused");
    }
}

BOOST_AUTO_TEST_CASE(appended_and_fetched) {
    const auto message = leaf("a\0b"s);
    run(logged_in(),
        {{append("a", message) + message + "\r\n", "a OK [APPENDUID 1001 1] APPEND done\r\n"},
         {append("b", message, ""), "+ Ready for the literal\r\n"},
         {message + " {1+}\r\nx\r\n", "b OK [APPENDUID 1001 2:3] APPEND done\r\n"},
         {"c SELECT INBOX\r\n", "*"},
         {"d FETCH 1:2 (BINARY.PEEK[1] BODY.PEEK[TEXT])\r\n",
          "* 1 FETCH (BINARY[1] ~{3}\r\na\0b BODY[TEXT] {4}\r\nYQBi)\r\n"
          "* 2 FETCH (BINARY[1] ~{3}\r\na\0b BODY[TEXT] {4}\r\nYQBi)\r\nd OK FETCH completed\r\n"s},
         {"e FETCH 1 BODYSTRUCTURE\r\n",
          "* 1 FETCH (BODYSTRUCTURE (\"image\" \"x\" NIL NIL NIL \"base64\" 4 NIL NIL NIL NIL))\r\n"
          "e OK FETCH completed\r\n"}});
}

BOOST_AUTO_TEST_CASE(one_that_is_refused_cancels_all) {
    const auto nul = "Subject: x\r\n\r\n\0"s;
    run(logged_in(),
        {{append("a", nul) + nul + " {1+}\r\nx\r\n", "a" + refused},
         {"b APPEND INBOX {1+}\r\nx ~{15+}\r\n" + nul + "\r\n", "b" + refused},
         {"c STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 0)\r\nc OK STATUS done\r\n"},
         {"d APPEND ~{5+}\r\nINBOX {1+}\r\nx\r\n", "*"},
         {"e STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 0)\r\ne OK STATUS done\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
