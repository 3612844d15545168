// What became of one recipient in one attempt. Made by the SMTP client (session.hpp) and by routing; read by
// the queue, which decides about another attempt, and by report/, which tells the sender.
#pragma once
#include <string>

namespace refmail::relay {

struct outcome {
    enum class what {
        delivered, // taken by a host that will report for itself (it offers DSN), or by LMTP for good
        relayed,   // taken by a host without DSN: RFC 3461 §5.2.2, nobody further on will report
        deferred,  // not now: 4yz, no connection, temporary DNS trouble
        failed,    // never: 5yz, no such domain, null MX
    };
    outcome::what what = what::deferred;
    std::string status;         // "5.1.1", "4.4.1" (RFC 3463): the host's own, else ours
    std::string host;           // the name of the host that replied; empty: nobody did
    std::string address;        // its address with port; empty: no connection
    std::string reply;          // its reply, lines joined by LF, code included, UTF-8; empty: nobody replied
    std::string why;            // a sentence, for the log and for reports without a reply
    bool host_at_fault = false; // the host, not the message: other mail need not try it just now
    bool elsewhere = false;     // another host of the destination may do better, and may be asked at once
};

} // namespace refmail::relay
