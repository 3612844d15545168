// Drives a client session from strings: "when the server says this, the client says that". Each script runs
// three times, with the server's octets given at once, one by one, and cut in two, and must come out alike.
// The owner's part is played as session.hpp describes it: messages are begun when the session is ready for
// them, and QUIT is said when there are no more.
#pragma once
#include "reference/relay/session.hpp"

#include <string>
#include <vector>

namespace dialog {

namespace relay = refmail::relay;
namespace queue = refmail::queue;

// `in`: octets from the server, or an event: "!tls", "!tls verified", "!tls weak", "!tls failed", "!eof",
// "!timeout". `out`: all that the client sends for it; "*": whatever.
struct turn {
    std::string in;
    std::string out;
};

struct message {
    queue::entry entry;
    std::string content;
    bool unreadable = false; // reading it fails behind its content
};

struct setup {
    relay::session_settings settings; // host c.test; the peer is mx.test at 127.0.0.2:25
    std::vector<message> messages;
    std::size_t piece = 0; // of content, in octets; 0: depends on the cutting
};

struct result {
    std::vector<std::vector<relay::outcome>> outcomes; // of each message that was begun
    std::vector<std::string> log;                      // "tls", "note: what", "close"
    std::optional<relay::failure> failed;
    bool closed = false;
};

setup with(std::vector<message> messages);
// From joe@here.test to the given ones; content "Subject: x\r\n\r\nHello.\r\n"; size and 8 bit as it is.
message to(std::vector<std::string> recipients, std::string content = "Subject: x\r\n\r\nHello.\r\n");

result run(const setup& s, const std::vector<turn>& script);

// "250-mx.test\r\n250-PIPELINING\r\n250 SIZE 1000\r\n" from {"PIPELINING", "SIZE 1000"}.
std::string ehlo(const std::vector<std::string>& keywords = {});
// The opening, for the front of a script: 220, EHLO, its reply; the last turn expects `next`.
std::vector<turn> opened(const std::vector<std::string>& keywords, std::string next,
                         std::vector<turn> then = {});

// "relayed 2.0.0", "failed 5.1.1 *", "deferred 4.4.2 !": what, status, "!" host at fault, "*" elsewhere.
std::string brief(const relay::outcome& o);
std::vector<std::string> brief(const std::vector<relay::outcome>& all);

} // namespace dialog
