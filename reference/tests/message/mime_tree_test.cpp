// Trees of parts, and the sections that FETCH asks for: RFC 2046 §5.1, RFC 9051 §6.4.5.1, §7.5.2. Messages
// are literals, written with LF and given CRLF; what is expected is spelled out.
#include "reference/message/mime_tree.hpp"
#include "reference/message/section.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace refmail::message;

namespace {

std::string crlf(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

// "multipart/mixed[text/plain 5/1 ...]": octets and lines of the bodies of leaves
std::string shape(const mime_part& part) {
    auto out = part.type + "/" + part.subtype;
    if (part.holds == mime_part::kind::leaf)
        return out + " " + std::to_string(part.body.size()) + "/" + std::to_string(part.lines);
    out += part.holds == mime_part::kind::message ? "<" : "[";
    for (const auto& child : part.children)
        out += (&child == &part.children.front() ? "" : " | ") + shape(child);
    return out + (part.holds == mime_part::kind::message ? ">" : "]");
}

std::string shape_of(std::string_view text, const mime_limits& limits = {}) {
    return shape(parse_mime(crlf(text), limits));
}

// "3.HEADER" and so on; the octets, or "none".
std::string section_of(const std::string& message, std::string_view spec,
                       std::vector<std::string> fields = {}) {
    section asked;
    asked.fields = std::move(fields);
    while (!spec.empty() && spec.front() >= '0' && spec.front() <= '9') {
        const auto dot = std::min(spec.find('.'), spec.size());
        asked.part.push_back(static_cast<std::uint32_t>(std::stoul(std::string(spec.substr(0, dot)))));
        spec.remove_prefix(std::min(dot + 1, spec.size()));
    }
    using enum section::what;
    asked.wanted = spec == "HEADER"              ? header
                   : spec == "HEADER.FIELDS"     ? header_fields
                   : spec == "HEADER.FIELDS.NOT" ? header_fields_not
                   : spec == "TEXT"              ? section::what::text
                   : spec == "MIME"              ? mime
                                                 : all;
    const auto tree = parse_mime(message);
    const auto found = find_section(tree, message, asked);
    return found ? std::string(found->octets()) : "none";
}

// Ranges nest and follow each other; a multipart has parts; views stay within the message.
void check_invariants(const mime_part& part, std::size_t least, std::size_t most, std::size_t depth = 1) {
    BOOST_REQUIRE_LE(depth, 60u);
    BOOST_REQUIRE_LE(least, part.header.begin);
    BOOST_REQUIRE_LE(part.header.begin, part.header.end);
    BOOST_REQUIRE_EQUAL(part.header.end, part.body.begin);
    BOOST_REQUIRE_LE(part.body.begin, part.body.end);
    BOOST_REQUIRE_LE(part.body.end, most);
    BOOST_REQUIRE(!part.type.empty() && !part.subtype.empty() && !part.encoding.empty());
    BOOST_REQUIRE_EQUAL(part.children.empty(), part.holds == mime_part::kind::leaf);
    if (part.holds == mime_part::kind::message) BOOST_REQUIRE_EQUAL(part.children.size(), 1u);
    BOOST_REQUIRE_EQUAL(part.is("multipart"), part.holds == mime_part::kind::multipart);
    auto from = part.body.begin;
    for (const auto& child : part.children) {
        check_invariants(child, from, part.body.end, depth + 1);
        from = child.body.end;
    }
}

const std::string rfc2046_example = crlf(R"(From: Nathaniel Borenstein <nsb@bellcore.com>
To: Ned Freed <ned@innosoft.com>
Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)
Subject: Sample message
MIME-Version: 1.0
Content-type: multipart/mixed; boundary="simple boundary"

This is the preamble.  It is to be ignored, though it
is a handy place for composition agents to include an
explanatory note to non-MIME conformant readers.

--simple boundary

This is implicitly typed plain US-ASCII text.
It does NOT end with a linebreak.
--simple boundary
Content-type: text/plain; charset=us-ascii

This is explicitly typed plain US-ASCII text.
It DOES end with a linebreak.

--simple boundary--

This is the epilogue.  It is also to be ignored.
)");

// The message of RFC 9051 §6.4.5.1.
const std::string rfc9051_example = crlf(R"(Subject: outer
Content-Type: multipart/mixed; boundary=A

--A

one
--A
Content-Type: application/octet-stream

two
--A
Content-Type: message/rfc822

Subject: three
Content-Type: multipart/mixed; boundary=B

--B

three-one
--B
Content-Type: application/octet-stream

three-two
--B--
--A
Content-Type: multipart/mixed; boundary=C

--C
Content-Type: image/gif
Content-ID: <gif@a.test>

four-one
--C
Content-Type: message/rfc822

Subject: four-two
X-Other: y
Content-Type: multipart/mixed; boundary=D

--D

four-two-one
--D
Content-Type: multipart/alternative; boundary=E

--E

four-two-two-one
--E
Content-Type: text/richtext

four-two-two-two
--E--
--D--
--C--
--A--
)");

} // namespace

BOOST_AUTO_TEST_SUITE(mime_tree)

BOOST_AUTO_TEST_CASE(single_part) {
    BOOST_TEST(shape_of("Subject: x\n\nhello\nworld\n") == "text/plain 14/2");
    BOOST_TEST(shape_of("Subject: x\n\nhello") == "text/plain 5/0");
    BOOST_TEST(shape_of("") == "text/plain 0/0");
    BOOST_TEST(shape_of("\n") == "text/plain 0/0");
    BOOST_TEST(shape_of("\nbody\n") == "text/plain 6/1");
    BOOST_TEST(shape_of("Subject: x\n") == "text/plain 0/0");
    BOOST_TEST(shape_of("Subject: x") == "text/plain 0/0");
    BOOST_TEST(shape_of("Content-Type: TEXT/Html; charset=utf-8\n\nx\n") == "TEXT/Html 3/1");
    // RFC 2045 §5.2: what cannot be read is text/plain.
    for (auto broken :
         {"Content-Type: text\n\nx\n", "Content-Type: /plain\n\nx\n", "Content-Type:\n\nx\n",
          "Content-Type: multipart/mixed\n\nx\n", "Content-Type: multipart/mixed; boundary=\"\"\n\nx\n",
          "Content-Type: text/ ;\n\nx\n"})
        BOOST_TEST(shape_of(broken) == "text/plain 3/1", broken);
    const auto message = crlf("Content-Type: text\n\nx\n");
    const auto part = parse_mime(message);
    BOOST_TEST((part.header == octet_range{0, 22}));
    BOOST_TEST((part.body == octet_range{22, 25}));
    BOOST_TEST(part.encoding == "7bit");
    BOOST_TEST(part.parameter("Charset") == "us-ascii");
    BOOST_TEST(parse_mime("Content-Type: text/html\r\n\r\n").parameters.empty());
    BOOST_TEST(parse_mime("Content-Type: text/plain; charset=\"\"\r\n\r\n").parameters.size() == 1u);
}

BOOST_AUTO_TEST_CASE(content_fields) {
    const auto part = parse_mime(crlf(R"(Content-Type: application/pdf (a comment); name="a b.pdf"; x=1
CONTENT-TRANSFER-ENCODING: (sent so) Base64
Content-ID:  <part1@a.test>
Content-Description: Compiler
  diff
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Content-Disposition: Attachment; filename=a.pdf;
 size=12
Content-Language: de, (Swiss) en-GB
Content-Location: http://a.test/x
Content-Location: http://b.test/x

AAAA
)"));
    BOOST_TEST(part.is("APPLICATION", "PDF"));
    BOOST_REQUIRE_EQUAL(part.parameters.size(), 2u);
    BOOST_TEST(part.parameters[0].name == "name");
    BOOST_TEST(part.parameters[0].value == "a b.pdf");
    BOOST_TEST(part.encoding == "Base64");
    BOOST_TEST(part.id.value() == "<part1@a.test>");
    BOOST_TEST(part.description.value() == "Compiler  diff");
    BOOST_TEST(part.md5.value() == "Q2hlY2sgSW50ZWdyaXR5IQ==");
    BOOST_REQUIRE(part.disposition.has_value());
    BOOST_TEST(part.disposition->type == "Attachment");
    BOOST_REQUIRE_EQUAL(part.disposition->parameters.size(), 2u);
    BOOST_TEST(part.disposition->parameters[1].name == "size");
    BOOST_TEST(part.disposition->parameters[1].value == "12");
    BOOST_TEST(part.languages == (std::vector<std::string>{"de", "en-GB"}), boost::test_tools::per_element());
    BOOST_TEST(part.location.value() == "http://a.test/x");

    const auto bare = parse_mime("Content-Disposition: ; filename=x\r\nContent-ID:\r\n\r\n");
    BOOST_TEST(bare.disposition->type == "attachment"); // RFC 2183 §2.8
    BOOST_TEST(bare.id.value() == "");
    BOOST_TEST(!parse_mime("Content-Disposition:\r\n\r\n").disposition.has_value());
}

BOOST_AUTO_TEST_CASE(multipart_of_rfc2046) {
    BOOST_TEST(shape(parse_mime(rfc2046_example)) == "multipart/mixed[text/plain 80/1 | text/plain 78/2]");
    BOOST_TEST(section_of(rfc2046_example, "1") ==
               "This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.");
    BOOST_TEST(section_of(rfc2046_example, "2") ==
               "This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n");
    BOOST_TEST(section_of(rfc2046_example, "1.MIME") == "\r\n");
    BOOST_TEST(section_of(rfc2046_example, "2.MIME") == "Content-type: text/plain; charset=us-ascii\r\n\r\n");
    BOOST_TEST(section_of(rfc2046_example, "3") == "none");
    BOOST_TEST(section_of(rfc2046_example, "1.1") == "none");
    BOOST_TEST(section_of(rfc2046_example, "1.HEADER") == "none");
    BOOST_TEST(section_of(rfc2046_example, "1.TEXT") == "none");
    BOOST_TEST(section_of(rfc2046_example, "0") == "none");
    BOOST_TEST(section_of(rfc2046_example, "MIME") == "none");
}

BOOST_AUTO_TEST_CASE(boundaries) {
    const auto with = [](std::string_view boundary, std::string_view body) {
        return shape_of("Content-Type: multipart/mixed; boundary=\"" + std::string(boundary) + "\"\n\n" +
                        std::string(body));
    };
    // Nothing, or no line end, within or around parts.
    BOOST_TEST(with("b", "--b\n\n--b--") == "multipart/mixed[text/plain 0/0]");
    BOOST_TEST(with("b", "--b\n\n\n--b--\n") == "multipart/mixed[text/plain 0/0]");
    BOOST_TEST(with("b", "--b\n\n\n\n--b--\n") == "multipart/mixed[text/plain 2/1]");
    BOOST_TEST(with("b", "--b\n--b\n--b--\n") == "multipart/mixed[text/plain 0/0 | text/plain 0/0]");
    BOOST_TEST(with("b", "--b\nContent-Type: text/html\n--b--\n") == "multipart/mixed[text/html 0/0]");
    BOOST_TEST(with("b", "--b\nContent-Type: text/html\n\n--b--\n") == "multipart/mixed[text/html 0/0]");
    // The close is missing; so is the delimiter.
    BOOST_TEST(with("b", "--b\n\none\n--b\n\ntwo\n") == "multipart/mixed[text/plain 3/0 | text/plain 5/1]");
    BOOST_TEST(with("b", "--b\n\none\n--b") == "multipart/mixed[text/plain 3/0 | text/plain 0/0]");
    BOOST_TEST(with("b", "no part at all\n") == "multipart/mixed[text/plain 0/0]");
    BOOST_TEST(with("b", "") == "multipart/mixed[text/plain 0/0]");
    BOOST_TEST(with("b", "--b--\n\nepilogue\n--b\n\nnot a part\n") == "multipart/mixed[text/plain 0/0]");
    // Padding, and text behind the boundary (RFC 2046 §5.1.1).
    BOOST_TEST(with("b", "--b \t\n\none\n--b-- \n") == "multipart/mixed[text/plain 3/0]");
    BOOST_TEST(with("b", "--bee\n\none\n--b--ee\n") == "multipart/mixed[text/plain 3/0]");
    BOOST_TEST(with("b ", "--b\n\none\n--b--\n") == "multipart/mixed[text/plain 3/0]");
    BOOST_TEST(with("b", " --b\n\n-b\n-- b\n") == "multipart/mixed[text/plain 0/0]");
    BOOST_TEST(with("-", "---\n\none\n-----\n") == "multipart/mixed[text/plain 3/0]");
    BOOST_TEST(with("=_\\\"q", "--=_\"q\n\none\n--=_\"q--\n") == "multipart/mixed[text/plain 3/0]");
    // Line ends without CR.
    BOOST_TEST(
        shape(parse_mime("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n")) ==
        "multipart/mixed[text/plain 3/0 | text/plain 3/0]");
}

BOOST_AUTO_TEST_CASE(nested_boundaries) {
    const auto nested = [](std::string outer, std::string inner, bool closed) {
        return shape_of("Content-Type: multipart/mixed; boundary=\"" + outer + "\"\n\n--" + outer +
                        "\nContent-Type: multipart/alternative; boundary=\"" + inner + "\"\n\n--" + inner +
                        "\n\none\n--" + inner + "\nContent-Type: text/html\n\ntwo\n" +
                        (closed ? "--" + inner + "--\n\n" : "") + "--" + outer + "\n\nthree\n--" + outer +
                        "--\n");
    };
    const std::string all =
        "multipart/mixed[multipart/alternative[text/plain 3/0 | text/html 3/0] | text/plain 5/0]";
    BOOST_TEST(nested("a", "b", true) == all);
    BOOST_TEST(nested("a", "b", false) ==
               all); // RFC 2046 §5.1.2: the outer delimiter ends the inner multipart
    // One boundary begins like the other.
    BOOST_TEST(nested("foo", "foobar", true) == all);
    BOOST_TEST(nested("foo", "foobar", false) == all);
    BOOST_TEST(nested("foobar", "foo", true) == all);
    BOOST_TEST(nested("foobar", "foo", false) == all);
    BOOST_TEST(nested("foo", "foo--", true) == all);
    // The same: the innermost that is open.
    BOOST_TEST(nested("a", "a", true) == all);
    BOOST_TEST(nested("a", "a", false) ==
               "multipart/mixed[multipart/alternative[text/plain 3/0 | text/html 3/0 | "
               "text/plain 5/0]]");
}

BOOST_AUTO_TEST_CASE(messages_within) {
    const auto embedded = crlf("Content-Type: message/rfc822\n\nSubject: in\n\nhello\n");
    BOOST_TEST(shape(parse_mime(embedded)) == "message/rfc822<text/plain 7/1>");
    BOOST_TEST(section_of(embedded, "1") == "Subject: in\r\n\r\nhello\r\n");
    BOOST_TEST(section_of(embedded, "1.HEADER") == "Subject: in\r\n\r\n");
    BOOST_TEST(section_of(embedded, "1.TEXT") == "hello\r\n");
    BOOST_TEST(section_of(embedded, "1.1") == "hello\r\n");
    BOOST_TEST(section_of(embedded, "1.1.MIME") == "Subject: in\r\n\r\n");
    BOOST_TEST(section_of(embedded, "1.1.1") == "none");
    BOOST_TEST(section_of(embedded, "1.MIME") == "Content-Type: message/rfc822\r\n\r\n");
    BOOST_TEST(parse_mime(embedded).lines == 3u);
    BOOST_TEST(shape_of("Content-Type: message/global\n\nSubject: in\n\nhello\n") ==
               "message/global<text/plain 7/1>");
    BOOST_TEST(shape_of("Content-Type: message/delivery-status\n\nA: b\n\nC: d\n") ==
               "message/delivery-status 14/3");
    BOOST_TEST(shape_of("Content-Type: message/rfc822\n\n") == "message/rfc822<text/plain 0/0>");
    BOOST_TEST(shape_of("Content-Type: message/rfc822\n") == "message/rfc822<text/plain 0/0>");
    // RFC 2046 §5.1.5: the default of a digest's parts.
    BOOST_TEST(shape_of("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: 1\n\none\n--b\n"
                        "Content-Type: text/plain\n\ntwo\n--b--\n") ==
               "multipart/digest[message/rfc822<text/plain 3/0> | text/plain 3/0]");
    BOOST_TEST(shape_of("Content-Type: multipart/digest; boundary=b\n\n--b\n--b\n\n--b--\n") ==
               "multipart/digest[message/rfc822<text/plain 0/0> | message/rfc822<text/plain 0/0>]");
    // An embedded message's header ends with its part.
    BOOST_TEST(shape_of("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
                        "Subject: x\n--b\n\ntwo\n--b--\n") ==
               "multipart/mixed[message/rfc822<text/plain 0/0> | text/plain 3/0]");
}

BOOST_AUTO_TEST_CASE(sections_of_rfc9051) {
    const auto& m = rfc9051_example;
    BOOST_TEST(shape(parse_mime(m)) ==
               "multipart/mixed[text/plain 3/0 | application/octet-stream 3/0 | "
               "message/rfc822<multipart/mixed[text/plain 9/0 | application/octet-stream 9/0]> | "
               "multipart/mixed[image/gif 8/0 | message/rfc822<multipart/mixed[text/plain 12/0 | "
               "multipart/alternative[text/plain 16/0 | text/richtext 16/0]]>]]");
    BOOST_TEST(section_of(m, "") == m);
    BOOST_TEST(section_of(m, "HEADER") ==
               "Subject: outer\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\n");
    BOOST_TEST(section_of(m, "TEXT") == m.substr(m.find("--A")));
    BOOST_TEST(section_of(m, "1") == "one");
    BOOST_TEST(section_of(m, "2") == "two");
    BOOST_TEST(section_of(m, "3.HEADER") ==
               "Subject: three\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n");
    BOOST_TEST(
        section_of(m, "3.TEXT") ==
        "--B\r\n\r\nthree-one\r\n--B\r\nContent-Type: application/octet-stream\r\n\r\nthree-two\r\n--B--");
    BOOST_TEST(section_of(m, "3") == section_of(m, "3.HEADER") + section_of(m, "3.TEXT"));
    BOOST_TEST(section_of(m, "3.1") == "three-one");
    BOOST_TEST(section_of(m, "3.2") == "three-two");
    BOOST_TEST(section_of(m, "3.3") == "none");
    BOOST_TEST(section_of(m, "4.1") == "four-one");
    BOOST_TEST(section_of(m, "4.1.MIME") == "Content-Type: image/gif\r\nContent-ID: <gif@a.test>\r\n\r\n");
    BOOST_TEST(section_of(m, "4.HEADER") == "none");
    BOOST_TEST(section_of(m, "4.2.HEADER") ==
               "Subject: four-two\r\nX-Other: y\r\nContent-Type: multipart/mixed; boundary=D\r\n\r\n");
    BOOST_TEST(section_of(m, "4.2.1") == "four-two-one");
    BOOST_TEST(section_of(m, "4.2.2.1") == "four-two-two-one");
    BOOST_TEST(section_of(m, "4.2.2.2") == "four-two-two-two");
    BOOST_TEST(section_of(m, "4.2.2.MIME") == "Content-Type: multipart/alternative; boundary=E\r\n\r\n");
    BOOST_TEST(section_of(m, "4.2.2.3") == "none");
    BOOST_TEST(section_of(m, "4.2.HEADER.FIELDS", {"subject"}) == "Subject: four-two\r\n\r\n");
    BOOST_TEST(section_of(m, "4.2.HEADER.FIELDS.NOT", {"SUBJECT", "x-other"}) ==
               "Content-Type: multipart/mixed; boundary=D\r\n\r\n");
    BOOST_TEST(section_of(m, "1.HEADER.FIELDS", {"subject"}) == "none");
}

BOOST_AUTO_TEST_CASE(picking_fields) {
    const auto m = crlf("Received: by a\n\twith b\nSubject : hello\nno field\nX-a: 1\nX-A: 2\n\nbody\n");
    BOOST_TEST(section_of(m, "HEADER.FIELDS", {"received"}) == "Received: by a\r\n\twith b\r\n\r\n");
    BOOST_TEST(section_of(m, "HEADER.FIELDS", {"SUBJECT", "x-a"}) ==
               "Subject : hello\r\nX-a: 1\r\nX-A: 2\r\n\r\n");
    BOOST_TEST(section_of(m, "HEADER.FIELDS", {"x"}) == "\r\n");
    BOOST_TEST(section_of(m, "HEADER.FIELDS.NOT", {"x-a", "received", "subject"}) == "no field\r\n\r\n");
    BOOST_TEST(section_of(m, "1") == "body\r\n");
    BOOST_TEST(section_of(m, "1.MIME") == section_of(m, "HEADER"));
    // RFC 9051 §6.4.5.1: no empty line where the message has none.
    BOOST_TEST(section_of("Subject: x\r\n", "HEADER.FIELDS", {"subject"}) == "Subject: x\r\n");
    BOOST_TEST(section_of("Subject: x", "HEADER.FIELDS", {"from"}) == "");
    BOOST_TEST(section_of("", "HEADER") == "");
    BOOST_TEST(section_of("", "") == "");
}

BOOST_AUTO_TEST_CASE(limits) {
    std::string deep = "Subject: x\n";
    for (int i = 0; i < 200; ++i)
        deep += "Content-Type: message/rfc822\n\n";
    const auto tree = parse_mime(crlf(deep));
    check_invariants(tree, 0, crlf(deep).size());
    int depth = 1;
    const auto* at = &tree;
    for (; !at->children.empty(); at = &at->embedded())
        ++depth;
    BOOST_TEST(depth == 50);
    BOOST_TEST(at->is("application", "octet-stream"));

    BOOST_TEST(shape_of("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; "
                        "boundary=c\n\n--c\n\nx\n--c--\n--b\n\ny\n--b--\n",
                        {.depth = 2, .parts = 100}) ==
               "multipart/mixed[application/octet-stream 15/3 | text/plain 1/0]");

    // Further parts belong to the one before.
    BOOST_TEST(
        shape_of("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--\nend\n",
                 {.depth = 9, .parts = 3}) == "multipart/mixed[text/plain 1/0 | text/plain 11/3]");
    std::string many = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < 5000; ++i)
        many += "--b\r\n\r\n";
    const auto wide = parse_mime(many);
    BOOST_TEST(wide.children.size() == 999u);
    check_invariants(wide, 0, many.size());
    // Each multipart is given an empty part, and still there are not many more.
    std::string empty = "Content-Type: multipart/digest; boundary=b\r\n\r\n";
    for (int i = 0; i < 5000; ++i)
        empty += "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n";
    const auto hollow = parse_mime(empty);
    check_invariants(hollow, 0, empty.size());
    BOOST_TEST(hollow.children.size() < 1000u);
}

// Whatever happens to a message on its way, there is a tree.
BOOST_AUTO_TEST_CASE(mutilated_messages) {
    std::mt19937 random(20261122);
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
    const std::vector<std::string> tokens{"--A",
                                          "--A--",
                                          "--C\r\n",
                                          "\r\n",
                                          "\n",
                                          "\r\n\r\n",
                                          "Content-Type: ",
                                          "multipart/digest; boundary=A",
                                          "message/rfc822",
                                          "\"",
                                          "(",
                                          ";",
                                          "*0=",
                                          std::string(1, '\0'),
                                          "\xFF",
                                          "--E--\r\n--D\r\n"};
    for (int round = 0; round < 20000; ++round) {
        auto m = round % 2 ? rfc9051_example : rfc2046_example;
        for (std::size_t change = 0; change <= below(4); ++change) {
            const auto at = below(m.size() + 1);
            switch (below(5)) {
            case 0: m.resize(at); break;
            case 1: m.erase(at, below(60)); break;
            case 2: m.insert(at, tokens[below(tokens.size())]); break;
            case 3: m.insert(at, m.substr(below(m.size() + 1), below(400))); break;
            case 4:
                if (at < m.size()) m[at] = static_cast<char>(random());
                break;
            }
        }
        const auto tree = parse_mime(m, {.depth = 6, .parts = 12});
        check_invariants(tree, 0, m.size());
        BOOST_REQUIRE_EQUAL(tree.body.end, m.size());
        for (auto spec : {"1", "2.MIME", "3.HEADER", "4.2.2.1", "TEXT", "1.1.1.1"})
            section_of(m, spec);
    }
}

BOOST_AUTO_TEST_SUITE_END()
