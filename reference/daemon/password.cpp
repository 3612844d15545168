// Passwords at rest; see the header.
#include "reference/daemon/password.hpp"

#include "reference/daemon/configuration_error.hpp"
#include "reference/sasl/prepare.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <vector>

namespace refmail::daemon {
namespace {

constexpr std::size_t salt_size = 16;
constexpr std::size_t hash_size = 32;

struct cost {
    unsigned log_n = 14; // 16384 rounds: some 40 ms here, 16 MiB
    unsigned r = 8;
    unsigned p = 1;
};

struct parts {
    daemon::cost cost;
    std::string salt, hash;
};

std::string to_base64(std::string_view octets) {
    std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(octets.data()),
                                     static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(size));
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

std::optional<std::string> from_base64(std::string_view text, std::size_t size) {
    std::string padded(text);
    const std::size_t padding = (4 - padded.size() % 4) % 4;
    padded.append(padding, '=');
    std::string octets(padded.size(), '\0');
    const int got = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()),
                                    reinterpret_cast<const unsigned char*>(padded.data()),
                                    static_cast<int>(padded.size()));
    if (got < 0 || static_cast<std::size_t>(got) != size + padding) return std::nullopt;
    octets.resize(size);
    return octets;
}

bool take(std::string_view& text, std::string_view literal) {
    if (!text.starts_with(literal)) return false;
    text.remove_prefix(literal.size());
    return true;
}

bool take_number(std::string_view& text, unsigned& value, unsigned most) {
    const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || value == 0 || value > most) return false;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return true;
}

// The upper bounds keep a login to a few seconds, and (128 * N * r octets) to 256 MiB.
std::optional<parts> parse(std::string_view text) {
    parts p;
    if (!take(text, "$scrypt$ln=") || !take_number(text, p.cost.log_n, 18) || !take(text, ",r=") ||
        !take_number(text, p.cost.r, 16) || !take(text, ",p=") || !take_number(text, p.cost.p, 4) ||
        !take(text, "$"))
        return std::nullopt;
    const auto dollar = text.find('$');
    if (dollar == std::string_view::npos) return std::nullopt;
    if ((std::uint64_t{128} << p.cost.log_n) * p.cost.r > (std::uint64_t{256} << 20)) return std::nullopt;
    const auto salt = from_base64(text.substr(0, dollar), salt_size);
    const auto hash = from_base64(text.substr(dollar + 1), hash_size);
    if (!salt || !hash) return std::nullopt;
    p.salt = *salt;
    p.hash = *hash;
    return p;
}

std::string scrypt(std::string_view password, std::string_view salt, const cost& c) {
    std::string out(hash_size, '\0');
    const std::uint64_t n = std::uint64_t{1} << c.log_n;
    const std::uint64_t memory = 128 * n * c.r + 128 * c.r * c.p + (1u << 20);
    if (EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                       salt.size(), n, c.r, c.p, memory, reinterpret_cast<unsigned char*>(out.data()),
                       out.size()) != 1)
        throw std::runtime_error("scrypt is not available in this OpenSSL");
    return out;
}

} // namespace

std::string hash_password(std::string_view password) {
    // RFC 4616 §2: what a client sends is prepared before it is compared, so what is stored is, too.
    const auto prepared = sasl::prepare(password);
    if (!prepared || prepared->empty())
        throw configuration_error("hash-password: SASLprep (RFC 4013) does not allow that password");
    std::string salt(salt_size, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size())) != 1)
        throw std::runtime_error("no random numbers from OpenSSL");
    const cost c;
    return fmt::format("$scrypt$ln={},r={},p={}${}${}", c.log_n, c.r, c.p, to_base64(salt),
                       to_base64(scrypt(*prepared, salt, c)));
}

bool is_password_hash(std::string_view text) {
    return parse(text).has_value();
}

bool verify_password(std::string_view prepared, std::string_view hash) {
    const auto wanted = parse(hash);
    if (!wanted) return false;
    const std::string got = scrypt(prepared, wanted->salt, wanted->cost);
    return CRYPTO_memcmp(got.data(), wanted->hash.data(), got.size()) == 0;
}

} // namespace refmail::daemon
