// The DNS that the server under test asks: UDP and TCP, EDNS, truncation, faults on demand. Many zones at
// once, each a case's own; it remembers who asked what, in order. RFC 1034, RFC 1035, RFC 2308, RFC 6891.
// What no zone knows is NXDOMAIN.
#pragma once
#include "harness/world/dns_answering.hpp"
#include "harness/world/dns_zone.hpp"
#include "net/event.hpp"
#include "net/listener.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::world {

// While it lives, the zone is served.
class served_zone {
  public:
    virtual ~served_zone() = default;
    virtual const std::vector<dns_question>& asked() const = 0; // of this zone, in order
    virtual net::event& changed() = 0;                          // after each question
};

class dns_server {
  public:
    // On an address; port 0: any that is free for UDP and TCP. The error is a sentence that says what to do.
    static std::expected<std::unique_ptr<dns_server>, std::string> open(const net::executor& on,
                                                                        net::endpoint at);
    ~dns_server(); // zones that are still served outlive it unharmed

    net::endpoint local() const;
    // `each` is told of each question of this zone, too.
    std::unique_ptr<served_zone> serve(std::shared_ptr<const dns_zone> zone,
                                       std::function<void(const dns_question&)> each = {});

    // Told of each question, also of those that belong to no zone; `peer` is who asked.
    void watch(std::function<void(const dns_question&, const std::string& peer)> each);

    struct impl; // dns_server.cpp's own

  private:
    explicit dns_server(std::shared_ptr<impl> made);
    std::shared_ptr<impl> impl_;
};

} // namespace mailspec::world
