// Whether the connections to other hosts are at something, or only wait for their hosts to speak. For one who
// waits until all is settled, and need not wait for a host that says nothing: only the clock ends that.
// Belongs to one executor.
#pragma once
#include "net/deadline.hpp"

#include <chrono>
#include <cstddef>

namespace refmail::daemon {

class outbound_pulse {
  public:
    // While one lives a connection is there.
    class connection {
      public:
        explicit connection(outbound_pulse* of)
            : of_(of) {
            if (of_) ++of_->connections_, of_->beat();
        }
        ~connection() {
            if (of_) --of_->connections_, of_->beat();
        }
        connection(const connection&) = delete;
        connection& operator=(const connection&) = delete;

      private:
        outbound_pulse* of_;
    };
    // While one lives a connection waits for its host.
    class wait {
      public:
        explicit wait(outbound_pulse* of)
            : of_(of) {
            if (of_) ++of_->waiting_;
        }
        ~wait() {
            if (of_) --of_->waiting_, of_->beat();
        }
        wait(const wait&) = delete;
        wait& operator=(const wait&) = delete;

      private:
        outbound_pulse* of_;
    };

    // There are connections, each waits for its host, and none has heard anything for so long.
    bool only_waits(std::chrono::milliseconds since) const {
        return connections_ > 0 && waiting_ == connections_ && net::clock::now() - last_ > since;
    }

  private:
    void beat() { last_ = net::clock::now(); }

    std::size_t connections_ = 0, waiting_ = 0;
    net::clock::time_point last_ = net::clock::now();
};

} // namespace refmail::daemon
