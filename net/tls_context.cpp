// From tls_options to an OpenSSL context, and the cache of them.
#include "net/tls_context.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <tuple>

namespace net {
namespace {

int number_of(tls_version version) {
    switch (version) {
    case tls_version::any: return 0;
    case tls_version::tls1_0: return TLS1_VERSION;
    case tls_version::tls1_1: return TLS1_1_VERSION;
    case tls_version::tls1_2: return TLS1_2_VERSION;
    case tls_version::tls1_3: return TLS1_3_VERSION;
    }
    return 0;
}

bool is_old(tls_version version) {
    return version == tls_version::tls1_0 || version == tls_version::tls1_1;
}

std::string wire_form(const std::vector<std::string>& names) {
    std::string wire;
    for (const auto& name : names) {
        wire += static_cast<char>(std::min<std::size_t>(name.size(), 255));
        wire += name.substr(0, 255);
    }
    return wire;
}

// RFC 7301 §3.2: the server chooses by its own preference, and ends the handshake with
// no_application_protocol when nothing is shared.
int choose_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                unsigned length, void* context) {
    const std::string& ours = static_cast<const tls_context*>(context)->alpn_wire();
    unsigned char* chosen = nullptr;
    const int found =
        SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(ours.data()),
                              static_cast<unsigned>(ours.size()), offered, length);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// The verdict on the peer's certificate is a fact to report, never the end of the handshake.
int report_only(int, X509_STORE_CTX*) {
    return 1;
}

bool set_versions(SSL_CTX* context, const tls_options& options) {
    if (is_old(options.min_version) || is_old(options.max_version)) {
        // TLS before 1.2 signs with SHA-1, which OpenSSL 3 allows at security level 0 only.
        SSL_CTX_set_security_level(context, 0);
        if (SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0") != 1) return false;
        if (options.min_version == tls_version::any && SSL_CTX_set_min_proto_version(context, 0) != 1)
            return false;
    }
    if (options.min_version != tls_version::any &&
        SSL_CTX_set_min_proto_version(context, number_of(options.min_version)) != 1)
        return false;
    return SSL_CTX_set_max_proto_version(context, number_of(options.max_version)) == 1;
}

// The suites of TLS 1.3 and those before are two lists to OpenSSL: the one that is not meant is kept out of
// the hello by the version. At security level 0, so that a server can be shown what it ought to refuse.
bool offer_only(SSL_CTX* context, const std::string& ciphers) {
    if (ciphers.starts_with("TLS_"))
        return SSL_CTX_set_ciphersuites(context, ciphers.c_str()) == 1 &&
               SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1;
    if (SSL_CTX_set_cipher_list(context, (ciphers + ":@SECLEVEL=0").c_str()) != 1) return false;
    const auto newest = SSL_CTX_get_max_proto_version(context);
    return (newest != 0 && newest < TLS1_3_VERSION) ||
           SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) == 1;
}

bool use_identity(SSL_CTX* context, const tls_identity& identity) {
    if (SSL_CTX_use_certificate(context, identity.certificate()) != 1) return false;
    if (SSL_CTX_use_PrivateKey(context, identity.key()) != 1) return false;
    for (const auto& link : identity.chain())
        if (SSL_CTX_add1_chain_cert(context, link.get()) != 1) return false;
    return true;
}

std::unexpected<error> refused(const char* what) {
    return std::unexpected(
        error{failure::tls, fmt::format("cannot use {}: {}", what, last_tls_error("unknown cause"))});
}

struct cache_key {
    tls_role role;
    tls_version min, max;
    std::string ciphers;
    std::vector<std::string> alpn;
    std::shared_ptr<const tls_identity> identity; // kept alive, so that an address is never reused
    std::shared_ptr<const tls_trust> trust;
    bool request;

    bool operator==(const cache_key&) const = default;
};

cache_key key_of(const tls_options& o) {
    return {o.role, o.min_version, o.max_version, o.ciphers,
            o.alpn, o.identity,    o.trust,       o.request_client_certificate};
}

// More than any run of ours needs; beyond it the oldest goes.
constexpr std::size_t cache_size = 128;

} // namespace

tls_context::~tls_context() {
    SSL_CTX_free(context_);
}

result<std::shared_ptr<const tls_context>> tls_context::build(const tls_options& options) {
    const bool server = options.role == tls_role::server;
    if (server && !options.identity)
        return std::unexpected(
            error{failure::tls, "a TLS server needs a certificate (tls_options::identity)"});
    std::shared_ptr<tls_context> made(new tls_context);
    made->context_ = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    SSL_CTX* context = made->context_;
    if (!context || !set_versions(context, options)) return refused("the TLS versions asked for");
    if (!options.ciphers.empty() && !offer_only(context, options.ciphers))
        return refused(("the cipher suites " + options.ciphers).c_str());
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // No resumption: each connection shows a whole handshake, and a server keeps no state between them.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_num_tickets(context, 0);
    if (options.identity && !use_identity(context, *options.identity)) return refused("the certificate");
    if (options.trust) SSL_CTX_set1_cert_store(context, options.trust->store());
    if (!server && SSL_CTX_dane_enable(context) != 1) return refused("DANE");
    if (server && options.request_client_certificate)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, report_only);
    made->alpn_wire_ = wire_form(options.alpn);
    if (!options.alpn.empty()) {
        if (server) SSL_CTX_set_alpn_select_cb(context, choose_alpn, made.get());
        // The one function of OpenSSL that returns 0 for success.
        else if (SSL_CTX_set_alpn_protos(context,
                                         reinterpret_cast<const unsigned char*>(made->alpn_wire_.data()),
                                         static_cast<unsigned>(made->alpn_wire_.size())) != 0)
            return refused("the ALPN names");
    }
    made->identity_ = options.identity;
    made->trust_ = options.trust;
    return made;
}

result<std::shared_ptr<const tls_context>> tls_context::for_options(const tls_options& options) {
    static std::mutex lock;
    static std::deque<std::pair<cache_key, std::shared_ptr<const tls_context>>> cache;
    const cache_key key = key_of(options);
    const std::lock_guard hold(lock);
    for (const auto& [known, context] : cache)
        if (known == key) return context;
    auto made = build(options);
    if (!made) return made;
    if (cache.size() == cache_size) cache.pop_front();
    cache.emplace_back(key, *made);
    return made;
}

} // namespace net
