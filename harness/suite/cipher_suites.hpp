// The cipher suites that a case may offer to a server by name (`tls cipher NAME`). Knows what the TLS library
// that we are linked with can offer, and nothing of servers. Names are those of the IANA registry, as RFCs
// write them; OpenSSL's own are understood as well.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::suite {

struct cipher_suite {
    std::string openssl_name;                            // ECDHE-RSA-AES128-GCM-SHA256
    std::string oldest_tls = "1.0";                      // the first version of TLS that has it
    std::string newest_tls() const;                      // 1.2, or 1.3 for a suite of TLS 1.3
    bool works_with(std::string_view tls_version) const; // "1.2"
};

std::optional<cipher_suite> find_cipher_suite(std::string_view name);

// Their names in the registry.
const std::vector<std::string>& known_cipher_suites();

} // namespace mailspec::suite
