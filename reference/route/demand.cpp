// What a host must prove; see the header.
#include "reference/route/demand.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace refmail::route {
namespace {

void add_name(std::vector<std::string>& names, const std::string& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
}

void demand_dane(const host_standing& about, tls_demand& into) {
    into.because = "DANE";
    if (about.tlsa.what == tlsa_facts::kind::unusable) {
        // RFC 7672 §2.2: the server has promised TLS; whom we reach then cannot be checked.
        if (into.level != tls_level::verified || into.testing) into.level = tls_level::required;
        into.testing = false;
        return;
    }
    into.level = tls_level::dane;
    into.testing = false;
    into.tlsa = about.tlsa.records;
    // RFC 7672 §3.2.2: the TLSA base domain first (SNI, §8.1), then the next-hop domain, as it is and
    // expanded.
    into.names.clear();
    add_name(into.names, about.tlsa.base);
    if (!about.by_mx) add_name(into.names, about.host);
    if (!about.by_mx || about.secure_mx) {
        add_name(into.names, about.domain);
        add_name(into.names, about.expanded_domain);
    }
}

void demand_policy(const host_standing& about, tls_demand& into) {
    const bool enforced = about.policy->what == sts_policy::mode::enforce;
    if (!about.policy->names(about.host)) {
        into.because =
            fmt::format("MTA-STS (testing): the policy of {} does not name {}", about.domain, about.host);
        return; // only in testing: RFC 8461 §5: "delivered as though there were no ... failure"
    }
    into.level = tls_level::verified;
    into.testing = !enforced;
    into.because = enforced ? "MTA-STS" : "MTA-STS (testing)";
    into.proven_name = true;
}

} // namespace

std::expected<tls_demand, std::string> demand_of(const host_standing& about) {
    tls_demand made;
    add_name(made.names, about.host);
    // RFC 8689 §4.2.1: a name from an MX record needs a proof; the domain's own name and the administrator's
    // word need none.
    made.proven_name = !about.by_mx || about.secure_mx;
    const bool has_policy = about.policy && about.policy->what != sts_policy::mode::none;
    const bool is_enforced = has_policy && about.policy->what == sts_policy::mode::enforce;
    // RFC 8461 §5: "MUST NOT deliver the message to hosts that fail MX matching"
    if (is_enforced && !about.policy->names(about.host))
        return std::unexpected(fmt::format("the MTA-STS policy of {} does not name it", about.domain));
    const auto configured = about.configured ? about.configured->tls : std::nullopt;
    const bool has_tlsa =
        about.tlsa.what == tlsa_facts::kind::usable || about.tlsa.what == tlsa_facts::kind::unusable;
    // RFC 7672 §6: where DANE is mandatory, mail waits until it works.
    if (configured == tls_level::dane && about.tlsa.what != tlsa_facts::kind::usable)
        return std::unexpected(
            "DANE is required by the configuration, and it has no usable secure TLSA records");
    if (configured && configured != tls_level::dane) {
        made.level = *configured;
        made.because = "configuration";
        return made;
    }
    if (has_policy) demand_policy(about, made);
    // RFC 8461 §2: MTA-STS never overrides a DANE that fails.
    if (has_tlsa) demand_dane(about, made);
    return made;
}

void apply_wish(found_route& to, tls_wish wish) {
    if (to.what != found_route::kind::hops || wish == tls_wish::usual || wish == tls_wish::optional) return;
    for (auto& hop : to.hops) {
        auto& tls = hop.tls;
        tls.testing = false;
        if (tls.level == tls_level::dane) continue;
        // RFC 8689 §4.2.1: the name of the host, and no other, must be in a certificate that can be trusted.
        tls.level = tls.proven_name ? tls_level::verified : tls_level::required;
        if (tls.because.empty() || tls.because.starts_with("MTA-STS (testing)")) tls.because = "REQUIRETLS";
    }
    // §5: a report of such a message is not given up because the way back is worse.
    if (wish == tls_wish::required_for_report) return;
    std::erase_if(to.hops, [&](const next_hop& hop) {
        if (hop.tls.proven_name) return false;
        to.passed_over.push_back(hop.host +
                                 ": REQUIRETLS: neither DNSSEC nor MTA-STS says that it is the right host");
        return true;
    });
    if (!to.hops.empty()) return;
    to.what = found_route::kind::failed;
    to.status = "5.7.10";
    to.why = "the message requires TLS (RFC 8689), and neither DNSSEC nor MTA-STS vouches for the mail hosts "
             "of the domain";
}

} // namespace refmail::route
