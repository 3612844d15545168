// What a zone is made of, for those that answer from it. Internal to harness/world's dns_*.
#pragma once
#include "harness/world/dns_fault.hpp"
#include "harness/world/dns_record.hpp"
#include "harness/world/dns_zone.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::world {

using dns_record_set = std::vector<std::shared_ptr<ldns_rr>>; // never empty, one owner, one type

// No sets: a name that exists only because names below it do (RFC 4592 §2.2.2).
using dns_node = std::map<std::uint16_t, dns_record_set>;

struct dns_zone::impl {
    std::string origin_text;
    dns_name origin;
    std::map<dns_name, dns_node> nodes;
    std::vector<dns_fault> faults; // as written: the first that holds counts
    bool secure = false;
    std::vector<dns_name> insecure;

    // The name at which the part of the zone begins that `name` is in: the origin, or the topmost of the
    // names that stand beside the zone; nullopt: this zone knows nothing about it.
    std::optional<dns_name> apex_of(const dns_name& name) const;
    bool is_secure(const dns_name& name) const;
};

} // namespace mailspec::world
