// The authorities behind the certificates of remote hosts: one that the server under test trusts (its PEM
// goes to the target's start command), one that it does not. Made anew for each run; keys stay in memory.
#pragma once
#include "net/tls_context.hpp"

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::world {

enum class certificate_kind { valid, wrong_name, expired, self_signed, untrusted };

class test_ca {
  public:
    static std::expected<std::unique_ptr<test_ca>, std::string> make();

    // For a server named by `names` (the first is the CN). Cached.
    net::result<std::shared_ptr<const net::tls_identity>> identity(certificate_kind what,
                                                                   std::vector<std::string> names) const;
    std::string pem() const; // the trusted one's certificate
    net::result<void> write(const std::filesystem::path& file) const;

    // The data of a TLSA record (RFC 6698 §2.1) for a certificate of ours: usage 3 the leaf, 2 its issuer.
    static std::string tlsa(const net::tls_identity& identity, int usage, int selector, int matching);

  private:
    test_ca() = default;
    struct authorities;
    std::shared_ptr<authorities> own_;
};

} // namespace mailspec::world
