// One connection of a case to the server: gathers what is to be sent, reads what comes as events (a reply,
// the end, nothing in time), writes all of it down, and lets the judge of its language see every octet. An
// event is kept until it is taken, so that several expectations can be held against it.
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/imap_dialog.hpp"
#include "harness/script/server_dialect.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mailspec::script {

class server_connection {
  public:
    // What is read of one connection: a server that floods its client ends a case, and not the run.
    struct limits {
        std::size_t octets;
        int replies;
    };
    // `into` keeps transcript, deviations, handshakes; it outlives the connection.
    server_connection(net::stream_ptr stream, case_outcome& into, int number, int stream_index,
                      std::string service, bool plain, std::chrono::milliseconds patience,
                      limits most = {128u << 20, 100'000});
    ~server_connection(); // closes

    void queue(std::string_view octets) { unsent_ += octets; }
    bool has_unsent() const { return !unsent_.empty(); }
    // Writes what is queued. A failure is no verdict: what the server said before it left is still read.
    net::task<void> flush(net::deadline limit);

    // The next event, by the deadline; the same one until it is taken.
    net::task<const server_event*> next(net::deadline until);
    void take();           // a reply or malformed line is done with; an end stays
    void forget_silence(); // the next call waits anew

    net::task<net::result<net::tls_facts>> start_tls(net::tls_options options, net::deadline until);
    // Both directions are compressed from here on, by `wrap`; what came behind the last event is its
    // business.
    using wrapper = std::function<net::stream_ptr(net::stream_ptr, std::string already_read)>;
    void start_compression(const wrapper& wrap);
    net::task<void> half_close(net::deadline until);
    void reset();
    // Judges what is still unread, without waiting, and closes.
    net::task<void> finish();

    const std::string& service() const { return service_; }
    bool plain() const { return plain_; }
    int stream() const { return stream_index_; }
    // What was said so far, of an IMAP connection.
    imap_dialog& imap() { return imap_; }
    const imap_dialog& imap() const { return imap_; }
    const std::string& greeting() const { return greeting_; } // of POP3: its first line
    // A line in the transcript for people.
    void note(std::string text) { write_down(entry::noted, std::move(text)); }

    bool greeted() const { return replies_taken_ > 0; }
    std::size_t received() const { return received_; } // octets read so far
    const wire::capability_set* capabilities() const { return dialect_->smtp_capabilities(); }
    const std::optional<net::tls_facts>& tls() const { return tls_; }
    const std::string& write_failure() const { return write_failure_; } // empty: none

  private:
    using entry = net::transcript_entry::what;
    void write_down(entry kind, std::string text);
    net::task<void> read_more(net::deadline until); // more in unread_, or ended_, or timed_out_
    void skip_tls_alert();
    bool parse();
    bool floods() const { return received_ > most_.octets || replies_taken_ > most_.replies; }
    server_event ending();

    net::stream_ptr stream_;
    case_outcome& into_;
    int number_, stream_index_;
    std::string service_;
    bool plain_;
    std::chrono::milliseconds patience_;
    limits most_;
    std::unique_ptr<server_dialect> dialect_;
    imap_dialog imap_;
    std::string greeting_;

    std::string unsent_;
    std::string write_failure_;
    std::string unread_;
    std::size_t received_ = 0;
    std::optional<server_event> event_;
    std::optional<net::failure> ended_;
    bool timed_out_ = false;
    int replies_taken_ = 0;
    std::optional<net::tls_facts> tls_;
};

} // namespace mailspec::script
