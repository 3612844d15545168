// Cipher suites by name; see the header. OpenSSL is asked once for all that it was built with.
#include "harness/suite/cipher_suites.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace mailspec::suite {

namespace {

struct freer {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* session) const { SSL_free(session); }
};

struct table {
    std::vector<cipher_suite> suites;
    std::vector<std::string> names; // of the registry, in the same order
};

table what_openssl_has() {
    table all;
    const std::unique_ptr<SSL_CTX, freer> context(SSL_CTX_new(TLS_client_method()));
    // COMPLEMENTOFALL: those without encryption, which a server must be seen to refuse.
    if (!context || SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0") != 1)
        return all;
    const std::unique_ptr<SSL, freer> session(SSL_new(context.get()));
    const auto* ciphers = session ? SSL_get_ciphers(session.get()) : nullptr;
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
        const char* registered = SSL_CIPHER_standard_name(cipher);
        if (!registered) continue;
        cipher_suite one;
        one.openssl_name = SSL_CIPHER_get_name(cipher);
        const std::string_view version = SSL_CIPHER_get_version(cipher); // of the protocol that brought it
        if (version == "TLSv1.2" || version == "TLSv1.3") one.oldest_tls = version.substr(4);
        all.suites.push_back(std::move(one));
        all.names.emplace_back(registered);
    }
    return all;
}

const table& known() {
    static const table all = what_openssl_has();
    return all;
}

} // namespace

// RFC 8446 §4.1.2, appendix B.4: suites of TLS 1.3 are of no use before it, and those before it are of none
// in it.
std::string cipher_suite::newest_tls() const {
    return oldest_tls == "1.3" ? "1.3" : "1.2";
}

bool cipher_suite::works_with(std::string_view tls_version) const {
    return tls_version >= oldest_tls && tls_version <= newest_tls();
}

std::optional<cipher_suite> find_cipher_suite(std::string_view name) {
    const auto& [suites, names] = known();
    for (std::size_t i = 0; i < suites.size(); ++i)
        if (names[i] == name || suites[i].openssl_name == name) return suites[i];
    return std::nullopt;
}

const std::vector<std::string>& known_cipher_suites() {
    return known().names;
}

} // namespace mailspec::suite
