// One running server and what the cases that it is given share: its addresses, accounts leased, connections
// counted, the hands that stop it and move its clock, the reader of what it delivered. It runs one case at a
// time for each caller, finds out whether the server died of it, and has it back. Which case comes next, and
// what comes of it, is run_cases'.
#pragma once
#include "harness/runner/case_order.hpp"
#include "harness/runner/run_cases.hpp"
#include "harness/runner/server_hands.hpp"
#include "harness/runner/socket_connector.hpp"
#include "harness/runner/time_hands.hpp"
#include "harness/target/account_pool.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace mailspec::runner {

class server_under_test {
  public:
    // `target` outlives it.
    server_under_test(const boost::asio::any_io_executor& on, target::running_target& target,
                      shared_surroundings around);

    net::task<script::case_outcome> run(const suite::test_case& c, std::string token);
    // Did it die under this case? What held needs no explanation.
    net::task<bool> died_under(const script::case_outcome& outcome);
    // After a death, or a case that left it stopped. False: there is no server any more, lost() says why.
    net::task<bool> revive();

    // No case will come any more: nothing is kept open.
    void end() { kept_.close_all(); }

    target::running_target& target() { return target_; }
    const std::string& lost() const { return lost_; }    // a sentence; empty: it is there
    const std::string& last_log() const { return log_; } // its last lines when it died last

  private:
    target::running_target& target_;
    shared_surroundings around_;
    socket_connector connector_;
    world::kept_sessions kept_;
    server_hands hands_;
    time_hands time_;
    std::unique_ptr<world::mailbox_reader> mailboxes_;
    target::account_pool accounts_;
    std::unique_ptr<target::account_pool> quiet_accounts_; // null: there are too few to part them
    target::fair_gate sessions_;
    int restarts_ = 0;
    std::string lost_, log_;
};

bool in_trouble(const script::case_outcome& outcome);

} // namespace mailspec::runner
