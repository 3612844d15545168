// Is this the user's password? See the header.
#include "reference/daemon/authenticator.hpp"

#include "reference/daemon/password.hpp"

#include <fmt/format.h>
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
        const auto& secret = one.apop_secret.empty() ? one.password : one.apop_secret;
        if (!secret.empty()) secrets_[one.user] = secret;
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

void authenticator::check(std::string user, std::string password, const std::string& from, answer then) {
    auto job = [this, user = std::move(user), password = std::move(password),
                then = std::move(then)]() mutable {
        verdict found = std::unexpected(refusal::unavailable);
        try {
            found = check_slowly(user, password);
        } catch (const std::exception&) { // a job must not throw; the client may try again
        }
        OPENSSL_cleanse(password.data(), password.size());
        then(std::move(found));
    };
    {
        const std::lock_guard hold(lock_);
        auto& mine = waiting_[from];
        if (mine.empty()) turns_.push_back(from);
        mine.push_back(std::move(job));
    }
    hashing_.post([this] { do_next(); });
}

// One job of the address whose turn it is.
void authenticator::do_next() {
    std::move_only_function<void()> job;
    {
        const std::lock_guard hold(lock_);
        const auto whose = waiting_.find(turns_.front());
        job = std::move(whose->second.front());
        whose->second.pop_front();
        if (whose->second.empty())
            waiting_.erase(whose);
        else
            turns_.push_back(turns_.front());
        turns_.pop_front();
    }
    job();
}

authenticator::verdict authenticator::check_digest(std::string_view user, std::string_view timestamp,
                                                   std::string_view digest) const {
    const std::string name = who_.login_name(user);
    const auto known = secrets_.find(name);
    const std::string text = std::string(timestamp) + (known == secrets_.end() ? "" : known->second);
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), octets.data(), &size, EVP_md5(), nullptr) != 1)
        return std::unexpected(refusal::unavailable); // a library without MD5 (FIPS)
    std::string wanted;
    for (unsigned i = 0; i < size; ++i)
        wanted += fmt::format("{:02x}", octets[i]);
    const bool same =
        wanted.size() == digest.size() && CRYPTO_memcmp(wanted.data(), digest.data(), digest.size()) == 0;
    if (!same || known == secrets_.end()) return std::unexpected(refusal::wrong);
    return name;
}

} // namespace refmail::daemon
