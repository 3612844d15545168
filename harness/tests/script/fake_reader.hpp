// A server of IMAP or POP3 with canned answers over a memory stream, and what a test needs to run a script
// against it. It knows just enough to be logged in to; everything it says can be replaced by a test.
#pragma once
#include "harness/tests/script/checks.hpp"

#include <map>
#include <string>
#include <vector>

namespace fake {

struct reading_server {
    std::string greeting; // empty, or of the other protocol: a plain one
    // By the whole command (IMAP: without its tag, literals in place), else by its first word. TAG stands for
    // the tag; hang_up and take_tls are what they are in fake_server.hpp. An answer of several parts that are
    // joined by <next> is given part by part, one a command.
    std::map<std::string, std::string> answers;
    std::string refuses_literal;       // in place of the continuation request
    std::vector<std::string> commands; // "0 LOGIN ...": connection and command
    int connections = 0;
    std::vector<std::string> services = {"imap", "pop3"}; // also lmtp: answers as above, `.` ends a message
    std::string maildir;                                  // that the profile shows
    int plays = 1;               // of the script, one after the other; the last one's outcome is given
    bool keeps_sessions = false; // those that prepare mailboxes, from one to the next
};

// `keys`: further lines of the case; `service: pop3` is one of them, or `service: imap`.
played play_reading(const std::string& script, reading_server& against, const std::string& keys,
                    std::chrono::milliseconds patience = std::chrono::milliseconds(200));

} // namespace fake
