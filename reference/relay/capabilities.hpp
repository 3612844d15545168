// What a server offers in its reply to EHLO: RFC 5321 §4.1.1.1, and the extensions that a client makes use
// of. Keywords in any letter case; what is unknown or malformed is passed over.
#pragma once
#include "reference/relay/reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace refmail::relay {

struct capabilities {
    bool starttls = false;       // RFC 3207
    bool pipelining = false;     // RFC 2920
    bool eight_bit_mime = false; // RFC 6152
    bool binary_mime = false;    // RFC 3030; counts only with chunking (§3)
    bool chunking = false;       // RFC 3030
    bool smtputf8 = false;       // RFC 6531; needs 8BITMIME beside it (§3.1), which we do not insist on
    bool dsn = false;            // RFC 3461
    bool require_tls = false;    // RFC 8689
    bool size = false;           // RFC 1870
    std::uint64_t largest = 0;   // 0: no limit is told
    bool auth = false;           // RFC 4954
    std::vector<std::string> mechanisms; // of AUTH, upper case
};

capabilities read_capabilities(const reply& ehlo);

} // namespace refmail::relay
