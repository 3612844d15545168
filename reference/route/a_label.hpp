// Domains as the DNS has them: U-labels become A-labels (IDNA 2008: RFC 5890, RFC 5891 §5), letters small, no
// last dot. The tables are libidn2's. RFC 6531 §3.2: an address may have U-labels, the DNS is asked for
// A-labels.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::route {

// Nothing: it is no domain name, or IDNA does not allow it.
std::optional<std::string> to_a_labels(std::string_view domain);

} // namespace refmail::route
