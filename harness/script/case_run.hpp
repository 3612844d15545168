// Runs the script of one case against a target and says what came of it. One coroutine a case, many at a
// time on one event loop; a case shares nothing with another but the target's address. It decides no
// verdict (runner/verdict) and reads no suite file; docs/suite-language.md is what it carries out.
#pragma once
#include "harness/script/world_recording.hpp"
#include "harness/suite/test_case.hpp"
#include "harness/target/target.hpp"
#include "harness/wire/ambient_rules.hpp"
#include "harness/wire/smtp_reply.hpp"
#include "harness/world/mailbox.hpp"
#include "harness/world/surroundings.hpp"
#include "net/byte_stream.hpp"
#include "net/transcript.hpp"

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::world {
class kept_sessions;
}

namespace mailspec::script {

// How a case gets at a server: real sockets, or the replay of a recorded conversation (`mutate`).
class connector {
  public:
    virtual ~connector() = default;
    // A connection to a service ("smtp"), TCP only: implicit TLS is the script's doing.
    virtual net::task<net::result<net::stream_ptr>> connect(const std::string& service, net::deadline) = 0;
    // The same connection, compressed from here on; `already_read` came behind that moment.
    virtual net::stream_ptr compress(net::stream_ptr stream, std::string already_read);
};

// What the steps `server stop`, `kill` and `start` act on: a server that mailspec started itself. On error: a
// sentence. start() returns when the server is ready again, at the addresses it had.
class server_control {
  public:
    virtual ~server_control() = default;
    virtual net::task<std::expected<void, std::string>> stop() = 0; // in good order
    virtual net::task<std::expected<void, std::string>> kill() = 0; // at once, as a crash would
    virtual net::task<std::expected<void, std::string>> start() = 0;
};

// What the steps `retry` and `clock advance` act on. On error: a sentence.
class time_control {
  public:
    virtual ~time_control() = default;
    // Has the server try what it could not deliver; `zone`: whose mail it is about, where it can tell apart.
    virtual net::task<std::expected<void, std::string>> retry(std::string zone) = 0;
    // How long it may take after that until the server is seen to try; 0: by then it has tried.
    virtual std::chrono::milliseconds patience() const { return {}; }
    virtual net::task<std::expected<void, std::string>> advance(std::chrono::seconds by) = 0;
};

// The mailboxes of a case's own, as they are named to the server.
struct mailbox_names {
    std::vector<std::string> names; // {mailbox}, {mailbox2}
    std::string delimiter;          // between levels of hierarchy; empty: there are none
};

struct case_environment {
    const target::target_info& target;
    connector& connections;
    world::mailbox_reader* mailboxes = nullptr;  // null: delivered mail cannot be read
    server_control* server = nullptr;            // null: it is not ours to stop
    std::vector<target::account> accounts;       // leased for this run, at least test_case::accounts
    std::string token;                           // unique
    world::surroundings* surroundings = nullptr; // its DNS and remote hosts; null: they are not ours
    time_control* time = nullptr;                // null: neither retries nor the clock are ours to move
    world::kept_sessions* sessions = nullptr;    // by which mailboxes are prepared; null: logs in each time
    bool timeless = false;                       // a replay: pauses and waits for mail take no time
    const world_recording* recorded_world = nullptr;   // of a replay: in place of surroundings
    const mailbox_names* recorded_mailboxes = nullptr; // of a replay: no mailbox is made
};

// What of the server one step was judged by; what `mutate` alters.
struct judged {
    enum class what {
        reply,       // of SMTP
        imap,        // one IMAP response
        imap_window, // all responses that belong to a command: none of them matched, or so many
        pop3,
        close,
        silence,
        handshake,
        message,
        mailbox,
        host,
        query,
        dsn,
        dsn_look
    };
    what kind = what::reply;
    const suite::step* by = nullptr;
    bool claim = false;
    int stream = 0; // n-th connection opened by the case, from 0; mailbox, host: -1; message: that to a
                    // remote host (index in world.streams), or -1
    std::size_t offset = 0; // into all that the server sent on that stream; message: index in deliveries;
                            // mailbox, dsn_look: index in looks; dsn: as message
    std::size_t length = 0;
    std::string about; // imap_window: such a response; query: the name; dsn_look: whose notification; dsn:
                       // which group, or what it lacks
};

// A TLS handshake as it came out, for the replay.
struct handshake {
    int stream = 0;
    std::optional<net::tls_facts> facts; // nullopt: it failed
    std::string error;
    net::failure failure = net::failure::tls; // a server that hangs refuses nothing
};

// What was found in a mailbox when it was looked at, for the replay: one for each look.
struct mailbox_look {
    std::string address;
    std::string token; // the case's, or that of a message of ours that ends a wait
    std::vector<std::string> messages;
};

struct mismatch {
    const suite::step* at = nullptr;
    bool claim = false;   // it was (part of) the claim
    std::string expected; // lines for people
    std::string actual;   // octets
    std::string seen;     // lines for people: what came to remote hosts
};

struct case_outcome {
    enum class kind { held, mismatch, trouble, refused, unseen } what = kind::held;
    std::optional<mismatch> found;       // mismatch
    std::optional<suite::level> instead; // held, but by an `else warn` / `else info` tier
    std::string note;                    // which tier, with the server's words
    std::string trouble;                 // harness or environment: cannot connect, 421 at greeting ...
    std::string refusal; // refused: what of the preparation, and the server's words; unseen: why
    net::transcript conversation;
    std::vector<judged> steps;               // in order
    std::vector<wire::deviation> deviations; // ambient, with text naming the octets
    wire::rule_set rules_judged;             // the ambient rules that something here was held against
    std::vector<std::string> deliveries;     // raw messages that expect delivered looked at
    std::vector<mailbox_look> looks;
    std::vector<handshake> handshakes;
    world_recording world;                 // what the server did to remote hosts
    mailbox_names mailboxes;               // that were made for it
    std::string token;                     // of this run, and
    std::vector<target::account> accounts; // what it had leased: a replay needs the same
    std::chrono::microseconds duration{};
};

net::task<case_outcome> run_case(const suite::test_case& c, case_environment env);

} // namespace mailspec::script
