// The digest of octets that come in pieces: SHA-256, its first half in hexadecimal. By it messages and files
// are known again; it keeps no secret and proves nothing to anybody.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace refmail::store {

class content_digest {
  public:
    content_digest();
    ~content_digest();
    content_digest(content_digest&&) noexcept;
    content_digest& operator=(content_digest&&) noexcept;

    void add(std::string_view octets);
    std::string take(); // 32 digits; it begins anew

  private:
    struct state;
    std::unique_ptr<state> state_;
};

std::string digest_of(std::string_view octets);

} // namespace refmail::store
