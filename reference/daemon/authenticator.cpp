// Is this the user's password? See the header.
#include "reference/daemon/authenticator.hpp"

#include "reference/daemon/password.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace refmail::daemon {

authenticator::authenticator(const settings& s, const local_directory& who)
    : who_(who) {
    if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
        throw std::runtime_error("no random numbers from OpenSSL");
    for (const auto& one : s.accounts) {
        if (one.password_hash.empty())
            known_[one.user] = digest_of(one.user, one.password);
        else
            hashes_[one.user] = decoy_ = one.password_hash;
    }
}

authenticator::digest authenticator::digest_of(std::string_view user, std::string_view password) const {
    std::string text(user); // has no NUL: SASL forbids it (RFC 4616 §2)
    text += '\0';
    text += password;
    digest d{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), d.data(), &size);
    return d;
}

std::optional<authenticator::verdict> authenticator::check_at_once(std::string_view user,
                                                                   std::string_view password) {
    const std::string name = who_.login_name(user);
    const digest given = digest_of(name, password);
    const std::lock_guard hold(lock_);
    const auto known = known_.find(name);
    const bool same =
        known != known_.end() && CRYPTO_memcmp(known->second.data(), given.data(), given.size()) == 0;
    if (same) return verdict(name);
    // Without a hash anywhere there is nothing slow to compare with.
    if (decoy_.empty()) return verdict(std::unexpected(refusal::wrong));
    return std::nullopt;
}

authenticator::verdict authenticator::check_slowly(std::string_view user, std::string_view password) {
    const std::string name = who_.login_name(user);
    const auto hash = hashes_.find(name);
    const bool matches = verify_password(password, hash == hashes_.end() ? decoy_ : hash->second);
    if (!matches || hash == hashes_.end()) return std::unexpected(refusal::wrong);
    const std::lock_guard hold(lock_);
    known_[name] = digest_of(name, password);
    return name;
}

void authenticator::check(std::string user, std::string password, answer then) {
    hashing_.post(
        [this, user = std::move(user), password = std::move(password), then = std::move(then)]() mutable {
            verdict found = std::unexpected(refusal::unavailable);
            try {
                found = check_slowly(user, password);
            } catch (const std::exception&) { // a job must not throw; the client may try again
            }
            OPENSSL_cleanse(password.data(), password.size());
            then(std::move(found));
        });
}

} // namespace refmail::daemon
