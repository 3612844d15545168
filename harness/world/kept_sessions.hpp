// Sessions of IMAP that the harness keeps logged in between the cases of a run, one an account at most: what
// surrounds a case then costs no connection, no handshake and no login. None has a mailbox selected. Their
// server may have closed them meanwhile: who takes one finds out by asking, and logs in afresh.
#pragma once
#include "harness/world/imap_client.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace mailspec::world {

struct kept_session {
    std::unique_ptr<imap_client> client; // null: there is none
    std::string prefix, delimiter;       // of the first personal namespace (RFC 9051 §6.3.10)
    bool namespace_known = false;
};

class kept_sessions {
  public:
    explicit kept_sessions(std::size_t most) // at once, that nobody has taken
        : most_(most) {}

    kept_session take(const std::string& user);
    // Logged in as the user, nothing unread. One that finds no room, or another of that user, is closed.
    void keep(const std::string& user, kept_session one);
    // Before the server is stopped, and when it was: a server waits for sessions that are open.
    void close_all() { idle_.clear(); }
    std::size_t size() const { return idle_.size(); }

  private:
    std::size_t most_;
    std::map<std::string, kept_session> idle_; // by user
};

} // namespace mailspec::world
