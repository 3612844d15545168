// How responses of IMAP are altered for `mutate`, and what comes where nothing must.
#include "harness/script/imap_edits.hpp"
#include "harness/suite/script_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace mailspec;

BOOST_AUTO_TEST_SUITE(imap_edits_test)

namespace {

std::vector<script::imap_edit> edits(std::string_view octets) {
    auto parsed = wire::parse_imap_response(octets);
    BOOST_REQUIRE((parsed.state == wire::imap_state::complete));
    return script::imap_edits_of(parsed.response);
}

// The octets under that name; "none": there is no such alteration.
std::string edited(std::string_view octets, const std::string& name) {
    for (auto& e : edits(octets))
        if (e.name == name) return e.raw;
    return "none";
}

class nowhere : public script::connector {
  public:
    net::task<net::result<net::stream_ptr>> connect(const std::string&, net::deadline) override {
        net::error none{net::failure::refused, "nowhere"};
        co_return std::unexpected(std::move(none));
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(tagged) {
    constexpr auto ok = "a1 OK [APPENDUID 7 9] done\r\n";
    BOOST_TEST(edited(ok, "OK becomes NO") == "a1 NO [APPENDUID 7 9] done\r\n");
    BOOST_TEST(edited(ok, "OK becomes BAD") == "a1 BAD [APPENDUID 7 9] done\r\n");
    BOOST_TEST(edited(ok, "the tag becomes another") == "xa1 OK [APPENDUID 7 9] done\r\n");
    BOOST_TEST(edited(ok, "the response code is dropped") == "a1 OK done\r\n");
    BOOST_TEST(edited(ok, "the response code becomes [X-OTHER]") == "a1 OK [X-OTHER] done\r\n");
    BOOST_TEST(edited(ok, "\"9\" becomes \"10\"") == "a1 OK [APPENDUID 7 10] done\r\n");
    BOOST_TEST(edited(ok, "\"9\" is dropped") == "a1 OK [APPENDUID 7] done\r\n");
    BOOST_TEST(edited(ok, "the text becomes _") == "a1 OK [APPENDUID 7 9] _\r\n");
    BOOST_TEST(edited(ok, "bare LF in place of CRLF") == "a1 OK [APPENDUID 7 9] done\n");
    BOOST_TEST(edited("* OK hi\r\n", "OK becomes BYE") == "* BYE hi\r\n");
    BOOST_TEST(edited("* OK hi\r\n", "it has the response code [ALERT]") == "* OK [ALERT] hi\r\n");
    BOOST_TEST(edited("+ go\r\n", "it becomes an untagged OK") == "* OK go\r\n");
}

BOOST_AUTO_TEST_CASE(data) {
    constexpr auto fetch = "* 2 FETCH (UID 7 FLAGS (\\Seen $A) BODY[] {2}\r\nhi)\r\n";
    BOOST_TEST(edited(fetch, "\"2\" becomes \"3\"") ==
               "* 3 FETCH (UID 7 FLAGS (\\Seen $A) BODY[] {2}\r\nhi)\r\n");
    BOOST_TEST(edited(fetch, "\"UID\" is dropped") == "* 2 FETCH (FLAGS (\\Seen $A) BODY[] {2}\r\nhi)\r\n");
    BOOST_TEST(edited(fetch, "\"\\\\Seen\" is dropped") ==
               "* 2 FETCH (UID 7 FLAGS ($A) BODY[] {2}\r\nhi)\r\n");
    BOOST_TEST(edited(fetch, "\"\\\\Seen\" becomes \"\\\\Flagged\"") ==
               "* 2 FETCH (UID 7 FLAGS (\\Flagged $A) BODY[] {2}\r\nhi)\r\n");
    BOOST_TEST(edited(fetch, "\"(\\\\Seen $A)\" has $Mutant besides") ==
               "* 2 FETCH (UID 7 FLAGS (\\Seen $A $Mutant) BODY[] {2}\r\nhi)\r\n");
    BOOST_TEST(edited(fetch, "the last octet of \"{2}\\r\\nhi\" is altered") ==
               "* 2 FETCH (UID 7 FLAGS (\\Seen $A) BODY[] {2}\r\nhx)\r\n");
    BOOST_TEST(edited(fetch, "\"{2}\\r\\nhi\" lacks its last octet") ==
               "* 2 FETCH (UID 7 FLAGS (\\Seen $A) BODY[] {1}\r\nh)\r\n");
    BOOST_TEST(edited("* SEARCH 2 5\r\n", "\"2\" and \"5\" change places") == "* SEARCH 5 2\r\n");
    BOOST_TEST(edited("* SEARCH 2 5\r\n", "one more value comes at the end") == "* SEARCH 2 5 999\r\n");
    BOOST_TEST(edited("* SEARCH 2 5\r\n", "\"2\" is dropped") == "* SEARCH 5\r\n");
    BOOST_TEST(edited("* LIST () NIL x\r\n", "\"NIL\" becomes \"\\\"x\\\"\"") == "* LIST () \"x\" x\r\n");
    // Whatever is altered can still be read, so that a case fails by what it looks at.
    for (auto& e : edits(fetch))
        BOOST_TEST_CONTEXT(e.name) {
            auto parsed = wire::parse_imap_response(e.raw);
            BOOST_TEST((parsed.state == wire::imap_state::complete));
            BOOST_TEST(parsed.used == e.raw.size());
        }
}

BOOST_AUTO_TEST_CASE(examples) {
    target::target_info target;
    nowhere connections;
    script::case_environment environment{target, connections};
    environment.token = "tok";
    script::expansion values(environment, "imap");
    script::pattern_cache cache;
    script::bound_names bound{{"uid", "7"}};
    const script::imap_match_context context{values, script::expansion_place{.service = "imap"}, cache,
                                             bound};
    auto example = [&](const std::string& pattern) {
        auto script = suite::parse_script({"not " + pattern, {"s.yaml", 1, 1}}, "imap");
        BOOST_REQUIRE(script.problems.empty());
        auto& s = std::get<suite::expect_no_response>(script.steps.at(0).body);
        return script::example_of(s.pattern, context).value_or("none");
    };
    BOOST_TEST(example("* # EXPUNGE") == "* 1 EXPUNGE\r\n");
    BOOST_TEST(example("* _ FETCH (UID $uid FLAGS (\\Recent ...))") ==
               "* 1 FETCH (UID 7 FLAGS (\\Recent))\r\n");
    BOOST_TEST(example("* LIST (...) _ {token}") == "* LIST () 1 tok\r\n");
    BOOST_TEST(example("* LIST (...) _ \"a b\"") == "* LIST () 1 {3}\r\na b\r\n");
    BOOST_TEST(example("* OK [~^(READ-ONLY|READ-WRITE)$~]") == "* OK [READ-ONLY] _\r\n");
    BOOST_TEST(example("* BYE ~later~") == "* BYE later\r\n");
    BOOST_TEST(example("* CAPABILITY ... ~^X~ ...") == "* CAPABILITY X\r\n");
    BOOST_TEST(example("* CAPABILITY ... ~^nothing is[.]like[.]it$~ ...") == "none");
}

BOOST_AUTO_TEST_SUITE_END()
