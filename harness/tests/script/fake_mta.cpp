// See the header.
#include "harness/tests/script/fake_mta.hpp"

#include "net/connect.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>

namespace fake {
namespace {

net::deadline soon() {
    return net::deadline::in(std::chrono::seconds(10));
}

// Reads until so many replies have come; false: the connection is over.
net::task<bool> read_replies(net::byte_stream& stream, std::string& unread, int wanted) {
    std::array<char, 4096> room;
    while (wanted > 0) {
        const auto end = unread.find('\n');
        if (end == std::string::npos) {
            const std::span<char> into(room);
            const auto until = soon();
            const auto got = co_await stream.read_some(into, until);
            if (!got) co_return false;
            unread.append(room.data(), *got);
            continue;
        }
        if (end > 3 && unread[3] != '-') --wanted;
        unread.erase(0, end + 1);
    }
    co_return true;
}

} // namespace

net::task<void> carry_out(relay what, std::string address, std::uint16_t port) {
    const auto until = soon();
    auto stream = co_await net::connect(address, port, until);
    if (!stream) co_return;
    std::string unread;
    for (const auto& said : what) {
        if (said.octets == hang_up) {
            (*stream)->close();
            co_return;
        }
        if (said.octets == break_off) {
            (*stream)->reset();
            co_return;
        }
        if (said.octets == take_tls) {
            net::tls_options options;
            options.server_name = said.server_name;
            const auto facts = co_await (*stream)->start_tls(options, until);
            if (!facts) co_return;
            continue;
        }
        const auto sent = co_await (*stream)->write(said.octets, until);
        if (!sent) co_return;
        const bool answered = co_await read_replies(**stream, unread, said.replies);
        if (!answered) co_return;
    }
}

relay sound_relay(const std::string& recipient) {
    return {{"", 1},
            {"EHLO relay.example.test\r\n"},
            {"MAIL FROM:<t0k3n@client.mailspec.test> SIZE=100\r\n"},
            {"RCPT TO:<" + recipient + ">\r\n"},
            {"DATA\r\n"},
            {"Subject: t0k3n\r\n\r\n..dots\r\nHello.\r\n.\r\n"},
            {"QUIT\r\n"}};
}

server relaying(std::vector<relay> relays) {
    server s;
    const auto left = std::make_shared<std::vector<relay>>(std::move(relays));
    s.on_relay = [left](std::string address, std::uint16_t port) -> net::task<void> {
        if (left->empty()) co_return;
        auto next = std::move(left->front());
        left->erase(left->begin());
        co_await carry_out(std::move(next), std::move(address), port);
    };
    return s;
}

} // namespace fake
