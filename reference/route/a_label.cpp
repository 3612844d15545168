// Domains as the DNS has them; see the header.
#include "reference/route/a_label.hpp"

#include "reference/dns/message.hpp"

#include <algorithm>
#include <cstdint>
#include <idn2.h>

namespace refmail::route {

std::optional<std::string> to_a_labels(std::string_view domain) {
    const bool is_ascii = std::ranges::all_of(domain, [](unsigned char c) { return c < 128; });
    std::string name;
    if (is_ascii) {
        // What is ASCII already is not IDNA's business: "_x" and "a--b" are names, too.
        name = dns::in_small_letters(domain);
    } else {
        if (domain.find('\0') != std::string_view::npos) return std::nullopt;
        std::uint8_t* found = nullptr;
        const std::string text(domain);
        // RFC 5895: capitals and compositions are mapped before they are looked up.
        if (idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(text.c_str()), &found,
                           IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
            return std::nullopt;
        name = reinterpret_cast<const char*>(found);
        idn2_free(found);
    }
    if (name.ends_with('.')) name.pop_back();
    if (!dns::is_domain_name(name)) return std::nullopt;
    return name;
}

} // namespace refmail::route
