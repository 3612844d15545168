// UDP: datagrams in, datagrams out, with their senders. One reader at a time; a socket lives on one executor
// and is not thread-safe beyond it. Knows nothing of what the octets mean.
#pragma once
#include "net/byte_stream.hpp"
#include "net/endpoint.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace net {

struct datagram {
    std::string octets;
    endpoint peer;
};

class datagram_socket {
  public:
    // "127.0.0.1:0" takes any free port; the host must be an address. The error's text names the
    // address and the cause.
    static result<std::unique_ptr<datagram_socket>> open(const boost::asio::any_io_executor& on,
                                                         const endpoint& at);
    ~datagram_socket();

    task<result<datagram>> receive(deadline until); // up to 64 KiB, whole
    task<result<void>> send(std::string octets, endpoint to);

    endpoint local() const; // with the real port
    void close();           // a pending receive() returns failure::closed

  private:
    struct impl;
    explicit datagram_socket(std::unique_ptr<impl> made);
    std::unique_ptr<impl> impl_;
};

} // namespace net
