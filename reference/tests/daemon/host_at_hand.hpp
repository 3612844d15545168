// A host for the SMTP client to talk to: one listener on loopback, with replies as told, and a record of
// what it was sent. Small on purpose: what matters to the client is how it fails.
#pragma once
#include "net/listener.hpp"
#include "net/tls_context.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace test {

struct host_manners {
    std::string greeting = "220 mx.test\r\n";
    std::vector<std::string> keywords = {"PIPELINING"}; // of EHLO
    std::map<std::string, std::string> replies;        // by verb, instead of the good one; "." is the content
    std::string hang_up_at;                            // a verb, or "greeting", "." : closes without a word
    int hang_up_times = 1 << 20;                       // so many connections do so, later ones do not
    std::string silent_at;                             // a verb, "greeting", ".": says nothing, keeps open
    std::shared_ptr<const net::tls_identity> identity; // offers STARTTLS with it
    bool broken_tls = false;                           // agrees to STARTTLS, and then talks nonsense
};

class host_at_hand {
  public:
    host_at_hand(const boost::asio::any_io_executor& on, host_manners manners,
                 const std::string& address = "127.0.0.1", std::uint16_t port = 0);
    ~host_at_hand();

    std::uint16_t port() const;
    net::task<void> serve(); // until stop()
    void stop();

    // All lines of one connection, commands and content; "+tls" where a handshake was done.
    struct heard {
        std::vector<std::string> lines;
    };
    const std::vector<std::unique_ptr<heard>>& connections() const { return connections_; }
    std::string all() const; // the lines of all connections, joined by "|"; connections by " / "

  private:
    net::task<void> talk(net::stream_ptr stream, heard& into);
    std::string reply_to(const std::string& verb, bool tls) const;

    host_manners manners_;
    std::unique_ptr<net::listener> listener_;
    std::vector<std::unique_ptr<heard>> connections_;
    int hung_up_ = 0;
};

} // namespace test
