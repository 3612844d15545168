// One TLS session without I/O; see the header.
#include "net/tls_engine.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <ctime>

namespace net {
namespace {

std::string one_line(X509_NAME* name) {
    BIO* bio = BIO_new(BIO_s_mem());
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string line(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return line;
}

std::string iso_8601(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return "";
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

std::string address_text(const ASN1_OCTET_STRING* octets) {
    char text[INET6_ADDRSTRLEN] = "";
    const int size = ASN1_STRING_length(octets);
    if (size == 4 || size == 16)
        inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(octets), text, sizeof text);
    return text;
}

std::vector<std::string> alternative_names(X509* certificate) {
    std::vector<std::string> names;
    auto* list =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; list && i < sk_GENERAL_NAME_num(list); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
        if (name->type == GEN_DNS)
            names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                               static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        else if (name->type == GEN_IPADD)
            names.push_back(address_text(name->d.iPAddress));
    }
    GENERAL_NAMES_free(list);
    return names;
}

bool is_address(const std::string& name) {
    unsigned char ignored[16];
    return inet_pton(AF_INET, name.c_str(), ignored) == 1 || inet_pton(AF_INET6, name.c_str(), ignored) == 1;
}

bool set_names(SSL* session, const tls_options& options) {
    X509_VERIFY_PARAM* wanted = SSL_get0_param(session);
    unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    if (!options.verify_common_name) flags |= X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
    X509_VERIFY_PARAM_set_hostflags(wanted, flags);
    for (const auto& name : options.verify_names) {
        // RFC 6125 §1.7.2 leaves addresses to others: they are compared with iPAddress names only.
        const int ok = is_address(name) ? X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str())
                                        : X509_VERIFY_PARAM_add1_host(wanted, name.data(), name.size());
        if (ok != 1) return false;
    }
    return true;
}

bool use_tlsa(SSL* session, const tls_options& options) {
    // The base domain becomes a reference identifier; without one DANE-TA would match any name.
    const std::string base =
        options.verify_names.empty() ? options.server_name : options.verify_names.front();
    if (SSL_dane_enable(session, base.c_str()) != 1) return false;
    for (std::size_t i = 1; i < options.verify_names.size(); ++i)
        if (SSL_add1_host(session, options.verify_names[i].c_str()) != 1) return false;
    // RFC 7671 §5.1: DANE-EE binds the key to the name in the DNS, whatever the certificate says.
    SSL_dane_set_flags(session, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    int usable = 0;
    for (const auto& record : options.tlsa) {
        const auto* octets = reinterpret_cast<const unsigned char*>(record.association.data());
        usable += SSL_dane_tlsa_add(session, record.usage, record.selector, record.matching, octets,
                                    record.association.size()) > 0;
    }
    ERR_clear_error(); // of records that OpenSSL cannot use: the others count
    return usable > 0;
}

std::string matching_record(SSL* session) {
    std::uint8_t usage = 0, selector = 0, matching = 0;
    if (SSL_get0_dane_authority(session, nullptr, nullptr) < 0) return {};
    if (SSL_get0_dane_tlsa(session, &usage, &selector, &matching, nullptr, nullptr) < 0) return {};
    return std::to_string(usage) + ' ' + std::to_string(selector) + ' ' + std::to_string(matching);
}

bool prepare_client(SSL* session, const tls_options& options) {
    const std::string& name = options.server_name;
    const bool address = is_address(name);
    // RFC 6066 §3: literal addresses are not permitted in server_name.
    if (!name.empty() && !address && SSL_set_tlsext_host_name(session, name.c_str()) != 1) return false;
    if (options.trust && options.verify_name && !name.empty()) {
        X509_VERIFY_PARAM* wanted = SSL_get0_param(session);
        const int ok = address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str())
                               : X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size());
        if (ok != 1) return false;
    }
    return set_names(session, options) && (options.tlsa.empty() || use_tlsa(session, options));
}

} // namespace

void tls_engine::freer::operator()(SSL* session) const {
    SSL_free(session);
}

result<std::unique_ptr<tls_engine>> tls_engine::make(const tls_options& options) {
    auto context = tls_context::for_options(options);
    if (!context) return std::unexpected(context.error());
    std::unique_ptr<tls_engine> made(new tls_engine);
    made->context_ = *context;
    made->verifying_ = options.trust != nullptr || !options.tlsa.empty();
    made->session_.reset(SSL_new(made->context_->get()));
    SSL* session = made->session_.get();
    made->in_ = BIO_new(BIO_s_mem());
    made->out_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(made->in_, -1); // empty means "more to come", not the end
    SSL_set_bio(session, made->in_, made->out_);
    if (options.role == tls_role::server)
        SSL_set_accept_state(session);
    else {
        SSL_set_connect_state(session);
        if (!prepare_client(session, options))
            return std::unexpected(
                error{failure::tls, "the server name or TLSA records: " + last_tls_error("not usable")});
    }
    return made;
}

error tls_engine::failed(int outcome, const char* otherwise) const {
    if (SSL_get_error(session_.get(), outcome) == SSL_ERROR_ZERO_RETURN) {
        ERR_clear_error();
        return error{failure::eof, "the peer closed the TLS session"};
    }
    return error{failure::tls, last_tls_error(otherwise)};
}

result<bool> tls_engine::handshake() {
    ERR_clear_error();
    const int outcome = SSL_do_handshake(session_.get());
    if (outcome == 1) return true;
    if (SSL_get_error(session_.get(), outcome) == SSL_ERROR_WANT_READ) return false;
    return std::unexpected(failed(outcome, "the TLS handshake failed"));
}

void tls_engine::feed(std::string_view ciphertext) {
    BIO_write(in_, ciphertext.data(), static_cast<int>(ciphertext.size()));
}

std::string tls_engine::take_output() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(out_, &data);
    std::string octets(data, size > 0 ? static_cast<std::size_t>(size) : 0);
    (void)BIO_reset(out_);
    return octets;
}

result<std::size_t> tls_engine::decrypt(std::span<char> into) {
    ERR_clear_error();
    std::size_t size = 0;
    const int outcome = SSL_read_ex(session_.get(), into.data(), into.size(), &size);
    if (outcome == 1) return size;
    if (SSL_get_error(session_.get(), outcome) == SSL_ERROR_WANT_READ) return std::size_t{0};
    return std::unexpected(failed(outcome, "a broken TLS record"));
}

result<void> tls_engine::encrypt(std::string_view plaintext) {
    while (!plaintext.empty()) {
        ERR_clear_error();
        std::size_t size = 0;
        const int outcome = SSL_write_ex(session_.get(), plaintext.data(), plaintext.size(), &size);
        if (outcome != 1) return std::unexpected(failed(outcome, "TLS took no more to send"));
        plaintext.remove_prefix(size);
    }
    return {};
}

void tls_engine::close_notify() {
    ERR_clear_error();
    SSL_shutdown(session_.get());
    ERR_clear_error();
}

tls_facts tls_engine::facts() const {
    SSL* session = session_.get();
    tls_facts facts;
    facts.version = SSL_get_version(session);
    facts.cipher = SSL_get_cipher_name(session);
    const unsigned char* alpn = nullptr;
    unsigned alpn_size = 0;
    SSL_get0_alpn_selected(session, &alpn, &alpn_size);
    if (alpn) facts.alpn.assign(reinterpret_cast<const char*>(alpn), alpn_size);
    if (SSL_is_server(session))
        if (const char* name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name))
            facts.server_name = name;

    X509* peer = SSL_get0_peer_certificate(session);
    if (!peer) return facts;
    facts.has_peer_certificate = true;
    if (const EVP_PKEY* key = X509_get0_pubkey(peer))
        if (const char* name = EVP_PKEY_get0_type_name(key)) facts.peer.key = name;
    facts.peer.subject = one_line(X509_get_subject_name(peer));
    facts.peer.issuer = one_line(X509_get_issuer_name(peer));
    facts.peer.names = alternative_names(peer);
    facts.peer.not_before = iso_8601(X509_get0_notBefore(peer));
    facts.peer.not_after = iso_8601(X509_get0_notAfter(peer));
    const long verdict = SSL_get_verify_result(session);
    facts.peer.verified = verifying_ && verdict == X509_V_OK;
    facts.peer.tlsa_match = matching_record(session);
    if (!verifying_)
        facts.peer.verify_error = "not checked";
    else if (verdict != X509_V_OK)
        facts.peer.verify_error = X509_verify_cert_error_string(verdict);
    return facts;
}

} // namespace net
