// The state of a client session and what its replies do to it; what session.hpp promises is done here.
// hello.cpp: greeting, EHLO, STARTTLS; login.cpp: AUTH; envelope.cpp: what is sent before the content;
// content.cpp: the content; machine.cpp: replies handed to the right one, and every kind of ending.
// Internal to reference/relay.
#pragma once
#include "reference/relay/capabilities.hpp"
#include "reference/relay/dot_stuffing.hpp"
#include "reference/relay/parameters.hpp"
#include "reference/relay/session.hpp"
#include "reference/relay/transaction.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::relay {

class session::machine {
  public:
    explicit machine(session_settings settings);

    void receive(std::string_view octets);
    void tls_started(bool verified);
    void tls_failed(std::string why);
    void tls_too_weak(std::string why);
    void content(std::string_view octets);
    void content_ended();
    void content_failed(std::string why);
    void timed_out();
    void disconnected(std::string why);
    void begin(mail wanted);
    void quit();
    wait waits_for() const;

    enum class state {
        opening,   // until EHLO, STARTTLS and AUTH are through
        handshake, // 220 to STARTTLS: the owner is at it
        ready,
        gathering, // the content is read before it is sent, to be converted
        envelope,  // RSET, MAIL, RCPT, DATA
        content,   // after 354, or between BDATs
        verdict,   // the final dot or BDAT LAST is sent
        closing,   // QUIT is sent
        closed,
    };

    state state_ = state::opening;
    std::deque<action> actions_;
    std::optional<relay::failure> failure_;
    bool in_tls_ = false;
    std::size_t messages_ = 0;

  private:
    // What a reply that is still to come answers. RFC 2920 §3.1: replies are matched by counting.
    enum class command {
        greeting,
        hello, // EHLO, LHLO
        helo,
        starttls,
        auth,
        rset,
        mail,
        rcpt,
        data,
        chunk,   // BDAT, not the last
        end,     // the content, or of LMTP: the content for one recipient
        nothing, // the lone dot behind an envelope without recipients
        quit,
    };
    struct awaited {
        command what;
        std::size_t position = 0; // rcpt, end: of the recipient
    };

    // machine.cpp
    void send_line(std::string line, command what);
    void on_reply(const reply& r);
    void dispatch(const awaited& a, const reply& r);
    void on_surplus(const reply& r);
    void fail(failure::kind kind, outcome with, bool politely);
    void fail_protocol(std::string why);
    void end_transaction(const outcome& for_the_rest);
    void say_quit();
    void close();
    stage stage_of(command what) const;
    std::chrono::seconds limit_of(command what) const;

    // hello.cpp
    void say_hello();
    void on_greeting(const reply& r);
    void on_hello(const reply& r, bool extended);
    void after_hello();
    void on_starttls(const reply& r);

    // login.cpp
    void log_in();
    bool try_mechanism();
    void on_auth(const reply& r);
    void cannot_log_in(outcome with);

    // envelope.cpp
    bool is_acceptable();
    bool demands_are_met();
    bool addresses_are_sendable();
    void choose_transport();
    void start_round();
    void send_group();
    bool add_command(std::string& group);
    void on_mail(const reply& r);
    void on_rcpt(const reply& r, std::size_t position);
    void round_over(bool success);
    void finish();

    // content.cpp
    void convert();
    void look_at_header();
    void on_data(const reply& r);
    void start_content();
    void send_piece(std::string_view piece);
    void send_end();
    void flush();
    void send_chunk(bool last);
    void on_chunk(const reply& r);
    void on_end(const reply& r, std::size_t position);
    void break_off(dot_stuffing::fault why);
    outcome taken(const reply& r) const;

    session_settings settings_;
    std::string input_;
    reply_reader reader_;
    std::deque<awaited> awaited_;
    std::uint64_t waits_ = 0;

    capabilities offered_;
    bool verified_ = false;
    bool tls_tried_ = false;
    bool authenticated_ = false;
    std::deque<std::string> mechanisms_; // yet to be tried
    std::deque<std::string> responses_;  // of the one under way, in base64

    std::optional<relay::transaction> transaction_;
    envelope_choices choices_;
    bool mail_sent_ = false;
    bool data_sent_ = false;
    bool reset_due_ = false;   // a transaction was left unfinished: RSET before the next
    bool out_of_step_ = false; // RCPT was taken though MAIL was refused
    // What is read of the content before any of it is sent.
    enum class reading { nothing, header, all };
    reading first_ = reading::nothing;
    std::string gathered_; // the converted content
    std::optional<dot_stuffing> stuffing_;
    std::string unsent_; // content, stuffed
    std::string held_;   // BDAT: a chunk that may be the last
};

} // namespace refmail::relay
