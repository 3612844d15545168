// The server that is stressed, as sessions need it: connecting, logging in, keeping the last lines of each
// dialog for a report. It judges nothing.
#pragma once
#include "harness/world/imap_client.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
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

struct account_at {
    std::string host;
    std::uint16_t port = 0;
    bool tls_first = false; // imaps
    std::string user, password;
    std::chrono::milliseconds patience{10000};
};

using client_ptr = std::unique_ptr<world::imap_client>;

// Logged in. `tail`, if any, outlives the client.
net::task<world::client_result<client_ptr>> log_in(const account_at& where, dialog_tail* tail);

// The messages for which COPYUID and APPENDUID give UIDs, "1:3,5" one by one; at most 10,000.
std::vector<std::uint64_t> numbers_of(std::string_view set);

} // namespace mailspec::stress
