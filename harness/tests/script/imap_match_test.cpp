// Patterns of IMAP steps against responses: what holds, what does not, and what is said of the nearest. The
// patterns are parsed as a script's would be; responses are literals.
#include "harness/script/imap_match.hpp"
#include "harness/suite/script_parser.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/core.h>

using namespace mailspec;

namespace {

class nowhere : public script::connector {
  public:
    net::task<net::result<net::stream_ptr>> connect(const std::string&, net::deadline) override {
        net::error none{net::failure::refused, "nowhere"};
        co_return std::unexpected(std::move(none));
    }
};

suite::imap_response_pattern pattern_of(const std::string& text) {
    auto script = suite::parse_script({"S: " + text, {"s.yaml", 1, 1}}, "imap");
    for (auto& p : script.problems)
        BOOST_FAIL(p.text);
    auto& expected = std::get<suite::expect_server>(script.steps.at(0).body);
    return std::get<suite::imap_response_pattern>(expected.tiers.at(0).any_of.at(0));
}

class fixture {
  public:
    fixture() { environment.token = "tok"; }

    script::imap_match match(const std::string& pattern, std::string_view octets) {
        auto parsed = wire::parse_imap_response(octets);
        BOOST_REQUIRE((parsed.state == wire::imap_state::complete));
        auto result = script::match_imap(pattern_of(pattern), parsed.response, context());
        if (!result) BOOST_FAIL(result.error());
        return *result;
    }

    // "yes", or why not.
    std::string said(const std::string& pattern, std::string_view octets) {
        auto result = match(pattern, octets);
        return result.held ? "yes" : result.why;
    }

    bool holds(const std::string& pattern, std::string_view octets) { return match(pattern, octets).held; }

    std::string nearest(const std::string& pattern, const std::vector<std::string>& seen) {
        std::vector<wire::imap_response> parsed;
        for (auto& octets : seen)
            parsed.push_back(wire::parse_imap_response(octets).response);
        std::vector<const wire::imap_response*> all;
        for (auto& r : parsed)
            all.push_back(&r);
        auto result = script::nearest_miss(pattern_of(pattern), all, context());
        return result ? *result : "error: " + result.error();
    }

    script::imap_match_context context() {
        return {values, script::expansion_place{.service = "imap"}, cache, bound};
    }

    target::target_info target;
    nowhere connections;
    script::case_environment environment{target, connections};
    script::expansion values{environment, "imap"};
    script::pattern_cache cache;
    script::bound_names bound;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(imap_match_test, fixture)

BOOST_AUTO_TEST_CASE(tagged_responses) {
    BOOST_TEST(said("OK", "a1 OK done\r\n") == "yes");
    BOOST_TEST(said("OK", "a1 ok done\r\n") == "yes");
    BOOST_TEST(said("OK", "a1 NO done\r\n") == "it is NO");
    BOOST_TEST(said("NO|BAD", "a1 BAD done\r\n") == "yes");
    BOOST_TEST(said("OK", "* OK done\r\n") == "it is another kind of response");
    BOOST_TEST(said("OK ~don.$~", "a1 OK [X] done\r\n") == "yes");
    BOOST_TEST(said("OK ~Dunn~", "a1 OK done\r\n") == "the text \"done\" does not match ~Dunn~");
}

BOOST_AUTO_TEST_CASE(response_codes) {
    BOOST_TEST(said("OK [READ-ONLY]", "a1 OK [read-only] done\r\n") == "yes");
    BOOST_TEST(said("OK [READ-ONLY]", "a1 OK done\r\n") == "it has no response code [READ-ONLY]");
    BOOST_TEST(said("OK [READ-ONLY]", "a1 OK [READ-WRITE] done\r\n") ==
               "its response code is [READ-WRITE], not [READ-ONLY]");
    BOOST_TEST(said("OK [READ-ONLY]?", "a1 OK done\r\n") == "yes");
    BOOST_TEST(said("OK [READ-ONLY]?", "a1 OK [READ-WRITE] done\r\n") ==
               "its response code is [READ-WRITE], not [READ-ONLY]");
    BOOST_TEST(said("OK [~^READ-~]", "a1 OK [READ-WRITE] done\r\n") == "yes");
    BOOST_TEST(said("OK [COPYUID 7 1:3 #]", "a1 OK [COPYUID 7 3,1:2 9] done\r\n") == "yes");
    BOOST_TEST(said("OK [COPYUID 7 1:3 #]", "a1 OK [COPYUID 7 1:4 9] done\r\n") ==
               "in its response code [COPYUID]: element 2 is 1:4, not 1:3");
    BOOST_TEST(said("OK [APPENDUID $v $u]", "a1 OK [APPENDUID 7] done\r\n") ==
               "in its response code [APPENDUID]: ends before $u");
    BOOST_TEST(said("* OK [PERMANENTFLAGS (\\* \\Seen)]", "* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n") ==
               "yes");
    BOOST_TEST(said("* OK [PERMANENTFLAGS (\\Seen)]", "* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n") ==
               "in its response code [PERMANENTFLAGS]: has \\* besides");
    BOOST_TEST(said("* OK [CAPABILITY IDLE ...]", "* OK [CAPABILITY IMAP4rev1 IDLE] x\r\n") == "yes");
}

BOOST_AUTO_TEST_CASE(counts_and_numbers) {
    BOOST_TEST(said("* 3 EXISTS", "* 3 exists\r\n") == "yes");
    BOOST_TEST(said("* 3 EXISTS", "* 4 EXISTS\r\n") == "its number is 4, not 3");
    BOOST_TEST(said("* 3 EXISTS", "* 3 RECENT\r\n") == "it is RECENT");
    BOOST_TEST(said("* # EXPUNGE", "* 3 EXPUNGE\r\n") == "yes");
    BOOST_TEST(said("* _ EXPUNGE", "* 3 EXPUNGE\r\n") == "yes");
    BOOST_TEST(said("* OK", "* 3 EXISTS\r\n") == "it is another kind of response");
    BOOST_TEST(said("* 3 EXISTS", "* 3 EXISTS extra\r\n") == "goes on with extra");
}

BOOST_AUTO_TEST_CASE(fetch_by_name) {
    constexpr auto octets =
        "* 2 FETCH (UID 7 FLAGS (\\Seen $A \\Recent) BODY[HEADER.FIELDS (\"Subject\")] {4}\r\nab\r\n)\r\n";
    BOOST_TEST(said("* 2 FETCH (UID 7)", octets) == "yes");
    BOOST_TEST(said("* 2 FETCH (FLAGS ($a \\SEEN) UID 7)", octets) == "yes");
    BOOST_TEST(said("* 2 FETCH (FLAGS (\\Seen))", octets) == "FLAGS has $A besides");
    BOOST_TEST(said("* 2 FETCH (FLAGS (\\Seen $A \\Flagged))", octets) == "FLAGS lacks \\Flagged");
    BOOST_TEST(said("* 2 FETCH (FLAGS (\\Flagged $A))", octets) ==
               "FLAGS lacks \\Flagged, has \\Seen besides");
    BOOST_TEST(said("* 2 FETCH (FLAGS (\\Seen ...))", octets) == "yes");
    BOOST_TEST(said("* 2 FETCH (FLAGS (\\Recent \\Seen $A))", octets) == "yes");
    BOOST_TEST(said("* 2 FETCH (UID 8)", octets) == "UID is 7, not 8");
    BOOST_TEST(said("* 2 FETCH (MODSEQ _)", octets) ==
               "has no MODSEQ, only UID, FLAGS, BODY[HEADER.FIELDS (\"Subject\")]");
    BOOST_TEST(said("* 2 FETCH (BODY[HEADER.FIELDS (SUBJECT)] \"ab\\r\\n\")", octets) == "yes");
    BOOST_TEST(said("* 2 FETCH (BODY[HEADER.FIELDS (SUBJECT)] \"ab\\n\")", octets) ==
               "BODY[HEADER.FIELDS (SUBJECT)] is \"ab\\r\\n\", not \"ab\\n\"");
    BOOST_TEST(said("* 2 FETCH (BODY[HEADER.FIELDS (SUBJECT)] NIL)", octets)
                   .starts_with("BODY[HEADER.FIELDS (SUBJECT)] is "));
    BOOST_TEST(said("* 2 FETCH (BODY[HEADER.FIELDS (SUBJECT)] ~^a.~)", octets) == "yes");
    BOOST_TEST(said("* $n FETCH (...)", octets) == "yes");
    BOOST_TEST(said("* 2 FETCH ()", "* 2 FETCH ()\r\n") == "yes");
    BOOST_TEST(said("* 2 FETCH (UID 7 ...)", "* 2 FETCH (UID)\r\n") == "has no value behind UID");
}

BOOST_AUTO_TEST_CASE(long_texts_say_where_they_part) {
    const std::string wanted(100, 'x'), found = std::string(70, 'x') + "y" + std::string(28, 'x');
    BOOST_TEST(
        said("* 1 FETCH (BODY[] \"" + wanted + "\")", "* 1 FETCH (BODY[] \"" + found + "\")\r\n") ==
        "BODY[] has 99 octets, expected 100; they part at octet 70: \"yxxxxxxxxxxxxxxxxxxxxxxx\", expected "
        "\"xxxxxxxxxxxxxxxxxxxxxxxx\"");
}

BOOST_AUTO_TEST_CASE(strings_atoms_and_nil) {
    BOOST_TEST(said("* X NIL", "* X nil\r\n") == "yes");
    BOOST_TEST(said("* X NIL", "* X \"NIL\"\r\n") == "element 1 is \"NIL\", not NIL");
    BOOST_TEST(said("* X \"NIL\"", "* X NIL\r\n") == "element 1 is an atom NIL, not the string \"NIL\"");
    BOOST_TEST(said("* X \"ab\"", "* X {2}\r\nab\r\n") == "yes");
    BOOST_TEST(said("* X \"ab\"", "* X \"AB\"\r\n") == "element 1 is \"AB\", not \"ab\"");
    BOOST_TEST(said("* X ab", "* X \"ab\"\r\n") == "element 1 is the string \"ab\", not the atom ab");
    BOOST_TEST(said("* X #", "* X \"1\"\r\n") == "element 1 is \"1\", not a number");
    BOOST_TEST(said("* X (a)", "* X a\r\n") == "element 1 is a, not the list (a)");
    BOOST_TEST(said("* X ~a~", "* X (a)\r\n") == "element 1 is the list (a), which ~a~ cannot match");
    BOOST_TEST(said("* X _ _", "* X (a) NIL\r\n") == "yes");
    BOOST_TEST(said("* X \"{token}\"", "* X \"tok\"\r\n") == "yes");
    BOOST_TEST(said("* X ~^{token}$~", "* X tok\r\n") == "yes");
}

BOOST_AUTO_TEST_CASE(lists_in_order) {
    BOOST_TEST(said("* X (a (b c) d)", "* X (A (b C) d)\r\n") == "yes");
    BOOST_TEST(said("* X (a b)", "* X (b a)\r\n") == "element 1 element 1 is b, not a");
    BOOST_TEST(said("* X (a b)", "* X (a)\r\n") == "element 1 ends before b");
    BOOST_TEST(said("* X (a)", "* X (a b)\r\n") == "element 1 goes on with b");
    BOOST_TEST(said("* X (a ... d ...)", "* X (a b c d e)\r\n") == "yes");
    BOOST_TEST(said("* X (a ... e)", "* X (a b c d e)\r\n") == "yes");
    BOOST_TEST(said("* X (a ... d)", "* X (a b c d e)\r\n") ==
               "element 1 has no d in that order behind `...`");
    BOOST_TEST(said("* X ...", "* X (a b c) d\r\n") == "yes");
    BOOST_TEST(said("* THREAD (2) (3 6 (4 23) (44 7 96))", "* THREAD (2)(3 6 (4 23)(44 7 96))\r\n") == "yes");
    BOOST_TEST(said("* THREAD (2) (3 6 (44 7 96) (4 23))", "* THREAD (2)(3 6 (4 23)(44 7 96))\r\n") != "yes");
    BOOST_TEST(said("* SORT 2 1", "* SORT 1 2\r\n") == "element 1 is 1, not 2");
}

BOOST_AUTO_TEST_CASE(searches) {
    BOOST_TEST(said("* SEARCH 2 5", "* SEARCH 5 2\r\n") == "yes");
    BOOST_TEST(said("* SEARCH 1:3", "* SEARCH 1 2 3\r\n") == "yes");
    BOOST_TEST(said("* SEARCH 2 5", "* SEARCH 5\r\n") == "lists 5, not 2,5");
    BOOST_TEST(said("* SEARCH 2 5", "* SEARCH\r\n") == "lists nothing, not 2,5");
    BOOST_TEST(said("* SEARCH", "* SEARCH\r\n") == "yes");
    BOOST_TEST(said("* SEARCH", "* SEARCH 1\r\n") == "has 1 besides");
    BOOST_TEST(said("* SEARCH 2 ...", "* SEARCH 5 2\r\n") == "yes");
    BOOST_TEST(said("* SEARCH 2 (MODSEQ #)", "* SEARCH 2 (MODSEQ 917)\r\n") == "yes");
    BOOST_TEST(said("* SEARCH 2", "* SEARCH 2 (MODSEQ 917)\r\n") == "has (MODSEQ 917) besides");
    bound["a"] = "4", bound["b"] = "9";
    BOOST_TEST(said("* SEARCH $b $a", "* SEARCH 4 9\r\n") == "yes");
    BOOST_TEST(said("* SEARCH $b $a", "* SEARCH 4 8\r\n") == "lacks $b, has 8 besides");

    BOOST_TEST(said("* ESEARCH (TAG \"a1\") UID ALL 1:3",
                    "* ESEARCH (TAG \"a1\") UID COUNT 3 ALL 1,2:3\r\n") == "yes");
    BOOST_TEST(said("* ESEARCH ALL 1:3", "* ESEARCH (TAG \"a1\") ALL 1:3\r\n") == "yes");
    BOOST_TEST(said("* ESEARCH _ MIN 1", "* ESEARCH (TAG \"a1\") MIN 1 MAX 2\r\n") == "yes");
    BOOST_TEST(said("* ESEARCH ALL 1:3", "* ESEARCH (TAG \"a1\") UID ALL 1:3\r\n") ==
               "it has UID, so its numbers are unique identifiers");
    BOOST_TEST(said("* ESEARCH UID ALL 1:3", "* ESEARCH (TAG \"a1\") ALL 1:3\r\n") ==
               "it has no UID, so its numbers are sequence numbers");
    BOOST_TEST(said("* ESEARCH (TAG \"a2\") COUNT 0", "* ESEARCH (TAG \"a1\") COUNT 0\r\n") ==
               "its search correlator element 2 is \"a1\", not \"a2\"");
    BOOST_TEST(said("* ESEARCH (TAG \"a1\")", "* ESEARCH (TAG \"a1\")\r\n") == "yes");
    BOOST_TEST(said("* ESEARCH (TAG \"a1\")", "* ESEARCH (TAG \"a1\") ALL 3\r\n") ==
               "it has ALL, expected no result");
    BOOST_TEST(said("* ESEARCH ...", "* ESEARCH (TAG \"a1\") UID ALL 3\r\n") == "yes");
    BOOST_TEST(said("* ESEARCH MAX 3", "* ESEARCH (TAG \"a1\") MIN 3\r\n") == "has no MAX, only MIN");
}

BOOST_AUTO_TEST_CASE(mailboxes) {
    BOOST_TEST(said("* LIST () \"/\" {token}", "* LIST () \"/\" \"tok\"\r\n") == "yes");
    BOOST_TEST(said("* LIST () \"/\" tok", "* LIST () \"/\" tik\r\n") == "its mailbox is tik, not tok");
    BOOST_TEST(said("* LIST () \"/\" inbox", "* LIST () \"/\" INBOX\r\n") == "yes");
    BOOST_TEST(said("* LIST () \"/\" \"Tok\"", "* LIST () \"/\" tok\r\n") ==
               "its mailbox is \"tok\", not \"Tok\"");
    BOOST_TEST(said("* LIST () \"/\" \"{xC3xA4}\"", "* LIST () \"/\" \"&AOQ-\"\r\n") == "yes");
    BOOST_TEST(said("* LIST () NIL x", "* LIST () \"/\" x\r\n") == "its delimiter is \"/\", not NIL");
    BOOST_TEST(said("* LIST (\\NoSelect ...) _ x", "* LIST (\\HasChildren \\Noselect) \"/\" x\r\n") == "yes");
    BOOST_TEST(said("* LIST (\\NoSelect) _ x", "* LIST (\\HasChildren \\Noselect) \"/\" x\r\n") ==
               "its attributes: it has \\HasChildren besides");
    BOOST_TEST(said("* LIST (...) _ x", "* LIST () \"/\" x (\"OLDNAME\" (\"y\"))\r\n") == "yes");
    BOOST_TEST(said("* LIST (...) _ x (OLDNAME (y))", "* LIST () \"/\" x (\"OLDNAME\" (\"y\"))\r\n") ==
               "yes");
    BOOST_TEST(said("* LIST (...) _ x (OLDNAME (y))", "* LIST () \"/\" x\r\n") == "it has no extended data");
    BOOST_TEST(said("* LIST (...) $sep x ...", "* LIST () \"/\" x\r\n") == "yes");
    BOOST_TEST(said("* STATUS x (UNSEEN 1 MESSAGES 3)",
                    "* STATUS \"x\" (MESSAGES 3 UIDNEXT 4 UNSEEN 1)\r\n") == "yes");
    BOOST_TEST(said("* STATUS x (MESSAGES 3)", "* STATUS x (MESSAGES 2)\r\n") == "MESSAGES is 2, not 3");
    BOOST_TEST(said("* QUOTA \"\" (STORAGE # 512)", "* QUOTA \"\" (MESSAGE 1 2 STORAGE 10 512)\r\n") ==
               "yes");
    BOOST_TEST(said("* QUOTA \"\" (STORAGE # 512)", "* QUOTA \"\" (STORAGE 10 511)\r\n") ==
               "STORAGE is 511, not 512");
    BOOST_TEST(said("* QUOTAROOT x \"r\"", "* QUOTAROOT \"x\" r\r\n") == "yes");
    BOOST_TEST(said("* VANISHED (EARLIER) 1:3", "* VANISHED (EARLIER) 1,2,3\r\n") == "yes");
}

BOOST_AUTO_TEST_CASE(pairs_of_id) {
    BOOST_TEST(said("* ID (\"Name\" \"x\")", "* ID (\"vendor\" NIL \"name\" \"x\")\r\n") == "yes");
    BOOST_TEST(said("* ID NIL", "* ID NIL\r\n") == "yes");
    BOOST_TEST(said("* ID (\"os\" _)", "* ID (\"name\" \"x\")\r\n") == "has no \"os\", only name");
}

BOOST_AUTO_TEST_CASE(body_structures) {
    constexpr auto text =
        "* 1 FETCH (BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"us-ascii\" \"name\" \"A.txt\") NIL "
        "NIL \"7bit\" 12 1 NIL (\"attachment\" (\"filename\" \"A\")) NIL NIL))\r\n";
    BOOST_TEST(said("* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\" \"NAME\" "
                    "\"A.txt\") NIL NIL "
                    "\"7BIT\" 12 1 ...))",
                    text) == "yes");
    BOOST_TEST(
        said("* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" _ NIL NIL _ # # NIL (\"ATTACHMENT\" (\"filename\" "
             "\"A\")) NIL NIL))",
             text) == "yes");
    BOOST_TEST(said("* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\" \"NAME\" "
                    "\"a.txt\") ...))",
                    text) == "BODYSTRUCTURE element 3 element 4 is \"A.txt\", not \"a.txt\"");
    BOOST_TEST(said("* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"HTML\" ...))", text) ==
               "BODYSTRUCTURE element 2 is \"plain\", not \"HTML\"");
    BOOST_TEST(said("* 1 FETCH (BODY ((\"TEXT\" \"PLAIN\" ...) (\"TEXT\" \"HTML\" ...) \"ALTERNATIVE\"))",
                    "* 1 FETCH (BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL "
                    "NIL NIL \"7bit\" 1 "
                    "1) \"alternative\"))\r\n") == "yes");
    BOOST_TEST(said("* 1 FETCH (BODY ((\"TEXT\" \"PLAIN\" ...) \"MIXED\"))",
                    "* 1 FETCH (BODY ((\"text\" \"html\" NIL NIL NIL \"7bit\" 1 1) \"mixed\"))\r\n") ==
               "BODY element 1 element 2 is \"html\", not \"PLAIN\"");
}

BOOST_AUTO_TEST_CASE(binding) {
    auto first = match("* 1 FETCH (UID $uid FLAGS $f)", "* 1 FETCH (FLAGS (\\Seen) UID 7)\r\n");
    BOOST_TEST(first.bound.at("uid") == "7");
    BOOST_TEST(first.bound.at("f") == "(\\Seen)");
    bound = first.bound;
    BOOST_TEST(said("* 1 FETCH (UID $uid)", "* 1 FETCH (UID 7)\r\n") == "yes");
    BOOST_TEST(said("* 1 FETCH (UID $uid)", "* 1 FETCH (UID 8)\r\n") == "UID is 8, but $uid is \"7\"");
    BOOST_TEST(match("* 1 FETCH (UID $uid)", "* 1 FETCH (UID 7)\r\n").bound.empty());
    BOOST_TEST(said("* X $q $q", "* X a b\r\n") == "element 2 is b, but $q is \"a\"");
    BOOST_TEST(match("* LIST () $sep x", "* LIST () \"/\" x\r\n").bound.at("sep") == "/");
}

BOOST_AUTO_TEST_CASE(comparing_with_what_is_bound) {
    bound["m"] = "41";
    BOOST_TEST(said("* 1 FETCH (MODSEQ (>$m))", "* 1 FETCH (MODSEQ (42))\r\n") == "yes");
    BOOST_TEST(!holds("* 1 FETCH (MODSEQ (>$m))", "* 1 FETCH (MODSEQ (41))\r\n"));
    BOOST_TEST(holds("* OK [HIGHESTMODSEQ >=$m]", "* OK [HIGHESTMODSEQ 41] ok\r\n"));
    BOOST_TEST(!holds("* OK [HIGHESTMODSEQ >=$m]", "* OK [HIGHESTMODSEQ 40] ok\r\n"));
    BOOST_TEST(holds("* OK [UIDNEXT <$m]", "* OK [UIDNEXT 40] ok\r\n"));
    BOOST_TEST(!holds("* OK [UIDNEXT <$m]", "* OK [UIDNEXT 41] ok\r\n"));
    BOOST_TEST(holds("* OK [UIDNEXT <=$m]", "* OK [UIDNEXT 41] ok\r\n"));
    BOOST_TEST(!holds("* OK [UIDNEXT !$m]", "* OK [UIDNEXT 41] ok\r\n"));
    BOOST_TEST(holds("* OK [UIDNEXT !$m]", "* OK [UIDNEXT 4] ok\r\n"));
    bound["m"] = "forty";
    BOOST_TEST(
        said("* 1 FETCH (MODSEQ (>$m))", "* 1 FETCH (MODSEQ (42))\r\n").contains("is 42, and $m is forty"));
    auto parsed = wire::parse_imap_response("* OK [UIDNEXT 4] ok\r\n");
    auto unbound = script::match_imap(pattern_of("* OK [UIDNEXT >$never]"), parsed.response, context());
    BOOST_TEST(unbound.error() == "no expectation that held has bound $never");
}

BOOST_AUTO_TEST_CASE(what_came_nearest) {
    const std::vector<std::string> seen = {"* 2 EXISTS\r\n", "* 1 FETCH (UID 7)\r\n",
                                           "* 2 FETCH (UID 9 FLAGS (\\Seen))\r\n"};
    BOOST_TEST(nearest("* 2 FETCH (FLAGS (\\Flagged))", seen) ==
               "nearest was \"* 2 FETCH (UID 9 FLAGS (\\Seen))\": FLAGS lacks \\Flagged, has \\Seen besides");
    BOOST_TEST(nearest("* 3 EXISTS", seen) == "nearest was \"* 2 EXISTS\": its number is 2, not 3");
    BOOST_TEST(nearest("* SEARCH 1", seen) == "none of the 3 responses that came is one");
    BOOST_TEST(nearest("* SEARCH 1", {}) == "no response came");
    BOOST_TEST(nearest("* X \"{user}\"", {"* X \"a\"\r\n"}) ==
               "error: {user} needs account 1 of this run, which has 0");
}

BOOST_AUTO_TEST_SUITE_END()
