// What is guessed from an expression is held against the expression itself.
#include "harness/script/likely_match.hpp"
#include "harness/script/text_pattern.hpp"

#include <boost/test/unit_test.hpp>

using mailspec::script::likely_match;
using mailspec::script::text_pattern;

BOOST_AUTO_TEST_SUITE(likely_match_)

BOOST_AUTO_TEST_CASE(is_matched_by_its_expression) {
    for (const char* expression : {
             "Hello[.]",
             R"((^|[^\r])\n|\r([^\n]|$))",
             R"([\x80-\xff])",
             "x{999}",
             "x{3,5}y",
             R"((^|\n)[Mm][Aa][Ii][Ll] [Ff][Rr][Oo][Mm]:<smuggler)",
             R"((^|\n)([Ss][Ee][Nn][Dd]|TURN)[ \r])",
             R"( SIZE=([0-9]{1,5}|[0-3][0-9]{5}|[0-9]{7,})[ \r])",
             R"([Bb][Oo][Dd][Yy]=[^\r\n]*[Bb][Oo][Dd][Yy]=)",
             R"(^(?:a|bc)+?d$)",
             R"(\d\d\s\w\.)",
             "[]a]",
             "^(?<number>[0-9]+) (?i:x)$",
         }) {
        const auto pattern = text_pattern::compile(expression);
        BOOST_REQUIRE(pattern);
        const auto found = pattern->found_in(likely_match(expression));
        BOOST_TEST_CONTEXT(expression) {
            BOOST_TEST(found.has_value());
            BOOST_TEST(found.value_or(false));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_looks_ahead_adds_nothing) {
    BOOST_TEST(likely_match("^(?!localhost)[^ ]+$") == "a");
}

BOOST_AUTO_TEST_CASE(placeholders_stay) {
    BOOST_TEST(likely_match("<later@{zone}>") == "<later@{zone}>");
}

BOOST_AUTO_TEST_CASE(ends_on_what_is_cut_off) {
    for (const char* expression : {"[", "(", "\\", "[^", "(a|", "x{", "x{3", "\\x"})
        BOOST_TEST(likely_match(expression).size() <= 3u);
}

BOOST_AUTO_TEST_SUITE_END()
