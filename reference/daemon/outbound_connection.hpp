// One connection to one address of one host: opens it, runs the SMTP client's session over it, hands it one
// message after the other, and closes it with QUIT. Protocol is the session's (relay/session.hpp); here are
// the socket, the handshake with what the route demands of it, the time limits and the log.
// RFC 5321 §4.5.3.2, RFC 3207, RFC 7672, RFC 8461 §4.
#pragma once
#include "reference/daemon/movable_clock.hpp"
#include "reference/daemon/outbound.hpp"
#include "reference/daemon/outbound_pulse.hpp"
#include "reference/relay/session.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::daemon {

// How to go about it, after an attempt that failed in a way that asks for another one.
struct manner {
    bool plain = false; // TLS failed, and the demand lets mail go without
    bool helo = false;  // the host hung up at EHLO
};

class outbound_connection {
  public:
    // `wake` ends a wait: it must be the signal that the calling coroutine is bound to, and that coroutine
    // must have throw_if_cancelled off (see serve_destination).
    outbound_connection(const outbound_settings& how, const route::next_hop& hop, std::string address,
                        manner in, movable_clock& time, boost::asio::any_io_executor on,
                        boost::asio::cancellation_signal& wake);

    // Until the session is ready for a message; else failure() says why it is not.
    net::task<bool> open();
    const std::optional<relay::failure>& failure() const;

    // One outcome for each of what.recipients.
    net::task<std::vector<relay::outcome>> transfer(const job& what, job_source& mail);
    bool is_ready() const { return session_ && session_->ready(); }
    std::size_t messages() const { return messages_; } // handed to it so far
    // Some message got as far as a reply to its content, whatever it was.
    bool has_taken_any() const { return session_ && session_->messages() > 0; }

    net::task<void> quit(); // if there is still somebody to say it to

  private:
    // Ends the operation under way when the session's limit for it passes, by the daemon's clock.
    class time_limit {
      public:
        explicit time_limit(outbound_connection& c);
        bool ran_out() const { return ran_out_; }

      private:
        outbound_pulse::wait waiting_;
        bool ran_out_ = false;
        movable_clock::alarm alarm_;
    };
    movable_clock::time_point end_of_wait();
    relay::session_settings session_settings() const;
    net::task<bool> secure();
    net::task<void> drive();
    net::task<void> carry_out(relay::action wanted);
    net::task<void> write(std::string octets);
    net::task<void> hear_last_words(std::string why);
    net::task<void> read_reply();
    net::task<void> read_content(bool from_the_start);
    net::task<void> handshake();
    net::tls_options tls_options() const;
    std::string why_unacceptable(const net::tls_facts& facts) const;
    void note_transfer(const job& what, const std::vector<relay::outcome>& outcomes) const;

    outbound_pulse::connection counted_;
    const outbound_settings& how_;
    const route::next_hop& hop_;
    std::string address_; // with port
    std::string ip_;
    manner in_;
    movable_clock& time_;
    boost::asio::any_io_executor executor_;
    boost::asio::cancellation_signal& wake_;

    net::stream_ptr stream_;
    std::optional<relay::session> session_;
    std::optional<relay::failure> unreachable_;
    bool verified_ = false;
    std::string tls_; // "TLSv1.3 TLS_AES_256_GCM_SHA384", for the log
    std::uint64_t wait_ = 0;
    movable_clock::time_point wait_ends_{};

    const job* job_ = nullptr; // the message under way
    job_source* mail_ = nullptr;
    std::unique_ptr<content_reader> content_;
    std::optional<std::vector<relay::outcome>> outcomes_;
    std::size_t messages_ = 0;
    std::array<char, 8 * 1024> room_;
};

} // namespace refmail::daemon
