// What the world around the server was in one run of a case: what its placeholders stood for, and everything
// that the server did to it, in order, with the step that was being carried out. A replay (`mailspec mutate`)
// is fed from it and opens no socket. Plain data; case_world.hpp fills and plays it.
#pragma once
#include "harness/world/dns_answering.hpp"
#include "net/tls_options.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::script {

// What {zone}, {address:mx}, {tlsa:mx 2 0 1} ... stand for.
struct world_facts {
    std::string zone;                             // without the last dot
    std::map<std::string, std::string> addresses; // host -> "127.1.2.3"
    std::map<std::string, std::string> tlsa;      // "mx", "mx 2 0 1", "mx wrong" -> the data
    std::string server_name;                      // with which the server under test greets
    std::uint16_t egress_port = 0;
};

// Octets that copies of a recording share: a mutant differs from it in few of them, and they may be
// megabytes.
class shared_octets {
  public:
    shared_octets() = default;
    shared_octets(std::string octets)
        : octets_(octets.empty() ? nullptr : std::make_shared<const std::string>(std::move(octets))) {}

    const std::string& str() const {
        static const std::string none;
        return octets_ ? *octets_ : none;
    }
    bool empty() const { return !octets_; }
    std::size_t size() const { return str().size(); }

  private:
    std::shared_ptr<const std::string> octets_;
};

// One thing that a connection to a remote host saw. `step` counts the steps carried out so far.
struct host_event {
    enum class what {
        opened,
        octets,
        written, // what the host had to say by then is on its way
        tls,     // a handshake: facts, or why it failed (octets)
        request, // to a policy host: its request line (octets)
        ended,   // EOF
        reset,
    };
    what kind = what::opened;
    std::size_t stream = 0; // n-th connection of the case, from 0
    std::size_t step = 0;
    shared_octets octets;
    std::optional<net::tls_facts> facts;
};

struct host_stream {
    std::string host;
    int number = 1; // n-th connection to this host
};

struct dns_event {
    std::size_t step = 0; // steps carried out so far
    world::dns_question question;
};

struct world_recording {
    world_facts facts;
    std::vector<host_stream> streams;
    std::vector<host_event> events; // of all hosts, in the order in which they happened
    std::vector<dns_event> questions;
};

} // namespace mailspec::script
