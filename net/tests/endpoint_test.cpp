// host:port, its errors word by word, and what counts as loopback.
#include "net/endpoint.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(endpoints)

static std::string parsed(std::string_view text) {
    const auto got = net::parse_endpoint(text);
    return got ? got->host + "|" + std::to_string(got->port) : got.error().text;
}

static std::string complaint(std::string_view text, std::string_view why) {
    return "'" + std::string(text) + "' is no host:port: " + std::string(why) +
           " (write localhost:2525, 127.0.0.1:25 or [::1]:25)";
}

BOOST_AUTO_TEST_CASE(good_ones) {
    BOOST_TEST(parsed("localhost:2525") == "localhost|2525");
    BOOST_TEST(parsed("127.0.0.1:0") == "127.0.0.1|0");
    BOOST_TEST(parsed("mx-1.example.test:65535") == "mx-1.example.test|65535");
    BOOST_TEST(parsed("[::1]:25") == "::1|25");
}

BOOST_AUTO_TEST_CASE(bad_ones_say_why) {
    for (const auto& [text, why] : {std::pair{"", "the port is missing"},
                                    {"localhost", "the port is missing"},
                                    {"localhost:", "the port is missing"},
                                    {":25", "the host is missing"},
                                    {"localhost:65536", "'65536' is no port from 0 to 65535"},
                                    {"localhost:-1", "'-1' is no port from 0 to 65535"},
                                    {"localhost:25x", "'25x' is no port from 0 to 65535"},
                                    {"localhost: 25", "' 25' is no port from 0 to 65535"},
                                    {"::1:25", "an IPv6 address must stand in brackets"},
                                    {"[::1:25", "'[' without ']'"},
                                    {"[::1]", "no ':port' after ']'"},
                                    {"[::1]25", "no ':port' after ']'"},
                                    {"[localhost]:25", "between the brackets is no IPv6 address"},
                                    {"smtp//x:25", "the host has a character that no host name has"}})
        BOOST_TEST(parsed(text) == complaint(text, why));
}

BOOST_AUTO_TEST_CASE(text_and_back) {
    const net::endpoint v6{"::1", 25};
    BOOST_TEST(to_string(v6) == "[::1]:25");
    BOOST_TEST((*net::parse_endpoint("[::1]:25") == v6));
}

BOOST_AUTO_TEST_CASE(loopback) {
    for (const char* yes :
         {"127.0.0.1", "127.255.1.2", "::1", "::ffff:127.0.0.9", "localhost", "LOCALHOST.", "mail.localhost"})
        BOOST_TEST(net::is_loopback(yes), yes);
    for (const char* no : {"128.0.0.1", "10.0.0.1", "0.0.0.0", "::", "::ffff:10.0.0.1",
                           "localhost.example.com", "notlocalhost", "127.0.0.1.example.com", ""})
        BOOST_TEST(!net::is_loopback(no), no);
}

BOOST_AUTO_TEST_SUITE_END()
