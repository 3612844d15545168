// The loops around smtp_host; see remote_host.hpp.
#include "harness/world/remote_host.hpp"

#include "net/run.hpp"

#include <array>
#include <list>

namespace mailspec::world {

namespace {

using namespace std::chrono_literals;

constexpr auto patience_to_write = 30s; // for a peer that does not read
constexpr auto lingers = 2s;            // for the peer's end behind ours
constexpr auto looks_for_release = 10ms;

// One connection while its actions are carried out.
class conversation {
  public:
    conversation(net::byte_stream& stream, smtp_host& host, const host_behaviour& behaviour,
                 host_session& session, host_log& log)
        : stream_(stream)
        , host_(host)
        , behaviour_(behaviour)
        , session_(session)
        , log_(log) {}

    net::task<void> run() {
        host_.opened();
        log_.changed.notify();
        while (!over_) {
            co_await act();
            if (over_) break;
            const auto forever = net::deadline::never();
            co_await read(forever);
        }
        log_.changed.notify();
    }

  private:
    net::task<void> act() {
        using what = host_action::what;
        for (auto action = host_.next(); action && !over_; action = host_.next()) {
            switch (action->kind) {
            case what::write: co_await write(std::move(action->octets)); break;
            case what::pause: co_await rest(action->duration); break;
            case what::hold: co_await hold(); break;
            case what::start_tls: co_await start_tls(); break;
            case what::break_tls: co_await break_tls(); break;
            case what::close: co_await leave(); break;
            case what::reset:
                told_left(true);
                stream_.reset();
                over_ = true;
                break;
            }
        }
    }

    // What had been sent before the answer went out is told before it: that is how pipelining is seen.
    net::task<void> write(std::string octets) {
        const auto now = net::deadline::no_wait();
        co_await read(now);
        if (log_.observer) log_.observer->written(session_, octets);
        const auto until = net::deadline::in(patience_to_write);
        const auto sent = co_await stream_.write(octets, until);
        if (sent)
            host_.written();
        else if (!over_)
            end(sent.error().kind);
        log_.changed.notify();
    }

    net::task<void> read(net::deadline until) {
        if (eof_ || over_) {
            over_ = over_ || !until.polls();
            co_return;
        }
        const std::span<char> into(room_);
        const auto got = co_await stream_.read_some(into, until);
        if (got) {
            const std::string_view octets(room_.data(), *got);
            if (log_.observer) log_.observer->received(session_, octets);
            host_.received(octets);
        } else if (got.error().kind != net::failure::timeout) {
            // A peer that ends its side may still read what is on its way to it.
            eof_ = got.error().kind == net::failure::eof && until.polls();
            if (eof_)
                told_end(false);
            else
                end(got.error().kind);
        }
        log_.changed.notify();
    }

    void end(net::failure kind) {
        over_ = true;
        if (kind == net::failure::closed) return; // by us: the case is over
        told_end(kind == net::failure::reset);
    }

    void told_end(bool reset) {
        host_.ended(reset);
        if (log_.observer) log_.observer->ended(session_, reset);
    }
    void told_left(bool reset) {
        if (log_.observer) log_.observer->left(session_, reset);
    }

    net::task<void> rest(std::chrono::milliseconds duration) {
        const auto until = net::deadline::in(duration);
        co_await net::sleep_until(until);
    }

    // Until the case lets go. Who gives up meanwhile, or goes on talking, is seen at once: so it reads.
    net::task<void> hold() {
        auto& released = log_.released[session_.host];
        while (!over_ && released == 0) {
            const auto soon = net::deadline::in(looks_for_release);
            co_await read(soon);
        }
        if (!over_) --released;
    }

    net::task<void> start_tls() {
        if (log_.observer) log_.observer->written(session_, "");
        net::tls_options options;
        options.role = net::tls_role::server;
        options.identity = behaviour_.identity;
        options.max_version = behaviour_.most_tls;
        const auto until = net::deadline::in(patience_to_write);
        auto outcome = co_await stream_.start_tls(options, until);
        tell_secured(outcome);
    }

    // RFC 8446 §6: a fatal alert, handshake_failure, whatever the peer offers.
    net::task<void> break_tls() {
        const auto until = net::deadline::in(patience_to_write);
        const std::span<char> into(room_);
        (void)co_await stream_.read_some(into, until);
        const std::string_view alert("\x15\x03\x01\x00\x02\x02\x28", 7);
        (void)co_await stream_.write(alert, until);
        net::result<net::tls_facts> outcome =
            std::unexpected(net::error{net::failure::tls, "this host breaks every handshake"});
        tell_secured(outcome);
    }

    void tell_secured(const net::result<net::tls_facts>& outcome) {
        if (!outcome && outcome.error().kind == net::failure::closed) {
            over_ = true;
            return;
        }
        if (log_.observer) log_.observer->secured(session_, outcome);
        host_.secured(outcome);
        log_.changed.notify();
    }

    // Closing with unread octets would be a reset, and lose what was said last.
    net::task<void> leave() {
        told_left(false);
        const auto until = net::deadline::in(lingers);
        (void)co_await stream_.shutdown_send(until);
        while (!eof_ && !over_) {
            const std::span<char> into(room_);
            const auto got = co_await stream_.read_some(into, until);
            if (!got) break;
            const std::string_view octets(room_.data(), *got);
            if (log_.observer) log_.observer->received(session_, octets);
            host_.received(octets);
            log_.changed.notify();
        }
        stream_.close();
        over_ = true;
    }

    net::byte_stream& stream_;
    smtp_host& host_;
    const host_behaviour& behaviour_;
    host_session& session_;
    host_log& log_;
    std::array<char, 65536> room_;
    bool eof_ = false, over_ = false;
};

} // namespace

net::task<void> serve_smtp_host(net::byte_stream& stream, smtp_host& host, const host_behaviour& behaviour,
                                host_session& session, host_log& log) {
    const auto talk = std::make_unique<conversation>(stream, host, behaviour, session, log);
    co_await talk->run();
}

struct remote_host::impl {
    impl(std::unique_ptr<net::listener> at, std::string named, bool is_policy, service serves,
         std::shared_ptr<host_log> into)
        : listener(std::move(at))
        , name(std::move(named))
        , policy(is_policy)
        , how(std::move(serves))
        , log(std::move(into)) {}

    std::unique_ptr<net::listener> listener;
    std::string name;
    bool policy;
    service how; // how one connection is carried out
    std::shared_ptr<host_log> log;
    std::list<net::byte_stream*> open; // what close() has to close
    int connections = 0;
    bool closed = false;

    static net::task<void> accept(std::shared_ptr<impl> self) {
        const auto forever = net::deadline::never();
        while (!self->closed) {
            auto stream = co_await self->listener->accept(forever);
            if (self->closed) break;
            if (!stream) {
                if (stream.error().kind == net::failure::closed) break;
                const auto soon = net::deadline::in(10ms); // no descriptor left
                co_await net::sleep_until(soon);
                continue;
            }
            // A flood: what came so far shows it, and those that are open go on.
            if (self->log->sessions.size() >= host_log::most_sessions) {
                (*stream)->reset();
                continue;
            }
            auto& session = self->log->sessions.emplace_back();
            session.host = self->name;
            session.policy = self->policy;
            session.number = ++self->connections;
            session.order = self->log->sessions.size();
            if (self->log->observer) self->log->observer->opened(session);
            const auto shared = std::make_shared<net::stream_ptr>(std::move(*stream));
            std::function<net::task<void>()> work = [self, shared, &session] {
                return serve(self, shared, session);
            };
            co_await net::spawn_beside(std::move(work));
        }
    }

    static net::task<void> serve(std::shared_ptr<impl> self, std::shared_ptr<net::stream_ptr> stream,
                                 host_session& session) {
        const auto at = self->open.insert(self->open.end(), stream->get());
        const auto number = static_cast<std::size_t>(session.number);
        co_await self->how(**stream, session, number);
        self->open.erase(at);
    }
};

remote_host::remote_host(std::shared_ptr<impl> made)
    : impl_(std::move(made)) {}

remote_host::~remote_host() {
    close();
}

void remote_host::close() {
    if (std::exchange(impl_->closed, true)) return;
    impl_->listener->close();
    for (auto* stream : impl_->open)
        stream->close();
}

std::unique_ptr<remote_host> remote_host::serving(std::shared_ptr<impl> made, const net::executor& on) {
    std::function<net::task<void>()> work = [made] { return impl::accept(made); };
    net::spawn_on(on, std::move(work));
    return std::unique_ptr<remote_host>(new remote_host(std::move(made)));
}

std::unique_ptr<remote_host> remote_host::policy(const net::executor& on, std::unique_ptr<net::listener> at,
                                                 std::string name, service how,
                                                 std::shared_ptr<host_log> log) {
    auto made = std::make_shared<impl>(std::move(at), std::move(name), true, std::move(how), std::move(log));
    return serving(std::move(made), on);
}

std::unique_ptr<remote_host> remote_host::smtp(const net::executor& on, std::unique_ptr<net::listener> at,
                                               std::string name, std::vector<host_behaviour> behaviours,
                                               std::shared_ptr<host_log> log) {
    struct shared_host {
        std::vector<host_behaviour> behaviours;
        host_memory memory;
    };
    const auto shared = std::make_shared<shared_host>();
    shared->behaviours = std::move(behaviours);
    service how = [shared, log](net::byte_stream& stream, host_session& session,
                                std::size_t number) -> net::task<void> {
        const auto held = shared; // a lambda's captures are not the frame's
        const auto kept = log;
        const auto& behaviour = held->behaviours[std::min(number, held->behaviours.size()) - 1];
        smtp_host host(behaviour, session, kept->counts, held->memory);
        co_await serve_smtp_host(stream, host, behaviour, session, *kept);
    };
    auto made = std::make_shared<impl>(std::move(at), std::move(name), false, std::move(how), std::move(log));
    return serving(std::move(made), on);
}

} // namespace mailspec::world
