// Certificates: loaded from PEM, or made (self-signed, or issued by another identity).
#include "net/tls_context.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace net {
namespace {

using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using chrono_time = std::chrono::system_clock::time_point;

bio_ptr memory_bio() {
    return {BIO_new(BIO_s_mem()), &BIO_free_all};
}
bio_ptr memory_bio(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free_all};
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::shared_ptr<X509> owned(X509* certificate) {
    return {certificate, &X509_free};
}

std::shared_ptr<X509> shared(X509* certificate) {
    X509_up_ref(certificate);
    return owned(certificate);
}

result<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return std::unexpected(
            error{failure::tls, fmt::format("cannot read {}: {}", path, std::strerror(errno))});
    return text.str();
}

// Whole or not at all, and through nobody's symbolic link: it may be root who writes.
result<void> write_file(const std::string& path, const std::string& text, int mode) {
    const std::string draft = path + ".new";
    ::unlink(draft.c_str());
    const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    bool ok = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
              ::fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0) ::close(fd);
    if (ok && ::rename(draft.c_str(), path.c_str()) != 0) {
        ok = false;
        cause = errno;
    }
    if (ok) return {};
    ::unlink(draft.c_str());
    return std::unexpected(
        error{failure::tls, fmt::format("cannot write {}: {}", path, std::strerror(cause))});
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) {
        unsigned char ignored[16];
        const bool address =
            inet_pton(AF_INET, name.c_str(), ignored) == 1 || inet_pton(AF_INET6, name.c_str(), ignored) == 1;
        list += fmt::format("{}{}:{}", list.empty() ? "" : ",", address ? "IP" : "DNS", name);
    }
    return list;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    const bool ok = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

bool set_validity(X509* certificate, const tls_identity::spec& wanted) {
    using namespace std::chrono;
    const auto now = system_clock::now();
    const auto from = wanted.not_before == chrono_time{} ? now - hours(24) : wanted.not_before;
    const auto until = wanted.not_after == chrono_time{} ? now + hours(24 * 3650) : wanted.not_after;
    return ASN1_TIME_set(X509_getm_notBefore(certificate), system_clock::to_time_t(from)) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), system_clock::to_time_t(until)) != nullptr;
}

bool set_names(X509* certificate, const tls_identity::spec& wanted) {
    const std::string& common = wanted.names.front();
    X509_NAME* subject = X509_get_subject_name(certificate);
    // RFC 5280 A.1: ub-common-name is 64. A longer name stands among the alternative names only.
    const std::string cn = common.substr(0, 64);
    if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(cn.data()),
                                   static_cast<int>(cn.size()), -1, 0) != 1)
        return false;
    X509* issuer = wanted.issuer ? wanted.issuer->certificate() : certificate;
    return X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1;
}

bool set_extensions(X509* certificate, const tls_identity::spec& wanted) {
    X509* issuer = wanted.issuer ? wanted.issuer->certificate() : certificate;
    return add_extension(certificate, issuer, NID_subject_alt_name, alternative_names(wanted.names)) &&
           add_extension(certificate, issuer, NID_basic_constraints,
                         wanted.authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
           add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
           // RFC 5280 §4.2.1.3, §4.2.1.1: an authority says that it signs, what it signs says with which key.
           (!wanted.authority ||
            add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign")) &&
           (!wanted.issuer || add_extension(certificate, issuer, NID_authority_key_identifier, "keyid"));
}

bool set_serial(X509* certificate) {
    unsigned char octets[16];
    if (RAND_bytes(octets, sizeof octets) != 1) return false;
    octets[0] &= 0x7f; // RFC 5280 §4.1.2.2: a positive integer
    BIGNUM* number = BN_bin2bn(octets, sizeof octets, nullptr);
    const bool ok = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
    BN_free(number);
    return ok;
}

} // namespace

std::string last_tls_error(const char* otherwise) {
    const unsigned long code = ERR_peek_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    std::string text = reason ? reason : otherwise;
    ERR_clear_error();
    return text;
}

result<std::shared_ptr<const tls_identity>> tls_identity::make(const spec& wanted) {
    if (wanted.names.empty())
        return std::unexpected(error{failure::tls, "a certificate needs at least one name"});
    auto made = std::make_shared<tls_identity>();
    made->key_ = {EVP_EC_gen("P-256"), &EVP_PKEY_free};
    made->leaf_ = owned(X509_new());
    X509* certificate = made->leaf_.get();
    EVP_PKEY* signer = wanted.issuer ? wanted.issuer->key() : made->key_.get();
    const bool ok = made->key_ && certificate && X509_set_version(certificate, 2) == 1 &&
                    set_serial(certificate) && set_validity(certificate, wanted) &&
                    set_names(certificate, wanted) && X509_set_pubkey(certificate, made->key_.get()) == 1 &&
                    set_extensions(certificate, wanted) && X509_sign(certificate, signer, EVP_sha256()) > 0;
    if (!ok)
        return std::unexpected(
            error{failure::tls, fmt::format("cannot make a certificate for '{}': {}", wanted.names.front(),
                                            last_tls_error("unknown cause"))});
    if (wanted.issuer && wanted.with_issuer) {
        made->chain_.push_back(shared(wanted.issuer->certificate()));
        made->chain_.insert(made->chain_.end(), wanted.issuer->chain().begin(), wanted.issuer->chain().end());
    }
    return made;
}

result<std::shared_ptr<const tls_identity>> tls_identity::self_signed(std::vector<std::string> names) {
    spec wanted;
    wanted.names = std::move(names);
    return make(wanted);
}

result<std::shared_ptr<const tls_identity>> tls_identity::from_pem(const std::string& certificate,
                                                                   const std::string& key) {
    auto loaded = std::make_shared<tls_identity>();
    auto in = memory_bio(certificate);
    loaded->leaf_ = owned(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (!loaded->leaf_)
        return std::unexpected(error{failure::tls, "no PEM certificate: " + last_tls_error("empty")});
    while (X509* next = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
        loaded->chain_.push_back(owned(next));
    ERR_clear_error(); // the end of the file is an error to OpenSSL
    auto key_in = memory_bio(key);
    // No passphrase is ever asked for on a terminal: an encrypted key is an error.
    auto refuse = [](char*, int, int, void*) { return -1; };
    loaded->key_ = {PEM_read_bio_PrivateKey(key_in.get(), nullptr, refuse, nullptr), &EVP_PKEY_free};
    if (!loaded->key_)
        return std::unexpected(error{failure::tls, "no PEM private key: " + last_tls_error("empty")});
    if (X509_check_private_key(loaded->leaf_.get(), loaded->key_.get()) != 1) {
        ERR_clear_error();
        return std::unexpected(error{failure::tls, "the private key does not belong to the certificate"});
    }
    return loaded;
}

result<std::shared_ptr<const tls_identity>> tls_identity::from_files(const std::string& certificate,
                                                                     const std::string& key) {
    auto certificate_text = read_file(certificate);
    if (!certificate_text) return std::unexpected(certificate_text.error());
    auto key_text = read_file(key);
    if (!key_text) return std::unexpected(key_text.error());
    auto loaded = from_pem(*certificate_text, *key_text);
    if (!loaded) loaded.error().text = fmt::format("{} with {}: {}", certificate, key, loaded.error().text);
    return loaded;
}

std::string tls_identity::certificate_pem() const {
    auto out = memory_bio();
    PEM_write_bio_X509(out.get(), leaf_.get());
    for (const auto& link : chain_)
        PEM_write_bio_X509(out.get(), link.get());
    return text_of(out.get());
}

std::string tls_identity::key_pem() const {
    auto out = memory_bio();
    PEM_write_bio_PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(out.get());
}

result<void> tls_identity::write_files(const std::string& certificate, const std::string& key) const {
    if (auto written = write_file(key, key_pem(), 0600); !written) return written;
    return write_file(certificate, certificate_pem(), 0644);
}

} // namespace net
