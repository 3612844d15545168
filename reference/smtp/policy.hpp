// What a server is set up to be: its role, its name, its limits with their reasons, its choices.
// Plain data, shared by all sessions of a listener; must outlive them.
// Documents: RFC 5321 §4.5.3.1, RFC 1870, RFC 4954 §4, RFC 6409, RFC 2033, RFC 3461, RFC 6531, RFC 3030.
#pragma once
#include "reference/message/path.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace refmail::smtp {

enum class role {
    mta,        // port 25: takes mail for its own domains from anybody, relays for nobody
    submission, // 587 and 465: takes mail from its own users for anybody
    lmtp,       // RFC 2033: as mta, with a reply for each recipient
};

struct limits {
    // RFC 5321 §4.5.3.1.4: 512 octets with CRLF must be taken. Parameters add to it per verb:
    // longest_command() in machine.cpp has how much.
    std::size_t command_line = 512;
    // RFC 4954 §4: exchange lines have a limit of their own; 12288 suffices for all known mechanisms.
    std::size_t auth_line = 12288;
    // RFC 5321 §4.5.3.1.6: 1000 octets with CRLF must be taken, the stuffed dot not counted.
    std::size_t text_line = 1000;
    message::size_limits address;
    // RFC 5321 §4.5.3.1.8 asks for 100; lists and newsletters send a thousand. 452 4.5.3 beyond.
    std::size_t recipients = 1000;
    // Announced by SIZE; RFC 5321 §4.5.3.1.7 asks for 64 KiB. 552 5.3.4 beyond. Never 0.
    std::uint64_t message_size = 50ull << 20;
    // Fields are held one at a time while they are looked at; this bounds all of them together.
    std::size_t header_section = 1u << 20;
    // RFC 5321 §6.3: a loop is assumed past 100 Received fields, no sooner.
    std::size_t received_fields = 100;
    // A client that only errs, or never ends, gets 421. Room for a whole pipelined list of bad
    // recipients; RFC 4954 §9: at least three failed logins before the connection is dropped.
    std::size_t errors = 500;
    std::size_t commands = 100'000;
    std::size_t auth_failures = 5;
};

// What to do with a submission whose header From is none of the user's own addresses.
enum class foreign_from { accept, add_sender, refuse };

struct policy {
    smtp::role role = smtp::role::mta;
    std::string host_name = "localhost"; // greeting, EHLO, Received, message identifiers
    smtp::limits limits;
    // RFC 5321 §3.1: with words in it, no mail is taken: 554 with them in place of the greeting, and 503
    // to every command but QUIT.
    std::string refuse_service;
    bool offer_tls = true;             // STARTTLS (never listed inside TLS)
    bool tls_ready = true;             // false: no certificate just now, STARTTLS gets 454
    bool offer_auth = false;           // set for submission; needs TLS unless the next line
    bool allow_plaintext_auth = false; // RFC 4954 §4: no plaintext passwords on an open line by default
    bool offer_dsn = true;      // RFC 3461: RET, ENVID, NOTIFY, ORCPT; who stores mail must then send reports
    bool offer_smtputf8 = true; // RFC 6531
    bool offer_chunking = true; // RFC 3030: BDAT
    bool offer_binarymime = true; // RFC 3030: only with the line before
    bool offer_requiretls = true; // RFC 8689: inside TLS only
    // VRFY and EXPN: 252 where switched off (RFC 5321 §7.3). On submission only after AUTH.
    bool allow_vrfy = true;
    bool allow_expn = true;
    bool check_sender_rights = true; // RFC 6409 §6.1: MAIL FROM must be the user's own, or null
    smtp::foreign_from foreign_from = smtp::foreign_from::refuse;
};

} // namespace refmail::smtp
