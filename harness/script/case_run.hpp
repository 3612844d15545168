// Runs the script of one case against a target and says what came of it. One coroutine a case, many at a
// time on one event loop; a case shares nothing with another but the target's address.
#pragma once
#include "harness/suite/test_case.hpp"
#include "harness/target/target.hpp"
#include "harness/wire/smtp_reply.hpp"
#include "harness/world/mailbox.hpp"
#include "net/byte_stream.hpp"
#include "net/transcript.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::script {

// How a case gets at a server: real sockets, or the replay of a recorded conversation (`mutate`).
class connector {
  public:
    virtual ~connector() = default;
    // A connection to a service ("smtp"), TCP only: implicit TLS is the script's doing.
    virtual net::task<net::result<net::stream_ptr>> connect(const std::string& service, net::deadline) = 0;
};

struct case_environment {
    const target::target_info& target;
    connector& connections;
    world::mailbox_reader* mailboxes = nullptr; // null: delivered mail cannot be read
    std::vector<target::account> accounts;      // leased for this run, at least test_case::accounts
    std::string token;                          // unique
};

// The octets of the server that one step was judged by; what `mutate` alters.
struct judged {
    const suite::step* by = nullptr;
    bool claim = false;
    int stream = 0;         // n-th connection opened by the case, from 0; -1: a delivered message
    std::size_t offset = 0; // into all that the server sent on that stream
    std::size_t length = 0;
    bool closed = false; // the step was satisfied by the end of the stream
};

struct mismatch {
    const suite::step* at = nullptr;
    bool claim = false;   // it was (part of) the claim
    std::string expected; // lines for people
    std::string actual;   // octets
};

struct case_outcome {
    enum class kind { held, mismatch, trouble } what = kind::held;
    std::optional<mismatch> found;       // mismatch
    std::optional<suite::level> instead; // held, but by an `else warn` / `else info` tier
    std::string note;                    // which tier, with the server's words
    std::string trouble;                 // harness or environment: cannot connect, 421 at greeting ...
    net::transcript conversation;
    std::vector<judged> steps;               // in order
    std::vector<wire::deviation> deviations; // ambient, with text naming the octets
    std::vector<std::string> deliveries;     // raw messages that expect delivered looked at, for replay
    std::chrono::microseconds duration{};
};

net::task<case_outcome> run_case(const suite::test_case& c, case_environment env);

} // namespace mailspec::script
