// MTA-STS as it is written down: the TXT record and the policy file, read strictly, extensions ignored, and
// the hosts that a policy names. RFC 8461 §3.1, §3.2, §4.1. Pure text.
#pragma once
#include "reference/dns/resolver.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::route {

struct sts_policy {
    enum class mode { enforce, testing, none };
    sts_policy::mode what = mode::none;
    std::vector<std::string> mx; // patterns, small letters: "mx.example.test", "*.example.test"
    std::uint32_t max_age = 0;   // seconds
    bool operator==(const sts_policy&) const = default;

    // RFC 8461 §4.1: "*." stands for exactly one label.
    bool names(std::string_view host) const;
};

// The id of the one TXT record that begins with "v=STSv1;"; nothing: none, several, or a broken one.
std::optional<std::string> sts_id_in(const std::vector<dns::record_data>& txt);

// The error says which line is wrong and how.
std::expected<sts_policy, std::string> parse_sts_policy(std::string_view text);

// RFC 6125 §6.4.3 with RFC 8461 §4.1: equal without regard to case, or "*." for the leftmost label.
bool matches_name(std::string_view pattern, std::string_view host);

// Who knows the policy of a domain: sts_policies.hpp, or a test.
class policy_source {
  public:
    virtual ~policy_source() = default;
    // The one in force now: fetched or kept. Nothing: there is none, and mail goes as without MTA-STS.
    virtual net::task<std::optional<sts_policy>> policy_of(std::string domain) = 0;
};

} // namespace refmail::route
