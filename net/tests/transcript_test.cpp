// The recorder keeps each octet and each event, in order, and changes nothing.
#include "net/tests/streams.hpp"
#include "net/tls_context.hpp"
#include "net/transcript.hpp"

using namespace net_tests;
using what = net::transcript_entry::what;

BOOST_AUTO_TEST_SUITE(transcripts)

static std::string line_of(const net::transcript_entry& e) {
    static const char* const names[] = {"sent",        "received", "opened", "tls",
                                        "half-closed", "closed",   "reset",  "failed"};
    return std::to_string(e.connection) + " " + names[static_cast<int>(e.kind)] + " " + e.octets;
}

BOOST_AUTO_TEST_CASE(octets_and_events) {
    net::transcript written;
    net::run([&]() -> net::task<void> {
        auto both = co_await memory();
        auto client = net::record(std::move(both.client), written, 2);
        const std::string binary("\0\x80\xff", 3);
        const auto sent = co_await client->write(binary, soon());
        BOOST_TEST(sent.has_value());
        const auto server_saw = co_await read_text(*both.server, soon());
        BOOST_TEST(server_saw == binary);
        const auto answered = co_await both.server->write("220 hi\r\n", soon());
        BOOST_TEST(answered.has_value());
        const auto got = co_await read_text(*client, soon());
        BOOST_TEST(got == "220 hi\r\n");
        const auto late = co_await read_text(*client, shortly());
        BOOST_TEST(late == "[timeout]");
        const auto half = co_await client->shutdown_send(soon());
        BOOST_TEST(half.has_value());
        both.server->close();
        const auto end = co_await read_text(*client, soon());
        BOOST_TEST(end == "[eof]");
        client->close();
    });
    const std::vector<std::string> expected = {
        "2 opened memory:1 to memory:2",
        "2 sent " + std::string("\0\x80\xff", 3),
        "2 received 220 hi\r\n",
        "2 failed timed out",
        "2 half-closed this side sends no more",
        "2 closed the peer closed the connection",
        "2 closed closed by this side",
    };
    std::vector<std::string> lines;
    for (const auto& entry : written.entries())
        lines.push_back(line_of(entry));
    BOOST_TEST(lines == expected, boost::test_tools::per_element());
    for (std::size_t i = 1; i < written.entries().size(); ++i)
        BOOST_TEST((written.entries()[i - 1].at <= written.entries()[i].at));
}

BOOST_AUTO_TEST_CASE(plaintext_is_kept_above_tls) {
    net::transcript written;
    net::run([&]() -> net::task<void> {
        auto both = co_await tcp_pair();
        auto client = net::record(std::move(both.client), written, 1);
        co_await net::spawn_beside([&]() -> net::task<void> {
            net::tls_options options;
            options.role = net::tls_role::server;
            options.identity = *net::tls_identity::self_signed({"mail.example.test"});
            const auto up = co_await both.server->start_tls(options, soon());
            BOOST_TEST(up.has_value());
            const auto sent = co_await both.server->write("220 secret\r\n", soon());
            BOOST_TEST(sent.has_value());
        });
        const net::tls_options options;
        const auto up = co_await client->start_tls(options, soon());
        BOOST_TEST(up.has_value());
        BOOST_TEST(client->is_tls());
        const auto got = co_await read_text(*client, soon());
        BOOST_TEST(got == "220 secret\r\n");
        client->reset();
    });
    BOOST_REQUIRE(written.entries().size() == 4u);
    BOOST_TEST(line_of(written.entries()[1]).find("1 tls TLSv1.3 TLS_") == 0);
    BOOST_TEST(line_of(written.entries()[1]).find("peer CN=mail.example.test") != std::string::npos);
    BOOST_TEST(line_of(written.entries()[2]) == "1 received 220 secret\r\n");
    BOOST_TEST(line_of(written.entries()[3]) == "1 reset reset by this side");
}

BOOST_AUTO_TEST_SUITE_END()
