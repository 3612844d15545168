// Placeholders: what each becomes, and what each mistake is called. Names that do not exist are the
// loader's to refuse (suite_errors_test); values are script's. Follows docs/suite-language.md,
// "Placeholders".
#include "harness/suite/text_template.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

BOOST_AUTO_TEST_SUITE(text_template_test)

namespace {

// literals in quotes, the rest by its kind
std::string shape(const text_template& text) {
    struct {
        std::string operator()(const literal_piece& p) { return "'" + p.octets + "'"; }
        std::string operator()(const variable_piece& p) { return "$" + p.name; }
        std::string operator()(const capability_piece& p) {
            return "cap(" + p.keyword + "+" + std::to_string(p.plus) + ")";
        }
        std::string operator()(const repeat_piece& p) {
            return std::to_string(p.times) + "*(" + shape(*p.text) + ")";
        }
        std::string operator()(const base64_piece& p) { return "base64(" + shape(*p.text) + ")"; }
        std::string operator()(const fill_piece& p) { return "fill(" + std::to_string(p.line_length) + ")"; }
        std::string operator()(const host_piece& p) {
            static constexpr const char* names[] = {"address", "reverse", "tlsa"};
            return std::string(names[int(p.what)]) + "(" + p.host + (p.argument.empty() ? "" : " ") +
                   p.argument + ")";
        }
        std::string operator()(const imap_literal_piece& p) {
            return std::string(p.binary ? "literal8" : "literal") + (p.at_once ? "+(" : "(") +
                   shape(*p.text) + ")";
        }
        std::string operator()(const fixture_piece& p) {
            return (p.size ? "size(" : "fixture(") + p.name + ")";
        }
        std::string operator()(const bound_piece& p) {
            return "bound(" + p.name + (p.add ? std::to_string(p.add) : "") + ")";
        }
    } name;
    std::string all;
    for (auto& piece : text.pieces)
        all += (all.empty() ? "" : " ") + std::visit(name, piece);
    return all;
}

std::string parsed(std::string_view source, template_kind kind = template_kind::plain) {
    auto text = parse_template(source, kind);
    if (!text) return "@" + std::to_string(text.error().offset) + " " + text.error().text;
    BOOST_TEST(text->source == source);
    return shape(*text);
}

constexpr const char* unknown_placeholder =
    ", expected a placeholder: a name as {sender}, octets as {CR} or "
    "{x80}, {64*a}, {fill:512}, {base64:TEXT}, "
    "{cap:SIZE}, {address:HOST}, {literal:TEXT}, {fixture:NAME}, {$NAME}; a brace itself is written `{{`";

} // namespace

BOOST_AUTO_TEST_CASE(pieces) {
    BOOST_TEST(parsed("") == "");
    BOOST_TEST(parsed("MAIL FROM:<{sender}>") == "'MAIL FROM:<' $sender '>'");
    BOOST_TEST(parsed("{recipient2}{local-part}") == "$recipient2 $local-part");
    BOOST_TEST(parsed("SIZE={cap:SIZE}") == "'SIZE=' cap(SIZE+0)");
    BOOST_TEST(parsed("{cap:SIZE+1}") == "cap(SIZE+1)");
    BOOST_TEST(parsed("{64*a}@b") == "64*('a') '@b'");
    BOOST_TEST(parsed("LOGIN {literal:{user}} {literal+:b c}") ==
               "'LOGIN ' literal($user) ' ' literal+('b c')");
    BOOST_TEST(parsed("{literal8:{x41}}{literal8+:{fixture:plain}}") ==
               "literal8('A') literal8+(fixture(plain))");
    BOOST_TEST(parsed("{$uid+1} {$uid-2}") == "bound(uid1) ' ' bound(uid-2)");
    BOOST_TEST(parsed("UID FETCH {$uid} {size:no-body}") == "'UID FETCH ' bound(uid) ' ' size(no-body)");
    BOOST_TEST(parsed("{2*{x41}b{token}}") == "2*('Ab' $token)");
    BOOST_TEST(parsed("NOOP {fill:512}") == "'NOOP ' fill(512)");
    BOOST_TEST(parsed("{base64:{SP}{user}x{password}}!") == "base64(' ' $user 'x' $password) '!'");
    BOOST_TEST(parsed("{{{user}}}") == "'{' $user '}'");
    BOOST_TEST(parsed("\\r stays") == "'\\r stays'");
}

BOOST_AUTO_TEST_CASE(octets) {
    using namespace std::string_literals;
    BOOST_TEST(parsed("{CR}{LF}{NUL}{SP}{TAB}") == "'\r\n\0 \t'"s);
    BOOST_TEST(parsed("{x80}{xC3xA9}") == "'\x80\xC3\xA9'");
}

BOOST_AUTO_TEST_CASE(quoted_text_has_escapes) {
    using namespace std::string_literals;
    BOOST_TEST(parsed("a\\r\\n\\t\\0\\\\\\\"\\x7F{CR}", template_kind::quoted) == "'a\r\n\t\0\\\"\x7F\r'"s);
    BOOST_TEST(parsed("a\\q", template_kind::quoted) ==
               "@1 found the escape `\\q`, expected one of \\r \\n \\t \\0 \\\\ \\\" \\xHH");
    BOOST_TEST(parsed("\\x4", template_kind::quoted) ==
               "@0 found the escape `\\x`, expected one of \\r \\n \\t \\0 \\\\ \\\" \\xHH");
}

BOOST_AUTO_TEST_CASE(regex_keeps_its_braces_and_backslashes) {
    BOOST_TEST(parsed("^[0-9]{1,20}$", template_kind::regex) == "'^[0-9]{1,20}$'");
    BOOST_TEST(parsed("{token}\\.{x2E}", template_kind::regex) == "$token '\\.\\.'");
    BOOST_TEST(parsed("\\{token}", template_kind::regex) == "'\\{token}'");
    BOOST_TEST(parsed("{NUL}", template_kind::regex) == "'\\x00'");
}

BOOST_AUTO_TEST_CASE(mistakes) {
    BOOST_TEST(parsed("a}b") == "@1 found a lone `}`, expected `}}` for a brace");
    BOOST_TEST(parsed("a{token") == "@1 found `{` without its `}`; a brace itself is written `{{`");
    BOOST_TEST(parsed("{base64:{user}") == "@0 found `{` without its `}`; a brace itself is written `{{`");
    BOOST_TEST(parsed("x {Sender}") == std::string("@2 found `{Sender}`") + unknown_placeholder);
    BOOST_TEST(parsed("{CRLF}") == std::string("@0 found `{CRLF}`") + unknown_placeholder);
    BOOST_TEST(parsed("{x8}") == "$x8"); // a name by its form; that it is not known is the loader's to say
    BOOST_TEST(parsed("{fill:x}") ==
               "@0 expected {fill:N}, N the octets of the whole line with its CRLF, as {fill:512}");
    BOOST_TEST(parsed("{cap:size}") == "@0 expected {cap:KEYWORD} or {cap:KEYWORD+N}, as {cap:SIZE+1}");
    BOOST_TEST(parsed("{2*{2*{2*{2*{2*a}}}}}") == "@12 found placeholders nested more than 4 deep");
    BOOST_TEST(parsed("{99999999999*a}") == "@0 found 99999999999 repetitions, expected at most 67108864");
}

BOOST_AUTO_TEST_CASE(variables_are_found_inside_others) {
    auto text = parse_template("{token}{2*{base64:{user}}}", template_kind::plain);
    BOOST_REQUIRE(text);
    BOOST_TEST(text->uses("user"));
    BOOST_TEST(text->uses("token"));
    BOOST_TEST(!text->uses("base64"));
}

BOOST_AUTO_TEST_SUITE_END()
