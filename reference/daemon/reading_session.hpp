// A session of IMAP or POP3 as the owner of its socket sees it: one shape for both, so that sockets, threads
// and time limits are handled once (reading_connection). It adds nothing to what imap/session.hpp and
// pop3/session.hpp say; each call means what it means there.
#pragma once
#include "reference/imap/session.hpp"
#include "reference/pop3/session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace refmail::daemon {

enum class login_verdict { good, bad, unavailable, too_many, too_soon };

class reading_session {
  public:
    // All that either protocol asks for. imap's types stand for both.
    using action = std::variant<imap::send, imap::start_tls, imap::start_compression, imap::verify_password,
                                pop3::verify_digest, imap::work, imap::note, imap::close>;

    virtual ~reading_session() = default;

    virtual std::optional<action> next() = 0;
    virtual void receive(std::string_view octets, message::timestamp now) = 0;
    virtual void tls_started() = 0;
    virtual void tls_failed() = 0;
    virtual void compression_started() = 0;
    virtual void password_checked(login_verdict verdict, std::shared_ptr<mailbox::account> who) = 0;
    virtual void changed() = 0;
    virtual void work(message::timestamp now) = 0;
    virtual void timed_out() = 0;
    virtual void shut_down() = 0;
    virtual void disconnected() = 0;

    virtual bool wants_input() const = 0;
    virtual bool logged_in() const = 0;
    virtual bool closed() const = 0;
    virtual const std::string& user() const = 0;
};

// What the two sessions call by the same names is handed on as it is.
template <class Session>
class reading_session_of : public reading_session {
  public:
    explicit reading_session_of(Session one)
        : session_(std::move(one)) {}

    void tls_started() override { session_.tls_started(); }
    void tls_failed() override { session_.tls_failed(); }
    void timed_out() override { session_.timed_out(); }
    void shut_down() override { session_.shut_down(); }
    void disconnected() override { session_.disconnected(); }
    bool wants_input() const override { return session_.wants_input(); }
    bool closed() const override { return session_.closed(); }
    const std::string& user() const override { return session_.user(); }

  protected:
    Session session_;
};

} // namespace refmail::daemon
