// Questions as octets, and answers read from octets: found, not found, aliases, what is foreign, what is
// broken. RFC 1035 §4, RFC 2308, RFC 6604, RFC 6891, RFC 7672 §2.1.3.
#include "reference/dns/message.hpp"
#include "reference/tests/dns/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::dns;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(message)

namespace {

const question asked{0x1234, "example.test", record_type::mx, true, false};
const question asked_secure{0x1234, "example.test", record_type::mx, true, true};

wire::reply to_it() {
    wire::reply r;
    r.id = 0x1234;
    r.question = "example.test";
    return r;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_question_is_written) {
    const auto plain = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"s + "\x07"s + "example" + "\x04"s +
                       "test\x00\x00\x0f\x00\x01"s;
    question old = asked;
    old.edns = false;
    BOOST_TEST(write_question(old) == plain);
    // RFC 6891 §6.1.2: OPT at the root, the size where the class stands, DO in the TTL's field.
    auto with_opt = plain;
    with_opt[11] = 1;
    BOOST_TEST(write_question(asked) == with_opt + "\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00"s);
    BOOST_TEST(write_question(asked_secure) == with_opt + "\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00"s);
}

BOOST_AUTO_TEST_CASE(mail_exchangers_are_found) {
    auto r = to_it();
    r.answers = {wire::mx("example.test", 20, "B.example.test", 300),
                 wire::mx("EXAMPLE.test", 10, "a.example.test"), wire::mx("other.test", 5, "evil.test")};
    const auto got = read_response(r.octets(), asked);
    BOOST_TEST((got.what == response::kind::complete));
    BOOST_TEST((got.answer.what == answer::kind::found));
    BOOST_REQUIRE(got.answer.records.size() == 2u); // not other.test's: nobody asked for it
    BOOST_TEST((std::get<mx_data>(got.answer.records[0]) == mx_data{20, "b.example.test"}));
    BOOST_TEST((std::get<mx_data>(got.answer.records[1]) == mx_data{10, "a.example.test"}));
    BOOST_TEST(got.answer.ttl == 60u); // the least
    BOOST_TEST(!got.answer.secure);
}

BOOST_AUTO_TEST_CASE(a_null_mx_is_an_empty_name) {
    auto r = to_it();
    r.answers = {wire::mx("example.test", 0, "")};
    const auto got = read_response(r.octets(), asked);
    BOOST_REQUIRE(got.answer.records.size() == 1u);
    BOOST_TEST((std::get<mx_data>(got.answer.records[0]) == mx_data{0, ""}));
}

BOOST_AUTO_TEST_CASE(each_type_is_read) {
    const auto read = [](record_type type, int number, const std::string& record) {
        auto r = to_it();
        r.type = number;
        r.answers = {record};
        question q = asked;
        q.type = type;
        const auto got = read_response(r.octets(), q);
        BOOST_REQUIRE(got.answer.records.size() == 1u);
        return got.answer.records[0];
    };
    const auto text = [&](record_type type, int number, const std::string& record) {
        return std::get<std::string>(read(type, number, record));
    };
    BOOST_TEST(text(record_type::a, wire::A, wire::a("example.test", {127, 1, 2, 3})) == "127.1.2.3");
    BOOST_TEST(text(record_type::aaaa, wire::AAAA,
                    wire::a("example.test", {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})) ==
               "2001:db8::1");
    BOOST_TEST(text(record_type::cname, wire::CNAME, wire::cname("example.test", "Else.test")) ==
               "else.test");
    // RFC 8461 §3.1: strings are joined without spaces; quotes and octets are as they came.
    BOOST_TEST(
        text(record_type::txt, wire::TXT, wire::txt("example.test", {"v=STSv1; ", "id=\"1\\", "\xff", ""})) ==
        "v=STSv1; id=\"1\\\xff");
    const auto tlsa =
        std::get<tlsa_data>(read(record_type::tlsa, wire::TLSA,
                                 wire::record("example.test", wire::TLSA, 60, "\x03\x01\x01\xab\x00\xcd"s)));
    BOOST_TEST((tlsa == tlsa_data{3, 1, 1, "\xab\x00\xcd"s}));
}

BOOST_AUTO_TEST_CASE(security_is_what_ad_says_to_who_asked) {
    auto r = to_it();
    r.answers = {wire::mx("example.test", 10, "a.example.test")};
    r.flags |= wire::ad;
    BOOST_TEST(!read_response(r.octets(), asked).answer.secure);
    BOOST_TEST(read_response(r.octets(), asked_secure).answer.secure);
    r.flags &= ~wire::ad;
    BOOST_TEST(!read_response(r.octets(), asked_secure).answer.secure);
    r.flags |= wire::ad;
    r.code = wire::servfail;
    BOOST_TEST(!read_response(r.octets(), asked_secure).answer.secure);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_lives_as_its_soa_says) {
    // RFC 2308 §5: the lesser of the SOA's TTL and its minimum
    auto r = to_it();
    r.code = wire::nxdomain;
    r.authority = {wire::soa("test", 300, 20)};
    auto got = read_response(r.octets(), asked);
    BOOST_TEST((got.answer.what == answer::kind::no_name));
    BOOST_TEST(got.answer.ttl == 20u);
    BOOST_TEST(got.answer.why == "there is no domain example.test");
    r.code = wire::noerror;
    r.authority = {wire::soa("example.test", 10, 20)};
    got = read_response(r.octets(), asked);
    BOOST_TEST((got.answer.what == answer::kind::no_data));
    BOOST_TEST(got.answer.ttl == 10u);
    BOOST_TEST(got.answer.why == "example.test has no MX record");
    r.authority = {wire::soa("elsewhere.test", 10, 20)};
    BOOST_TEST(read_response(r.octets(), asked).answer.ttl == 0u); // a SOA of somebody else
    r.authority.clear();
    BOOST_TEST(read_response(r.octets(), asked).answer.ttl == 0u);
}

BOOST_AUTO_TEST_CASE(a_time_to_live_with_the_highest_bit_is_none) {
    auto r = to_it(); // RFC 2181 §8
    r.answers = {wire::mx("example.test", 10, "a.example.test", 0x80000001)};
    BOOST_TEST(read_response(r.octets(), asked).answer.ttl == 0u);
}

BOOST_AUTO_TEST_CASE(aliases_are_followed_in_any_order_of_the_records) {
    auto r = to_it();
    r.answers = {wire::mx("c.test", 10, "mx.c.test", 50), wire::cname("b.test", "c.test", 40),
                 wire::cname("example.test", "b.test", 45)};
    const auto got = read_response(r.octets(), asked);
    BOOST_TEST((got.answer.what == answer::kind::found));
    BOOST_TEST(got.answer.name == "c.test");
    BOOST_TEST(got.answer.ttl == 40u);
    BOOST_TEST(got.aliases == 2);
    BOOST_TEST(got.next == "");
}

BOOST_AUTO_TEST_CASE(an_alias_that_ends_here_is_asked_further) {
    auto r = to_it();
    r.answers = {wire::cname("example.test", "b.test", 45)};
    auto got = read_response(r.octets(), asked);
    BOOST_TEST(got.next == "b.test");
    BOOST_TEST(got.answer.ttl == 45u);
    // RFC 2308 §2.2: with the SOA of the target's zone it is an answer: nothing there
    r.authority = {wire::soa("b.test", 10, 20)};
    got = read_response(r.octets(), asked);
    BOOST_TEST(got.next == "");
    BOOST_TEST((got.answer.what == answer::kind::no_data));
    BOOST_TEST(got.answer.name == "b.test");
    // RFC 6604 §3: NXDOMAIN is about the target
    r.code = wire::nxdomain;
    got = read_response(r.octets(), asked);
    BOOST_TEST((got.answer.what == answer::kind::no_name));
    BOOST_TEST(got.answer.why == "there is no domain b.test");
}

BOOST_AUTO_TEST_CASE(aliases_in_a_circle_lead_nowhere) {
    auto r = to_it();
    r.answers = {wire::cname("example.test", "b.test"), wire::cname("b.test", "example.test")};
    auto got = read_response(r.octets(), asked);
    BOOST_TEST((got.answer.what == answer::kind::no_data));
    BOOST_TEST(got.answer.why == "CNAME loop at example.test");
    r.answers = {wire::cname("example.test", "example.test")};
    BOOST_TEST((read_response(r.octets(), asked).answer.what == answer::kind::no_data));
    r.answers = {wire::cname("example.test", "n0.test")};
    for (int i = 0; i < 10; ++i)
        r.answers.push_back(
            wire::cname("n" + std::to_string(i) + ".test", "n" + std::to_string(i + 1) + ".test"));
    r.answers.push_back(wire::mx("n10.test", 10, "mx.test"));
    BOOST_TEST((read_response(r.octets(), asked).answer.what == answer::kind::no_data));
    r.answers.erase(r.answers.begin() + 10);
    r.answers.back() = wire::mx("n9.test", 10, "mx.test");
    BOOST_TEST((read_response(r.octets(), asked).answer.what == answer::kind::found));
}

BOOST_AUTO_TEST_CASE(an_alias_that_was_asked_for_is_not_followed) {
    auto r = to_it();
    r.type = wire::CNAME;
    r.answers = {wire::cname("example.test", "b.test"), wire::cname("b.test", "c.test")};
    question q = asked;
    q.type = record_type::cname;
    const auto got = read_response(r.octets(), q);
    BOOST_REQUIRE(got.answer.records.size() == 1u);
    BOOST_TEST(std::get<std::string>(got.answer.records[0]) == "b.test");
    BOOST_TEST(got.answer.name == "example.test");
}

BOOST_AUTO_TEST_CASE(what_does_not_belong_to_the_question_is_foreign) {
    const auto is_foreign = [](const wire::reply& r) {
        return read_response(r.octets(), asked).what == response::kind::foreign;
    };
    auto good = to_it();
    good.answers = {wire::mx("example.test", 10, "a.example.test")};
    BOOST_TEST(!is_foreign(good));
    auto r = good;
    r.id = 0x1235;
    BOOST_TEST(is_foreign(r));
    r = good;
    r.question = "example.tes";
    BOOST_TEST(is_foreign(r));
    r = good;
    r.type = wire::A;
    BOOST_TEST(is_foreign(r));
    r = good;
    r.questions = 0;
    BOOST_TEST(is_foreign(r));
    r = good;
    r.flags &= ~wire::qr; // a question, not an answer
    BOOST_TEST(is_foreign(r));
    r = good;
    r.flags |= 0x0800; // another opcode
    BOOST_TEST(is_foreign(r));
    r = good;
    r.question = "EXAMPLE.test"; // letter case does not matter
    BOOST_TEST(!is_foreign(r));
}

BOOST_AUTO_TEST_CASE(what_is_broken_is_foreign_and_harmless) {
    auto r = to_it();
    r.answers = {wire::mx("example.test", 10, "a.example.test"), wire::txt("example.test", {"x"})};
    const auto whole = r.octets();
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST((read_response(whole.substr(0, size), asked).what == response::kind::foreign));
    // Each octet changed: whatever it says then, nothing breaks.
    for (std::size_t i = 0; i < whole.size(); ++i)
        for (const char c : {'\x00', '\xff', '\xc0', '\x7f'}) {
            auto changed = whole;
            changed[i] = c;
            read_response(changed, asked);
        }
    // Compression that points at itself (RFC 1035 §4.1.4)
    auto circle = whole;
    circle[12] = '\xc0';
    circle[13] = '\x0c';
    BOOST_TEST((read_response(circle, asked).what == response::kind::foreign));
}

BOOST_AUTO_TEST_CASE(truncation_is_seen_in_the_middle_of_a_record) {
    auto r = to_it();
    r.flags |= wire::tc;
    BOOST_TEST((read_response(r.octets(), asked).what == response::kind::truncated));
    r.answers = {wire::mx("example.test", 10, "a.example.test")};
    const auto whole = r.octets();
    BOOST_TEST((read_response(whole.substr(0, whole.size() - 3), asked).what == response::kind::truncated));
    r.id = 1;
    BOOST_TEST((read_response(r.octets(), asked).what == response::kind::foreign));
}

BOOST_AUTO_TEST_CASE(errors_are_named) {
    const auto why = [](int code) {
        auto r = to_it();
        r.code = code;
        const auto got = read_response(r.octets(), asked);
        BOOST_TEST((got.answer.what == answer::kind::unavailable));
        return got.answer.why;
    };
    BOOST_TEST(why(wire::servfail) == "the name server says SERVFAIL");
    BOOST_TEST(why(wire::refused) == "the name server says REFUSED");
    BOOST_TEST(why(14) == "the name server says 14");
}

BOOST_AUTO_TEST_CASE(a_server_without_edns_is_recognised) {
    auto r = to_it();
    r.questions = 0; // it may repeat nothing
    r.code = wire::formerr;
    BOOST_TEST((read_response(r.octets(), asked).what == response::kind::no_edns));
    question old = asked;
    old.edns = false;
    BOOST_TEST((read_response(r.octets(), old).what == response::kind::complete));
    BOOST_TEST(read_response(r.octets(), old).answer.why == "the name server says FORMERR");
}

BOOST_AUTO_TEST_CASE(a_referral_is_no_answer) {
    auto r = to_it();
    r.authority = {wire::record("example.test", wire::NS, 60, wire::name("ns.example.test"))};
    const auto got = read_response(r.octets(), asked);
    BOOST_TEST((got.answer.what == answer::kind::unavailable));
    BOOST_TEST(got.answer.why == "the name server refers to others instead of answering: it is no resolver");
}

BOOST_AUTO_TEST_CASE(names) {
    const std::string label(63, 'a'), four = label + "." + label + "." + label + "." + std::string(61, 'a');
    for (const auto& good :
         {"a"s, "example.test"s, "_25._tcp.mx.test"s, "0/25.2.0.192.in-addr.arpa"s, label, four})
        BOOST_TEST(is_domain_name(good), good);
    for (const auto& bad : {""s, "."s, "a..b"s, ".a"s, "a."s, "a b"s, "a\\.b"s, "a;b"s, "b\xc3\xbc"s, "a\0b"s,
                            label + "a", four + "a", "(a)"s, "@"s})
        BOOST_TEST(!is_domain_name(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()
