// A server's side of one SMTP, submission or LMTP connection, without its socket: octets and events go
// in, actions come out. Knows no clock, disk or network. The owner's loop:
//
//     session s{policy, directory, facts, now};
//     for (;;) {
//         while (auto a = s.next()) interpret(*a);   // until it is empty, after every event
//         if (s.wants_input()) s.receive(read(), now());
//     }
//
// Replies to pipelined commands leave as one send (RFC 2920 §3.2). Input that arrives while an answer
// is awaited is kept. After `close` every event is ignored. Not thread-safe: one event at a time.
// Documents: RFC 5321, 6409, 2033, 3207, 4954, 1870, 6152, 2034, 2920.
#pragma once
#include "reference/message/date_time.hpp"
#include "reference/smtp/action.hpp"
#include "reference/smtp/directory.hpp"
#include "reference/smtp/policy.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::smtp {

struct session_facts {
    std::string id; // unique for ever: an atom (RFC 5322 §3.2.3), ends up in Received and Message-ID
    std::string client_address; // "127.0.0.1", "::1"; no port
    bool tls = false;           // implicit TLS, handshake done (RFC 8314)
};

enum class password_verdict {
    good,
    bad,              // 535 5.7.8: user or password, never says which
    unavailable,      // 454 4.7.0
    mechanism_weak,   // 534 5.7.9: policy wants a stronger mechanism for this user
    needs_transition, // 432 4.7.12
};

enum class delivery_verdict {
    stored,       // synced, will survive a crash
    no_space,     // 452 4.3.1: disk full
    failed,       // 451 4.3.0: any other local trouble
    mailbox_full, // 452 4.2.2: this recipient's quota
};

class session {
  public:
    // `p` and `d` must outlive the session. Queues the greeting.
    session(const policy& p, const directory& d, session_facts facts, message::timestamp now);
    ~session();
    session(session&&) noexcept;

    void receive(std::string_view octets, message::timestamp now);
    void tls_started(message::timestamp now);
    void tls_failed();
    // `user`: the account's canonical name when good, as the directory knows it.
    void password_checked(password_verdict verdict, std::string user, message::timestamp now);
    // One verdict a recipient of the envelope, in order. SMTP has one reply for all of them: 250 if any
    // was stored (RFC 5321 §4.4: the rest must then be bounced), so make it all or nothing.
    void delivered(const std::vector<delivery_verdict>& verdicts, message::timestamp now);

    void timed_out(); // idle or slow beyond the limit: 421 4.4.2 and close; ignored while we are the slow one
    void shut_down(); // 421 4.3.2 and close, once a running transaction is over
    void disconnected(); // EOF or reset: as if QUIT had come (RFC 5321 §4.1.1.5), without the reply

    std::optional<action> next();

    bool wants_input() const; // false while an answer is awaited, and after close
    bool in_transaction() const;
    bool in_data() const; // reading content: RFC 5321 §4.5.3.2 gives it a timeout of its own
    bool closed() const;
    const std::string& user() const; // authenticated, or empty
    const std::string& helo() const;

  private:
    class machine;
    std::unique_ptr<machine> machine_;
};

} // namespace refmail::smtp
