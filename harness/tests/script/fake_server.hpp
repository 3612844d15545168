// A mail server of canned answers over a memory stream, and what a test needs to run a script against it.
// It knows just enough SMTP to take a message; everything it says can be replaced by a test.
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/mutation.hpp"
#include "harness/suite/test_case.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fake {

namespace script = mailspec::script;
namespace suite = mailspec::suite;

// In an answer: what follows the octets before it.
inline const std::string hang_up = "<close>";
inline const std::string break_off = "<reset>";
inline const std::string take_tls = "<tls>";

struct mail_store final : mailspec::world::mailbox_reader {
    std::map<std::string, std::vector<std::string>> by_address;
    std::string broken;        // a sentence: every look fails with it
    int looks_before_copy = 0; // so many looks that would find several copies find one
    bool carries_nuls = true, keeps_last_lines = true;
    bool carries_nul() const override { return carries_nuls; }
    bool keeps_last_line() const override { return keeps_last_lines; }
    net::task<net::result<std::vector<std::string>>> find(const mailspec::world::mailbox_owner& owner,
                                                          std::string_view token) override;
};

struct server {
    std::string greeting = "220 mx.example.test ready\r\n";
    std::string ehlo = "250-mx.example.test\r\n250-SIZE 1000\r\n250-AUTH PLAIN\r\n250 PIPELINING\r\n";
    // By the whole line, else by its first word; `.` is the end of the message.
    std::map<std::string, std::string> answers;
    std::string otherwise = "250 Ok\r\n";
    std::function<std::vector<std::string>(std::string)>
        deliver; // what becomes of a message; default: itself
    bool refuses_connections = false;
    bool plain_submissions = false; // talks SMTP where TLS is due
    bool resets_at_once = false;
    // `RELAY ADDRESS`: connects there, beside the dialog; the port is that of remote hosts. See fake_mta.hpp.
    std::function<net::task<void>(std::string address, std::uint16_t port)> on_relay;
    std::uint16_t egress_port = 0;
    // `ASK WORDS`: asks the DNS there, and answers when that is over. See dns_test.cpp.
    std::function<net::task<void>(std::string words, net::endpoint dns)> on_ask;
    net::endpoint dns;

    std::string controls;     // "kill start": what was done to the server
    std::string cannot_start; // a sentence: start fails with it

    std::vector<std::string> lines;  // received, without CRLF
    std::vector<std::string> writes; // as they were read, one string a read
    mail_store store;
};

// Case `c` of one suite, from its script; `keys` are further lines of the case (`service: lmtp`).
std::unique_ptr<suite::test_case> case_of(const std::string& script, const std::string& keys = "");

struct options {
    std::string keys;
    std::chrono::milliseconds patience{200};
    int accounts = 2;
    bool with_mailboxes = true;
    bool with_control = true;
    bool with_world = false; // remote hosts and a DNS of its own
};

struct played {
    std::unique_ptr<suite::test_case> from;
    script::case_outcome outcome;
    mailspec::target::target_info target;

    bool held() const { return outcome.what == script::case_outcome::kind::held; }
    bool in_trouble() const { return outcome.what == script::case_outcome::kind::trouble; }
    std::string expected() const { return outcome.found ? outcome.found->expected : ""; }
    std::string actual() const { return outcome.found ? outcome.found->actual : ""; }
    std::string step() const { return outcome.found && outcome.found->at ? outcome.found->at->source : ""; }
    std::vector<std::string> rules() const; // of the ambient deviations
    // One line that says how it came out, for failed checks.
    std::string str() const;
};

played play(const std::string& script, server& against, const options& how = {});
// With a server that answers everything with 250.
played play(const std::string& script);

// What becomes of the mutants of what was played.
script::mutation_report mutated(const played& p);

} // namespace fake
