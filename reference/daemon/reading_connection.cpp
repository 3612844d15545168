// One client of IMAP or POP3; see the header.
#include "reference/daemon/reading_connection.hpp"

#include "net/deflate_stream.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/off_loop.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace refmail::daemon {
namespace {

// Most clients are silent most of the time, and there are many: room for a command while they are, for much
// of a message while one is sent.
constexpr std::size_t quiet_room = 1024, busy_room = 64 * 1024;

} // namespace

net::task<void> reading_connection::run() {
    std::string sorry = refusal();
    std::string also_sorry = sorry;
    const bool admitted = co_await admit(std::move(sorry), std::move(also_sorry));
    if (!admitted) co_return;
    session_ = greet();
    co_await serve();
    user_pass_.reset();
    note_end();
    session_.reset(); // what it has of its mailbox goes before the client has noted our end
    co_await part();
}

net::task<void> reading_connection::serve() {
    for (;;) {
        if (shutting_down_ && !told_) {
            told_ = true;
            session_->shut_down();
        }
        if (std::exchange(changed_, false)) session_->changed();
        const bool goes_on = co_await pump();
        if (!goes_on) co_return;
        // RFC 9051 §5.4, RFC 1939 §3: the time that our answer took is not the client's. Nor is what it is
        // told in IDLE a sign of its life.
        if (std::exchange(heard_, false)) quiet_since_ = net::clock::now();
        if (changed_ || (shutting_down_ && !told_)) continue;
        co_await take_input();
    }
}

net::task<void> reading_connection::take_input() {
    if (room_.empty()) room_.resize(quiet_room);
    net::deadline until{quiet_since_ + idle_limit(session_->logged_in())};
    if (shutting_down_) until = until.earlier(shutdown_end_);
    const auto got = co_await read(room_, until);
    if (!got) {
        const auto why = got.error().kind;
        if (why == net::failure::closed && (changed_ || (shutting_down_ && !told_))) co_return; // woken
        ended_by_ = net::name_of(why);
        if (why == net::failure::timeout)
            session_->timed_out();
        else
            session_->disconnected();
        co_return;
    }
    heard_ = true;
    session_->receive(std::string_view(room_.data(), *got), shared_.clock.local());
    if (*got == room_.size() && room_.size() < busy_room)
        room_.resize(busy_room);
    else if (*got < quiet_room && room_.size() > quiet_room)
        room_ = std::vector<char>();
}

net::task<bool> reading_connection::pump() {
    while (auto wanted = session_->next()) {
        const bool goes_on = co_await carry_out(*wanted);
        if (!goes_on) co_return false;
    }
    co_return !session_->closed();
}

net::task<bool> reading_connection::carry_out(reading_session::action& wanted) {
    if (auto* replies = std::get_if<imap::send>(&wanted)) {
        std::string octets = std::move(replies->octets);
        const bool sent = co_await write(std::move(octets));
        if (!sent) session_->disconnected();
        co_return true; // its close comes next
    }
    if (std::holds_alternative<imap::work>(wanted)) {
        co_return co_await work();
    }
    if (auto* asked = std::get_if<imap::verify_password>(&wanted)) {
        imap::verify_password credentials = std::move(*asked);
        co_await check_login(std::move(credentials));
        co_return true;
    }
    if (auto* asked = std::get_if<pop3::verify_digest>(&wanted)) {
        pop3::verify_digest credentials = std::move(*asked);
        co_await check_apop(std::move(credentials));
        co_return true;
    }
    if (std::holds_alternative<imap::start_tls>(wanted)) {
        co_return co_await secure();
    }
    if (std::holds_alternative<imap::start_compression>(wanted)) {
        net::deflate_settings how;
        how.window_bits = 12; // 40 KiB a session instead of 270, and a few percent more to send
        how.memory_level = 5;
        stream_ = net::deflate(std::move(stream_), "", how);
        session_->compression_started();
        co_return true;
    }
    if (auto* fact = std::get_if<imap::note>(&wanted)) {
        spdlog::info(log_line("note").add("session", id_).add("text", fact->text).text());
        co_return true;
    }
    co_return false; // close
}

net::task<bool> reading_connection::secure() {
    const bool secured = co_await upgrade();
    if (secured)
        session_->tls_started();
    else
        session_->tls_failed();
    co_return secured;
}

// A piece of the command, where the disk may be waited for.
net::task<bool> reading_connection::work() {
    std::function<void(std::move_only_function<void(std::string)>)> start =
        [this](std::move_only_function<void(std::string)> then) {
            shared_.mail->post([this, then = std::move(then)]() mutable {
                std::string trouble;
                try {
                    session_->work(shared_.clock.local());
                } catch (const std::exception& broken) { // out of memory, most likely
                    trouble = broken.what();
                }
                then(std::move(trouble));
            });
        };
    const std::string trouble = co_await off_loop<std::string>(executor_, start);
    if (trouble.empty()) co_return true;
    ended_by_ = "error";
    spdlog::error(log_line("session-broke").add("session", id_).add("why", trouble).text());
    co_return false;
}

net::task<void> reading_connection::check_login(imap::verify_password asked) {
    login wanted{asked.mechanism, std::move(asked.user), std::move(asked.password)};
    auto found = co_await check_password(std::move(wanted));
    co_await enter(std::move(found));
}

net::task<void> reading_connection::check_apop(pop3::verify_digest asked) {
    auto found = shared_.passwords.check_digest(asked.user, asked.timestamp, asked.digest);
    if (!found) {
        const bool wrong = found.error() == authenticator::refusal::wrong;
        std::string mechanism = "APOP", error = wrong ? "" : "no MD5 in this OpenSSL";
        co_await after_failed_login(std::move(mechanism), std::move(asked.user), std::move(error));
    }
    co_await enter(std::move(found));
}

net::task<void> reading_connection::enter(authenticator::verdict found) {
    auto verdict = login_verdict::good;
    std::shared_ptr<mailbox::account> account;
    if (!found)
        verdict =
            found.error() == authenticator::refusal::wrong ? login_verdict::bad : login_verdict::unavailable;
    else if (service_.name.starts_with("pop3") && !shared_.pop3_logins.may_enter(*found))
        verdict = login_verdict::too_soon;
    else if (shared_.users.enter(*found, user_pass_) != admission::verdict::admitted)
        verdict = login_verdict::too_many;
    if (verdict == login_verdict::good) {
        using opened = mailbox::result<std::shared_ptr<mailbox::account>>;
        std::function<void(std::move_only_function<void(opened)>)> start =
            [&](std::move_only_function<void(opened)> then) {
                shared_.mail->post([this, user = *found, then = std::move(then)]() mutable {
                    then(shared_.account_of(user));
                });
            };
        auto got = co_await off_loop<opened>(executor_, start);
        if (got) {
            account = std::move(*got);
        } else {
            verdict = login_verdict::unavailable;
            user_pass_.reset();
            spdlog::error(log_line("mailbox").add("user", *found).add("error", got.error().text).text());
        }
    }
    session_->password_checked(verdict, std::move(account));
}

std::function<void()> reading_connection::change_notice() {
    return [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || self->change_is_posted_.exchange(true)) return;
        boost::asio::post(self->executor_, [weak] {
            const auto self = weak.lock();
            if (!self) return;
            self->change_is_posted_ = false;
            self->changed_ = true;
            self->interrupt();
        });
    };
}

void reading_connection::note_end() const {
    if (!spdlog::should_log(spdlog::level::info)) return;
    log_line line("disconnect");
    line.add("session", id_).add("service", service_.name).add("client", peer_);
    line.add_unless_empty("user", session_->user()).add("ended", ended_by_);
    spdlog::info(line.text());
}

} // namespace refmail::daemon
