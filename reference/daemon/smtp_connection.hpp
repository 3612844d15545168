// One client of SMTP, submission or LMTP: reads its octets, feeds the session (smtp/session.hpp) and does
// what it wants done. All protocol is in the session; here are sockets, time limits, the disk and the log.
// Lives on one executor; waits for the disk and for slow hashes without blocking it.
#pragma once
#include "reference/daemon/client_connection.hpp"
#include "reference/daemon/delivery_plan.hpp"
#include "reference/smtp/session.hpp"

#include <memory>
#include <optional>
#include <string>

namespace refmail::daemon {

class smtp_connection final : public client_connection {
  public:
    smtp_connection(services& shared, const smtp_service& what, net::stream_ptr stream,
                    boost::asio::any_io_executor on);

    // After shut_down() who is idle gets 421; a transaction under way may end.
    net::task<void> run() override;

  private:
    net::task<bool> greet();
    net::task<void> serve();
    net::task<bool> pump(); // all actions; false when it is over
    net::task<bool> wait_for(smtp::action& wanted);
    net::task<bool> send_replies(std::string octets);
    net::task<void> check_login(smtp::verify_password asked);
    net::task<void> commit();
    net::task<void> tell_of_success(const std::vector<smtp::delivery_verdict>& outcome);
    net::task<void> spill();
    void begin(const smtp::begin_message& wanted);
    net::deadline read_deadline() const;
    void note_message(std::uint64_t octets, const std::vector<smtp::delivery_verdict>& outcome,
                      const std::string& error) const;
    void note_refusals(std::string_view replies);
    void note_end() const;

    const smtp::policy& policy_;
    std::optional<smtp::session> session_;

    std::shared_ptr<const smtp::envelope> envelope_;
    delivery_plan plan_;
    std::shared_ptr<store::draft> draft_;
    std::optional<std::string> beginning_; // of the content, when a report may have to quote its header

    net::deadline session_end_, message_end_;
    bool in_content_ = false; // message_end_ holds
    bool told_ = false;       // of the shutdown
    std::size_t messages_ = 0, refusals_ = 0;
};

} // namespace refmail::daemon
