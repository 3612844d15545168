// Accepting TCP connections. A listener lives on one executor; a connection may be handed to
// another one (a daemon with an event loop a thread). Not thread-safe beyond its executor.
#pragma once
#include "net/byte_stream.hpp"
#include "net/endpoint.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace net {

using executor = boost::asio::any_io_executor;

class listener {
  public:
    // "127.0.0.1:0" takes any free port; the host must be an address, or localhost. The error's
    // text names the address and the cause ("address already in use", "permission denied").
    static result<std::unique_ptr<listener>> open(const executor& on, const endpoint& at);
    ~listener();

    task<result<stream_ptr>> accept(deadline until);                   // on the listener's executor
    task<result<stream_ptr>> accept_on(executor peer, deadline until); // the stream lives on `peer`

    endpoint local() const; // with the real port
    void close();           // a pending accept() returns failure::closed

  private:
    struct impl;
    explicit listener(std::unique_ptr<impl> made);
    std::unique_ptr<impl> impl_;
};

} // namespace net
