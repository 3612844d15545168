// The sockets of the DNS of a run; what they say is dns_answering's. See the header.
#include "harness/world/dns_server.hpp"

#include "net/datagram.hpp"
#include "net/run.hpp"

#include <fmt/core.h>

#include <map>

namespace mailspec::world {
namespace {

constexpr auto idle_limit = std::chrono::seconds(30); // of a TCP connection, RFC 7766 §6.2.3: some seconds
constexpr int most_connections = 200;
constexpr auto before_next_try = std::chrono::milliseconds(10); // where a socket fails, so as not to spin

class zone_in_service;

} // namespace

struct dns_server::impl : std::enable_shared_from_this<dns_server::impl> {
    explicit impl(const net::executor& on)
        : executor(on) {}

    net::executor executor;
    std::unique_ptr<net::datagram_socket> udp;
    std::unique_ptr<net::listener> tcp;
    dns_answering answers;
    std::map<int, zone_in_service*> served;
    std::function<void(const dns_question&, const std::string&)> watcher;
    int connections = 0;
    bool closed = false;

    void note(dns_reply& reply, const std::string& peer);
    net::task<void> serve_datagrams();
    net::task<void> send_later(dns_reply reply, net::endpoint to);
    net::task<void> accept_connections();
    net::task<void> serve_connection(net::stream_ptr stream);
};

namespace {

class zone_in_service final : public served_zone {
  public:
    zone_in_service(const std::shared_ptr<dns_server::impl>& of, int number,
                    std::function<void(const dns_question&)> each)
        : each_(std::move(each))
        , changed_(of->executor)
        , of_(of)
        , number_(number) {}
    ~zone_in_service() override {
        if (auto still = of_.lock()) {
            still->served.erase(number_);
            still->answers.remove(number_);
        }
    }
    const std::vector<dns_question>& asked() const override { return asked_; }
    net::event& changed() override { return changed_; }
    void add(const dns_question& q) {
        asked_.push_back(q);
        if (each_) each_(q);
        changed_.notify();
    }

  private:
    std::function<void(const dns_question&)> each_;
    std::vector<dns_question> asked_;
    net::event changed_;
    std::weak_ptr<dns_server::impl> of_;
    int number_;
};

// Exactly `into.size()` octets.
net::task<bool> read_all(net::byte_stream& from, std::span<char> into) {
    const auto until = net::deadline::in(idle_limit);
    while (!into.empty()) {
        const auto got = co_await from.read_some(into, until);
        if (!got) co_return false;
        into = into.subspan(*got);
    }
    co_return true;
}

// RFC 1035 §4.2.2: over TCP two octets of length stand before each message.
std::string framed(const std::string& message) {
    std::string out;
    out += static_cast<char>(message.size() >> 8);
    out += static_cast<char>(message.size() & 0xff);
    return out + message;
}

} // namespace

void dns_server::impl::note(dns_reply& reply, const std::string& peer) {
    if (!reply.asked) return;
    reply.asked->at = std::chrono::steady_clock::now();
    if (watcher) watcher(*reply.asked, peer);
    const auto owner = served.find(reply.zone);
    if (owner != served.end()) owner->second->add(*reply.asked);
}

net::task<void> dns_server::impl::serve_datagrams() {
    const auto keep = shared_from_this();
    while (!closed) {
        auto got = co_await udp->receive(net::deadline::never());
        if (!got) {
            if (closed || got.error().kind == net::failure::closed) co_return;
            const auto soon = net::deadline::in(before_next_try);
            co_await net::sleep_until(soon);
            continue;
        }
        auto reply = answers.answer(got->octets, false);
        note(reply, to_string(got->peer));
        const auto to = got->peer;
        if (reply.delay.count() == 0) {
            for (auto& message : reply.messages)
                co_await udp->send(std::move(message), to);
            continue;
        }
        auto later = std::make_shared<dns_reply>(std::move(reply));
        net::spawn_on(executor, [keep, later, to] { return keep->send_later(std::move(*later), to); });
    }
}

net::task<void> dns_server::impl::send_later(dns_reply reply, net::endpoint to) {
    const auto keep = shared_from_this();
    co_await net::sleep_until(net::deadline::in(reply.delay));
    for (auto& message : reply.messages)
        if (!closed) co_await udp->send(std::move(message), to);
}

net::task<void> dns_server::impl::accept_connections() {
    const auto keep = shared_from_this();
    while (!closed) {
        auto accepted = co_await tcp->accept(net::deadline::never());
        if (!accepted) {
            if (closed || accepted.error().kind == net::failure::closed) co_return;
            // Out of descriptors, say: not a reason to spin.
            const auto soon = net::deadline::in(before_next_try);
            co_await net::sleep_until(soon);
            continue;
        }
        if (connections >= most_connections) continue; // closes it
        auto stream = std::make_shared<net::stream_ptr>(std::move(*accepted));
        net::spawn_on(executor, [keep, stream] { return keep->serve_connection(std::move(*stream)); });
    }
}

// RFC 7766 §6.2.1: several questions may come on one connection.
net::task<void> dns_server::impl::serve_connection(net::stream_ptr stream) {
    const auto keep = shared_from_this();
    struct counted {
        int& n;
        explicit counted(int& all)
            : n(all) {
            ++n;
        }
        ~counted() { --n; }
    };
    const counted self(connections);
    const auto peer = stream->peer_address();
    while (!closed) {
        unsigned char size[2];
        const std::span<char> size_room(reinterpret_cast<char*>(size), 2);
        const bool has_size = co_await read_all(*stream, size_room);
        if (!has_size) co_return;
        std::string question(static_cast<std::size_t>(size[0] << 8 | size[1]), '\0');
        const std::span<char> room(question.data(), question.size());
        const bool whole = co_await read_all(*stream, room);
        if (!whole || closed) co_return;
        auto reply = answers.answer(question, true);
        note(reply, peer);
        // What is no query at all came from no resolver.
        const bool ends = reply.closes || (!reply.asked && reply.messages.empty());
        if (ends) co_return;
        if (reply.delay.count() > 0) co_await net::sleep_until(net::deadline::in(reply.delay));
        std::string octets;
        for (const auto& message : reply.messages)
            octets += framed(message);
        const auto until = net::deadline::in(idle_limit);
        const auto written = co_await stream->write(octets, until);
        if (!written) co_return;
    }
}

namespace {

std::string listen_advice(const net::endpoint& at, const std::string& why) {
    if (why.ends_with("Permission denied"))
        return fmt::format("{}: ports below 1024 need root (or CAP_NET_BIND_SERVICE)", why);
    if (why.ends_with("Address already in use"))
        return fmt::format("{}: another DNS server has {}; stop it or choose another address "
                           "of 127.0.0.0/8",
                           why, to_string(at));
    return why;
}

} // namespace

dns_server::dns_server(std::shared_ptr<impl> made)
    : impl_(std::move(made)) {}

dns_server::~dns_server() {
    impl_->closed = true;
    impl_->udp->close();
    impl_->tcp->close();
}

std::expected<std::unique_ptr<dns_server>, std::string> dns_server::open(const net::executor& on,
                                                                         net::endpoint at) {
    auto made = std::make_shared<impl>(on);
    // Port 0: one that is free for UDP may be taken for TCP; then another one is drawn.
    for (int tries = 0;; ++tries) {
        auto udp = net::datagram_socket::open(on, at);
        if (!udp) return std::unexpected(listen_advice(at, udp.error().text));
        auto tcp = net::listener::open(on, (*udp)->local());
        if (!tcp && at.port == 0 && tries < 16) continue;
        if (!tcp) return std::unexpected(listen_advice(at, tcp.error().text));
        made->udp = std::move(*udp);
        made->tcp = std::move(*tcp);
        break;
    }
    net::spawn_on(on, [made] { return made->serve_datagrams(); });
    net::spawn_on(on, [made] { return made->accept_connections(); });
    return std::unique_ptr<dns_server>(new dns_server(made));
}

net::endpoint dns_server::local() const {
    return impl_->udp->local();
}

std::unique_ptr<served_zone> dns_server::serve(std::shared_ptr<const dns_zone> zone,
                                               std::function<void(const dns_question&)> each) {
    const int number = impl_->answers.add(std::move(zone));
    auto made = std::make_unique<zone_in_service>(impl_, number, std::move(each));
    impl_->served[number] = made.get();
    return made;
}

void dns_server::watch(std::function<void(const dns_question&, const std::string& peer)> each) {
    impl_->watcher = std::move(each);
}

} // namespace mailspec::world
