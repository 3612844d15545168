// What an IMAP server is set up to be: its name, its limits with their reasons, its choices. Plain data,
// shared by all sessions of a listener; must outlive them. RFC 9051 §5.4, §6.2, §7.1; RFC 7888 §5.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace refmail::imap {

struct limits {
    // RFC 7162 §4 wants 8192 octets at least; lists of UIDs are long. The literals in it not counted.
    std::size_t command_line = 64 * 1024;
    // All literals of one command that is no APPEND: names, passwords, search texts.
    std::size_t literals = 256 * 1024;
    // Before login nobody needs more than a user and a password.
    std::size_t before_login = 8 * 1024;
    std::uint64_t message_size = 50ull << 20; // APPEND: APPENDLIMIT (RFC 7889)
    // MULTIAPPEND: all of them are held in memory until the last one is there.
    std::size_t messages_at_once = 1000;
    std::uint64_t append_size = 100ull << 20;
    std::size_t auth_failures = 3; // then BYE; RFC 9051 §11.7
    std::size_t errors = 100;      // BAD in one session, then BYE: a client that only errs
    std::size_t errors_before_login = 20;
};

struct policy {
    std::string host_name = "localhost";
    std::string software = "refmaild", version; // for ID (RFC 2971)
    imap::limits limits;
    bool offer_tls = true;             // STARTTLS (never listed inside TLS)
    bool tls_ready = true;             // false: no certificate just now
    bool allow_plaintext_auth = false; // RFC 9051 §11.2: LOGINDISABLED on an open line otherwise
    bool offer_compression = true;     // RFC 4978
    // RFC 7888: LITERAL+, else LITERAL- (no more than 4096 octets in a literal that nobody waits for).
    bool literal_plus = true;
    bool offer_quotaset = false; // RFC 9208 §4.1.3: users may set quotas themselves
};

} // namespace refmail::imap
