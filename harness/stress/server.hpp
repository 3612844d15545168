// The server that is stressed, as sessions need it: connecting, logging in, keeping the last lines of each
// dialog for a report, and holding each response against the ambient rules. It knows nothing of a model.
#pragma once
#include "harness/wire/imap_judge.hpp"
#include "harness/world/imap_client.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mailspec::stress {

// The end of one session's dialog; some kilobytes, however long it was.
class dialog_tail {
  public:
    void add(bool sent, std::string_view octets);
    std::vector<std::string> lines(std::size_t most = 20) const; // "C: m1 NOOP"

  private:
    std::deque<std::pair<bool, std::string>> pieces_;
    std::size_t octets_ = 0;
};

// All that one connection says and hears.
class session_ear {
  public:
    // Writes the whole dialog to this file as well, behind what is there; an empty name: nowhere.
    explicit session_ear(const std::string& file = {});
    void octets(bool sent, std::string_view octets);
    void response(const wire::imap_response& response);
    void secured() { judge_.tls_started(); }

    std::vector<std::string> lines() const { return tail_.lines(); }
    // What responses broke of the ambient rules since the last call; a rule once.
    std::vector<wire::deviation> deviations() { return std::exchange(found_, {}); }

  private:
    void write(bool sent, std::string_view octets);

    dialog_tail tail_;
    std::ofstream file_;
    char wrote_ = '\n', side_ = ' '; // the last octet, and whose: C or S
    wire::imap_judge judge_;
    std::vector<wire::deviation> found_;
};

struct account_at {
    std::string host;
    std::uint16_t port = 0;
    bool tls_first = false; // imaps
    std::string user, password;
    std::chrono::milliseconds patience{10000};
};

using client_ptr = std::unique_ptr<world::imap_client>;

// Logged in. `ear`, if any, outlives the client.
net::task<world::client_result<client_ptr>> log_in(const account_at& where, session_ear* ear);

// The messages for which COPYUID and APPENDUID give UIDs, "1:3,5" one by one; at most 10,000.
std::vector<std::uint64_t> numbers_of(std::string_view set);

} // namespace mailspec::stress
