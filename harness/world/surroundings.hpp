// What all cases of a run share of the world around the server under test: the DNS server that it asks, the
// test CA that it trusts, the port towards which it sends, and a stock of addresses for remote hosts. An
// address is given out once in a run and never again: a late retry of one case must not reach the next.
// Runs side by side keep apart: each holds blocks 127.X.Y.* of its own.
#pragma once
#include "harness/world/dns_server.hpp"
#include "harness/world/test_ca.hpp"
#include "net/listener.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::world {

class surroundings {
  public:
    struct settings {
        net::endpoint dns;             // where to answer, UDP and TCP; port 0: any
        std::uint16_t egress_port = 0; // towards which the server sends; 0: any that is free
        std::uint16_t https_port = 0;  // of policy hosts; 0: any that is free
    };
    // The error is a sentence that says what to do (port in use, no right to bind it ...).
    static std::expected<std::unique_ptr<surroundings>, std::string> open(const net::executor& on,
                                                                          settings wanted);

    dns_server& dns() { return *dns_; }
    const test_ca& ca() const { return *ca_; }
    std::uint16_t egress_port() const { return egress_port_; }
    std::uint16_t https_port() const { return https_port_; }

    // An address of 127.0.0.0/8 that nobody else has; it need not be listened on.
    std::string lease_address();
    // A listener on a fresh address, at that port.
    std::expected<std::unique_ptr<net::listener>, std::string> listen(const net::executor& on,
                                                                      std::uint16_t port);
    // A listener on an address that was leased before.
    std::expected<std::unique_ptr<net::listener>, std::string>
    listen_at(const net::executor& on, const std::string& address, std::uint16_t port);

  private:
    explicit surroundings(const net::executor& on)
        : on_(on) {}
    std::expected<void, std::string> claim_block();

    net::executor on_;
    std::unique_ptr<dns_server> dns_;
    std::unique_ptr<test_ca> ca_;
    std::uint16_t egress_port_ = 0, https_port_ = 0;
    std::string block_; // "127.93.7."
    unsigned next_in_block_ = 0;
    // On the first address of each block, which is never given out: who listens there owns the block.
    std::vector<std::unique_ptr<net::listener>> claims_;
};

} // namespace mailspec::world
