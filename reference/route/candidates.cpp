// The hosts of one destination; see the header.
#include "reference/route/candidates.hpp"

#include "net/endpoint.hpp"
#include "reference/route/demand.hpp"
#include "reference/route/host_lookup.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace refmail::route {
namespace {

// Looks at the candidates one by one, and keeps count of why others are none.
class host_round {
  public:
    host_round(const candidates& from, dns::resolver& dns, const routing& how)
        : from_(from)
        , dns_(dns)
        , how_(how) {
        const bool by_us = from.configured && from.configured->port != 0;
        port_ = by_us                                              ? from.configured->port
                : from.configured && from.configured->implicit_tls ? std::uint16_t{465}
                                                                   : how.port;
    }

    net::task<found_route> run();

  private:
    net::task<void> look_at(exchanger one);
    net::task<bool> look_up_dane(host_standing& about, const host_facts& facts);
    void add_hop(const exchanger& one, const host_facts& facts, tls_demand tls);
    bool is_ourselves(const host_facts& facts) const;
    void pass_over(const std::string& host, const std::string& why);
    found_route outcome();

    const candidates& from_;
    dns::resolver& dns_;
    const routing& how_;
    std::uint16_t port_ = 25;
    std::optional<sts_policy> policy_;
    found_route found_;
    std::size_t addresses_ = 0;
    std::size_t untold_ = 0; // of a host that could not be looked up, or was not
    bool forbidden_ = false; // by a policy
    std::optional<exchanger> ourselves_;
    std::string why_; // the first reason
};

net::task<found_route> host_round::run() {
    found_.policy = from_.policy;
    // RFC 8461 §3.4: the policy domain is that of the next hop: of a smarthost, its name.
    if (how_.policies && !net::is_address_literal(from_.domain)) {
        auto policy = co_await how_.policies->policy_of(from_.domain);
        policy_ = std::move(policy);
    }
    std::size_t looked_up = 0;
    for (const auto& one : from_.list) {
        if (ourselves_ && one.preference >= ourselves_->preference) break;
        // RFC 5321 §5.1: "there MAY also be a configurable limit".
        const bool enough = found_.hops.size() >= how_.most_hosts || addresses_ >= how_.most_addresses;
        // Each that is silent costs seconds. Where there is one to try already, few are waited for.
        const bool too_silent = untold_ >= (found_.hops.empty() ? how_.most_untold : how_.most_untold / 2);
        if (enough || too_silent || ++looked_up > how_.most_lookups) {
            ++untold_;
            pass_over(one.host, enough       ? "there are enough before it"
                                : too_silent ? "too many before it cannot be told"
                                             : "too many before it have no address");
            break;
        }
        co_await look_at(one);
    }
    co_return outcome();
}

net::task<void> host_round::look_at(exchanger one) {
    if (from_.by_mx && net::is_address_literal(one.host)) {
        // RFC 5321 §5.1: "the data field of that response MUST contain a domain name".
        pass_over(one.host, "an MX must name a host, and that is an address");
        co_return;
    }
    // RFC 6761 §6.3: what an administrator calls localhost is here, whatever a name server says.
    const bool is_here = from_.configured && !from_.by_mx && one.host == "localhost";
    std::string asked = is_here ? "127.0.0.1" : one.host;
    auto facts = co_await look_up_host(std::move(asked), dns_);
    if (is_here) facts.name = one.host;
    if (facts.what != host_facts::kind::found) {
        if (facts.what == host_facts::kind::unavailable) ++untold_;
        pass_over(one.host, facts.why);
        co_return;
    }
    if (is_ourselves(facts)) {
        // RFC 5321 §5.1: by its address, too: that preference and all behind it are dropped.
        ourselves_ = one;
        std::erase_if(found_.hops, [&](const next_hop& hop) { return hop.preference >= one.preference; });
        pass_over(one.host, "that is this server itself");
        co_return;
    }
    host_standing about;
    about.host = one.host;
    about.domain = from_.domain;
    about.expanded_domain = from_.expanded_domain;
    about.by_mx = from_.by_mx;
    about.secure_mx = from_.secure_mx;
    about.policy = policy_;
    about.configured = from_.configured;
    const bool may_try = co_await look_up_dane(about, facts);
    if (!may_try) co_return;
    auto demand = demand_of(about);
    if (!demand) {
        forbidden_ = true;
        pass_over(one.host, demand.error());
        co_return;
    }
    add_hop(one, facts, std::move(*demand));
}

// False: the DNS did not tell, and the host counts as unreachable (RFC 7672 §2.1.2).
net::task<bool> host_round::look_up_dane(host_standing& about, const host_facts& facts) {
    const auto wanted = from_.configured ? from_.configured->tls : std::nullopt;
    const bool mandatory = wanted == tls_level::dane;
    // RFC 7672 §2.2.1: not for hosts that an insecure MX names; and not where the administrator has spoken.
    const bool applies = how_.dane && (!from_.by_mx || from_.secure_mx) && (!wanted || mandatory) &&
                         !net::is_address_literal(about.host);
    if (!applies) co_return true;
    auto tlsa = co_await look_up_tlsa(about.host, facts, port_, dns_);
    if (tlsa.what == tlsa_facts::kind::unavailable) {
        ++untold_;
        pass_over(about.host, "its TLSA records: " + tlsa.why);
        co_return false;
    }
    about.tlsa = std::move(tlsa);
    co_return true;
}

void host_round::add_hop(const exchanger& one, const host_facts& facts, tls_demand tls) {
    next_hop hop;
    hop.host = one.host;
    hop.addresses = facts.addresses;
    hop.addresses.resize(std::min(hop.addresses.size(), how_.most_addresses - addresses_));
    addresses_ += hop.addresses.size();
    hop.port = port_;
    hop.preference = one.preference;
    hop.tls = std::move(tls);
    if (const auto* configured = from_.configured) {
        hop.user = configured->user;
        hop.password = configured->password;
        hop.lmtp = configured->lmtp;
        hop.implicit_tls = configured->implicit_tls;
    }
    found_.hops.push_back(std::move(hop));
}

bool host_round::is_ourselves(const host_facts& facts) const {
    const auto has = [](const std::vector<std::string>& list, const std::string& one) {
        return std::ranges::find(list, one) != list.end();
    };
    // Whoever wrote a port down knows where it leads.
    if (from_.configured && from_.configured->port != 0) return false;
    return has(how_.own_names, facts.name) || std::ranges::any_of(facts.addresses, [&](const auto& one) {
               return has(how_.own_addresses, one);
           });
}

void host_round::pass_over(const std::string& host, const std::string& why) {
    constexpr std::size_t most_told = 50;
    if (why_.empty()) why_ = host == from_.domain || why.starts_with(host) ? why : host + ": " + why;
    if (found_.passed_over.size() < most_told) found_.passed_over.push_back(host + ": " + why);
}

found_route host_round::outcome() {
    if (!found_.hops.empty()) {
        found_.what = found_route::kind::hops;
        return std::move(found_);
    }
    found_route made;
    if (forbidden_)
        // RFC 8461 §5: "MTAs SHOULD treat such failures as transient errors".
        made = no_route("4.7.0",
                        fmt::format("no mail host of {} is what policy demands: {}", from_.domain, why_));
    else if (untold_ > 0)
        made = no_route("4.4.3", fmt::format("the addresses of the mail hosts of {} cannot be told now: {}",
                                             from_.domain, why_));
    else if (ourselves_)
        made = no_route("5.4.6",
                        fmt::format("mail for {} would come back to this server: {} is its best mail host",
                                    from_.domain, ourselves_->host));
    else if (from_.by_mx)
        // RFC 5321 §5.1: "If MX records are present, but none of them are usable, this situation MUST be
        // reported as an error."
        made = no_route("5.4.4", fmt::format("no mail host of {} can be used: {}", from_.domain, why_));
    else
        made = no_route("5.4.4",
                        fmt::format("{} has neither a mail host nor an address: {}", from_.domain, why_));
    made.policy = std::move(found_.policy);
    made.passed_over = std::move(found_.passed_over);
    return made;
}

} // namespace

found_route no_route(std::string status, std::string why) {
    found_route made;
    made.what = status.starts_with('4') ? found_route::kind::deferred : found_route::kind::failed;
    made.status = std::move(status);
    made.why = std::move(why);
    return made;
}

net::task<found_route> choose_hosts(candidates from, dns::resolver& dns, const routing& how) {
    host_round round(from, dns, how);
    auto found = co_await round.run();
    co_return found;
}

} // namespace refmail::route
