// Certificates for remote hosts, right and wrong ones; see the header. RFC 5280; RFC 6698 for TLSA.
#include "harness/world/test_ca.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

namespace mailspec::world {
namespace {

using identity_ptr = std::shared_ptr<const net::tls_identity>;

net::result<identity_ptr> make_authority(std::string name) {
    net::tls_identity::spec wanted;
    wanted.names.push_back(std::move(name));
    wanted.authority = true;
    return net::tls_identity::make(wanted);
}

// DER of the whole certificate (selector 0) or of its SubjectPublicKeyInfo (selector 1), RFC 6698 §2.1.2.
std::string selected(X509* certificate, int selector) {
    unsigned char* der = nullptr;
    const int size = selector == 0 ? i2d_X509(certificate, &der)
                                   : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    std::string octets(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(der);
    return octets;
}

// RFC 6698 §2.1.3: 0 as it is, 1 SHA-256, 2 SHA-512.
std::string matched(const std::string& octets, int matching) {
    if (matching == 0) return octets;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(octets.data(), octets.size(), digest, &size, matching == 1 ? EVP_sha256() : EVP_sha512(),
               nullptr);
    return std::string(reinterpret_cast<const char*>(digest), size);
}

} // namespace

struct test_ca::authorities {
    identity_ptr trusted, untrusted;
    // Given out again to who asks for the same: a key costs time, and a TLSA record must go on matching.
    std::map<std::pair<certificate_kind, std::vector<std::string>>, identity_ptr> made;
};

std::expected<std::unique_ptr<test_ca>, std::string> test_ca::make() {
    auto trusted = make_authority("ca.mailspec.test");
    if (!trusted) return std::unexpected(trusted.error().text);
    auto untrusted = make_authority("untrusted-ca.mailspec.test");
    if (!untrusted) return std::unexpected(untrusted.error().text);
    std::unique_ptr<test_ca> made(new test_ca);
    made->own_ = std::make_shared<authorities>();
    made->own_->trusted = std::move(*trusted);
    made->own_->untrusted = std::move(*untrusted);
    return made;
}

net::result<identity_ptr> test_ca::identity(certificate_kind what, std::vector<std::string> names) const {
    using namespace std::chrono;
    auto& known = own_->made[{what, names}];
    if (known) return known;
    net::tls_identity::spec wanted;
    wanted.names = std::move(names);
    wanted.issuer = what == certificate_kind::untrusted ? own_->untrusted : own_->trusted;
    // RFC 7671 §5.2.1: DANE-TA(2) can match an authority only when the server sends it.
    wanted.with_issuer = true;
    if (what == certificate_kind::self_signed) wanted.issuer = nullptr;
    if (what == certificate_kind::wrong_name) wanted.names = {"another-host.mailspec.test"};
    if (what == certificate_kind::expired) {
        wanted.not_before = system_clock::now() - hours(24 * 60);
        wanted.not_after = system_clock::now() - hours(24 * 30);
    }
    auto made = net::tls_identity::make(wanted);
    if (made) known = *made;
    return made;
}

std::string test_ca::pem() const {
    return own_->trusted->certificate_pem();
}

net::result<void> test_ca::write(const std::filesystem::path& file) const {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << pem() << std::flush;
    if (out) return {};
    const auto why = fmt::format("cannot write {}: {}", file.string(), std::strerror(errno));
    return std::unexpected(net::error{net::failure::other, why});
}

std::string test_ca::tlsa(const net::tls_identity& identity, int usage, int selector, int matching) {
    const bool of_issuer = (usage == 0 || usage == 2) && !identity.chain().empty();
    X509* certificate = of_issuer ? identity.chain().front().get() : identity.certificate();
    std::string data = fmt::format("{} {} {} ", usage, selector, matching);
    for (const char octet : matched(selected(certificate, selector), matching))
        data += fmt::format("{:02x}", static_cast<unsigned char>(octet));
    return data;
}

} // namespace mailspec::world
