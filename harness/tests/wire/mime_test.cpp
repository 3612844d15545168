// The MIME structure of messages: types with their parameters, parts between boundaries, encodings. Expected
// octets are literals. Uses harness/wire/mime.hpp.
#include "harness/wire/mime.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(mime)

namespace {

std::string types_of(std::string_view value) {
    const auto t = parse_content_type(value);
    auto text = t.type;
    for (const auto& [name, parameter] : t.parameters)
        text += "|" + name + "=" + parameter;
    return text + (t.malformed ? " malformed" : "");
}

mime_part encoded(const std::string& encoding, const std::string& body) {
    return split_multipart(
               "--b\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body + "\r\n--b--\r\n", "b")
        .parts.at(0);
}

} // namespace

BOOST_AUTO_TEST_CASE(content_types) {
    BOOST_TEST(types_of("text/plain") == "text/plain");
    BOOST_TEST(types_of("Multipart/Report; Report-Type=delivery-status;\t boundary=\"a b;c\"") ==
               "multipart/report|report-type=delivery-status|boundary=a b;c");
    BOOST_TEST(types_of("text/plain (a comment); charset=utf-8 (another)") == "text/plain|charset=utf-8");
    BOOST_TEST(types_of("text/plain; name=\"a\\\"b\"") == "text/plain|name=a\"b");
    BOOST_TEST(types_of("text/plain;") == "text/plain"); // many write it so
    BOOST_TEST(types_of("text").ends_with("malformed"));
    BOOST_TEST(types_of("text/plain; charset").ends_with("malformed"));
    BOOST_TEST(types_of("text/plain; name=\"open").ends_with("malformed"));
    BOOST_TEST(types_of("text/plain more").ends_with("malformed"));
    BOOST_TEST(parse_content_type("a/b; X=y").parameter("x") != nullptr);
    BOOST_TEST(content_type_of(parse_message("Subject: x\r\n\r\n")).type == "text/plain");
}

BOOST_AUTO_TEST_CASE(parts_between_boundaries) {
    const auto m =
        split_multipart("before\r\n--b\r\nSubject: 1\r\n\r\none\r\n\r\n--b \t\r\n\r\ntwo\r\n--bb\r\n"
                        "--b--\r\nbehind",
                        "b");
    BOOST_TEST(m.preamble == "before");
    BOOST_TEST(m.epilogue == "behind");
    BOOST_TEST(m.closed);
    BOOST_REQUIRE(m.parts.size() == 2u);
    BOOST_TEST(m.parts[0].content.body == "one\r\n"); // the last CRLF belongs to the boundary
    BOOST_TEST(m.parts[0].content.find("subject")->value == "1");
    BOOST_TEST(m.parts[1].content.body == "two\r\n--bb");
    BOOST_TEST(m.parts[1].raw == "\r\ntwo\r\n--bb");
}

BOOST_AUTO_TEST_CASE(what_is_not_closed) {
    const auto m = split_multipart("--b\r\n\r\nall the rest", "b");
    BOOST_TEST(!m.closed);
    BOOST_REQUIRE(m.parts.size() == 1u);
    BOOST_TEST(m.parts[0].content.body == "all the rest");
    const auto none = split_multipart("just text\r\n", "b");
    BOOST_TEST(none.parts.empty());
    BOOST_TEST(none.preamble == "just text");
    BOOST_TEST(split_multipart("--\r\n\r\nx\r\n----\r\n", "").parts.empty());
}

BOOST_AUTO_TEST_CASE(encodings) {
    BOOST_TEST(encoded("7bit", "a=3Db").decoded() == "a=3Db");
    BOOST_TEST(encoded("Quoted-Printable", "caf=C3=A9 =\r\nau lait  \r\n=XY").decoded() ==
               "caf\xC3\xA9 au lait\r\n=XY\r\n");
    BOOST_TEST(encoded("base64", "SGVs\r\nbG8uDQ==").decoded() == "Hello.\r");
    BOOST_TEST(encoded("x-other", "as it is").decoded() == "as it is");
}

BOOST_AUTO_TEST_CASE(comments) {
    BOOST_TEST(without_comments("5.1.1 (no (such) user)") == "5.1.1");
    BOOST_TEST(without_comments("\"a (b)\" (c)") == "\"a (b)\"");
    BOOST_TEST(without_comments("(a \\) b) x") == "x");
    BOOST_TEST(without_comments("x (open") == "x");
}

BOOST_AUTO_TEST_SUITE_END()
