// What a connection brings: a reply in the language of its service, or that there is none. Plain data.
#pragma once
#include "harness/wire/imap_response.hpp"
#include "harness/wire/pop3_response.hpp"
#include "harness/wire/smtp_reply.hpp"

#include <memory>
#include <string>

namespace mailspec::script {

struct server_event {
    enum class what {
        reply,     // in one of the three languages
        malformed, // a line that is no reply, or the end in the midst of one: raw
        closed,    // EOF
        reset,     // RST
        silence,   // nothing (complete) by the deadline; raw: what came so far
        flood,     // more came than is read of one connection
        cancelled, // this side gave up: the run is being stopped
    };
    what kind = what::silence;
    wire::smtp_reply reply;
    std::shared_ptr<const wire::imap_response> imap; // of an IMAP connection, else null
    std::shared_ptr<const wire::pop3_response> pop3; // the same of POP3
    std::string raw;                                 // octets as they came
    std::size_t offset = 0;                          // of raw, into all that the server sent

    bool ended() const { return kind == what::closed || kind == what::reset; }
};

// Of a flood, for people.
inline constexpr const char* flooded = "more than is read of one connection";

} // namespace mailspec::script
