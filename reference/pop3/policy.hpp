// What a POP3 server is set up to be: its name, its limits with their reasons, its choices. Plain data,
// shared by all sessions of a listener; must outlive them. Documents: RFC 1939 §7 and §13, RFC 2449 §4 and
// §6, RFC 5034 §4, RFC 6856.
#pragma once
#include <cstddef>
#include <string>

namespace refmail::pop3 {

struct limits {
    // RFC 2449 §4: commands of 255 octets with CRLF must be taken.
    std::size_t command_line = 255;
    // RFC 5034 §4: exchange lines are as long as the mechanism wants; 12288 suffices for all known ones. AUTH
    // with an initial response gets the same: a client that overlooks its own limit of 255 harms nobody.
    std::size_t auth_line = 12288;
    // A client that only errs, or never ends, is sent away.
    std::size_t errors = 100;
    std::size_t commands = 1'000'000;
    std::size_t auth_failures = 5; // as refmaild's submission: three are the least that people need
};

// RFC 1939 §13: an account with a secret for APOP should not take USER and PASS as well.
enum class apop { off, beside_password, instead_of_password };

struct policy {
    std::string host_name = "localhost"; // greeting, the domain of APOP's timestamp
    std::string implementation = "refmaild";
    pop3::limits limits;
    bool offer_tls = true;        // STLS (never listed inside TLS)
    bool tls_ready = true;        // false: no certificate just now
    bool allow_plaintext = false; // RFC 2595 §2.3: USER, PASS, PLAIN, LOGIN need TLS unless this is set
    pop3::apop apop = apop::off;  // offered on open lines, too: it shows no password
    unsigned login_delay = 0;     // seconds, announced by CAPA; enforced by who checks passwords
    bool offer_utf8 = true;       // RFC 6856: UTF8 and LANG
};

} // namespace refmail::pop3
