// One connection to a host that takes mail; see the header.
#include "reference/daemon/outbound_connection.hpp"

#include "net/connect.hpp"
#include "net/endpoint.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/route/a_label.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>
#include <spdlog/spdlog.h>

namespace refmail::daemon {

namespace asio = boost::asio;

namespace {

relay::security security_of(const route::tls_demand& demand, const manner& in) {
    using level = route::tls_level;
    if (in.plain || demand.level == level::none) return relay::security::never;
    // RFC 8461 §5: under a policy in testing mode mail goes out whatever the checks say.
    if (demand.level == level::opportunistic || demand.testing) return relay::security::opportunistic;
    return relay::security::required;
}

} // namespace

outbound_connection::time_limit::time_limit(outbound_connection& c)
    : waiting_(c.how_.pulse)
    , alarm_(c.time_, c.executor_, c.end_of_wait(), [this, &c] {
        ran_out_ = true;
        c.wake_.emit(asio::cancellation_type::terminal);
    }) {}

// One limit for one wait, however many reads it takes: a server that sends an octet a minute is not waited
// for any longer than one that sends none.
movable_clock::time_point outbound_connection::end_of_wait() {
    const auto wait = session_->waits_for();
    if (wait_ != wait.number || wait_ends_ == movable_clock::time_point{}) {
        wait_ = wait.number;
        wait_ends_ = time_.now() + wait.limit;
    }
    return wait_ends_;
}

outbound_connection::outbound_connection(const outbound_settings& how, const route::next_hop& hop,
                                         std::string address, manner in, movable_clock& time,
                                         asio::any_io_executor on, asio::cancellation_signal& wake)
    : counted_(how.pulse)
    , how_(how)
    , hop_(hop)
    , address_(net::to_string(net::endpoint{address, hop.port}))
    , ip_(std::move(address))
    , in_(in)
    , time_(time)
    , executor_(std::move(on))
    , wake_(wake) {}

const std::optional<relay::failure>& outbound_connection::failure() const {
    return session_ ? session_->failed() : unreachable_;
}

relay::session_settings outbound_connection::session_settings() const {
    relay::session_settings wanted;
    wanted.host_name = how_.host_name;
    wanted.peer = {hop_.host, address_};
    wanted.tls = security_of(hop_.tls, in_);
    wanted.tls_because = hop_.tls.because.empty() ? "the configuration" : hop_.tls.because;
    wanted.implicit_tls = hop_.implicit_tls;
    wanted.verified = verified_ && hop_.tls.proven_name;
    wanted.lmtp = hop_.lmtp;
    wanted.begin_with_helo = in_.helo;
    wanted.user = hop_.user;
    wanted.password = hop_.password;
    wanted.to_ascii = route::to_a_labels;
    wanted.times = how_.times;
    return wanted;
}

net::task<bool> outbound_connection::open() {
    const auto fail = [&](std::string status, std::string why) {
        const relay::peer who{hop_.host, address_};
        relay::failure made;
        made.outcome = relay::no_answer(std::move(status), std::move(why), who);
        unreachable_ = std::move(made);
    };
    if (!how_.anywhere && !net::is_loopback(ip_)) {
        fail("4.7.1", "only loopback addresses are connected to, unless 'relay: { to: anywhere }' is set");
        co_return false;
    }
    const auto until = net::deadline::in(how_.connecting);
    std::optional<outbound_pulse::wait> waits(how_.pulse);
    auto opened = co_await net::connect(ip_, hop_.port, until);
    waits.reset();
    if (!opened) {
        fail("4.4.1", "no connection: " + opened.error().text);
        co_return false;
    }
    stream_ = std::move(*opened);
    if (hop_.implicit_tls) {
        const bool secured = co_await secure();
        if (!secured) co_return false;
    }
    session_.emplace(session_settings());
    co_await drive();
    co_return session_->ready();
}

// Until the session waits for nobody but us: ready for a message, or closed.
net::task<void> outbound_connection::drive() {
    for (;;) {
        while (auto wanted = session_->next()) {
            relay::action one = std::move(*wanted);
            co_await carry_out(std::move(one));
        }
        if (session_->closed() || session_->ready()) co_return;
        co_await read_reply();
    }
}

net::task<void> outbound_connection::carry_out(relay::action wanted) {
    if (auto* sent = std::get_if<relay::send>(&wanted)) {
        std::string octets = std::move(sent->octets);
        co_await write(std::move(octets));
    } else if (std::holds_alternative<relay::start_tls>(wanted))
        co_await handshake();
    else if (auto* asked = std::get_if<relay::read_content>(&wanted)) {
        const bool from_the_start = asked->from_the_start;
        co_await read_content(from_the_start);
    } else if (auto* done = std::get_if<relay::finished>(&wanted))
        outcomes_ = std::move(done->outcomes);
    else if (auto* fact = std::get_if<relay::note>(&wanted))
        spdlog::info(log_line("relay-note")
                         .add("host", hop_.host)
                         .add("address", address_)
                         .add("text", fact->text)
                         .text());
    else
        stream_->close();
}

net::task<void> outbound_connection::read_reply() {
    time_limit limit(*this);
    const auto got = co_await stream_->read_some(room_, net::deadline::never());
    if (got)
        session_->receive(std::string_view(room_.data(), *got));
    else if (limit.ran_out())
        session_->timed_out();
    else
        session_->disconnected(got.error().text);
}

net::task<void> outbound_connection::write(std::string octets) {
    if (session_->closed()) { // its last word, not waited for
        const auto moment = net::deadline::in(std::chrono::seconds(1));
        co_await stream_->write(octets, moment);
        co_return;
    }
    bool late = false;
    std::string why;
    {
        time_limit limit(*this);
        const auto sent = co_await stream_->write(octets, net::deadline::never());
        if (sent) co_return;
        late = limit.ran_out();
        why = sent.error().text;
    }
    if (late)
        session_->timed_out();
    else
        co_await hear_last_words(std::move(why));
}

// A host that closes the connection has often said why: the reply is still there to be read.
net::task<void> outbound_connection::hear_last_words(std::string why) {
    const auto moment = net::deadline::in(std::chrono::seconds(1));
    for (int reads = 0; reads < 16 && !session_->closed(); ++reads) {
        const auto got = co_await stream_->read_some(room_, moment);
        if (!got) break;
        session_->receive(std::string_view(room_.data(), *got));
    }
    session_->disconnected(std::move(why));
}

net::task<void> outbound_connection::read_content(bool from_the_start) {
    if (from_the_start || !content_) {
        auto opened = co_await mail_->open(*job_);
        if (!opened) {
            session_->content_failed(opened.error().text);
            co_return;
        }
        content_ = std::move(*opened);
    }
    const auto piece = co_await content_->read();
    if (!piece)
        session_->content_failed(piece.error().text);
    else if (piece->empty())
        session_->content_ended();
    else
        session_->content(*piece);
}

net::task<std::vector<relay::outcome>> outbound_connection::transfer(const job& what, job_source& mail) {
    job_ = &what;
    mail_ = &mail;
    outcomes_.reset();
    ++messages_;
    relay::mail message{what.entry, what.recipients};
    session_->begin(std::move(message));
    co_await drive();
    content_.reset();
    auto outcomes = std::move(*outcomes_);
    note_transfer(what, outcomes);
    co_return outcomes;
}

net::task<void> outbound_connection::quit() {
    if (!session_ || session_->closed()) co_return;
    session_->quit();
    co_await drive();
}

void outbound_connection::note_transfer(const job& what, const std::vector<relay::outcome>& outcomes) const {
    std::size_t taken = 0, deferred = 0, failed = 0;
    const relay::outcome* telling = &outcomes.front();
    for (const auto& one : outcomes) {
        using is = enum relay::outcome::what;
        const bool good = one.what == is::delivered || one.what == is::relayed;
        (good ? taken : one.what == is::failed ? failed : deferred) += 1;
        if (!good) telling = &one;
    }
    spdlog::info(log_line("transfer")
                     .add("id", what.entry->id)
                     .add("host", hop_.host)
                     .add("address", address_)
                     .add_unless_empty("tls", tls_)
                     .add("taken", taken)
                     .add("deferred", deferred)
                     .add("failed", failed)
                     .add("status", telling->status)
                     .add("reply", telling->reply.empty() ? telling->why : telling->reply)
                     .text());
}

} // namespace refmail::daemon
