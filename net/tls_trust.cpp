// Whom to trust: authorities from a PEM bundle, a folder, the system, or one made in memory.
#include "net/tls_context.hpp"

#include <fmt/core.h>
#include <openssl/ssl.h>

#include <filesystem>

namespace net {
namespace {

std::shared_ptr<X509_STORE> empty_store() {
    return {X509_STORE_new(), &X509_STORE_free};
}

std::unexpected<error> no_trust(const std::string& from, const std::string& why) {
    return std::unexpected(
        error{failure::tls, fmt::format("cannot load trusted certificates from {}: {}", from, why)});
}

} // namespace

result<std::shared_ptr<const tls_trust>> tls_trust::from_file(const std::string& pem_bundle) {
    auto made = std::make_shared<tls_trust>();
    made->store_ = empty_store();
    if (X509_STORE_load_file(made->store_.get(), pem_bundle.c_str()) != 1)
        return no_trust(pem_bundle, last_tls_error("no certificate in it"));
    return made;
}

result<std::shared_ptr<const tls_trust>> tls_trust::from_directory(const std::string& hashed_folder) {
    if (!std::filesystem::is_directory(hashed_folder)) return no_trust(hashed_folder, "no such folder");
    auto made = std::make_shared<tls_trust>();
    made->store_ = empty_store();
    if (X509_STORE_load_path(made->store_.get(), hashed_folder.c_str()) != 1)
        return no_trust(hashed_folder, last_tls_error("unknown cause"));
    return made;
}

result<std::shared_ptr<const tls_trust>> tls_trust::system() {
    auto made = std::make_shared<tls_trust>();
    made->store_ = empty_store();
    if (X509_STORE_set_default_paths(made->store_.get()) != 1)
        return no_trust("the system", last_tls_error("unknown cause"));
    return made;
}

std::shared_ptr<const tls_trust> tls_trust::only(const tls_identity& authority) {
    auto made = std::make_shared<tls_trust>();
    made->store_ = empty_store();
    X509_STORE_add_cert(made->store_.get(), authority.certificate());
    return made;
}

} // namespace net
