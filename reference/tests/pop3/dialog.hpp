// Drives a POP3 session from strings: "feed these octets, expect those". Each script runs three times on a
// mailbox of its own, with the octets of a turn given at once, one by one, and cut in two, and must answer
// alike each time. The only user is alice, password alice-pw; what the session asks for is answered at once.
#pragma once
#include "reference/pop3/session.hpp"
#include "reference/tests/mailbox/memory_account.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dialog {

namespace pop3 = refmail::pop3;

struct turn {
    std::string in;
    std::string out; // all that the server sends for it
};

struct outcome {
    std::vector<std::string> log; // "tls", "verify PLAIN alice alice-pw", "note: what", "close"
    bool closed = false, logged_in = false;
    std::string user;
    std::shared_ptr<mailbox_tests::memory_account> account; // as it was left

    std::vector<refmail::mailbox::uid> left() const; // the messages of INBOX
};

struct setup {
    pop3::policy policy; // host mail.test, passwords allowed on an open line
    bool implicit_tls = false;
    std::vector<std::string> messages;                            // in INBOX, UIDs from 1
    std::function<void(mailbox_tests::memory_account&)> prepare;  // further
    pop3::password_verdict verdict = pop3::password_verdict::bad; // for a wrong password
};

setup with(std::vector<std::string> messages);

// Checks every turn; the first is the greeting: {"", "+OK ..."}. A turn's `in` may be an event instead:
// "<timeout>", "<shutdown>", "<gone>", "<reset alice>" (another session expunges message 1).
outcome run(const setup& s, const std::vector<turn>& script);

// As run(), in front of it a greeting and a login as alice, unchecked.
outcome run_logged_in(const setup& s, const std::vector<turn>& script);

} // namespace dialog
