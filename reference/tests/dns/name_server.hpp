// A name server on the loopback that says what a test wants, over UDP and TCP, and counts what it was asked.
#pragma once
#include "net/connect.hpp"
#include "net/datagram.hpp"
#include "net/listener.hpp"
#include "net/run.hpp"
#include "reference/dns/stub.hpp"
#include "reference/tests/dns/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/core.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace name_servers {

using namespace refmail::dns;

struct asked {
    std::string octets; // the whole query
    int id = 0;
    std::string name; // "example.test"
    int type = 0;
    bool over_tcp = false, edns = false, dnssec = false;
    int number = 0; // of all that came, from 0
    std::uint16_t from_port = 0;

    wire::reply reply() const {
        wire::reply r;
        r.id = id;
        r.question = name;
        r.type = type;
        return r;
    }
};

inline asked read_query(const std::string& octets) {
    asked q;
    q.octets = octets;
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(octets.at(i)); };
    q.id = octet(0) << 8 | octet(1);
    BOOST_TEST(octet(2) == 0x01); // a standard query, recursion desired
    std::size_t at = 12;
    for (; octet(at) != 0; at += octet(at) + 1u)
        q.name += (q.name.empty() ? "" : ".") + octets.substr(at + 1, octet(at));
    q.type = octet(at + 1) << 8 | octet(at + 2);
    at += 5;
    q.edns = octet(11) == 1;
    q.dnssec = q.edns && (octet(at + 7) & 0x80);
    return q;
}

// What is sent back: none (silence), one or several datagrams; over TCP the first, with its length.
using answering = std::function<std::vector<std::string>(const asked&)>;

class name_server {
  public:
    name_server(net::loop& loop, answering answer, bool tcp = true)
        : loop_(loop)
        , answer_(std::move(answer)) {
        for (int tries = 0; !udp_ && tries < 50; ++tries) {
            auto socket = net::datagram_socket::open(loop.executor(), {"127.0.0.1", 0});
            BOOST_REQUIRE(socket.has_value());
            at_ = (*socket)->local();
            if (tcp) {
                auto listener = net::listener::open(loop.executor(), at_);
                if (!listener) continue; // somebody has that port for TCP
                tcp_ = std::move(*listener);
            }
            udp_ = std::move(*socket);
        }
        BOOST_REQUIRE(udp_ != nullptr);
        loop.spawn([this] { return serve_udp(); });
        if (tcp_) loop.spawn([this] { return serve_tcp(); });
    }

    const net::endpoint& at() const { return at_; }
    std::vector<asked> questions;
    std::unique_ptr<net::datagram_socket> stranger; // sends from another port than ours

    void close() {
        udp_->close();
        if (tcp_) tcp_->close();
    }

  private:
    std::vector<std::string> take(asked q, bool over_tcp, std::uint16_t port) {
        q.over_tcp = over_tcp;
        q.number = static_cast<int>(questions.size());
        q.from_port = port;
        questions.push_back(q);
        return answer_(q);
    }
    net::task<void> serve_udp() {
        for (;;) {
            const auto got = co_await udp_->receive(net::deadline::never());
            if (!got) co_return;
            const auto replies = take(read_query(got->octets), false, got->peer.port);
            for (const auto& one : replies) {
                auto* from = one.starts_with("stranger:") ? stranger.get() : udp_.get();
                const std::string octets = one.starts_with("stranger:") ? one.substr(9) : one;
                const auto sent = co_await from->send(octets, got->peer);
                if (!sent) co_return; // closed: the test is over
            }
        }
    }
    net::task<void> serve_tcp() {
        for (;;) {
            auto client = co_await tcp_->accept(net::deadline::never());
            if (!client) co_return;
            net::byte_stream& stream = **client;
            std::string query;
            std::vector<char> room(512);
            while (query.size() < 2 || query.size() < 2u + static_cast<unsigned char>(query[0]) * 256u +
                                                          static_cast<unsigned char>(query[1])) {
                const auto got = co_await stream.read_some(room, net::deadline::in(std::chrono::seconds(5)));
                if (!got) break;
                query.append(room.data(), *got);
            }
            const auto replies = take(read_query(query.substr(2)), true, 0);
            if (replies.empty()) continue; // closed without a word
            const std::string framed = wire::number(static_cast<unsigned>(replies[0].size()), 2) + replies[0];
            const auto written = co_await stream.write(framed, net::deadline::in(std::chrono::seconds(5)));
            BOOST_TEST(written.has_value());
        }
    }

    net::loop& loop_;
    answering answer_;
    net::endpoint at_;
    std::unique_ptr<net::datagram_socket> udp_;
    std::unique_ptr<net::listener> tcp_;
};

// Short waits: a test that waits for silence waits for all of them.
inline stub_settings asking(std::vector<net::endpoint> servers) {
    stub_settings how;
    how.servers = std::move(servers);
    const std::chrono::milliseconds tenth(100);
    how.rounds = {tenth, tenth, tenth};
    return how;
}

} // namespace name_servers
