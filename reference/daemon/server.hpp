// The running daemon: listeners, an event loop a core with its sessions, signals, the orderly end.
#pragma once
#include "net/listener.hpp"
#include "reference/daemon/services.hpp"

#include <memory>
#include <string>
#include <vector>

namespace refmail::daemon {

class server {
  public:
    // Binds; throws configuration_error when an address cannot be had. Connections queue in the
    // kernel from here on and are greeted once run() is called.
    explicit server(services& shared);
    ~server();

    // The addresses really bound, by service.
    const std::vector<net::endpoint>& addresses_of(const std::string& service) const;

    std::vector<net::endpoint> all_addresses() const;

    // Serves until SIGTERM or SIGINT: no new connections, 421 for idle sessions, running transactions
    // may finish (settings: limits.shutdown). A second signal ends at once.
    void run();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace refmail::daemon
