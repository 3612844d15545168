// A client of IMAP: its session on a socket, its greeting when there is no place, its time limits. All else
// is reading_connection's. RFC 9051 §5.4, §7.1.5.
#pragma once
#include "reference/daemon/reading_connection.hpp"

namespace refmail::daemon {

class imap_connection final : public reading_connection {
  public:
    imap_connection(services& shared, const imap_service& what, net::stream_ptr stream,
                    boost::asio::any_io_executor on)
        : reading_connection(shared, what, std::move(stream), std::move(on))
        , policy_(what.policy) {}

  private:
    std::string refusal() const override;
    std::unique_ptr<reading_session> greet() override;
    std::chrono::seconds idle_limit(bool logged_in) const override;

    const imap::policy& policy_;
};

} // namespace refmail::daemon
