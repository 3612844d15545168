// The sending side of the daemon: an event loop and a thread of its own on which the queue runner, its
// connections, the resolver and the control port live. So a host that is slow, or mail that is plenty, never
// delays a client that is being served.
#pragma once
#include "reference/daemon/services.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace refmail::daemon {

class outgoing_mail {
  public:
    // `listening`: the addresses on which mail is taken. Binds the control port. Throws bad_setting.
    outgoing_mail(services& shared, const std::vector<net::endpoint>& listening);
    ~outgoing_mail(); // finish()

    void begin();                      // tries what waits
    void added(const queue::entry& e); // from any thread; it is on the disk
    // No new attempts. Messages whose content is on its way get so long to be taken: cut off now, they would
    // be sent twice.
    void finish(std::chrono::seconds patience);

    std::optional<net::endpoint> control() const; // where the control port is

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace refmail::daemon
