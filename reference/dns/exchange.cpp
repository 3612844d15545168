// One question and its answer; see the header.
#include "reference/dns/exchange.hpp"

#include "net/connect.hpp"

#include <fmt/core.h>

#include <arpa/inet.h>
#include <random>

namespace refmail::dns {
namespace {

// Who sends more than this is guessing ids (RFC 5452 §9.3): better no answer than one of theirs.
constexpr int most_strangers = 100;

// RFC 5452 §9.2: not to be guessed.
std::uint16_t random_id() {
    std::random_device random;
    return static_cast<std::uint16_t>(random());
}

// "::1" and "0:0::1" are one.
std::string in_one_form(const std::string& address) {
    in6_addr six{};
    char text[INET6_ADDRSTRLEN] = "";
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
    return ::inet_ntop(AF_INET6, &six, text, sizeof text) ? text : address;
}

bool is_answered(const response& got) {
    const bool known = got.answer.what != answer::kind::unavailable || !got.next.empty();
    return got.what == response::kind::complete && known;
}

net::task<net::result<std::string>> read_exactly(net::byte_stream& from, std::size_t size,
                                                 net::deadline until) {
    std::string octets(size, '\0');
    for (std::size_t have = 0; have < size;) {
        const std::span<char> room(octets.data() + have, size - have);
        const auto got = co_await from.read_some(room, until);
        if (!got) co_return std::unexpected(got.error());
        have += *got;
    }
    co_return octets;
}

} // namespace

exchange::exchange(const boost::asio::any_io_executor& on, const stub_settings& how, std::string name,
                   record_type type)
    : executor_(on)
    , how_(how) {
    question_ = {random_id(), std::move(name), type, true, how.dnssec};
}

net::task<response> exchange::run() {
    const auto end = net::deadline::in(how_.longest);
    std::vector<bool> gave_up(how_.servers.size(), false);
    response last;
    last.what = response::kind::complete;
    last.answer.name = question_.name;
    last.answer.why = "no name server is known";
    for (const auto round : how_.rounds) {
        for (std::size_t i = 0; i < how_.servers.size(); ++i) {
            if (gave_up[i] || end.passed()) continue;
            const auto until = net::deadline::in(round).earlier(end);
            auto got = co_await ask(how_.servers[i], until);
            const bool silent = got.what != response::kind::complete;
            if (is_answered(got)) co_return got;
            // A server that says that it cannot will not be able a second later; one that is silent may
            // not have heard us.
            gave_up[i] = !silent;
            got.what = response::kind::complete;
            last = std::move(got);
        }
    }
    co_return last;
}

net::task<response> exchange::ask(const net::endpoint& server, net::deadline until) {
    auto got = co_await ask_over_udp(server, until);
    if (got.what == response::kind::no_edns && !how_.dnssec) {
        // RFC 6891 §6.2.2, §7: once more as in the old days.
        question_.edns = false;
        got = co_await ask_over_udp(server, until);
    }
    // RFC 7766 §5. TCP gets a time of its own: the answer is there, it is only large.
    if (got.what == response::kind::truncated) {
        const auto longer = net::deadline::in(how_.rounds.back());
        got = co_await ask_over_tcp(server, longer);
    }
    if (got.what == response::kind::no_edns) {
        got.what = response::kind::complete;
        got.answer.what = answer::kind::unavailable;
    }
    if (got.what == response::kind::complete && !is_answered(got))
        got.answer.why += fmt::format(" ({})", net::to_string(server));
    co_return got;
}

response exchange::failed(const net::endpoint& server, std::string_view why) const {
    response made; // foreign: the server is not given up
    made.answer.name = question_.name;
    made.answer.why = fmt::format("no answer about {} {} from {}: {}", question_.name,
                                  type_name(question_.type), net::to_string(server), why);
    return made;
}

// One socket a question and address family: its port is as random as its id (RFC 5452 §4.5).
net::datagram_socket* exchange::socket_towards(const net::endpoint& server) {
    const bool is_ipv6 = server.host.find(':') != std::string::npos;
    auto& socket = is_ipv6 ? ipv6_ : ipv4_;
    if (!socket) {
        const net::endpoint any{is_ipv6 ? "::" : "0.0.0.0", 0};
        if (auto opened = net::datagram_socket::open(executor_, any)) socket = std::move(*opened);
    }
    return socket.get();
}

net::task<response> exchange::ask_over_udp(const net::endpoint& server, net::deadline until) {
    auto* socket = socket_towards(server);
    if (!socket) co_return failed(server, "no socket could be opened");
    auto wire = write_question(question_);
    const auto sent = co_await socket->send(std::move(wire), server);
    if (!sent) co_return failed(server, sent.error().text);
    std::string why = "timeout";
    for (;;) {
        auto got = co_await socket->receive(until);
        if (!got && got.error().kind == net::failure::timeout) co_return failed(server, why);
        if (!got) co_return failed(server, got.error().text);
        response read;
        if (in_one_form(got->peer.host) == in_one_form(server.host) && got->peer.port == server.port) {
            read = read_response(got->octets, question_);
            why = "what came was no answer to it";
        }
        if (read.what != response::kind::foreign) co_return read;
        if (++strangers_ > most_strangers) co_return failed(server, "too much that is no answer came");
    }
}

net::task<response> exchange::ask_over_tcp(const net::endpoint& server, net::deadline until) {
    auto opened = co_await net::connect(server.host, server.port, until);
    if (!opened) co_return failed(server, "TCP: " + opened.error().text);
    net::byte_stream& stream = **opened;
    // RFC 1035 §4.2.2: two octets of length in front. RFC 7766 §8: in one write.
    const std::string wire = write_question(question_);
    const std::string framed =
        std::string{static_cast<char>(wire.size() >> 8), static_cast<char>(wire.size() & 0xff)} + wire;
    const auto written = co_await stream.write(framed, until);
    if (!written) co_return failed(server, "TCP: " + written.error().text);
    const auto length = co_await read_exactly(stream, 2, until);
    if (!length) co_return failed(server, "TCP: " + length.error().text);
    const std::size_t size =
        static_cast<std::uint8_t>((*length)[0]) * 256u + static_cast<std::uint8_t>((*length)[1]);
    const auto octets = co_await read_exactly(stream, size, until);
    if (!octets) co_return failed(server, "TCP: " + octets.error().text);
    auto read = read_response(*octets, question_);
    if (read.what == response::kind::foreign) co_return failed(server, "TCP: what came was no answer to it");
    if (read.what == response::kind::truncated) co_return failed(server, "TCP: truncated there, too");
    co_return read;
}

} // namespace refmail::dns
