// UTF-8, unitext and international addresses: RFC 3629, RFC 6531 §3.3, RFC 6533 §3. Expectations are
// literals.
#include "reference/message/header_addresses.hpp"
#include "reference/message/path.hpp"
#include "reference/message/utf8.hpp"
#include "reference/message/xtext.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::message;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(well_formed) {
    for (auto good : {"", "abc", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
                      "\xF4\x8F\xBF\xBF"})
        BOOST_TEST(is_utf8(good), good);
    for (auto bad : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                     "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xC3(", "a\xFF"})
        BOOST_TEST(!is_utf8(bad), bad);
    BOOST_TEST(is_ascii("a~"));
    BOOST_TEST(!is_ascii("a\x80"));
    for (char32_t c : {U'a', U'\u00e9', U'\u20ac', U'\U0001F600'}) {
        std::string text;
        append_code_point(text, c);
        std::string_view rest = text;
        BOOST_TEST((take_code_point(rest) == c));
        BOOST_TEST(rest.empty());
    }
}

BOOST_AUTO_TEST_CASE(unitext) {
    BOOST_TEST(*decode_unitext("d\\x{E9}j\\x{E0}\\x{20}\\x{2B}@x.test") == "d\xC3\xA9j\xC3\xA0 +@x.test");
    BOOST_TEST(*decode_unitext("\\x{1F600}\xC3\xA9") == "\xF0\x9F\x98\x80\xC3\xA9");
    for (auto bad : {"\\", "\\x{}", "\\x{E}", "\\x{41}", "\\x{0E9}", "\\x{D800}", "\\x{110000}", "\\x{zz}",
                     "\\x{E9", "a+2B", "a=b", "a b", "\xFF", "\\x{00}"})
        BOOST_TEST(!decode_unitext(bad), bad);
    BOOST_TEST(encode_unitext("d\xC3\xA9 +=\\\xF0\x9F\x98\x80@x.test") ==
               "d\\x{E9}\\x{20}\\x{2B}\\x{3D}\\x{5C}\\x{1F600}@x.test");
}

BOOST_AUTO_TEST_CASE(xtext) {
    BOOST_TEST(*decode_xtext("a+2bb") == "a+b");
    BOOST_TEST(!decode_xtext("a+2bb", hex_case::upper));
    BOOST_TEST(*decode_xtext("a+2Bb", hex_case::upper) == "a+b");
    BOOST_TEST(encode_xtext("a+b=c d\xC3\xA9~!") == "a+2Bb+3Dc+20d+C3+A9~!");
    BOOST_TEST(encode_xtext("") == "");
}

BOOST_AUTO_TEST_CASE(mailboxes) {
    const std::string address = "j\xC3\xB6.\xE5\xBC\xA0@b\xC3\xBC"
                                "cher.test";
    BOOST_TEST(!parse_mailbox(address));
    BOOST_TEST(parse_mailbox(address, {}, characters::utf8)->to_string() == address);
    BOOST_TEST(!parse_mailbox(address, {}, characters::utf8)->is_ascii());
    BOOST_TEST(parse_mailbox("\"j\xC3\xB6 x\"@b.test", {}, characters::utf8)->to_string() ==
               "\"j\xC3\xB6 x\"@b.test");
    // quoted-pairSMTP is ASCII only
    BOOST_TEST(!parse_mailbox("\"\\\xC3\xB6\"@b.test", {}, characters::utf8));
    BOOST_TEST(!parse_mailbox("j\xC3@b.test", {}, characters::utf8));
    BOOST_TEST(parse_string("j\xC3\xB6", characters::utf8).value() == "j\xC3\xB6");
    BOOST_TEST(!parse_string("j\xC3\xB6"));
}

BOOST_AUTO_TEST_CASE(header_addresses) {
    const std::string_view list = "J\xC3\xB6 <j\xC3\xB6@b\xC3\xBC"
                                  "cher.test>";
    BOOST_TEST(!parse_address_list(list));
    BOOST_TEST(parse_address_list(list, characters::utf8)->at(0).to_string() == "j\xC3\xB6@b\xC3\xBC"
                                                                                "cher.test");
    BOOST_TEST(!parse_address_list("j\xFF@b.test", characters::utf8));
    BOOST_TEST((find_missing_domains("a, b (c) , d@e, \"f g\", X <h>, i: j, k;").value() ==
                std::vector<std::size_t>{1, 4, 21, 27, 34, 37}));
    BOOST_TEST(!find_missing_domains("two words"));
    BOOST_TEST(!find_missing_domains("a..b"));
    BOOST_TEST(find_missing_domains("a@b").value().empty());
}

BOOST_AUTO_TEST_SUITE_END()
