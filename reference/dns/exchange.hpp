// One question, put to one name server after the other until one of them answers: retransmission, TCP when
// the answer does not fit, and no belief in what strangers send. Internal to dns/: stub.hpp asks this way.
#pragma once
#include "net/datagram.hpp"
#include "net/endpoint.hpp"
#include "reference/dns/stub.hpp"

#include <memory>
#include <string>

namespace refmail::dns {

class exchange {
  public:
    exchange(const boost::asio::any_io_executor& on, const stub_settings& how, std::string name,
             record_type type);

    // complete, always: with an answer, or unavailable and why.
    net::task<response> run();

  private:
    net::task<response> ask(const net::endpoint& server, net::deadline until);
    net::task<response> ask_over_udp(const net::endpoint& server, net::deadline until);
    net::task<response> ask_over_tcp(const net::endpoint& server, net::deadline until);
    net::datagram_socket* socket_towards(const net::endpoint& server);
    response failed(const net::endpoint& server, std::string_view why) const;

    boost::asio::any_io_executor executor_;
    const stub_settings& how_;
    question question_;
    std::unique_ptr<net::datagram_socket> ipv4_, ipv6_;
    int strangers_ = 0; // datagrams that were no answer to us
};

} // namespace refmail::dns
