// Where mail goes, for the daemon; see the header.
#include "reference/daemon/router.hpp"

#include "net/tls_context.hpp"
#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/https_get.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/movable_clock.hpp"
#include "reference/dns/servers.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/route/host_lookup.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <arpa/inet.h>
#include <ifaddrs.h>

namespace refmail::daemon {
namespace {

// Fetches policies as RFC 8461 §3.3 says.
class https_fetcher final : public route::policy_fetcher {
  public:
    https_fetcher(dns::resolver& dns, const relay_settings& how, std::shared_ptr<const net::tls_trust> trust)
        : dns_(dns)
        , port_(how.https_port)
        , anywhere_(how.anywhere)
        , trust_(std::move(trust)) {}

    net::task<std::expected<std::string, std::string>> fetch(std::string domain) override {
        https_request what;
        what.host = "mta-sts." + domain;
        what.port = port_;
        what.path = "/.well-known/mta-sts.txt";
        what.media_type = "text/plain";
        what.trust = trust_;
        if (!trust_) co_return std::unexpected("there is no list of certificate authorities to trust");
        const auto host = co_await route::look_up_host(what.host, dns_);
        if (host.what != route::host_facts::kind::found) co_return std::unexpected(host.why);
        for (const auto& address : host.addresses)
            if (anywhere_ || net::is_loopback(address)) what.addresses.push_back(address);
        if (what.addresses.empty())
            co_return std::unexpected(what.host + ": only loopback addresses are connected to (relay.to)");
        auto answer = co_await https_get(std::move(what));
        co_return answer;
    }

  private:
    dns::resolver& dns_;
    std::uint16_t port_;
    bool anywhere_;
    std::shared_ptr<const net::tls_trust> trust_;
};

void tell_of_policy(const std::string& domain, const std::string& why) {
    if (why.empty())
        spdlog::info(log_line("policy").add("domain", domain).text());
    else
        spdlog::warn(log_line("policy").add("domain", domain).add("error", why).text());
}

dns::stub_settings stub_for(const relay_settings& how) {
    dns::stub_settings made;
    made.servers = how.dns.empty() ? dns::system_servers() : how.dns;
    made.dnssec = how.dane;
    return made;
}

route::policies_settings policies_for(const settings& how) {
    route::policies_settings made;
    made.folder = how.data.empty() ? "" : how.data + "/mta-sts";
    made.told = tell_of_policy;
    return made;
}

route::routing routing_for(const settings& how, const std::vector<net::endpoint>& listening) {
    route::routing made;
    made.own_names = {message::lower_case(host_name_of(how))};
    made.own_addresses = own_addresses(listening, how.relay.port);
    for (const auto& one : how.relay.also_known_as)
        (net::is_address_literal(one) ? made.own_addresses : made.own_names).push_back(one);
    made.port = how.relay.port;
    made.routes = how.relay.routes;
    made.smarthost = how.relay.smarthost;
    made.dane = how.relay.dane;
    return made;
}

} // namespace

struct router::parts {
    parts(const boost::asio::any_io_executor& on, const settings& how, movable_clock& time,
          const std::vector<net::endpoint>& listening, std::shared_ptr<const net::tls_trust> trust)
        : clock(time)
        , resolver(on, stub_for(how.relay), [&time] { return time.seconds(); })
        , fetcher(resolver, how.relay, std::move(trust))
        , policies(
              on, resolver, fetcher, [&time] { return time.seconds(); }, policies_for(how))
        , routing(routing_for(how, listening)) {
        routing.policies = &policies;
    }
    movable_clock& clock;
    dns::stub_resolver resolver;
    https_fetcher fetcher;
    route::sts_policies policies;
    route::routing routing;
};

router::router(const boost::asio::any_io_executor& on, const settings& how, movable_clock& time,
               const std::vector<net::endpoint>& listening, std::shared_ptr<const net::tls_trust> trust)
    : parts_(std::make_unique<parts>(on, how, time, listening, std::move(trust))) {}
router::~router() = default;

net::task<route::found_route> router::find(std::string domain, route::tls_wish wish) {
    return route::find_route(std::move(domain), parts_->resolver, parts_->routing, wish);
}

std::string router::shared_way(const std::string& domain) const {
    return route::shared_way(domain, parts_->routing);
}

net::task<void> router::keep_policies_fresh() {
    for (;;) {
        const auto next = parts_->clock.now() + std::chrono::hours(1);
        const bool go_on = co_await parts_->clock.wait_until(next);
        if (!go_on) co_return;
        co_await parts_->policies.refresh();
    }
}

dns::resolver& router::dns() {
    return parts_->resolver;
}

std::vector<std::string> own_addresses(const std::vector<net::endpoint>& listening,
                                       std::uint16_t egress_port) {
    std::vector<std::string> own;
    const auto add = [&own](const std::string& address) {
        if (std::ranges::find(own, address) == own.end()) own.push_back(address);
    };
    const auto add_all = [&add](int family) {
        ifaddrs* all = nullptr;
        if (::getifaddrs(&all) != 0) return;
        for (const ifaddrs* one = all; one; one = one->ifa_next) {
            if (!one->ifa_addr || one->ifa_addr->sa_family != family) continue;
            char text[INET6_ADDRSTRLEN] = "";
            const void* octets =
                family == AF_INET
                    ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr)
                    : &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr;
            if (::inet_ntop(family, octets, text, sizeof text)) add(text);
        }
        ::freeifaddrs(all);
    };
    for (const auto& at : listening) {
        if (egress_port != 25 && at.port != egress_port) continue;
        if (at.host == "0.0.0.0")
            add_all(AF_INET);
        else if (at.host == "::")
            add_all(AF_INET6);
        else
            add(at.host == "localhost" ? "127.0.0.1" : at.host);
    }
    return own;
}

std::shared_ptr<const net::tls_trust> trust_for(const relay_settings& how) {
    if (!how.tls_ca.empty()) {
        const auto loaded = net::tls_trust::from_file(how.tls_ca);
        if (!loaded) throw bad_setting({"relay", "tls_ca"}, "--tls-ca", loaded.error().text);
        return *loaded;
    }
    const auto system = net::tls_trust::system();
    if (system) return *system;
    spdlog::warn(log_line("trust").add("error", system.error().text).text());
    return nullptr;
}

} // namespace refmail::daemon
