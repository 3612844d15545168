// TCP behind byte_stream. Internal to net/: others get a stream from connect() or a listener.
#pragma once
#include "net/deadline_watch.hpp"
#include "net/tls_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace net {

std::string address_text(const boost::asio::ip::tcp::endpoint& e);

class tcp_stream final : public tls_stream {
  public:
    explicit tcp_stream(boost::asio::ip::tcp::socket connected);

    std::string local_address() const override { return local_; }
    std::string peer_address() const override { return peer_; }

  protected:
    task<result<std::size_t>> raw_read(std::span<char> into, deadline until) override;
    task<result<void>> raw_write(std::string_view octets, deadline until) override;
    result<void> raw_shutdown_send() override;
    void raw_send_now(std::string_view octets) override;
    void raw_close() override;
    void raw_reset() override;

  private:
    boost::asio::ip::tcp::socket socket_;
    deadline_watch reading_, writing_;
    std::string local_, peer_; // known at the start: a broken socket cannot tell any more
};

} // namespace net
