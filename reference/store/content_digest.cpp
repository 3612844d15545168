// The digest of octets that come in pieces; see the header.
#include "reference/store/content_digest.hpp"

#include <openssl/evp.h>

#include <new>

namespace refmail::store {

struct content_digest::state {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    state() {
        if (!context) throw std::bad_alloc();
        begin();
    }
    ~state() { EVP_MD_CTX_free(context); }
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    void begin() const { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
};

content_digest::content_digest()
    : state_(std::make_unique<state>()) {}
content_digest::~content_digest() = default;
content_digest::content_digest(content_digest&&) noexcept = default;
content_digest& content_digest::operator=(content_digest&&) noexcept = default;

void content_digest::add(std::string_view octets) {
    EVP_DigestUpdate(state_->context, octets.data(), octets.size());
}

std::string content_digest::take() {
    unsigned char whole[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(state_->context, whole, nullptr);
    state_->begin();
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (int i = 0; i < 16; ++i) {
        text += digits[whole[i] >> 4];
        text += digits[whole[i] & 15];
    }
    return text;
}

std::string digest_of(std::string_view octets) {
    content_digest whole;
    whole.add(octets);
    return whole.take();
}

} // namespace refmail::store
