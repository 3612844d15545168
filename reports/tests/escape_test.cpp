// Each octet becomes visible text, and comes back.
#include "reports/escape.hpp"

#include <boost/test/unit_test.hpp>

namespace reports {

BOOST_AUTO_TEST_SUITE(escape)

BOOST_AUTO_TEST_CASE(printable_text_stays) {
    BOOST_TEST(escape_octets("250 2.1.0 Ok") == "250 2.1.0 Ok");
    BOOST_TEST(escape_octets("Grüße 漢字 😀") == "Grüße 漢字 😀");
}

BOOST_AUTO_TEST_CASE(line_ends_are_named) {
    BOOST_TEST(escape_octets("a\r\nb\nc\rd\te") == "a\\r\\nb\\nc\\rd\\te");
    BOOST_TEST(escape_octets("back\\slash") == "back\\\\slash");
}

BOOST_AUTO_TEST_CASE(controls_are_hexadecimal) {
    BOOST_TEST(escape_octets(std::string("\0\x1b[2J\x7f", 6)) == "\\x00\\x1B[2J\\x7F");
    BOOST_TEST(escape_octets("\xC2\x9B") == "\\xC2\\x9B");          // CSI as one C1 control
    BOOST_TEST(escape_octets("\xE2\x80\xAE") == "\\xE2\\x80\\xAE"); // right-to-left override
    BOOST_TEST(escape_octets("\xEF\xBF\xBF") == "\\xEF\\xBF\\xBF"); // U+FFFF, which XML cannot hold
}

BOOST_AUTO_TEST_CASE(what_is_no_utf8_is_hexadecimal) {
    BOOST_TEST(escape_octets("\x80\xFF") == "\\x80\\xFF");
    BOOST_TEST(escape_octets("\xC0\xAF") == "\\xC0\\xAF");                   // overlong
    BOOST_TEST(escape_octets("\xE0\x80\xAF") == "\\xE0\\x80\\xAF");          // overlong
    BOOST_TEST(escape_octets("\xED\xA0\x80") == "\\xED\\xA0\\x80");          // a lone surrogate
    BOOST_TEST(escape_octets("\xF4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80"); // past U+10FFFF
    BOOST_TEST(escape_octets("\xE6\xBC") == "\\xE6\\xBC");                   // cut short
    BOOST_TEST(escape_octets("\xC3"
                             "a") == "\\xC3"
                                     "a");
}

BOOST_AUTO_TEST_CASE(every_pair_of_octets_comes_back) {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const std::string octets{static_cast<char>(first), static_cast<char>(second)};
            const auto back = unescape_octets(escape_octets(octets));
            if (!back || *back != octets)
                BOOST_ERROR("octets " << first << ' ' << second << " do not come back");
        }
}

BOOST_AUTO_TEST_CASE(bad_escapes_are_refused) {
    for (const char* text : {"\\", "\\q", "\\x", "\\x1", "\\xG0", "\\x0G", "ab\\"})
        BOOST_TEST(!unescape_octets(text).has_value(), text);
    BOOST_TEST(unescape_octets("\\x0a\\x0D").value() == "\n\r");
}

BOOST_AUTO_TEST_CASE(long_octets_are_shortened_with_their_number) {
    BOOST_TEST(escape_octets_shortened(std::string(100, 'a'), 100) == std::string(100, 'a'));
    BOOST_TEST(escape_octets_shortened(std::string(1000, 'a') + "z\r\n", 40) ==
               std::string(30, 'a') + " [... 963 octets not shown ...] " + std::string(7, 'a') + "z\\r\\n");
}

BOOST_AUTO_TEST_CASE(shortening_does_not_cut_characters) {
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += "ü";
    const std::string shown = escape_octets_shortened(text, 42);
    BOOST_TEST(shown.find("\\x") == std::string::npos, shown);
    const std::string continuations(1 << 20, '\x80');
    BOOST_TEST(escape_octets_shortened(continuations, 40).size() < 300u);
}

BOOST_AUTO_TEST_CASE(text_for_people) {
    BOOST_TEST(printable("C:\\mail\n\x1b[0m") == "C:\\mail\\n\\x1B[0m");
    BOOST_TEST(valid_utf8("one\ntwo\x80 ü") == "one\ntwo\\x80 ü");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reports
