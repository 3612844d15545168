// Where mail goes, for the daemon: the resolver, the policies and the administrator's routes put together
// from the settings. What a route is, reference/route says. Lives on one executor; others post there.
#pragma once
#include "reference/daemon/settings.hpp"
#include "reference/dns/stub.hpp"
#include "reference/route/route.hpp"
#include "reference/route/sts_policies.hpp"

#include <memory>
#include <string>
#include <vector>

namespace refmail::daemon {

class movable_clock;

class router {
  public:
    // `listening`: the addresses on which mail is taken; what leads there leads to ourselves.
    // `trust`: whom to believe about the certificates of policy hosts; null: no policy is ever fetched.
    router(const boost::asio::any_io_executor& on, const settings& how, movable_clock& time,
           const std::vector<net::endpoint>& listening, std::shared_ptr<const net::tls_trust> trust);
    ~router();

    net::task<route::found_route> find(std::string domain, route::tls_wish wish = route::tls_wish::usual);

    std::string shared_way(const std::string& domain) const; // route::shared_way()

    // Fetches policies anew before they expire (RFC 8461 §3.3), for ever. To be spawned beside the rest.
    net::task<void> keep_policies_fresh();

    dns::resolver& dns();

  private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

// The addresses by which we might be known in mail transactions (RFC 5321 §5.1): those on which we listen; of
// 0.0.0.0 and :: all that this machine has. When mail is sent to another port than 25, only those where we
// listen on that port: then the port tells who is who.
std::vector<std::string> own_addresses(const std::vector<net::endpoint>& listening,
                                       std::uint16_t egress_port);

// Of settings.relay.tls_ca, or the system's. Throws bad_setting when the file cannot be used; null: the
// system has none.
std::shared_ptr<const net::tls_trust> trust_for(const relay_settings& how);

} // namespace refmail::daemon
