// What a run found: the model that the runner fills and every writer reads. Plain data, no behaviour;
// octets are kept as they came (any byte may be in a string marked "octets"). Knows no socket and no suite.
// Verdicts are final here: under --strict the runner has already made a SHOULD that was violated a `fail`.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reports {

enum class verdict { pass, fail, warn, info, skip, inconclusive };
const char* name_of(verdict v); // "pass", "fail", ...

// One read, write or event of a conversation.
struct transcript_line {
    std::chrono::microseconds at{}; // since the case began
    int connection = 1;
    enum class direction { client, server, event } from = direction::event;
    std::string octets; // for an event: a line for people ("TLS TLSv1.3 TLS_AES_256_GCM_SHA384")
    // Empty: the script's own connection. Else the remote host that the server under test connected to, and
    // which of its connections: "mx[1]". The server is the client there.
    std::string party;
};

struct clause {
    std::string id;      // rfc5321-4.1.4-14
    std::string section; // "RFC 5321 §4.1.4"
    std::string level;   // MUST, MUST NOT, SHOULD, ...
    std::string summary;
};

// The step at which a case left the clause.
struct finding {
    std::string step; // as written: "check S: 503"
    std::string file; // of the step
    int line = 0;
    bool claim = true;    // false: a step before the claim, the clause was not reached
    std::string expected; // one or more lines for people
    std::string actual;   // octets
    std::string seen;     // lines for people: what came to remote hosts; empty where the step is about none
};

// What the baseline said of the case, and how that came out.
enum class baseline_state { none, expected, changed, unexpected_pass, expired };

struct case_result {
    std::string id;    // smtp/rfc5321/transaction/nested-mail
    std::string suite; // smtp/rfc5321/transaction
    std::string name;
    std::string title;
    std::string service;
    std::string level; // MUST, SHOULD, MAY
    std::vector<clause> clauses;
    std::string file; // of the case
    int line = 0;
    std::string security; // why failing it is exploitable; empty when it is not
    std::string ruling;

    verdict outcome = verdict::pass;
    std::string reason;   // skip, inconclusive: why. info, warn: what the server chose
    bool refused = false; // skip: the server said NO to what the case needs first, a mailbox or a message
    std::optional<finding> found;
    std::vector<transcript_line> transcript;
    std::chrono::microseconds duration{};

    baseline_state baseline = baseline_state::none;
    std::string baseline_note; // the reason given there, or what changed
};

struct suite_info {
    std::string path;
    std::string title;
};

struct run_result {
    std::string tool_version;
    std::string target_name;                     // "Postfix"
    std::string target_version;                  // "3.7.11"; empty when unknown
    std::map<std::string, std::string> services; // smtp -> 127.0.0.1:2525
    std::vector<std::string> selectors;
    std::string shard; // "2/8": only this part of what the selectors name; empty: all of it
    unsigned long long seed = 0;
    bool strict = false;
    bool interrupted = false;                // Ctrl-C: what ran is here
    std::string baseline_file;               // empty: none
    std::vector<std::string> baseline_stale; // cases it names that exist no more
    std::chrono::system_clock::time_point started;
    std::chrono::microseconds duration{};
    std::vector<suite_info> suites;
    std::vector<case_result> cases; // by suite, then as in the file
    std::string server_log;         // its last lines, when the server died during the run
    std::string trouble; // why nothing could be judged (unreachable target ...); reports still come out
    int exit_code = 0;
};

// A case that makes the run fail: nonconformance that no baseline names, or a surprise against the baseline
// (a different failure, an unexpected pass, an entry that has expired).
bool is_failure(const case_result& c);

struct tally {
    int pass = 0, fail = 0, warn = 0, info = 0, skip = 0, inconclusive = 0; // by verdict
    int refused = 0;   // of skip: what the case needs first was refused
    int expected = 0;  // failures that the baseline names
    int surprises = 0; // changed, unexpected passes, expired
    int failures = 0;  // is_failure
    int security = 0;  // of these, exploitable ones
    int total() const { return pass + fail + warn + info + skip + inconclusive; }
};
tally count(const run_result& run);

} // namespace reports
