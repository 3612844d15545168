// DANE for SMTP; see the header.
#include "reference/route/dane.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

namespace refmail::route {
namespace {

enum usage { pkix_ta, pkix_ee, dane_ta, dane_ee };
enum matching { full, sha2_256, sha2_512 };

bool is_usable(const dns::tlsa_data& one) {
    // RFC 7672 §3.1.3: PKIX-TA and PKIX-EE "MAY" be treated as unusable: there is no list of authorities on
    // which all mail servers agree.
    if (one.usage != dane_ta && one.usage != dane_ee) return false;
    if (one.selector > 1) return false;
    switch (one.matching) {
    case full: return !one.association.empty();
    case sha2_256: return one.association.size() == 32;
    case sha2_512: return one.association.size() == 64;
    default: return false;
    }
}

} // namespace

std::vector<dns::tlsa_data> usable_records(const std::vector<dns::record_data>& all) {
    std::vector<dns::tlsa_data> usable;
    std::map<std::pair<int, int>, int> strongest;
    for (const auto& record : all) {
        const auto* one = std::get_if<dns::tlsa_data>(&record);
        if (!one || !is_usable(*one)) continue;
        usable.push_back(*one);
        auto& best = strongest[{one->usage, one->selector}];
        best = std::max(best, static_cast<int>(one->matching));
    }
    // RFC 7671 §9: a weaker digest beside a stronger one is ignored; Full(0) stands apart and stays.
    std::erase_if(usable, [&](const dns::tlsa_data& one) {
        return one.matching != full && one.matching < strongest[{one.usage, one.selector}];
    });
    return usable;
}

net::task<tlsa_facts> look_up_tlsa(std::string host, const host_facts& addresses, std::uint16_t port,
                                   dns::resolver& dns) {
    tlsa_facts facts;
    std::vector<std::string> candidates;
    const bool is_alias = addresses.name != host;
    if (addresses.secure) {
        // RFC 7672 §2.2.2, "Secure CNAME": the name at the end of the aliases, then the name itself; never
        // one in between (§2.2.3).
        if (is_alias) candidates.push_back(addresses.name);
        candidates.push_back(host);
    } else if (is_alias) {
        // "Insecure CNAME": perhaps the alias itself is secure, and only what it leads to is not (§2.1.3).
        const auto alias = co_await dns.ask(host, dns::record_type::cname);
        if (alias.what == dns::answer::kind::unavailable) {
            facts.what = tlsa_facts::kind::unavailable;
            facts.why = alias.why;
            co_return facts;
        }
        if (alias.secure) candidates.push_back(host);
    }
    for (const auto& base : candidates) {
        // §2.2.3: the port to which we connect.
        auto name = fmt::format("_{}._tcp.{}", port, base);
        const auto answer = co_await dns.ask(std::move(name), dns::record_type::tlsa);
        if (answer.what == dns::answer::kind::unavailable) {
            facts.what = tlsa_facts::kind::unavailable;
            facts.why = answer.why;
            co_return facts;
        }
        if (answer.what != dns::answer::kind::found || !answer.secure) continue;
        facts.records = usable_records(answer.records);
        facts.what = facts.records.empty() ? tlsa_facts::kind::unusable : tlsa_facts::kind::usable;
        facts.base = base;
        co_return facts;
    }
    co_return facts;
}

} // namespace refmail::route
