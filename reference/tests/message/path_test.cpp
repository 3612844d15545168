// The grammar of envelope addresses: what RFC 5321 §4.1.2 and §4.1.3 allow, what they do not, and the
// words of each refusal. Expectations are literals.
#include "reference/message/path.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace refmail::message;
namespace data = boost::unit_test::data;

namespace {

struct good {
    std::string text, local, domain;
    friend std::ostream& operator<<(std::ostream& o, const good& g) { return o << g.text; }
};
const std::vector<good> good_mailboxes{
    {"joe@example.test", "joe", "example.test"},
    {"a@b", "a", "b"},
    {"!#$%&'*+-/=?^_`{|}~@example.test", "!#$%&'*+-/=?^_`{|}~", "example.test"},
    {"a.b.c@x.y.z", "a.b.c", "x.y.z"},
    {"Joe@EXAMPLE.Test", "Joe", "EXAMPLE.Test"},
    {"\"joe\"@example.test", "joe", "example.test"},
    {"\"j\\o\\e\"@example.test", "joe", "example.test"},
    {"\"joe smith\"@example.test", "joe smith", "example.test"},
    {"\"a\\\"b\\\\c\"@example.test", "a\"b\\c", "example.test"},
    {"\"\"@example.test", "", "example.test"},
    {"\"a@b\"@example.test", "a@b", "example.test"},
    {"\"<>\"@example.test", "<>", "example.test"},
    {"joe@1.2.3.4.5", "joe", "1.2.3.4.5"},
    {"joe@a-b.c--d.test", "joe", "a-b.c--d.test"},
    {"joe@[127.0.0.1]", "joe", "[127.0.0.1]"},
    {"joe@[255.255.255.255]", "joe", "[255.255.255.255]"},
    {"joe@[IPv6:::1]", "joe", "[IPv6:::1]"},
    {"joe@[ipv6:2001:db8::1]", "joe", "[ipv6:2001:db8::1]"},
    {"joe@[tag:what!ever]", "joe", "[tag:what!ever]"},
};

struct bad {
    std::string text;
    std::size_t offset;
    std::string what;
    friend std::ostream& operator<<(std::ostream& o, const bad& b) { return o << b.text; }
};
const std::vector<bad> bad_mailboxes{
    {"", 0, "local-part missing or beginning with a character not allowed"},
    {"joe", 3, "'@' and a domain expected after the local-part"},
    {"joe@", 4, "domain missing"},
    {"@example.test", 0, "local-part missing or beginning with a character not allowed"},
    {".joe@example.test", 0, "local-part missing or beginning with a character not allowed"},
    {"joe.@example.test", 4, "a dot must stand between two atoms of a local-part"},
    {"j..oe@example.test", 2, "a dot must stand between two atoms of a local-part"},
    {"joe smith@example.test", 3, "'@' and a domain expected after the local-part"},
    {"\"joe@example.test", 0, "quoted string without its closing quote"},
    {"\"joe\\", 0, "quoted string without its closing quote"},
    {"\"jo\te\"@example.test", 3, "character not allowed in a quoted string"},
    {"\"jo\xc3\xa9\"@example.test", 3, "character not allowed in a quoted string"},
    {"joe@exam_ple.test", 8, "underscore is not allowed in a domain"},
    {"joe@.test", 4, "domain missing"},
    {"joe@example..test", 12, "empty label in a domain"},
    {"joe@example.test.", 17, "empty label in a domain"},
    {"joe@-example.test", 4, "a label of a domain must not begin with a hyphen"},
    {"joe@example-.test", 11, "a label of a domain must not end with a hyphen"},
    {"joe@example.test ", 16, "text behind the address"},
    {"joe@[127.0.0.1", 4, "address literal without its ']'"},
    {"joe@[127.0.0]", 5, "not an IPv4 address of four numbers from 0 to 255"},
    {"joe@[127.0.0.256]", 5, "not an IPv4 address of four numbers from 0 to 255"},
    {"joe@[127.0.0.1.1]", 5, "not an IPv4 address of four numbers from 0 to 255"},
    {"joe@[]", 5, "not an IPv4 address of four numbers from 0 to 255"},
    {"joe@[IPv6:::1::]", 10, "not an IPv6 address"},
    {"joe@[::1]", 5, "bad tag of an address literal"},
    {"joe@[tag-:x]", 5, "bad tag of an address literal"},
    {"joe@[tag:]", 9, "bad text in an address literal"},
    {"joe@[tag:a b]", 9, "bad text in an address literal"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(path_grammar)

BOOST_DATA_TEST_CASE(accepts_mailbox, data::make(good_mailboxes), sample) {
    auto box = parse_mailbox(sample.text);
    BOOST_REQUIRE(box);
    BOOST_TEST(box->local_part == sample.local);
    BOOST_TEST(box->domain == sample.domain);
}

BOOST_DATA_TEST_CASE(refuses_mailbox, data::make(bad_mailboxes), sample) {
    auto box = parse_mailbox(sample.text);
    BOOST_REQUIRE(!box);
    BOOST_TEST(box.error().what == sample.what);
    BOOST_TEST(box.error().offset == sample.offset);
}

BOOST_AUTO_TEST_CASE(path_leaves_the_parameters) {
    std::string_view text = "<joe@example.test> SIZE=1";
    auto path = take_reverse_path(text);
    BOOST_REQUIRE(path);
    BOOST_TEST(path->to_string() == "<joe@example.test>");
    BOOST_TEST(text == " SIZE=1");
}

BOOST_AUTO_TEST_CASE(null_path_is_for_the_sender_only) {
    std::string_view text = "<>";
    auto sender = take_reverse_path(text);
    BOOST_REQUIRE(sender);
    BOOST_TEST(sender->null);
    BOOST_TEST(sender->to_string() == "<>");
    text = "<>";
    auto recipient = take_forward_path(text);
    BOOST_REQUIRE(!recipient);
    BOOST_TEST(recipient.error().what == "the null path is for MAIL only");
}

BOOST_AUTO_TEST_CASE(source_route_is_dropped) {
    std::string_view text = "<@a.test,@b.test:joe@c.test>";
    auto path = take_forward_path(text);
    BOOST_REQUIRE(path);
    BOOST_TEST(path->had_source_route);
    BOOST_TEST(path->address.to_string() == "joe@c.test");
    text = "<@a.test:joe@c.test>";
    BOOST_TEST(take_reverse_path(text)->to_string() == "<joe@c.test>");
}

BOOST_AUTO_TEST_CASE(broken_routes_are_refused) {
    for (std::string_view text : {"<@a.test joe@c.test>", "<@a.test,b.test:joe@c.test>", "<@:joe@c.test>",
                                  "<@a.test,:joe@c.test>", "<@a_b.test:joe@c.test>", "<@a.test:>"}) {
        BOOST_TEST(!take_forward_path(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(brackets_are_needed) {
    std::string_view text = "joe@c.test";
    BOOST_TEST(take_forward_path(text).error().what == "'<' expected before the address");
    text = "<joe@c.test";
    BOOST_TEST(take_forward_path(text).error().what == "'>' expected after the address");
    text = "<joe@c.test >";
    BOOST_TEST(take_forward_path(text).error().what == "'>' expected after the address");
    text = "< joe@c.test>";
    BOOST_TEST(!take_forward_path(text).has_value());
}

BOOST_AUTO_TEST_CASE(postmaster_needs_no_domain) {
    for (std::string_view text : {"<postmaster>", "<Postmaster>", "<POSTMASTER>", "<pOsTmAsTeR>"}) {
        auto path = take_forward_path(text);
        BOOST_REQUIRE(path);
        BOOST_TEST(path->address.domain == "");
        BOOST_TEST(is_postmaster(path->address.local_part));
        BOOST_TEST(text.empty());
    }
    std::string_view text = "<postmaste>";
    BOOST_TEST(!take_forward_path(text).has_value());
    text = "<postmaster>";
    BOOST_TEST(!take_reverse_path(text).has_value());
}

BOOST_AUTO_TEST_CASE(sizes_on_both_sides) {
    const std::string l64(64, 'l'), l65(65, 'l');
    BOOST_TEST(parse_mailbox(l64 + "@d.test").has_value());
    BOOST_TEST(parse_mailbox(l65 + "@d.test").error().what == "local-part longer than 64 octets");

    std::string d255;
    while (d255.size() < 250)
        d255 += "abcd.";
    d255 += "abcde";
    BOOST_REQUIRE(d255.size() == 255);
    BOOST_TEST(parse_domain(d255).has_value());
    BOOST_TEST(parse_domain(d255 + "f").error().what == "domain longer than 255 octets");

    auto path_of = [&](std::size_t size) { // "<" l64 "@" domain ">"
        return "<" + l64 + "@" + std::string(size - 67, 'd') + ">";
    };
    const std::string p256 = path_of(256), p257 = path_of(257);
    BOOST_REQUIRE(p256.size() == 256);
    std::string_view text = p256;
    BOOST_TEST(take_forward_path(text).has_value());
    text = p257;
    BOOST_TEST(take_forward_path(text).error().what == "path longer than 256 octets");
}

BOOST_AUTO_TEST_CASE(ipv6_texts) {
    for (auto text :
         {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6::", "::3:4:5:6:7:8", "1:2:3::6:7:8", "fe80::1",
          "ABCD:ef01::", "::127.0.0.1", "1:2:3:4:5:6:127.0.0.1", "1:2:3:4::127.0.0.1", "::ffff:127.0.0.1"}) {
        BOOST_TEST(is_ipv6(text), text);
    }
    for (auto text : {"", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::",
                      "::2:3:4:5:6:7:8", "12345::", "g::", "1::2::3", "1:2:3:4:5::127.0.0.1",
                      "127.0.0.1::", "::127.0.0.256", "::127.0.0.1:1", "1:", ":1", "::1:", "fe80::1%eth0"}) {
        BOOST_TEST(!is_ipv6(text), text);
    }
}

BOOST_AUTO_TEST_CASE(strings_for_vrfy) {
    BOOST_TEST(*parse_string("alice") == "alice");
    BOOST_TEST(*parse_string("\"joe smith\"") == "joe smith");
    BOOST_TEST(parse_string("").error().what == "argument missing");
    BOOST_TEST(parse_string("joe smith").error().what == "character not allowed in an atom");
    BOOST_TEST(parse_string("\"joe\" x").error().what == "text behind the address");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mailboxes)

BOOST_AUTO_TEST_CASE(least_quoting) {
    BOOST_TEST(quote_local_part("joe") == "joe");
    BOOST_TEST(quote_local_part("j.oe") == "j.oe");
    BOOST_TEST(quote_local_part("j..oe") == "\"j..oe\"");
    BOOST_TEST(quote_local_part("joe smith") == "\"joe smith\"");
    BOOST_TEST(quote_local_part("a\"b\\c") == "\"a\\\"b\\\\c\"");
    BOOST_TEST(quote_local_part("") == "\"\"");
}

BOOST_AUTO_TEST_CASE(equality) {
    BOOST_TEST((mailbox{"joe", "a.test"} == mailbox{"joe", "A.TEST"}));
    BOOST_TEST(!(mailbox{"joe", "a.test"} == mailbox{"Joe", "a.test"}));
    BOOST_TEST((*parse_mailbox("\"j\\oe\"@a.test") == *parse_mailbox("joe@a.test")));
}

BOOST_AUTO_TEST_CASE(qualified) {
    BOOST_TEST((mailbox{"a", "b.test"}.is_fully_qualified()));
    BOOST_TEST((mailbox{"a", "[127.0.0.1]"}.is_fully_qualified()));
    BOOST_TEST((!mailbox{"a", "b"}.is_fully_qualified()));
    BOOST_TEST((!mailbox{"postmaster", ""}.is_fully_qualified()));
}

BOOST_AUTO_TEST_CASE(sub_addresses) {
    BOOST_TEST(split_sub_address("alice+lists").user == "alice");
    BOOST_TEST(split_sub_address("alice+lists").detail == "lists");
    BOOST_TEST(split_sub_address("alice+a+b").detail == "a+b");
    BOOST_TEST(split_sub_address("alice+").has_detail);
    BOOST_TEST(!split_sub_address("alice").has_detail);
    BOOST_TEST(split_sub_address("+alice").user == "+alice");
}

BOOST_AUTO_TEST_SUITE_END()
