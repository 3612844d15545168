// One client: reads its octets, feeds the session (smtp/session.hpp) and does what it wants done.
// All protocol is in the session; here are sockets, time limits, the disk and the log.
// Lives on one executor; waits for the disk and for slow hashes without blocking it.
#pragma once
#include "net/byte_stream.hpp"
#include "reference/daemon/delivery_plan.hpp"
#include "reference/daemon/services.hpp"
#include "reference/smtp/session.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace refmail::daemon {

class connection {
  public:
    connection(services& shared, const service& what, net::stream_ptr stream,
               boost::asio::any_io_executor on);

    net::task<void> run();

    // 421 for who is idle; a transaction under way may end, until then. From the same executor.
    // The owner interrupts a pending read or handshake of run() by cancelling the coroutine.
    void shut_down(net::deadline until);
    bool is_interruptible() const { return interruptible_; }

  private:
    net::task<bool> greet(); // admission, implicit TLS
    net::task<void> part();  // closes so that the last reply arrives
    net::task<void> serve();
    net::task<bool> pump(); // all actions; false when it is over
    net::task<bool> wait_for(smtp::action& wanted);
    net::task<bool> send_replies(std::string octets);
    net::task<bool> upgrade();
    net::task<void> check_password(smtp::verify_password asked);
    net::task<void> commit();
    net::task<void> tell_of_success(const std::vector<smtp::delivery_verdict>& outcome);
    net::task<void> spill();
    void begin(const smtp::begin_message& wanted);
    net::deadline read_deadline() const;
    void note_message(std::uint64_t octets, const std::vector<smtp::delivery_verdict>& outcome,
                      const std::string& error) const;
    void note_refusals(std::string_view replies);
    void note_end() const;

    services& shared_;
    const service& service_;
    net::stream_ptr stream_;
    boost::asio::any_io_executor executor_;
    std::unique_ptr<admission::pass> pass_;
    std::string id_, peer_;
    std::optional<smtp::session> session_;

    std::shared_ptr<const smtp::envelope> envelope_;
    delivery_plan plan_;
    std::shared_ptr<store::draft> draft_;
    std::optional<std::string> beginning_; // of the content, when a report may have to quote its header

    net::deadline session_end_, message_end_, shutdown_end_;
    bool in_content_ = false; // message_end_ holds
    bool shutting_down_ = false, told_ = false, interruptible_ = false;
    std::string ended_by_ = "client";
    std::size_t messages_ = 0, refusals_ = 0;
};

} // namespace refmail::daemon
