// The MX records of a domain, in the order in which they are tried: RFC 5321 §5.1, RFC 7505. Pure: no
// question is asked here.
#pragma once
#include "reference/dns/resolver.hpp"
#include "reference/route/routing.hpp"

#include <optional>
#include <string>
#include <vector>

namespace refmail::route {

struct exchanger {
    int preference = 0;
    std::string host;
    bool operator==(const exchanger&) const = default;
};

// By preference, at random among equals; each host once, at its best preference.
std::vector<exchanger> in_order(const std::vector<dns::record_data>& mx, const routing& how);

// RFC 7505 §3: nothing but the root: the domain takes no mail.
bool is_null_mx(const std::vector<dns::record_data>& mx);

// RFC 5321 §5.1: we stand in the list ourselves: that preference and all behind it are dropped. Gives the
// record in which we stand.
std::optional<exchanger> drop_from_ourselves(std::vector<exchanger>& list, const routing& how);

} // namespace refmail::route
