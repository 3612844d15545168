// A connection to the server under test; see server_connection.hpp.
#include "harness/script/server_connection.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <array>

namespace mailspec::script {
namespace {

// Between pieces of a large message we look whether the server talks: one that refuses early must not
// wait for us to read while we wait for it to read.
constexpr std::size_t write_piece = 64 * 1024;

std::string describe(const net::tls_facts& facts) {
    auto line = fmt::format("{} {}", facts.version, facts.cipher);
    if (!facts.alpn.empty()) line += ", ALPN " + facts.alpn;
    return line;
}

} // namespace

server_connection::server_connection(net::stream_ptr stream, case_outcome& into, int number, int stream_index,
                                     std::string service, bool plain, std::chrono::milliseconds patience,
                                     limits most)
    : stream_(std::move(stream))
    , into_(into)
    , number_(number)
    , stream_index_(stream_index)
    , service_(std::move(service))
    , plain_(plain)
    , patience_(patience)
    , most_(most)
    , dialect_(dialect_of(service_)) {
    write_down(entry::opened, fmt::format("{} at {}", service_, stream_->peer_address()));
}

server_connection::~server_connection() {
    into_.rules_judged |= dialect_->rules_judged();
}

void server_connection::write_down(entry kind, std::string text) {
    into_.conversation.add(kind, number_, std::move(text));
}

net::task<void> server_connection::flush(net::deadline limit) {
    const auto octets = std::exchange(unsent_, {});
    std::string_view rest = octets;
    while (!rest.empty() && write_failure_.empty()) {
        const auto piece = rest.substr(0, write_piece);
        rest.remove_prefix(piece.size());
        write_down(entry::sent, std::string(piece));
        dialect_->sent(piece);
        const auto until = net::deadline::in(patience_).earlier(limit);
        const auto sent = co_await stream_->write(piece, until);
        if (!sent) {
            write_failure_ =
                sent.error().kind == net::failure::timeout ? "the server stopped reading" : sent.error().text;
            write_down(entry::failed, write_failure_);
        } else if (!rest.empty() && !ended_) {
            const auto now = net::deadline::no_wait();
            co_await read_more(now);
            timed_out_ = false;
        }
    }
}

net::task<void> server_connection::read_more(net::deadline until) {
    std::array<char, 8192> room;
    const std::span<char> into(room);
    const auto got = co_await stream_->read_some(into, until);
    if (got) {
        unread_.append(room.data(), *got);
        received_ += *got;
        write_down(entry::received, std::string(room.data(), *got));
        co_return;
    }
    const auto kind = got.error().kind;
    if (kind == net::failure::timeout) {
        timed_out_ = true;
    } else {
        ended_ = kind;
        write_down(kind == net::failure::eof     ? entry::closed
                   : kind == net::failure::reset ? entry::reset
                                                 : entry::failed,
                   kind == net::failure::eof ? "closed by the server" : got.error().text);
    }
}

// A server that got plaintext where a handshake was due answers by a TLS alert (RFC 8446 §6) before it
// closes: that is in the transcript, but it says nothing in SMTP.
void server_connection::skip_tls_alert() {
    constexpr std::size_t header = 5; // type, version, length
    if (!dialect_->tls_due() || tls_ || !unread_.starts_with("\x15\x03") || unread_.size() < header) return;
    const auto length =
        static_cast<unsigned char>(unread_[3]) * 256u + static_cast<unsigned char>(unread_[4]);
    unread_.erase(0, header + length);
}

// Makes the event out of what is there; false: more octets are needed.
bool server_connection::parse() {
    skip_tls_alert();
    const auto offset = received_ - unread_.size();
    if (floods()) {
        event_.emplace().kind = server_event::what::flood;
        event_->offset = offset;
        return true;
    }
    auto event = dialect_->read(unread_);
    for (auto& deviation : dialect_->take_deviations())
        into_.deviations.push_back(std::move(deviation));
    if (!event) {
        if (!ended_ && unread_.size() <= dialect_->longest_reply()) return false;
        event = ending();
    }
    event->offset = offset;
    event_ = std::move(*event);
    return true;
}

// No reply can be made of what is there any more.
server_event server_connection::ending() {
    server_event event;
    if (!unread_.empty()) {
        event.kind = server_event::what::malformed;
        event.raw = std::exchange(unread_, {});
    } else {
        event.kind = *ended_ == net::failure::reset     ? server_event::what::reset
                     : *ended_ == net::failure::closed  ? server_event::what::cancelled
                     : *ended_ == net::failure::timeout ? server_event::what::silence
                                                        : server_event::what::closed;
    }
    return event;
}

net::task<const server_event*> server_connection::next(net::deadline until) {
    while (!event_ && !parse()) {
        if (!timed_out_) {
            co_await read_more(until);
            continue;
        }
        server_event silence;
        silence.raw = unread_;
        silence.offset = received_ - unread_.size();
        event_ = std::move(silence);
    }
    co_return &*event_;
}

void server_connection::take() {
    if (!event_) return;
    if (event_->kind == server_event::what::reply && ++replies_taken_ == 1)
        greeting_ = event_->raw.substr(0, event_->raw.find_first_of("\r\n"));
    event_.reset();
    timed_out_ = false;
}

void server_connection::forget_silence() {
    if (event_ && event_->kind == server_event::what::silence) event_.reset();
    timed_out_ = false;
}

net::task<net::result<net::tls_facts>> server_connection::start_tls(net::tls_options options,
                                                                    net::deadline until) {
    if (ended_) co_return std::unexpected(net::error{*ended_, "the connection had ended before"});
    auto facts = co_await stream_->start_tls(options, until);
    handshake seen;
    seen.stream = stream_index_;
    if (facts) {
        seen.facts = tls_ = *facts;
        write_down(entry::tls, describe(*facts));
        dialect_->tls_started();
        imap_.forget_capabilities();
    } else {
        seen.error = facts.error().text;
        seen.failure = facts.error().kind;
        write_down(entry::failed, "TLS: " + facts.error().text);
        ended_ = facts.error().kind == net::failure::tls ? net::failure::eof : facts.error().kind;
    }
    into_.handshakes.push_back(std::move(seen));
    co_return facts;
}

void server_connection::start_compression(const wrapper& wrap) {
    stream_ = wrap(std::move(stream_), std::exchange(unread_, {}));
    write_down(entry::noted, "both directions are compressed from here on");
}

net::task<void> server_connection::half_close(net::deadline until) {
    const auto done = co_await stream_->shutdown_send(until);
    write_down(entry::half_closed, done ? "this side sends no more" : done.error().text);
}

void server_connection::reset() {
    write_down(entry::reset, "reset by this side");
    stream_->reset();
    ended_ = net::failure::closed;
}

net::task<void> server_connection::finish() {
    if (!ended_) {
        const auto now = net::deadline::no_wait();
        co_await read_more(now);
    }
    do { // an event that is there was judged when it was made
        event_.reset();
    } while (parse() &&
             (event_->kind == server_event::what::reply || event_->kind == server_event::what::malformed));
    if (ended_ != net::failure::closed) stream_->close();
}

} // namespace mailspec::script
