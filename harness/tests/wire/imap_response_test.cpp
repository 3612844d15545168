// Reading IMAP responses: every kind, every form of value, and what is noted of forms that break the grammar.
// Expected octets are literals.
#include "harness/wire/imap_response.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/core.h>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(imap_response_test)

namespace {

// Values as text, each kind by its own marks: atoms bare, "quoted", {literal}, ~{literal8}.
std::string shape(const std::vector<imap_value>& values) {
    std::string all;
    for (const auto& v : values) {
        if (!all.empty()) all += ' ';
        switch (v.what) {
        case imap_value::kind::atom: all += v.text; break;
        case imap_value::kind::quoted: all += '"' + v.text + '"'; break;
        case imap_value::kind::literal: all += '{' + v.text + '}'; break;
        case imap_value::kind::literal8: all += "~{" + v.text + '}'; break;
        case imap_value::kind::list: all += '(' + shape(v.items) + ')'; break;
        }
    }
    return all;
}

std::string rules(const imap_response& r) {
    std::string all;
    for (const auto& d : r.deviations)
        all += fmt::format("{}{}@{}", all.empty() ? "" : " ", d.rule, d.offset);
    return all;
}

imap_response read(std::string_view octets) {
    auto parsed = parse_imap_response(octets);
    BOOST_REQUIRE(parsed.state == imap_state::complete);
    BOOST_TEST(parsed.used == octets.size());
    BOOST_TEST(parsed.response.raw == octets);
    return parsed.response;
}

std::string data(std::string_view octets) {
    auto r = read(octets);
    BOOST_TEST((r.what == imap_response::kind::untagged));
    BOOST_TEST(rules(r) == "");
    return shape(r.data);
}

std::string deviations(std::string_view octets) {
    return rules(read(octets));
}

} // namespace

BOOST_AUTO_TEST_CASE(the_three_kinds) {
    auto tagged = read("a1 OK [READ-WRITE] done\r\n");
    BOOST_TEST((tagged.what == imap_response::kind::tagged));
    BOOST_TEST(tagged.tag == "a1");
    BOOST_TEST(tagged.condition == "OK");
    BOOST_TEST(tagged.code_name() == "READ-WRITE");
    BOOST_TEST(tagged.text == "done");
    BOOST_TEST(tagged.text_at == 19u);

    auto lower = read("x.7 no sorry\r\n");
    BOOST_TEST(lower.condition == "NO");
    BOOST_TEST(!lower.code.has_value());

    auto bye = read("* BYE [UNAVAILABLE] later\r\n");
    BOOST_TEST(bye.condition == "BYE");
    BOOST_TEST(bye.code_name() == "UNAVAILABLE");
    BOOST_TEST(bye.data.empty());

    auto go = read("+ idling\r\n");
    BOOST_TEST((go.what == imap_response::kind::continuation));
    BOOST_TEST(go.text == "idling");
    BOOST_TEST(read("+ \r\n").text == "");
    BOOST_TEST(deviations("+ \r\n") == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_response) {
    for (auto line : {"220 mx.test ESMTP\r\n", "+OK POP3\r\n", "*\r\n", "* \r\n", "hello\r\n", "\r\n",
                      "a1 BYE x\r\n", "a(1 OK x\r\n", "*OK x\r\n"}) {
        BOOST_TEST_CONTEXT(line) {
            auto parsed = parse_imap_response(line);
            BOOST_TEST((parsed.state == imap_state::not_a_response));
            BOOST_TEST(parsed.response.raw == line);
        }
    }
}

BOOST_AUTO_TEST_CASE(data_as_trees) {
    BOOST_TEST(data("* 3 EXISTS\r\n") == "3 EXISTS");
    BOOST_TEST(data("* FLAGS (\\Answered \\Seen $Forwarded)\r\n") == "FLAGS (\\Answered \\Seen $Forwarded)");
    BOOST_TEST(data("* LIST (\\HasNoChildren) \"/\" \"a \\\"b\\\\\"\r\n") ==
               "LIST (\\HasNoChildren) \"/\" \"a \"b\\\"");
    BOOST_TEST(data("* LIST () NIL {3}\r\na\tb (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n") ==
               "LIST () NIL {a\tb} (\"CHILDINFO\" (\"SUBSCRIBED\"))");
    BOOST_TEST(data("* SEARCH\r\n") == "SEARCH");
    BOOST_TEST(data("* THREAD (2)(3 6 (4 23)(44 7 96))\r\n") == "THREAD (2) (3 6 (4 23) (44 7 96))");
    BOOST_TEST(data("* ESEARCH (TAG \"A1\") UID ALL 4:18,21,28\r\n") ==
               "ESEARCH (TAG \"A1\") UID ALL 4:18,21,28");
    BOOST_TEST(data("* 2 FETCH (BODY[HEADER.FIELDS (Subject \"X Y\")]<0> {2}\r\n\r\n FLAGS ())\r\n") ==
               "2 FETCH (BODY[HEADER.FIELDS (Subject \"X Y\")]<0> {\r\n} FLAGS ())");
    BOOST_TEST(data("* 2 FETCH (BODY[HEADER.FIELDS ({3}\r\na b)] \"\")\r\n") ==
               "2 FETCH (BODY[HEADER.FIELDS ({3}\r\na b)] \"\")");
    BOOST_TEST(data(std::string_view("* 1 FETCH (BINARY[1] ~{3}\r\n\0)\n)\r\n", 33)) ==
               std::string("1 FETCH (BINARY[1] ~{\0)\n})", 26));
    BOOST_TEST(data("* NAMESPACE ((\"\" \"/\")) NIL ((\"#s/\" \"/\")(\"#p/\" NIL))\r\n") ==
               "NAMESPACE ((\"\" \"/\")) NIL ((\"#s/\" \"/\") (\"#p/\" NIL))");
}

BOOST_AUTO_TEST_CASE(names_and_numbers) {
    auto fetch = read("* 12 fetch (UID 4)\r\n");
    BOOST_TEST(fetch.name() == "FETCH");
    BOOST_TEST(fetch.number().value() == 12u);
    BOOST_TEST(fetch.is_data("FETCH"));
    BOOST_TEST(fetch.arguments()->is_list());
    auto search = read("* SEARCH 2 84\r\n");
    BOOST_TEST(search.name() == "SEARCH");
    BOOST_TEST(!search.number().has_value());
    BOOST_TEST(search.arguments()->text == "2");
    BOOST_TEST(!read("* OK EXISTS\r\n").is_data("EXISTS"));
    BOOST_TEST(!read("* 99999999999999999999999 EXISTS\r\n").number().has_value());
}

BOOST_AUTO_TEST_CASE(places) {
    auto r = read("* 1 FETCH (UID 7 BODY[] {2}\r\nhi)\r\n");
    const auto& items = r.data[2].items;
    BOOST_TEST(r.data[2].offset == 10u);
    BOOST_TEST(r.raw.substr(items[2].offset, items[2].length) == "BODY[]");
    BOOST_TEST(r.raw.substr(items[3].offset, items[3].length) == "{2}\r\nhi");
    BOOST_TEST(octets_of(r.data[2], r.raw) == "(UID 7 BODY[] {2}\r\nhi)");
    BOOST_TEST(octets_of(items[3], r.raw) == "hi");
}

BOOST_AUTO_TEST_CASE(codes) {
    auto code = [](std::string_view octets) {
        auto r = read(octets);
        BOOST_TEST(rules(r) == "");
        return r.code ? "[" + shape(*r.code) + "] " + r.text : r.text;
    };
    BOOST_TEST(code("* OK [PERMANENTFLAGS (\\Seen \\*)] limited\r\n") ==
               "[PERMANENTFLAGS (\\Seen \\*)] limited");
    BOOST_TEST(code("a1 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n") ==
               "[COPYUID 38505 304,319:320 3956:3958] Done");
    BOOST_TEST(code("a1 NO [BADCHARSET (US-ASCII {5}\r\nUTF-8)] no\r\n") ==
               "[BADCHARSET (US-ASCII {UTF-8})] no");
    BOOST_TEST(code("* OK [X-FREE some (text, %and \"more] hi\r\n") == "[X-FREE some (text, %and \"more] hi");
    BOOST_TEST(code("* OK [X-FREE a (b] hi\r\n") == "[X-FREE a (b)] hi");
    BOOST_TEST(code("* OK [X-FREE a) b] hi\r\n") == "[X-FREE a) b] hi");
    BOOST_TEST(code("* OK [ALERT] [not a code] {5}\r\n") == "[ALERT] [not a code] {5}");
    BOOST_TEST(code("* OK [never closed\r\n") == "[never closed");
    BOOST_TEST(code("* OK [] empty\r\n") == "[] empty");
}

BOOST_AUTO_TEST_CASE(capabilities) {
    auto listed = imap_capabilities_of(read("* CAPABILITY IMAP4rev1 AUTH=PLAIN LITERAL+\r\n"));
    BOOST_TEST(fmt::format("{}/{}/{}", listed[0], listed[1], listed[2]) == "IMAP4rev1/AUTH=PLAIN/LITERAL+");
    listed = imap_capabilities_of(read("* OK [CAPABILITY IMAP4rev2 IDLE] hi\r\n"));
    BOOST_TEST(fmt::format("{}/{}", listed[0], listed[1]) == "IMAP4rev2/IDLE");
    BOOST_TEST(imap_capabilities_of(read("* OK hi\r\n")).empty());
    BOOST_TEST(imap_capabilities_of(read("* SEARCH 1\r\n")).empty());
}

BOOST_AUTO_TEST_CASE(no_octet_too_early) {
    // Each beginning of a response is incomplete, and says no more than it needs.
    for (std::string_view whole :
         {"* 1 FETCH (BODY[] {5}\r\n)\r\n(\" FLAGS (\\Seen))\r\n", "a1 OK [UIDNEXT 4] x\r\n",
          "* LIST () \"/\" {1}\r\n\n\r\n", "+ go\r\n", "* OK [BADCHARSET ({2}\r\nab)] c\r\n",
          "* 1 FETCH (BODY[HEADER.FIELDS ({1}\r\n])] NIL)\r\n"}) {
        for (std::size_t i = 0; i < whole.size(); ++i) {
            auto parsed = parse_imap_response(whole.substr(0, i));
            BOOST_TEST_CONTEXT(whole.substr(0, i)) {
                BOOST_TEST((parsed.state == imap_state::incomplete));
                BOOST_TEST(parsed.wanted > i);
                BOOST_TEST(parsed.wanted <= whole.size());
            }
        }
        auto parsed = parse_imap_response(std::string(whole) + "* 2 EXISTS\r\n");
        BOOST_TEST((parsed.state == imap_state::complete));
        BOOST_TEST(parsed.used == whole.size());
    }
    // A line may end in LF alone: that is a deviation, and an end.
    BOOST_TEST(parse_imap_response("* 1 FETCH (BODY[] {500}\r\nab").wanted == 526u);
}

BOOST_AUTO_TEST_CASE(forms_that_break_the_grammar) {
    BOOST_TEST(deviations("* 3 EXISTS\n") == "imap-bare-lf@10");
    BOOST_TEST(deviations("* 1 FETCH (BODY[] {1}\nx)\r\n") == "imap-bare-lf@21");
    BOOST_TEST(deviations("a1 OK one\rtwo\r\n") == "imap-bare-cr@9");
    BOOST_TEST(deviations("*  3 EXISTS\r\n") == "imap-spacing@2");
    BOOST_TEST(deviations("* SEARCH 1 2 \r\n") == "imap-spacing@12");
    BOOST_TEST(deviations("* FLAGS ( \\Seen)\r\n") == "imap-spacing@9");
    BOOST_TEST(deviations("* FLAGS (\\Seen )\r\n") == "imap-spacing@14");
    BOOST_TEST(deviations("* FLAGS(\\Seen)\r\n") == "imap-spacing@7");
    BOOST_TEST(deviations("* LIST () \"/\"\"a\"\r\n") == "imap-spacing@13");
    BOOST_TEST(deviations("* 1 FETCH (UID 1\r\n") == "imap-parentheses@10");
    BOOST_TEST(deviations("* 1 FETCH (UID 1))\r\n") == "imap-parentheses@17");
    BOOST_TEST(deviations("* LIST () \"/\" \"abc\r\n") == "imap-string@14");
    BOOST_TEST(deviations("* LIST () \"/\" \"a\\bc\"\r\n") == "imap-string@16");
    BOOST_TEST(deviations("* LIST () \"/\" {1+}\r\na\r\n") == "imap-literal-plus@14");
    // Octets are wanted up to the shortest end that a line can have.
    BOOST_TEST(parse_imap_response("* LIST () \"/\" {3}\r\na").wanted == 23u);
    BOOST_TEST(deviations("* LIST () \"/\" {3}\r\nabc\n") == "imap-bare-lf@22");
    BOOST_TEST(deviations("* LIST () \"/\" a{1\r\n") == "imap-atom@15");
    BOOST_TEST(deviations("* LIST () \"/\" a%\r\n") == "imap-atom@15");
    BOOST_TEST(deviations("* LIST () \"/\" a\xC3\xA9\r\n") == "imap-atom@15");
    BOOST_TEST(deviations("* FLAGS (\\)\r\n") == "imap-atom@9");
    BOOST_TEST(deviations("a1 OK\r\n") == "imap-text@5");
    BOOST_TEST(deviations("* OK [UIDNEXT 4]\r\n") == "imap-text@16");
    BOOST_TEST(deviations("* OK [UIDNEXT 4]text\r\n") == "imap-text@16");
    BOOST_TEST(deviations("+\r\n") == "imap-continuation@1");
}

// What is malformed in one place must not hide what stands behind it.
BOOST_AUTO_TEST_CASE(reading_on) {
    BOOST_TEST(shape(read("* 1 FETCH (UID 1)) FLAGS\r\n").data) == "1 FETCH (UID 1) FLAGS");
    BOOST_TEST(shape(read("* 1 FETCH (FLAGS (\\Seen UID 1\r\n").data) == "1 FETCH (FLAGS (\\Seen UID 1))");
    const std::string deep = "* X " + std::string(100000, '(') + std::string(100000, ')') + "\r\n";
    auto r = read(deep);
    BOOST_TEST(r.name() == "X");
    BOOST_TEST(!r.deviations.empty());
    BOOST_TEST(r.deviations.size() < 10u);
}

BOOST_AUTO_TEST_SUITE_END()
