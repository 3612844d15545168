// One IMAP4rev1 and IMAP4rev2 session, from greeting to close. Octets and events in, actions out. It opens
// no socket, starts no thread, reads no clock; mailboxes it reaches through reference/mailbox, and only in
// work(). The owner's loop:
//
//     session s{policy, facts, now, [] { post to my loop: s.changed(); }};
//     for (;;) {
//         while (auto a = s.next()) interpret(*a);   // until it is empty, after every event and after work()
//         if (s.wants_input()) s.receive(read(), now());
//     }
//
// Give it little at a time: what it cannot use yet it keeps. After `close` every event is ignored. Not
// thread-safe: one call at a time, and while work() runs no other.
// Documents: RFC 9051, 3501, 7888, 4959, 2177, 2971, 4978, 5161, 5258, 5819, 6154, 3502, 4315, 7162, 9208.
#pragma once
#include "reference/imap/action.hpp"
#include "reference/imap/policy.hpp"
#include "reference/mailbox/account.hpp"
#include "reference/message/date_time.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::imap {

struct session_facts {
    std::string id; // unique, for the log
    std::string client_address;
    bool tls = false; // implicit TLS, handshake done (RFC 8314)
};

enum class password_verdict {
    good,
    bad,         // NO [AUTHENTICATIONFAILED]: never says which
    unavailable, // NO [UNAVAILABLE]
    refused,     // NO [LIMIT]: this user has too many sessions
};

class machine; // internal

class session {
  public:
    // `p` must outlive the session. Queues the greeting. `on_change` is called from any thread while the
    // client is in IDLE and something happened in its mailbox: make it post changed() to the session's loop.
    session(const policy& p, session_facts facts, message::timestamp now, std::function<void()> on_change);
    ~session();
    session(session&&) noexcept;

    void receive(std::string_view octets, message::timestamp now);
    void tls_started();
    void tls_failed();
    void compression_started();
    // `account`: set when good; the same object for all sessions of a user.
    void password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> account);
    void changed(); // ignored unless the client is in IDLE
    // On a thread that may block, in answer to `work`: a bounded slice.
    void work(message::timestamp now);

    // Nothing came for too long: BYE and close (RFC 9051 §5.4: not before 30 minutes once authenticated).
    // Ignored while we are the slow one.
    void timed_out();
    void shut_down();    // BYE and close, once the running command is over
    void disconnected(); // EOF or reset: nothing is written any more

    std::optional<action> next();

    bool wants_input() const;   // false while an answer is awaited, and after close
    bool authenticated() const; // the owner's timers are shorter before
    bool closed() const;
    const std::string& user() const; // authenticated, or empty

  private:
    std::unique_ptr<machine> machine_;
};

} // namespace refmail::imap
