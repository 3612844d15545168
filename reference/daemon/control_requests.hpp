// What may be asked at the control port:
//   GET  /clock                              what time it is here, and by how much it was moved
//   POST /clock {"advance":"4h"}             moves it; answered when what came due through it is settled:
//                                            attempted, written down, senders told. "settle":false: at once.
//                                            "settled":false in the answer: a host is waited for that says
//                                            nothing, and only time will end that
//   GET  /queue [?limit=N&after=ID]          what waits
//   GET  /queue/ID                           one message
//   POST /queue/run {} | {"domain":D} | {"id":ID}    tries now; answered when that is settled
//   POST /queue/ID/hold | release | delete | bounce
// Lives on the queue runner's executor.
#pragma once
#include "reference/daemon/control_port.hpp"
#include "reference/daemon/movable_clock.hpp"
#include "reference/daemon/outbound_pulse.hpp"
#include "reference/daemon/queue_runner.hpp"

#include <optional>

namespace refmail::daemon {

class control_requests {
  public:
    control_requests(movable_clock& time, queue_runner& mail, const outbound_pulse& pulse,
                     boost::asio::any_io_executor on)
        : time_(time)
        , mail_(mail)
        , pulse_(pulse)
        , executor_(std::move(on)) {}

    net::task<control_answer> answer(control_request what);

  private:
    net::task<control_answer> move_clock(const boost::json::object& wanted);
    net::task<control_answer> list(const std::string& query);
    net::task<control_answer> run(const boost::json::object& wanted);
    net::task<control_answer> one(const control_request& what);
    net::task<control_answer> act(queue::backlog::number which, const std::string& action);
    control_answer clock_answer() const;

    movable_clock& time_;
    queue_runner& mail_;
    const outbound_pulse& pulse_;
    boost::asio::any_io_executor executor_;
};

// "90s", "15m", "4h", "5d", "1d12h"; seconds from 1.
std::optional<std::chrono::seconds> parse_span(std::string_view text);

} // namespace refmail::daemon
