// Compression of a stream: both directions, from a given moment on, and what a peer may do wrong.
#include "net/deflate_stream.hpp"
#include "net/tests/streams.hpp"

#include <zlib.h>

using namespace net_tests;

namespace {

net::task<pair> compressed_pair() {
    auto both = co_await memory();
    both.client = net::deflate(std::move(both.client));
    both.server = net::deflate(std::move(both.server));
    co_return both;
}

// The text as zlib's own one-shot interface compresses it, ended by a final block or not.
std::string compressed(const std::string& text, int flush) {
    z_stream z{};
    BOOST_REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(text.size() + 1000, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    ::deflate(&z, flush);
    out.resize(out.size() - z.avail_out);
    deflateEnd(&z);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(deflate_stream)

BOOST_AUTO_TEST_CASE(what_is_written_can_be_read_at_once) {
    net::run([]() -> net::task<void> {
        auto both = co_await compressed_pair();
        const std::string text("a1 NOOP\r\n\0\xff", 11);
        for (int turn = 0; turn < 3; ++turn) {
            const auto there = co_await both.client->write(text, soon());
            BOOST_TEST(there.has_value());
            const auto got = co_await read_text(*both.server, soon());
            BOOST_TEST(got == text);
            const auto back = co_await both.server->write("a1 OK done\r\n", soon());
            BOOST_TEST(back.has_value());
            const auto answer = co_await read_text(*both.client, soon());
            BOOST_TEST(answer == "a1 OK done\r\n");
        }
    });
}

BOOST_AUTO_TEST_CASE(fewer_octets_pass_than_are_meant) {
    net::run([]() -> net::task<void> {
        auto both = co_await memory();
        both.client = net::deflate(std::move(both.client));
        const std::string text(3000, 'x');
        const auto written = co_await both.client->write(text, soon());
        BOOST_TEST(written.has_value());
        const auto wire = co_await read_text(*both.server, soon());
        BOOST_TEST(wire.size() < 100u);
        BOOST_TEST(wire == compressed(text, Z_SYNC_FLUSH));
    });
}

BOOST_AUTO_TEST_CASE(a_large_text_arrives_whole) {
    net::run([]() -> net::task<void> {
        auto both = co_await compressed_pair();
        std::string text;
        for (unsigned i = 0; text.size() < 300000; ++i)
            text += std::to_string(i * 2654435761u);
        const auto written = co_await both.client->write(text, soon());
        BOOST_TEST(written.has_value());
        std::string got;
        while (got.size() < text.size()) {
            const auto piece = co_await read_text(*both.server, soon());
            BOOST_REQUIRE(piece != "[timeout]");
            got += piece;
        }
        BOOST_TEST(bool(got == text));
    });
}

BOOST_AUTO_TEST_CASE(octets_read_before_it_began_are_inflated_first) {
    net::run([]() -> net::task<void> {
        auto both = co_await memory();
        auto early = compressed("* 1 EXISTS\r\n", Z_SYNC_FLUSH);
        auto reader = net::deflate(std::move(both.client), std::move(early));
        const auto got = co_await read_text(*reader, soon());
        BOOST_TEST(got == "* 1 EXISTS\r\n");
        const auto none = co_await read_text(*reader, shortly());
        BOOST_TEST(none == "[timeout]");
    });
}

BOOST_AUTO_TEST_CASE(a_bomb_comes_in_pieces_of_the_size_asked_for) {
    net::run([]() -> net::task<void> {
        auto both = co_await memory();
        const auto bomb = compressed(std::string(10 << 20, '\0'), Z_SYNC_FLUSH);
        BOOST_TEST(bomb.size() < 20000u);
        auto reader = net::deflate(std::move(both.client), bomb);
        const auto got = co_await read_text(*reader, soon());
        BOOST_TEST(got.size() == 4096u);
    });
}

BOOST_AUTO_TEST_CASE(what_is_no_deflate_is_a_failure_that_says_so) {
    net::run([]() -> net::task<void> {
        auto both = co_await memory();
        auto reader = net::deflate(std::move(both.client));
        const auto sent = co_await both.server->write("\xff\xff a1 OK plain text\r\n", soon());
        BOOST_TEST(sent.has_value());
        char room[100];
        const auto got = co_await reader->read_some(room, soon());
        BOOST_REQUIRE(!got);
        BOOST_TEST(int(got.error().kind) == int(net::failure::other));
        BOOST_TEST(got.error().text == "what came is not compressed by DEFLATE: invalid block type");
    });
}

BOOST_AUTO_TEST_CASE(a_final_block_ends_the_stream) {
    net::run([]() -> net::task<void> {
        auto both = co_await memory();
        auto reader = net::deflate(std::move(both.client), compressed("bye", Z_FINISH));
        const auto last = co_await read_text(*reader, soon());
        const auto end = co_await read_text(*reader, soon());
        BOOST_TEST(last == "bye");
        BOOST_TEST(end == "[eof]");
    });
}

BOOST_AUTO_TEST_CASE(no_tls_begins_below_compression) {
    net::run([]() -> net::task<void> {
        auto both = co_await compressed_pair();
        const net::tls_options any;
        const auto facts = co_await both.client->start_tls(any, soon());
        BOOST_REQUIRE(!facts);
        BOOST_TEST(facts.error().text == "TLS cannot be started on a connection that is compressed");
    });
}

BOOST_AUTO_TEST_SUITE_END()
