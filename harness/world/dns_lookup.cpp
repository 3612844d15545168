// Looking up; see the header.
#include "harness/world/dns_lookup.hpp"

#include <fmt/core.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <set>

namespace mailspec::world {
namespace {

using zone_data = dns_zone::impl;
using rr_ptr = std::shared_ptr<ldns_rr>;

constexpr std::size_t most_aliases = 32;

dns_name target_of(const ldns_rr* rr) {
    const ldns_rdf* data = ldns_rr_rdf(rr, 0);
    return dns_name::from_wire({reinterpret_cast<const char*>(ldns_rdf_data(data)), ldns_rdf_size(data)});
}

rr_ptr with_owner(const ldns_rr* rr, const dns_name& owner) {
    ldns_rr* made = ldns_rr_clone(rr);
    ldns_rdf_deep_free(ldns_rr_owner(made));
    ldns_rr_set_owner(made,
                      ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, owner.wire().size(), owner.wire().data()));
    return {made, &ldns_rr_free};
}

rr_ptr made_soa(const dns_name& apex, std::uint32_t ttl) {
    const auto owner = apex.is_root() ? "." : apex.text() + ".";
    const auto text =
        fmt::format("{} {} IN SOA localhost. hostmaster.localhost. 1 3600 600 86400 {}", owner, ttl, ttl);
    ldns_rr* made = nullptr;
    ldns_rr_new_frm_str(&made, text.c_str(), ttl, nullptr, nullptr);
    return {made, &ldns_rr_free};
}

// One name after the other: the name asked for, and those that it is an alias of.
class look {
  public:
    look(const zones_by_number& zones, std::uint16_t type)
        : zones_(zones)
        , type_(type) {}

    dns_found run(dns_name name) {
        found_.secure = true;
        std::set<dns_name> seen;
        // A loop is told as it stands, each record once: it is the querier who must not run in circles.
        while (seen.size() < most_aliases && seen.insert(name).second) {
            const auto next = step(name);
            if (!next) break;
            name = *next;
        }
        return std::move(found_);
    }

  private:
    dns_response& out() { return found_.response; }

    // The next name, when this one is an alias.
    std::optional<dns_name> step(const dns_name& name) {
        const int number = zone_of(zones_, name);
        if (number == 0) {
            // The DNS of a run is all there is: what it does not know, nobody does.
            found_.secure = false;
            out().rcode = LDNS_RCODE_NXDOMAIN;
            out().authority = {made_soa(dns_name(), 0)};
            return std::nullopt;
        }
        const auto& zone = zones_.at(number)->data();
        found_.secure = found_.secure && zone.is_secure(name);
        const auto apex = zone.apex_of(name);
        if (const auto cut = cut_above(zone, name, *apex)) return refer(zone, *cut), std::nullopt;
        if (out().answer.empty()) out().authoritative = true;
        if (const auto node = zone.nodes.find(name); node != zone.nodes.end())
            return from_node(zone, node->second, name);
        return from_above(zone, name, *apex);
    }

    // RFC 1034 §4.2.1: NS records below the apex are a cut. RFC 4035 §3.1.4.1: DS is asked above it.
    std::optional<dns_name> cut_above(const zone_data& zone, const dns_name& name,
                                      const dns_name& apex) const {
        std::optional<dns_name> cut;
        for (dns_name up = name; up != apex; up = up.parent()) {
            const auto node = zone.nodes.find(up);
            const bool ds_above = up == name && type_ == LDNS_RR_TYPE_DS;
            if (node != zone.nodes.end() && node->second.contains(LDNS_RR_TYPE_NS) && !ds_above) cut = up;
        }
        return cut;
    }

    void refer(const zone_data& zone, const dns_name& cut) {
        out().authoritative = false;
        found_.secure = false; // what is below the cut is for others to prove
        out().authority = zone.nodes.at(cut).at(LDNS_RR_TYPE_NS);
        for (const auto& ns : out().authority) {
            const auto host = zone.nodes.find(target_of(ns.get()));
            if (host == zone.nodes.end()) continue;
            for (const auto type : {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA})
                if (const auto glue = host->second.find(type); glue != host->second.end())
                    std::ranges::copy(glue->second, std::back_inserter(out().additional));
        }
    }

    // Records of `node`, as those of `name`: it may be a wildcard's.
    std::optional<dns_name> from_node(const zone_data& zone, const dns_node& node, const dns_name& name) {
        const auto alias = node.find(LDNS_RR_TYPE_CNAME);
        if (alias != node.end() && type_ != LDNS_RR_TYPE_CNAME && type_ != LDNS_RR_TYPE_ANY) {
            out().answer.push_back(with_owner(alias->second[0].get(), name));
            return target_of(alias->second[0].get());
        }
        const auto before = out().answer.size();
        for (const auto& [type, set] : node)
            if (type == type_ || type_ == LDNS_RR_TYPE_ANY)
                for (const auto& record : set)
                    out().answer.push_back(with_owner(record.get(), name));
        if (out().answer.size() == before) out().authority = {negative_soa(zone, name)};
        return std::nullopt;
    }

    // The name is not there: a DNAME above it, or a wildcard below the closest name that is (RFC 4592
    // §3.3.1).
    std::optional<dns_name> from_above(const zone_data& zone, const dns_name& name, const dns_name& apex) {
        for (dns_name up = name; up != apex;) {
            up = up.parent();
            const auto node = zone.nodes.find(up);
            if (node == zone.nodes.end() && up != apex) continue;
            if (node != zone.nodes.end())
                if (const auto dname = node->second.find(LDNS_RR_TYPE_DNAME); dname != node->second.end())
                    return rewrite(dname->second[0], name, up);
            const auto wildcard = up.child("*");
            const auto star = wildcard ? zone.nodes.find(*wildcard) : zone.nodes.end();
            if (star != zone.nodes.end()) return from_node(zone, star->second, name);
            break;
        }
        out().rcode = LDNS_RCODE_NXDOMAIN;
        out().authority = {negative_soa(zone, name)};
        return std::nullopt;
    }

    // RFC 6672 §3.1: the answer has the DNAME, and the CNAME that follows from it.
    std::optional<dns_name> rewrite(const rr_ptr& dname, const dns_name& name, const dns_name& above) {
        out().answer.push_back(dname);
        const auto kept = name.wire().substr(0, name.wire().size() - above.wire().size());
        const auto wire = kept + target_of(dname.get()).wire();
        if (wire.size() > 255) {
            out().rcode = LDNS_RCODE_YXDOMAIN;
            return std::nullopt;
        }
        const auto target = dns_name::from_wire(wire);
        out().answer.push_back(pointing_record(name, ldns_rr_ttl(dname.get()), LDNS_RR_TYPE_CNAME, target));
        return target;
    }

    const zones_by_number& zones_;
    std::uint16_t type_;
    dns_found found_;
};

} // namespace

dns_found look_up(const zones_by_number& zones, const dns_name& name, std::uint16_t type) {
    return look(zones, type).run(name);
}

// The zone with the longest origin; else the latest in which the name stands beside the zone.
int zone_of(const zones_by_number& zones, const dns_name& name) {
    int found = 0;
    std::size_t longest = 0;
    for (const auto& [number, zone] : zones) {
        const auto apex = zone->data().apex_of(name);
        if (!apex || apex->wire().size() < longest) continue;
        longest = apex->wire().size();
        found = number;
    }
    return found;
}

// RFC 2308 §3: the SOA's TTL is the lesser of its own and its MINIMUM.
rr_ptr negative_soa(const dns_zone::impl& zone, const dns_name& name, std::optional<std::uint32_t> ttl) {
    const auto apex = zone.apex_of(name).value_or(zone.origin);
    const auto node = zone.nodes.find(apex);
    const bool own = node != zone.nodes.end() && node->second.contains(LDNS_RR_TYPE_SOA);
    const rr_ptr soa = own ? node->second.at(LDNS_RR_TYPE_SOA)[0] : made_soa(apex, 60);
    const auto made = with_owner(soa.get(), apex);
    const auto minimum = ldns_rdf2native_int32(ldns_rr_rdf(soa.get(), 6));
    ldns_rr_set_ttl(made.get(), ttl.value_or(std::min(ldns_rr_ttl(soa.get()), minimum)));
    return made;
}

} // namespace mailspec::world
