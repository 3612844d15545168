// Certificates and trust, loaded or made once and shared by many handshakes; and the cache of
// OpenSSL contexts behind tls_options, so that a handshake never builds one that exists already.
// Keys made here are EC P-256: made in a millisecond, accepted by everything since TLS 1.0.
// Only tls_*.cpp needs OpenSSL's headers; the handles are opaque here.
#pragma once
#include "net/error.hpp"
#include "net/tls_options.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

typedef struct x509_st X509;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct x509_store_st X509_STORE;

namespace net {

class tls_identity {
  public:
    // What to make when a certificate is made.
    struct spec {
        std::vector<std::string> names;                     // DNS names and IP addresses; the first is the CN
        std::chrono::system_clock::time_point not_before{}; // epoch: one day ago
        std::chrono::system_clock::time_point not_after{};  // epoch: ten years from now
        std::shared_ptr<const tls_identity> issuer;         // null: self-signed
        bool authority = false;                             // may itself issue
        bool with_issuer = false; // the issuer's certificate is sent behind this one (RFC 7671 §5.2.1)
    };

    static result<std::shared_ptr<const tls_identity>> make(const spec& wanted);
    static result<std::shared_ptr<const tls_identity>> self_signed(std::vector<std::string> names);
    // PEM; the certificate's file may hold the chain behind the leaf. Errors name the file.
    static result<std::shared_ptr<const tls_identity>> from_files(const std::string& certificate,
                                                                  const std::string& key);
    static result<std::shared_ptr<const tls_identity>> from_pem(const std::string& certificate,
                                                                const std::string& key);

    std::string certificate_pem() const; // leaf, then the chain
    std::string key_pem() const;         // PKCS #8, not encrypted
    // The key's file is readable by its owner only.
    result<void> write_files(const std::string& certificate, const std::string& key) const;

    X509* certificate() const { return leaf_.get(); }
    const std::vector<std::shared_ptr<X509>>& chain() const { return chain_; }
    EVP_PKEY* key() const { return key_.get(); }

  private:
    std::shared_ptr<X509> leaf_;
    std::vector<std::shared_ptr<X509>> chain_;
    std::shared_ptr<EVP_PKEY> key_;
};

class tls_trust {
  public:
    // A missing file, or one without a certificate, is an error here and not at the first handshake.
    static result<std::shared_ptr<const tls_trust>> from_file(const std::string& pem_bundle);
    static result<std::shared_ptr<const tls_trust>> from_directory(const std::string& hashed_folder);
    static result<std::shared_ptr<const tls_trust>> system();
    static std::shared_ptr<const tls_trust> only(const tls_identity& authority);

    X509_STORE* store() const { return store_.get(); }

  private:
    std::shared_ptr<X509_STORE> store_;
};

// An OpenSSL context made after tls_options; immutable and shared between threads.
class tls_context {
  public:
    static result<std::shared_ptr<const tls_context>> for_options(const tls_options& options); // cached
    ~tls_context();
    SSL_CTX* get() const { return context_; }
    const std::string& alpn_wire() const { return alpn_wire_; }

  private:
    tls_context() = default;
    static result<std::shared_ptr<const tls_context>> build(const tls_options& options);

    SSL_CTX* context_ = nullptr;
    std::string alpn_wire_; // RFC 7301 §3.1: a length octet before each name
    std::shared_ptr<const tls_identity> identity_;
    std::shared_ptr<const tls_trust> trust_;
};

std::string last_tls_error(const char* otherwise); // takes OpenSSL's error queue, for people

} // namespace net
