// The harness's own client of IMAP, for what surrounds a case: making its mailboxes, putting messages there,
// reading what was delivered. It judges nothing; what does not go as it should is a sentence with the
// server's words. RFC 9051, RFC 3501; LITERAL+ of RFC 7888 where it is offered.
#pragma once
#include "harness/wire/imap_response.hpp"
#include "harness/world/client_result.hpp"
#include "net/byte_stream.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::world {

struct imap_answer {
    std::string condition; // OK NO BAD
    wire::imap_response tagged;
    std::vector<wire::imap_response> untagged;
    bool ok() const { return condition == "OK"; }
};

class imap_client {
  public:
    struct settings {
        bool tls_first = false; // imaps
        std::chrono::milliseconds patience{10000};
        // Every read and write, for a transcript; may be empty.
        std::function<void(bool sent, std::string_view octets)> told;
        // Each response once it is whole, and that TLS has begun, for whoever judges them; may be empty.
        std::function<void(const wire::imap_response&)> heard;
        std::function<void()> secured;
    };
    imap_client(net::stream_ptr stream, settings how);

    // TLS where it is due, the greeting, STARTTLS where no password is taken without, LOGIN.
    net::task<client_result<void>> log_in(std::string user, std::string password);
    // One command without its tag. A literal in it (`{n}` CRLF octets) is sent in the way that is offered.
    net::task<client_result<imap_answer>> ask(std::string command);
    // The same, where anything but OK is an error: "SELECT INBOX was answered by ...".
    net::task<client_result<imap_answer>> demand(std::string command);
    // One literal behind the words: APPEND box {n} ... Some servers answer before they were sent it.
    net::task<client_result<imap_answer>> ask_with_literal(std::string words, std::string_view octets);
    net::task<client_result<imap_answer>> demand_with_literal(std::string words, std::string_view octets);
    // IDLE, and DONE after that time, whatever was told meanwhile (RFC 2177).
    net::task<client_result<imap_answer>> idle(std::chrono::milliseconds how_long);
    // Commands that go out in one write (RFC 9051 §5.5), with their answers as these were completed: which
    // command, and what came before its tagged response and behind the one before.
    net::task<client_result<std::vector<std::pair<std::size_t, imap_answer>>>>
    ask_all(std::vector<std::string> commands);
    net::task<client_result<void>> compress(); // COMPRESS DEFLATE (RFC 4978), from its OK on
    // A tag and these octets, whole commands or not; then the connection is closed, or reset, unread.
    net::task<void> drop(std::string octets, bool reset);
    net::task<void> log_out();

    bool offers(std::string_view capability) const;
    // Its connection has ended, or kept silent too long: no answer will come to anything.
    bool broken() const { return broken_; }
    // Who is told of reads and writes from here on.
    void report_to(std::function<void(bool sent, std::string_view octets)> told) {
        how_.told = std::move(told);
    }

  private:
    net::task<client_result<void>> write(std::string octets);
    net::task<client_result<wire::imap_response>> read();
    net::task<client_result<imap_answer>> finish(std::string tag);
    net::task<client_result<void>> start_tls();
    void learn(const wire::imap_response& response);

    net::stream_ptr stream_;
    settings how_;
    std::string unread_;
    std::vector<std::string> capabilities_;
    unsigned tags_ = 0;
    bool broken_ = false;
};

// "a \"b\"" with what quoted strings need.
std::string imap_quoted(std::string_view text);

} // namespace mailspec::world
