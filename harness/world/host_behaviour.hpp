// How a remote host behaves on one connection: replies by command, extensions, a certificate, a dialog of its
// own. All texts are as they go over the wire, placeholders filled in. Plain data; smtp_host.hpp follows it.
#pragma once
#include "net/tls_options.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::world {

// A reply with its CRLF, or silence; then, perhaps, the end of the connection.
struct host_reply {
    enum class end { stays, closes, resets };
    std::optional<std::string> octets;
    end then = end::stays;
};
// The n-th such command of a connection gets the n-th, all further ones the last. Never empty.
using host_replies = std::vector<host_reply>;

// A line of a scripted dialog.
struct host_line {
    enum class what {
        say,
        expect,
        expect_message,
        expect_close,
        pause,
        hold,
        split,
        tls,
        close,
        reset,
        serve
    };
    what kind = what::say;
    std::string octets; // say
    std::string wanted; // expect: for people
    std::function<bool(std::string_view line)> fits;
    std::chrono::milliseconds duration{0}; // pause
};

struct host_behaviour {
    std::string greets_as; // its name
    bool lmtp = false;
    bool silent = false;                            // says nothing at all, not even a greeting
    std::vector<std::string> offers;                // EHLO lines after the first, without STARTTLS and AUTH
    std::map<std::string, host_replies> answers;    // "greeting", "EHLO", "message" ...; instead of its own
    std::map<std::string, host_replies> recipients; // to RCPT for an address, in small letters
    std::optional<host_reply> otherwise;            // to every other command but QUIT
    bool greylists = false;                         // refuses an address until it is tried again
    bool starttls = false;
    bool broken_tls = false;                           // STARTTLS is agreed to, the handshake fails
    std::shared_ptr<const net::tls_identity> identity; // not needed by a replay
    net::tls_version most_tls = net::tls_version::any;
    std::string auth;                   // "user:password": wanted before MAIL
    std::chrono::milliseconds delay{0}; // before each reply
    std::vector<host_line> script;
};

} // namespace mailspec::world
