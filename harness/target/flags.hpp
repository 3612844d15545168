// A target from flags instead of a profile, and the rule that keeps mailspec away from strangers.
#pragma once
#include "harness/target/sends.hpp"
#include "harness/target/target.hpp"

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::target {

struct target_flags {
    std::map<std::string, std::string> services; // "smtp" -> "localhost:2525"
    std::string domain;
    std::vector<std::string> users; // "name:password"
    std::string maildir;            // "PATH/{user}"
    std::string dns;                // --dns-listen: it sends, and asks there; empty: it does not
    std::optional<std::uint16_t> egress_port, https_port;
    bool sends() const { return !dns.empty() || egress_port || https_port; }
    bool any() const {
        return !services.empty() || !domain.empty() || !users.empty() || !maildir.empty() || sends();
    }
};

// The error is a sentence that names the flag.
std::expected<target_info, std::string> target_from_flags(const target_flags& flags);
// How it sends; nullopt: no flag says that it does.
std::expected<std::optional<sends_plan>, std::string> sends_from_flags(const target_flags& flags);

// A sentence when a service of the target is not on this machine's loopback and nobody allowed that.
std::string remote_refusal(const target_info& target);

} // namespace mailspec::target
