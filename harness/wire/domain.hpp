// Names of hosts as SMTP writes them: Domain and address-literal. RFC 5321 §4.1.2, §4.1.3.
#pragma once
#include <string_view>

namespace mailspec::wire {

bool is_domain(std::string_view text);          // sub-domain *("." sub-domain), letters digits hyphens
bool is_address_literal(std::string_view text); // "[192.0.2.1]", "[IPv6:2001:db8::1]", "[tag:content]"

} // namespace mailspec::wire
