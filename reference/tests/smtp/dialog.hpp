// Drives a session from strings: "feed these octets, expect those". Each script runs three times, with the
// octets of a turn given at once, one by one, and cut in two, and must answer alike each time.
// Its directory: alice, bob, carl (no space), jörg, zoe, an alias, lists; what the session asks for is
// answered at once.
#pragma once
#include "reference/smtp/session.hpp"

#include <string>
#include <vector>

namespace dialog {

namespace smtp = refmail::smtp;
namespace message = refmail::message;

struct turn {
    std::string in;
    std::string out; // all that the server sends for it
};

struct kept_message {
    smtp::envelope envelope;
    std::string content;
};

struct outcome {
    std::vector<kept_message> messages;
    std::vector<std::string> log; // "tls", "verify PLAIN alice alice-pw", "abort: why", "note: what", "close"
    bool closed = false;
    std::string user, helo;
};

struct setup {
    smtp::policy policy;
    bool implicit_tls = false;
    smtp::delivery_verdict verdict = smtp::delivery_verdict::stored; // carl always has none
    std::string client_address = "127.0.0.1";
};

setup mta();         // host mx.example.test, SIZE 1000000
setup submission();  // with AUTH
setup submissions(); // with AUTH, implicit TLS
setup lmtp();

// Checks every turn; the first is the greeting: {"", "220 ..."}.
outcome run(const setup& s, const std::vector<turn>& script);

// As run(), in front of it a greeting and EHLO or LHLO c.test (and, on submission, AUTH as alice), unchecked.
outcome run_greeted(const setup& s, const std::vector<turn>& script);

const smtp::directory& people();
message::timestamp noon(); // Sun, 22 Nov 2026 12:00:00 +0000

} // namespace dialog
