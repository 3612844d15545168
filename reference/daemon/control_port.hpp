// The control port: HTTP with JSON on a loopback address, a request a connection. Here is the carrying;
// what may be asked is in control_requests.hpp. Refuses what a browser sends in the name of some page
// (Origin, a foreign Host): whoever looks at a web site must not move clocks here.
#pragma once
#include "net/endpoint.hpp"
#include "net/listener.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <string>

namespace refmail::daemon {

struct control_request {
    std::string method;         // GET, POST
    std::string path;           // "/queue/ID", decoded, without the query
    std::string query;          // as it came
    boost::json::object wanted; // the body; empty: none
};

struct control_answer {
    int status = 200;
    boost::json::object body;
};

// {"error": "..."}: what is wrong and what to do.
control_answer control_problem(int status, std::string_view why);

class control_port {
  public:
    using handler = std::function<net::task<control_answer>(control_request)>;

    // Binds; throws bad_setting. Serves from serve() on, on the executor.
    control_port(const boost::asio::any_io_executor& on, const net::endpoint& at, handler answer);
    net::endpoint address() const { return listener_->local(); }
    net::task<void> serve(); // until the executor ends

  private:
    net::task<void> converse(net::stream_ptr with);

    std::unique_ptr<net::listener> listener_;
    handler answer_;
};

} // namespace refmail::daemon
