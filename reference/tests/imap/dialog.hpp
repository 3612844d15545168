// Drives an IMAP session from strings: "feed these octets, expect those". Each script runs three times, with
// the octets of a turn given at once, one by one, and cut in two, and must answer alike each time. The
// account is in memory, its user alice, her password alice-pw; what the session asks for is answered at once.
#pragma once
#include "reference/imap/session.hpp"
#include "reference/tests/mailbox/memory_account.hpp"

#include <functional>
#include <string>
#include <vector>

namespace imap_tests {

namespace imap = refmail::imap;
namespace mailbox = refmail::mailbox;
namespace message = refmail::message;
using mailbox_tests::memory_account;

struct turn {
    std::string in;
    std::string out;                            // all that the server sends for it; "*": whatever
    std::function<void(memory_account&)> first; // what somebody else does before
};

struct setup {
    imap::policy policy;
    bool tls = true;
    bool logged_in = true; // greeting and LOGIN come before the script, unchecked
    std::function<void(memory_account&)> account;
};

struct outcome {
    std::vector<std::string> log; // "tls", "deflate", "verify PLAIN alice alice-pw", "note: what", "close"
    bool closed = false;
    std::size_t slices = 0; // calls of work()
    std::shared_ptr<memory_account> account;
};

setup logged_in();
setup on_tls(); // the first turn is the greeting: {"", "* OK ..."}
setup in_clear();

outcome run(const setup& s, const std::vector<turn>& script);
// As run, and only once, the octets of a turn given at once.
outcome run_whole(const setup& s, const std::vector<turn>& script);

message::timestamp noon(); // Sun, 22 Nov 2026 12:00:00 +0000

// Puts messages into a mailbox: "Subject: NAME CRLF CRLF NAME CRLF".
void put(memory_account& in, const std::string& mailbox, const std::vector<std::string>& names);

} // namespace imap_tests
