// One client of IMAP or POP3: reads its octets, feeds the session and does what it wants done. All protocol
// is in the session; here are sockets, threads, time limits and the log. What may block runs on the store's
// threads; a client that does not read makes its own session wait, and nobody else.
// RFC 9051 §5.4 and RFC 1939 §3 (time), RFC 4978 (compression), RFC 2177 (IDLE).
#pragma once
#include "reference/daemon/client_connection.hpp"
#include "reference/daemon/reading_session.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace refmail::daemon {

class reading_connection : public client_connection, public std::enable_shared_from_this<reading_connection> {
  public:
    net::task<void> run() override;

  protected:
    using client_connection::client_connection;

    virtual std::string refusal() const = 0; // said to a client for whom there is no place
    virtual std::unique_ptr<reading_session> greet() = 0;
    virtual std::chrono::seconds idle_limit(bool logged_in) const = 0;
    std::function<void()> change_notice(); // calls session changed(), on the loop, soon

  private:
    net::task<void> serve();
    net::task<void> take_input();
    net::task<bool> pump(); // all actions; false when it is over
    net::task<bool> carry_out(reading_session::action& wanted);
    net::task<bool> secure();
    net::task<bool> work();
    net::task<void> check_login(imap::verify_password asked);
    net::task<void> check_apop(pop3::verify_digest asked);
    net::task<void> enter(authenticator::verdict found);
    void note_end() const;

    std::unique_ptr<reading_session> session_;
    std::unique_ptr<admission::pass> user_pass_;
    std::vector<char> room_;             // for what is read: small while the client is quiet
    net::clock::time_point quiet_since_; // when all that the client asked for was answered
    bool heard_ = true;                  // something of the client that is not answered yet
    std::atomic<bool> change_is_posted_ = false;
    bool changed_ = false, told_ = false;
};

} // namespace refmail::daemon
