// The DNS, the test CA and the addresses of a run; see the header.
#include "harness/world/surroundings.hpp"

#include <fmt/core.h>

#include <random>

namespace mailspec::world {
namespace {

constexpr unsigned last_in_block = 254;
constexpr int tries = 32; // a block that is taken is rare; a port that is taken everywhere stays so

// Neither 127.0.* nor 127.255.*: the former is where servers live, the latter ends in a broadcast address.
std::string random_block() {
    static std::mt19937 numbers{std::random_device{}()};
    std::uniform_int_distribution<int> octet(1, 254);
    const int second = octet(numbers);
    return fmt::format("127.{}.{}.", second, octet(numbers));
}

std::string port_advice(std::uint16_t port, const std::string& why) {
    if (why.ends_with("Permission denied"))
        return fmt::format("{}: ports below 1024 need root (or CAP_NET_BIND_SERVICE); or let the server send "
                           "to another port (profile key sends.port)",
                           why);
    return fmt::format(
        "{}: something listens on port {} of every address; stop it, or let the server send to "
        "another port (profile key sends.port)",
        why, port);
}

} // namespace

std::expected<std::unique_ptr<surroundings>, std::string> surroundings::open(const net::executor& on,
                                                                             settings wanted) {
    std::unique_ptr<surroundings> made(new surroundings(on));
    made->egress_port_ = wanted.egress_port;
    if (auto claimed = made->claim_block(); !claimed) return std::unexpected(claimed.error());
    made->https_port_ = wanted.https_port;
    const net::endpoint first{made->block_ + "0", wanted.https_port};
    if (wanted.https_port != made->egress_port_) {
        auto policy = net::listener::open(on, first);
        if (!policy) return std::unexpected(port_advice(wanted.https_port, policy.error().text));
        made->https_port_ = (*policy)->local().port;
        made->claims_.push_back(std::move(*policy));
    }
    auto ca = test_ca::make();
    if (!ca) return std::unexpected(ca.error());
    made->ca_ = std::move(*ca);
    auto dns = dns_server::open(on, wanted.dns);
    if (!dns) return std::unexpected("the DNS of the run: " + dns.error());
    made->dns_ = std::move(*dns);
    return made;
}

// Whoever listens on 127.X.Y.0 at the port of remote hosts has the block; another run finds it taken and
// draws again.
std::expected<void, std::string> surroundings::claim_block() {
    std::string why;
    for (int i = 0; i < tries; ++i) {
        const auto block = random_block();
        const net::endpoint first{block + "0", egress_port_};
        auto claim = net::listener::open(on_, first);
        if (!claim) {
            why = claim.error().text;
            continue;
        }
        egress_port_ = (*claim)->local().port;
        claims_.push_back(std::move(*claim));
        block_ = block;
        next_in_block_ = 1;
        return {};
    }
    return std::unexpected(port_advice(egress_port_, why));
}

std::string surroundings::lease_address() {
    if (next_in_block_ > last_in_block && !claim_block()) {
        block_ = random_block(); // the port got lost on the way: listening there will say so
        next_in_block_ = 1;
    }
    return block_ + std::to_string(next_in_block_++);
}

std::expected<std::unique_ptr<net::listener>, std::string>
surroundings::listen_at(const net::executor& on, const std::string& address, std::uint16_t port) {
    const net::endpoint at{address, port};
    auto opened = net::listener::open(on, at);
    if (!opened) return std::unexpected(opened.error().text);
    return std::move(*opened);
}

std::expected<std::unique_ptr<net::listener>, std::string> surroundings::listen(const net::executor& on,
                                                                                std::uint16_t port) {
    return listen_at(on, lease_address(), port);
}

} // namespace mailspec::world
