// The DNS that the server under test asks: UDP and TCP, EDNS, truncation, faults on demand. Many zones at
// once, each a case's own; it remembers who asked what, in order. RFC 1034, RFC 1035, RFC 2308, RFC 6891.
// What no zone knows is NXDOMAIN.
#pragma once
#include "harness/world/dns_zone.hpp"
#include "net/event.hpp"
#include "net/listener.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::world {

struct dns_question {
    std::string name; // lower case, no last dot
    std::string type; // "MX"
    bool over_tcp = false, dnssec = false, edns = false;
    std::string answered; // "NOERROR", "SERVFAIL", "nothing" ...
    std::chrono::steady_clock::time_point at;
};

// While it lives, the zone is served.
class served_zone {
  public:
    virtual ~served_zone() = default;
    virtual const std::vector<dns_question>& asked() const = 0; // of this zone, in order
    virtual net::event& changed() = 0;                          // after each question
};

class dns_server {
  public:
    static std::expected<std::unique_ptr<dns_server>, std::string> open(const net::executor& on,
                                                                        net::endpoint at);
    ~dns_server(); // zones that are still served outlive it unharmed

    net::endpoint local() const;
    std::unique_ptr<served_zone> serve(std::shared_ptr<const dns_zone> zone);

  private:
    struct impl;
    explicit dns_server(std::shared_ptr<impl> made);
    std::shared_ptr<impl> impl_;
};

} // namespace mailspec::world
