// What every client's connection has, whatever it speaks: a stream, a place among the sessions that there may
// be, TLS, an orderly end. Who derives from it knows the protocol (smtp_connection, reading_connection).
// Lives on one executor. RFC 1122 §4.2.2.13, RFC 8314.
#pragma once
#include "net/byte_stream.hpp"
#include "reference/daemon/services.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <span>
#include <string>

namespace refmail::daemon {

// What a client says to be who it is.
struct login {
    std::string mechanism, user, password;
};

class client_connection {
  public:
    client_connection(services& shared, const service& what, net::stream_ptr stream,
                      boost::asio::any_io_executor on);
    virtual ~client_connection() = default;
    client_connection(const client_connection&) = delete;
    client_connection& operator=(const client_connection&) = delete;

    // Until the client is gone. Run it with `wake` as its cancellation slot.
    virtual net::task<void> run() = 0;

    // Who is idle is told at once; what is under way may end, until then. From the connection's executor.
    void shut_down(net::deadline until);

    boost::asio::cancellation_signal wake;

  protected:
    // Takes a place, and performs the handshake of implicit TLS. What to say when there is no place in all,
    // or none for this address, is not said into a TLS handshake.
    net::task<bool> admit(std::string refusal_when_full, std::string refusal_for_address);
    net::task<bool> upgrade();
    // What interrupt() ends early, with failure::closed.
    net::task<net::result<std::size_t>> read(std::span<char> into, net::deadline until);
    net::task<void> pause(std::chrono::milliseconds time); // shorter when we shut down
    net::task<bool> write(std::string octets);             // false: the client is not there any more
    // Never blocks the loop; who fails waits longer the more often it happens (failed_logins.hpp).
    net::task<authenticator::verdict> check_password(login asked);
    net::task<void> after_failed_login(std::string mechanism, std::string user, std::string error);
    net::task<void> part(); // closes so that the last reply arrives
    void interrupt();       // a read() or pause() that is pending

    services& shared_;
    const service& service_;
    net::stream_ptr stream_;
    boost::asio::any_io_executor executor_;
    const std::string id_, peer_, address_; // address_: without the port
    bool shutting_down_ = false;
    net::deadline shutdown_end_;
    std::string ended_by_ = "client";

  private:
    net::deadline session_end_;
    std::unique_ptr<admission::pass> pass_;
    bool interruptible_ = false;
};

} // namespace refmail::daemon
