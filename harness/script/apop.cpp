// The APOP digest; see the header.
#include "harness/script/apop.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <array>

namespace mailspec::script {

std::expected<std::string, std::string> apop_digest(std::string_view greeting, std::string_view secret) {
    const auto from = greeting.find('<');
    const auto end = greeting.find('>', from == std::string_view::npos ? 0 : from);
    if (from == std::string_view::npos || end == std::string_view::npos)
        return std::unexpected("{apop}: the greeting has no timestamp, so the server does not offer APOP");
    const auto text = std::string(greeting.substr(from, end + 1 - from)) + std::string(secret);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
        return std::unexpected("{apop}: this OpenSSL refuses MD5");
    std::string hex;
    for (unsigned i = 0; i < size; ++i)
        hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

} // namespace mailspec::script
