// Remote hosts on their sockets: the n-th connection, pipelining as it arrives, TLS, ends of both sides, and
// what an observer is told.
#include "harness/world/remote_host.hpp"
#include "harness/world/test_ca.hpp"
#include "net/connect.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

using namespace mailspec::world;

BOOST_AUTO_TEST_SUITE(remote_hosts)

namespace {

net::deadline soon() {
    return net::deadline::in(std::chrono::seconds(10));
}

// What an observer is told, as words.
struct notebook final : host_observer {
    std::string text;
    void note(const host_session& s, const char* what) {
        text += (text.empty() ? "" : " ") + s.host + std::to_string(s.number) + ":" + what;
    }
    void opened(const host_session& s) override { note(s, "opened"); }
    void received(const host_session& s, std::string_view) override { note(s, "received"); }
    void written(const host_session& s, std::string_view) override { note(s, "written"); }
    void secured(const host_session& s, const net::result<net::tls_facts>& outcome) override {
        note(s, outcome ? "secured" : "unsecured");
    }
    void requested(const host_session& s, std::string_view) override { note(s, "requested"); }
    void ended(const host_session& s, bool reset) override { note(s, reset ? "reset" : "ended"); }
    void left(const host_session& s, bool reset) override { note(s, reset ? "leaves by reset" : "leaves"); }
};

// A host `mx` with these behaviours, and connections to it.
class playground {
  public:
    explicit playground(const net::executor& on, std::vector<host_behaviour> behaviours)
        : log(std::make_shared<host_log>(on)) {
        log->observer = &told;
        const net::endpoint any{"127.0.0.1", 0};
        auto listener = net::listener::open(on, any);
        BOOST_REQUIRE(listener);
        port_ = (*listener)->local().port;
        host = remote_host::smtp(on, std::move(*listener), "mx", std::move(behaviours), log);
    }
    ~playground() { log->observer = nullptr; }

    net::task<net::stream_ptr> connect() {
        const auto until = soon();
        auto stream = co_await net::connect("127.0.0.1", port_, until);
        BOOST_REQUIRE(stream);
        co_return std::move(*stream);
    }
    // Until the host has told as much.
    net::task<void> told_of(std::string what) {
        const auto until = soon();
        while (told.text.find(what) == std::string::npos && !until.passed())
            co_await log->changed.wait(until);
        BOOST_TEST(told.text.find(what) != std::string::npos, told.text);
    }

    notebook told;
    std::shared_ptr<host_log> log;
    std::unique_ptr<remote_host> host;

  private:
    std::uint16_t port_ = 0;
};

net::task<std::string> line(net::byte_stream& stream) {
    std::string text;
    std::array<char, 1> room;
    const auto until = soon();
    while (!text.ends_with('\n')) {
        const std::span<char> into(room);
        const auto got = co_await stream.read_some(into, until);
        if (!got) co_return text + "<" + net::name_of(got.error().kind) + ">";
        text += room[0];
    }
    co_return text;
}

net::task<void> say(net::byte_stream& stream, std::string octets) {
    const auto until = soon();
    const auto sent = co_await stream.write(octets, until);
    BOOST_TEST(sent.has_value());
}

host_behaviour greeting(std::string octets, host_reply::end then = host_reply::end::stays) {
    host_behaviour b;
    b.greets_as = "mx.test";
    host_reply reply;
    reply.octets = std::move(octets);
    reply.then = then;
    b.answers["greeting"] = {std::move(reply)};
    return b;
}

template <typename Work>
void with(std::vector<host_behaviour> behaviours, Work work) {
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        playground ground(on, behaviours);
        co_await work(ground);
    });
}

} // namespace

BOOST_AUTO_TEST_CASE(the_nth_connection) {
    with({greeting("220 one\r\n"), greeting("220 two\r\n")}, [](playground& ground) -> net::task<void> {
        for (const char* wanted : {"220 one\r\n", "220 two\r\n", "220 two\r\n"}) {
            const auto stream = co_await ground.connect();
            const auto greeted = co_await line(*stream);
            BOOST_TEST(greeted == wanted);
        }
        BOOST_TEST(ground.log->sessions.size() == 3u);
        BOOST_TEST(ground.log->sessions[2].number == 3);
        BOOST_TEST(ground.log->sessions[2].order == 3u);
    });
}

// The host says nothing until it is released, reads all the while, and sees at once who gives up.
BOOST_AUTO_TEST_CASE(held_until_released) {
    host_behaviour b;
    b.script.resize(4);
    b.script[0].octets = "220 mx\r\n";
    b.script[1].kind = b.script[3].kind = host_line::what::hold;
    b.script[2].octets = "421 later\r\n";
    with({b}, [](playground& ground) -> net::task<void> {
        const auto stream = co_await ground.connect();
        (void)co_await line(*stream);
        co_await say(*stream, "NOOP\r\n");
        co_await ground.told_of("received");
        BOOST_TEST(ground.told.text == "mx1:opened mx1:written mx1:received");
        ground.log->released["mx"] = 1;
        const auto said = co_await line(*stream);
        BOOST_TEST(said == "421 later\r\n");
        stream->close();
        co_await ground.told_of("ended");
        BOOST_TEST(ground.log->released["mx"] == 0u);
    });
}

// Sent in two writes, the second before the first was answered: the host looks before it answers.
BOOST_AUTO_TEST_CASE(pipelining_over_two_segments) {
    auto slow = greeting("220 mx\r\n");
    slow.delay = std::chrono::milliseconds(20);
    with({slow}, [](playground& ground) -> net::task<void> {
        const auto stream = co_await ground.connect();
        (void)co_await line(*stream);
        co_await say(*stream, "NOOP\r\n");
        co_await say(*stream, "NOOP\r\n");
        (void)co_await line(*stream);
        (void)co_await line(*stream);
        co_await say(*stream, "NOOP\r\n");
        (void)co_await line(*stream);
        const auto& commands = ground.log->sessions.at(0).commands;
        BOOST_REQUIRE_EQUAL(commands.size(), 3u);
        BOOST_TEST(!commands[0].ahead);
        BOOST_TEST(commands[1].ahead);
        BOOST_TEST(!commands[2].ahead);
    });
}

BOOST_AUTO_TEST_CASE(ends) {
    with({greeting("421 bye\r\n", host_reply::end::closes), greeting("220 x\r\n", host_reply::end::resets),
          greeting("220 mx\r\n")},
         [](playground& ground) -> net::task<void> {
             auto closed = co_await ground.connect();
             const auto said = co_await line(*closed);
             BOOST_TEST(said == "421 bye\r\n");
             const auto over = co_await line(*closed);
             BOOST_TEST(over == "<eof>");
             co_await say(*closed, "QUIT\r\n"); // the host still hears it
             closed.reset();
             co_await ground.told_of("mx1:leaves mx1:received");

             const auto reset = co_await ground.connect();
             co_await ground.told_of("mx2:leaves by reset");

             auto quits = co_await ground.connect();
             (void)co_await line(*quits);
             quits->close();
             co_await ground.told_of("mx3:ended");
             auto breaks = co_await ground.connect();
             (void)co_await line(*breaks);
             breaks->reset();
             co_await ground.told_of("mx4:reset");
             using end = host_session::end;
             BOOST_TEST((ground.log->sessions[0].ended == end::quit));
             BOOST_TEST((ground.log->sessions[1].ended == end::reset));
             BOOST_TEST((ground.log->sessions[2].ended == end::eof));
             BOOST_TEST((ground.log->sessions[3].ended == end::reset));
         });
}

BOOST_AUTO_TEST_CASE(tls_with_a_certificate_and_without_success) {
    const auto ca = test_ca::make();
    BOOST_REQUIRE(ca);
    auto secure = greeting("220 mx\r\n");
    secure.starttls = true;
    const auto identity = (*ca)->identity(certificate_kind::valid, {"mx.test"});
    BOOST_REQUIRE(identity);
    secure.identity = *identity;
    secure.most_tls = net::tls_version::tls1_2;
    auto broken = secure;
    broken.broken_tls = true;
    with({secure, broken}, [](playground& ground) -> net::task<void> {
        for (const bool works : {true, false}) {
            const auto stream = co_await ground.connect();
            (void)co_await line(*stream);
            co_await say(*stream, "STARTTLS\r\n");
            const auto agreed = co_await line(*stream);
            BOOST_TEST(agreed.starts_with("220"));
            net::tls_options options;
            options.server_name = "mx.test";
            const auto until = soon();
            const auto facts = co_await stream->start_tls(options, until);
            BOOST_TEST(facts.has_value() == works);
            if (facts) BOOST_TEST(facts->version == "TLSv1.2");
            const std::string told = works ? "mx1:secured" : "mx2:unsecured";
            co_await ground.told_of(told);
        }
        BOOST_TEST(ground.log->sessions[0].tls->server_name == "mx.test");
        BOOST_TEST(ground.log->sessions[1].tls_failed);
    });
}

BOOST_AUTO_TEST_CASE(a_flood_of_connections_is_reset) {
    with({greeting("220 mx\r\n")}, [](playground& ground) -> net::task<void> {
        ground.log->sessions.resize(host_log::most_sessions - 1);
        const auto last = co_await ground.connect();
        const auto greeted = co_await line(*last);
        BOOST_TEST(greeted == "220 mx\r\n");
        const auto beyond = co_await ground.connect();
        const auto refused = co_await line(*beyond);
        BOOST_TEST(refused == "<reset>");
        BOOST_TEST(ground.log->sessions.size() == host_log::most_sessions);
    });
}

BOOST_AUTO_TEST_CASE(closing_ends_every_connection) {
    with({greeting("220 mx\r\n")}, [](playground& ground) -> net::task<void> {
        const auto stream = co_await ground.connect();
        (void)co_await line(*stream);
        ground.host->close();
        const auto over = co_await line(*stream);
        BOOST_TEST(over == "<eof>");
        BOOST_TEST(ground.told.text == "mx1:opened mx1:written"); // that was us, not the peer
    });
}

BOOST_AUTO_TEST_CASE(a_policy_host_is_told_apart_from_the_first_moment) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const auto log = std::make_shared<host_log>(on);
        const net::endpoint any{"127.0.0.1", 0};
        auto listener = net::listener::open(on, any);
        BOOST_REQUIRE(listener);
        const auto port = (*listener)->local().port;
        remote_host::service how = [](net::byte_stream& stream, host_session&,
                                      std::size_t) -> net::task<void> {
            stream.close();
            co_return;
        };
        const auto host = remote_host::policy(on, std::move(*listener), "mta-sts", std::move(how), log);
        struct : host_observer {
            bool seen = false, policy = false;
            void opened(const host_session& s) override { seen = true, policy = s.policy; }
            void received(const host_session&, std::string_view) override {}
            void written(const host_session&, std::string_view) override {}
            void secured(const host_session&, const net::result<net::tls_facts>&) override {}
            void requested(const host_session&, std::string_view) override {}
            void ended(const host_session&, bool) override {}
            void left(const host_session&, bool) override {}
        } told;
        log->observer = &told;
        const auto until = soon();
        auto stream = co_await net::connect("127.0.0.1", port, until);
        BOOST_REQUIRE(stream);
        std::array<char, 1> octet;
        const std::span<char> room(octet);
        const auto end = co_await (*stream)->read_some(room, until);
        BOOST_TEST(!end.has_value());
        BOOST_TEST(told.seen);
        BOOST_TEST(told.policy);
        log->observer = nullptr;
    });
}

BOOST_AUTO_TEST_SUITE_END()
