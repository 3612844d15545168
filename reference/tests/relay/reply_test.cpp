// Replies from octets: what is one, what is none, and where it ends. RFC 5321 §4.2; RFC 2034 §4; RFC 3463 §2.
#include "reference/relay/capabilities.hpp"
#include "reference/relay/reply.hpp"
#include "reference/relay/verdict.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::relay;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(replies)

namespace {

// "250 [2.1.0] first line|second line", "more", or "broken: why".
std::string read(std::string_view in, reply_limits limits = {}) {
    reply_reader reader(limits);
    reply r;
    switch (reader.next(in, r)) {
    case reply_reader::result::more: return "more";
    case reply_reader::result::broken: return "broken: " + reader.fault();
    case reply_reader::result::whole: break;
    }
    std::string out = std::to_string(r.code) + " [" + r.enhanced + "]";
    for (std::size_t i = 0; i < r.lines.size(); ++i)
        out += (i ? "|" : " ") + std::string(r.text(i));
    return out + (in.empty() ? "" : " and " + std::to_string(in.size()));
}

std::string enhanced(const std::string& line) {
    const auto out = read(line + "\r\n");
    return out.substr(out.find('[') + 1, out.find(']') - out.find('[') - 1);
}

} // namespace

BOOST_AUTO_TEST_CASE(whole_ones) {
    BOOST_TEST(read("250 OK\r\n") == "250 [] OK");
    BOOST_TEST(read("250\r\n") == "250 [] ");
    BOOST_TEST(read("250 \r\n") == "250 [] ");
    BOOST_TEST(read("250-a\r\n250-\r\n250 b\r\n") == "250 [] a||b");
    BOOST_TEST(read("250-a\r\n250\r\n") == "250 [] a|");
    BOOST_TEST(read("259 odd\r\n") == "259 [] odd");
    BOOST_TEST(read("471 odd\r\n") == "471 [] odd");
    BOOST_TEST(read("599 odd\r\n") == "599 [] odd");
    BOOST_TEST(read("250 OK\r\n354 go\r\n") == "250 [] OK and 8");
    BOOST_TEST(read("250 \0 nul\r\n"s) == "250 [] \0 nul"s);
    BOOST_TEST(read("") == "more");
    BOOST_TEST(read("250 OK\r") == "more");
    BOOST_TEST(read("250-OK\r\n") == "more");
}

BOOST_AUTO_TEST_CASE(none_at_all) {
    BOOST_TEST(read("hello\r\n") == "broken: a line that is no reply");
    BOOST_TEST(read("\r\n") == "broken: a line that is no reply");
    BOOST_TEST(read("25 OK\r\n") == "broken: a line that is no reply");
    BOOST_TEST(read("2500 OK\r\n") == "broken: a line that is no reply");
    BOOST_TEST(read("250_OK\r\n") == "broken: a line that is no reply");
    BOOST_TEST(read("-250 OK\r\n") == "broken: a line that is no reply");
    BOOST_TEST(read("\0\0\0\0\r\n"s) == "broken: a line that is no reply");
    BOOST_TEST(read("250 OK\n") == "broken: a reply line that ends in LF without CR");
    BOOST_TEST(read("100 wait\r\n") == "broken: the reply code 100, which SMTP has not");
    BOOST_TEST(read("600 odd\r\n") == "broken: the reply code 600, which SMTP has not");
    BOOST_TEST(read("000 odd\r\n") == "broken: a line that is no reply");
    BOOST_TEST(read("250-a\r\n550 b\r\n") == "broken: a reply with both 250 and 550");
}

BOOST_AUTO_TEST_CASE(bounds) {
    const reply_limits small{20, 3, 40};
    BOOST_TEST(read("250 " + std::string(14, 'x') + "\r\n", small) == "250 [] " + std::string(14, 'x'));
    BOOST_TEST(read("250 " + std::string(15, 'x') + "\r\n", small) ==
               "broken: a reply line of more than 20 octets");
    BOOST_TEST(read(std::string(100, 'x'), small) == "broken: a reply line of more than 20 octets");
    BOOST_TEST(read("250-a\r\n250-b\r\n250 c\r\n", small) == "250 [] a|b|c");
    BOOST_TEST(read("250-a\r\n250-b\r\n250-c\r\n250 d\r\n", small) == "broken: a reply of more than 3 lines");
    BOOST_TEST(read("250-aaaaaaaaaaaaa\r\n250-aaaaaaaaaaaaa\r\n250 a\r\n", small) ==
               "broken: a reply of more than 40 octets");
}

BOOST_AUTO_TEST_CASE(enhanced_codes) {
    BOOST_TEST(enhanced("550 5.1.1 nobody") == "5.1.1");
    BOOST_TEST(enhanced("250 2.0.0") == "2.0.0");
    BOOST_TEST(enhanced("550 5.123.456 odd") == "5.123.456");
    for (const char* line : {"550 5.1 x", "550 5.1.1.1 x", "550 5.1.1: x", "550 4.1.1 x", "250 5.1.1 x",
                             "550 5.1234.1 x", "550 5..1 x", "550 .1.1 x", "550 55.1.1 x", "550 x", "550"})
        BOOST_TEST(enhanced(line) == "", line);
}

BOOST_AUTO_TEST_CASE(printable) {
    reply_reader reader;
    reply r;
    std::string_view in =
        "550-a\x1b[31m\r\n550 gr\xc3\xbc\xc3\x9f \xff \xc0\xaf \xed\xa0\x80 \xc2\x9b \t\r\n";
    reader.next(in, r);
    BOOST_TEST(r.printable() == "550-a?[31m\n550 gr\xc3\xbc\xc3\x9f ? ?? ??? ?? \t");
}

BOOST_AUTO_TEST_CASE(capabilities_of_a_host) {
    reply r;
    r.code = 250;
    r.lines = {"250-PIPELINING DSN",    "250-starttls",       "250-Size 1000",  "250-AUTH=LOGIN PLAIN",
               "250-auth plain\tLOGIN", "250-SMTPUTF8 extra", "250-BINARYMIME", "250 8BITMIME"};
    auto c = read_capabilities(r);
    BOOST_TEST(!c.pipelining); // the first line is a name
    BOOST_TEST(!c.dsn);
    BOOST_TEST(c.starttls);
    BOOST_TEST(c.size);
    BOOST_TEST(c.largest == 1000u);
    BOOST_TEST(c.smtputf8);
    BOOST_TEST(c.eight_bit_mime);
    BOOST_TEST(!c.binary_mime); // without CHUNKING
    BOOST_TEST(c.mechanisms == std::vector<std::string>({"PLAIN", "LOGIN"}),
               boost::test_tools::per_element());
    for (const char* size : {"250 SIZE", "250 SIZE 0", "250 SIZE x", "250 SIZE 99999999999999999999999"}) {
        r.lines = {"250-mx", size};
        c = read_capabilities(r);
        BOOST_TEST(c.size);
        BOOST_TEST(c.largest == 0u, size);
    }
}

BOOST_AUTO_TEST_CASE(our_own_status_where_the_host_gave_none) {
    const auto status = [](int code, stage at) {
        reply r;
        r.code = code;
        r.lines = {std::to_string(code) + " x"};
        return refusal(r, at, {}).status;
    };
    BOOST_TEST(status(550, stage::rcpt) == "5.1.0");
    BOOST_TEST(status(550, stage::mail) == "5.0.0");
    BOOST_TEST(status(450, stage::rcpt) == "4.2.0");
    BOOST_TEST(status(452, stage::rcpt) == "4.3.1");
    BOOST_TEST(status(552, stage::rcpt) == "5.2.2");
    BOOST_TEST(status(552, stage::content) == "5.3.4");
    BOOST_TEST(status(553, stage::mail) == "5.1.7");
    BOOST_TEST(status(599, stage::content) == "5.0.0");
    BOOST_TEST(status(471, stage::rcpt) == "4.0.0");
}

BOOST_AUTO_TEST_SUITE_END()
