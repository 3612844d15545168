// A server's side of one POP3 connection, without its socket: octets and events go in, actions come out.
// Knows no clock, thread or network; the mailbox (mailbox/folder.hpp) is touched in work() only. The owner's
// loop:
//
//     session s{policy, facts};
//     for (;;) {
//         while (auto a = s.next()) interpret(*a);   // until it is empty, after every event
//         if (s.wants_input()) s.receive(read());
//     }
//
// After `close` every event is ignored. Not thread-safe: one call at a time, from whichever thread.
// Documents: RFC 1939, 2449, 2595, 3206, 5034, 6856.
#pragma once
#include "reference/mailbox/account.hpp"
#include "reference/pop3/action.hpp"
#include "reference/pop3/policy.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::pop3 {

struct session_facts {
    std::string id;   // unique for ever, an atom (RFC 5322 §3.2.3): the left part of APOP's timestamp
    bool tls = false; // implicit TLS, handshake done (RFC 8314)
};

enum class password_verdict {
    good,
    bad,         // [AUTH]: user or password, never says which
    unavailable, // [SYS/TEMP]
    too_soon,    // [LOGIN-DELAY]: RFC 2449 §8.1.1
};

class session {
  public:
    // `p` must outlive the session. Queues the greeting.
    session(const policy& p, session_facts facts);
    ~session();
    session(session&&) noexcept;

    void receive(std::string_view octets);
    void tls_started();
    void tls_failed();
    // `who`: the account when good; null: its mailboxes cannot be had now.
    void password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> who);
    void work(); // a bounded piece of what was asked for; may block on the disk

    void timed_out();    // RFC 1939 §3: closes, and says nothing
    void shut_down();    // -ERR [SYS/TEMP] and close, once what is being answered is answered
    void disconnected(); // EOF or reset: no message is removed (RFC 1939 §6)

    std::optional<action> next();

    bool wants_input() const; // false while an answer is awaited, and after close
    bool logged_in() const;
    bool closed() const;
    const std::string& user() const; // logged in, or empty

  private:
    class machine;
    std::unique_ptr<machine> machine_;
};

} // namespace refmail::pop3
