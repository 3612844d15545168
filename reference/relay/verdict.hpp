// From a server's reply to what became of a recipient: RFC 5321 §4.2.1 (the first digit decides), RFC 3463
// (the status: the server's own where it gave one, else one that follows from code and command).
#pragma once
#include "reference/relay/outcome.hpp"
#include "reference/relay/reply.hpp"

#include <string>

namespace refmail::relay {

// Which command a reply answers.
enum class stage { greeting, hello, starttls, auth, mail, rcpt, data, content };

struct peer {
    std::string host;    // by which name it was found
    std::string address; // "127.0.0.2:25"
};

const char* name_of(stage s); // "the greeting", "MAIL" ...

// Not for positive replies.
outcome refusal(const reply& r, stage at, const peer& who);

// Nobody replied, or what came was no answer. Deferred, the host at fault.
outcome no_answer(std::string status, std::string why, const peer& who);

} // namespace refmail::relay
