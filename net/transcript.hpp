// Every octet of a conversation, with its direction, time and connection: the proof in a report,
// and what `mailspec mutate` replays. Plaintext is kept (above TLS), handshakes are events.
#pragma once
#include "net/byte_stream.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace net {

struct transcript_entry {
    enum class what { sent, received, opened, tls, half_closed, closed, reset, failed, noted };
    what kind = what::sent;
    int connection = 1;             // as numbered in the script
    std::chrono::microseconds at{}; // since the transcript began
    std::string octets;             // sent/received: the bytes; else a line for people
    std::string party;              // empty: of the script; else who had the connection, "mx[1]"
};

class transcript {
  public:
    transcript()
        : start_(clock::now()) {}
    // Adjacent entries of the same kind and connection are kept apart: each is one read or write.
    void add(transcript_entry::what kind, int connection, std::string octets, std::string party = {});
    const std::vector<transcript_entry>& entries() const { return entries_; }

  private:
    clock::time_point start_;
    std::vector<transcript_entry> entries_;
};

// Wraps a stream so that all that passes is written down. The transcript must outlive it.
stream_ptr record(stream_ptr inner, transcript& into, int connection);

} // namespace net
