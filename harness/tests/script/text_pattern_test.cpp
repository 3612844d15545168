// Regular expressions of scripts: what they match, and who is at fault when one would take for ever.
#include "harness/script/text_pattern.hpp"

#include <boost/test/unit_test.hpp>

using mailspec::script::text_pattern;

BOOST_AUTO_TEST_SUITE(text_pattern_test)

namespace {

std::expected<bool, std::string> search(const std::string& expression, std::string_view text) {
    return text_pattern::compile(expression).value().found_in(text);
}

} // namespace

BOOST_AUTO_TEST_CASE(ends_and_lines) {
    BOOST_TEST(search("^b", "a\r\nb").value() == false);
    BOOST_TEST(search("a.b", "a\nb").value() == false);
    BOOST_TEST(search("b$", "a\r\nb").value() == true);
    BOOST_TEST(search("[^ ]\\x80$", "a\x80").value() == true);
}

BOOST_AUTO_TEST_CASE(a_malformed_expression) {
    const auto broken = text_pattern::compile("([");
    BOOST_REQUIRE(!broken);
    BOOST_TEST(!broken.error().empty());
}

// An expression that explodes on what any server may say is a mistake of its author. One that gives up on a
// megabyte without line ends is not: there the server's octets do not match.
BOOST_AUTO_TEST_CASE(an_expression_that_would_take_for_ever) {
    const auto exploding = search("^(a|aa)+$", std::string(100, 'a') + "b");
    BOOST_REQUIRE(!exploding);
    BOOST_TEST(exploding.error().contains("complexity"));
    const auto flooded = search("<?[^<>@ ]+@[^<>@ ]+>?", std::string(1 << 20, 'A'));
    BOOST_REQUIRE(flooded.has_value());
    BOOST_TEST(!*flooded);
}

BOOST_AUTO_TEST_SUITE_END()
