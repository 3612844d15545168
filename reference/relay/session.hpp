// A client's side of one SMTP or LMTP connection, without its socket: octets and events go in, actions come
// out. Knows no clock, disk or network. The owner's loop:
//
//     session s{settings};
//     for (;;) {
//         while (auto a = s.next()) interpret(*a);            // until it is empty, after every event
//         if (s.closed()) break;
//         if (s.ready()) another message ? s.begin(message) : s.quit();
//         else s.receive(read(within s.waits_for().limit));   // or timed_out(), or disconnected()
//     }
//
// A session that fails before it is ready says so by failed(); one that fails with a message under way gives
// that its outcomes first (finished). After `close` every event is ignored. Not thread-safe.
// Documents: RFC 5321, 1870, 2034, 2920, 3207, 3030, 3461, 4954, 6152, 6531, 8689, 2033.
#pragma once
#include "reference/queue/entry.hpp"
#include "reference/relay/action.hpp"
#include "reference/relay/parameters.hpp"
#include "reference/relay/reply.hpp"
#include "reference/relay/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::relay {

enum class security {
    never,         // STARTTLS is not used though offered
    opportunistic, // used when offered (RFC 3207, RFC 7435)
    required,      // nothing is sent without
};

// RFC 5321 §4.5.3.2: how long at least a client waits for each thing.
struct time_limits {
    std::chrono::seconds greeting{300};
    std::chrono::seconds hello{300};
    std::chrono::seconds starttls{120};
    std::chrono::seconds handshake{120};
    std::chrono::seconds auth{120};
    std::chrono::seconds mail{300}; // RSET, too
    std::chrono::seconds rcpt{300};
    std::chrono::seconds data{120};
    std::chrono::seconds block{180};   // to hand over a piece of content
    std::chrono::seconds content{600}; // after the final dot
    std::chrono::seconds quit{20};     // nothing depends on it any more
};

struct session_settings {
    std::string host_name; // ours, for EHLO: a domain name or an address literal, ASCII (RFC 6531 §3.7.1)
    relay::peer peer;
    relay::security tls = security::opportunistic;
    std::string tls_because;      // "MTA-STS", "DANE": why it is required, for people
    bool implicit_tls = false;    // the handshake is over (RFC 8314)
    bool verified = false;        // implicit_tls: the certificate was checked and is good
    bool lmtp = false;            // RFC 2033
    bool begin_with_helo = false; // this host dropped the connection at EHLO
    std::string user, password;   // empty: no AUTH
    bool plaintext_auth = false;  // send the password to a host that has not proved who it is
    ascii_domain to_ascii;        // for hosts without SMTPUTF8; empty: U-labels cannot be sent there
    relay::reply_limits replies;
    relay::time_limits times;
    // Recipients of one transaction. RFC 5321 §4.5.3.1.8: every server takes 100; who takes fewer than
    // these says 452, and gets the others in a further one.
    std::size_t recipients = 1000;
    // What has to be converted is held in memory, up to this size; what is larger is refused.
    std::uint64_t convertible = 64u << 20;
};

struct mail {
    std::shared_ptr<const queue::entry> entry;
    std::vector<std::size_t> recipients; // indices into entry->recipients, never empty
};

// Why a session ended that could not go on.
struct failure {
    enum class kind {
        refused,          // the greeting, EHLO or AUTH; or 421 later
        dropped_at_hello, // the connection ended with EHLO as its last word: HELO may help
        tls,              // STARTTLS or its handshake failed, or the host does not offer what is required
        broken,           // EOF, reset
        timeout,          // no reply in time
        protocol,         // what came is not SMTP
    };
    failure::kind what = kind::broken;
    relay::outcome outcome; // for whatever mail was meant to go there
};

struct wait {
    std::string_view what; // "the greeting", "the reply to MAIL"
    std::chrono::seconds limit{};
    std::uint64_t number = 0; // another one: another wait begins, and with it its limit
};

class session {
  public:
    explicit session(session_settings settings); // waits for the greeting
    ~session();
    session(session&&) noexcept;

    void receive(std::string_view octets);
    void tls_started(bool verified); // its certificate was checked and is good
    void tls_failed(std::string why);
    void tls_too_weak(std::string why); // in place of tls_started(): the handshake is over, but does not do
    void content(std::string_view octets);
    void content_ended();
    void content_failed(std::string why);
    void timed_out();
    void disconnected(std::string why); // EOF or reset

    void begin(mail wanted); // when ready()
    void quit();             // when ready()

    std::optional<action> next();

    bool ready() const;
    bool closed() const;
    wait waits_for() const;  // for input, a handshake, or a write to get through
    bool in_content() const; // between 354 and the final dot
    bool in_tls() const;
    std::size_t messages() const; // that got as far as a reply to their content
    const std::optional<relay::failure>& failed() const;

  private:
    class machine;
    std::unique_ptr<machine> machine_;
};

} // namespace refmail::relay
