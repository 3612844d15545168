// A small host; see the header.
#include "reference/tests/daemon/host_at_hand.hpp"

#include "net/event.hpp"
#include "net/run.hpp"

#include <array>
#include <stdexcept>

namespace test {

namespace {

// Takes what a host says of its own time limits: none.
const auto forever = net::deadline::never();

std::string verb_of(const std::string& line) {
    std::string verb = line.substr(0, line.find_first_of(" \r"));
    for (char& c : verb)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return verb;
}

} // namespace

host_at_hand::host_at_hand(const boost::asio::any_io_executor& on, host_manners manners,
                           const std::string& address, std::uint16_t port)
    : manners_(std::move(manners)) {
    const net::endpoint at{address, port};
    auto opened = net::listener::open(on, at);
    if (!opened) throw std::runtime_error(opened.error().text);
    listener_ = std::move(*opened);
}

host_at_hand::~host_at_hand() = default;

std::uint16_t host_at_hand::port() const {
    return listener_->local().port;
}

void host_at_hand::stop() {
    listener_->close();
}

net::task<void> host_at_hand::serve() {
    for (;;) {
        auto accepted = co_await listener_->accept(forever);
        if (!accepted) co_return;
        connections_.push_back(std::make_unique<heard>());
        auto* into = connections_.back().get();
        auto stream = std::make_shared<net::stream_ptr>(std::move(*accepted));
        std::function<net::task<void>()> work = [this, stream, into]() {
            return talk(std::move(*stream), *into);
        };
        co_await net::spawn_beside(std::move(work));
    }
}

std::string host_at_hand::reply_to(const std::string& verb, bool tls) const {
    if (const auto told = manners_.replies.find(verb); told != manners_.replies.end()) return told->second;
    if (verb == "EHLO" || verb == "LHLO") {
        std::string reply = "250-mx.test\r\n";
        for (const auto& word : manners_.keywords)
            reply += "250-" + word + "\r\n";
        if (!tls && (manners_.identity || manners_.broken_tls)) reply += "250-STARTTLS\r\n";
        return reply + "250 HELP\r\n";
    }
    if (verb == "DATA") return "354 go ahead\r\n";
    if (verb == "STARTTLS") return "220 go ahead\r\n";
    if (verb == "QUIT") return "221 bye\r\n";
    return "250 2.0.0 OK\r\n";
}

net::task<void> host_at_hand::talk(net::stream_ptr stream, heard& into) {
    const auto hangs_up = [this](const std::string& at) {
        return manners_.hang_up_at == at && hung_up_ < manners_.hang_up_times && ++hung_up_ > 0;
    };
    if (hangs_up("greeting")) co_return;
    if (manners_.silent_at != "greeting") co_await stream->write(manners_.greeting, forever);
    std::string buffer;
    bool in_data = false;
    std::array<char, 4096> room;
    for (;;) {
        const auto end = buffer.find("\r\n");
        if (end == std::string::npos) {
            const auto got = co_await stream->read_some(room, forever);
            if (!got) co_return;
            buffer.append(room.data(), *got);
            continue;
        }
        const std::string line = buffer.substr(0, end);
        buffer.erase(0, end + 2);
        into.lines.push_back(line);
        if (in_data && line != ".") continue;
        const std::string verb = in_data ? "." : verb_of(line);
        in_data = false;
        if (hangs_up(verb)) co_return;
        if (manners_.silent_at == verb) continue;
        const auto reply = reply_to(verb, stream->is_tls());
        const auto written = co_await stream->write(reply, forever);
        if (!written) co_return;
        in_data = verb == "DATA" && reply.starts_with('3');
        if (verb == "QUIT") co_return;
        if (verb == "STARTTLS" && reply.starts_with("220")) {
            if (manners_.broken_tls) {
                const std::string nonsense = "this is no TLS record\r\n";
                co_await stream->write(nonsense, forever);
                co_return;
            }
            net::tls_options options;
            options.role = net::tls_role::server;
            options.identity = manners_.identity;
            const auto facts = co_await stream->start_tls(options, forever);
            if (!facts) co_return;
            into.lines.push_back("+tls " + facts->server_name);
        }
    }
}

std::string host_at_hand::all() const {
    std::string out;
    for (const auto& one : connections_) {
        if (one != connections_.front()) out += " / ";
        for (std::size_t i = 0; i < one->lines.size(); ++i)
            out += (i ? "|" : "") + one->lines[i];
    }
    return out;
}

} // namespace test
