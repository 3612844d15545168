// What one side asks of a TLS handshake, and what came out of it. Plain data: no OpenSSL header here.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace net {

enum class tls_role { client, server };
enum class tls_version { any, tls1_0, tls1_1, tls1_2, tls1_3 };

// A certificate with its key, and the authorities one trusts; loaded once, shared by many sessions.
// Defined in net/tls_context.hpp; opaque here so that this header stays light.
class tls_identity;
class tls_trust;

// RFC 6698 §2.1: what a certificate is to match, as the DNS tells it.
struct tlsa_record {
    std::uint8_t usage = 0, selector = 0, matching = 0;
    std::string association; // octets
    bool operator==(const tlsa_record&) const = default;
};

struct tls_options {
    tls_role role = tls_role::client;
    tls_version min_version = tls_version::any;
    tls_version max_version = tls_version::any;
    std::string
        ciphers; // client: the suites offered, OpenSSL's names joined by ":"; empty: the library's choice
    std::string server_name;                      // client: SNI, empty for none
    std::vector<std::string> alpn;                // client: offered; server: accepted, by preference
    std::shared_ptr<const tls_identity> identity; // server: required; client: its certificate, if any
    std::shared_ptr<const tls_trust> trust;       // whom to verify against; null: any certificate will do
    bool verify_name = false;                     // client, with trust: also match server_name
    bool request_client_certificate = false;      // server

    // Client, for one who checks more than server_name. The certificate must be valid for one of these, when
    // trust or tlsa is there; a "*" in it stands for one whole label, the leftmost.
    std::vector<std::string> verify_names;
    bool verify_common_name = true; // the subject's, where there is no DNS name in subjectAltName
    // Not empty: the certificate is judged by these alone (RFC 7671), not by trust. Usages 2 and 3.
    std::vector<tlsa_record> tlsa;
};

struct certificate_facts {
    std::string subject; // one line, RFC 2253 order
    std::string key;     // what kind of key it is about: "RSA", "EC", "ED25519"; empty: OpenSSL knows no name
    std::string issuer;
    std::vector<std::string> names;    // DNS and IP subjectAltNames
    std::string not_before, not_after; // ISO 8601, UTC
    bool verified = false;             // against tls_options::trust, or tlsa
    std::string verify_error;          // OpenSSL's words when it was not
    std::string tlsa_match;            // "3 1 1": the record that it matched, if one did
};

struct tls_facts {
    std::string version; // "TLSv1.3"
    std::string cipher;
    std::string alpn;        // negotiated, or empty
    std::string server_name; // server role: the SNI the client sent
    bool has_peer_certificate = false;
    certificate_facts peer;
};

} // namespace net
