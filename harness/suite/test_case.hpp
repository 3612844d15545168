// A loaded case and its suite: everything that running, listing and reporting need to know of it. Plain
// data, complete once loaded; nothing in it depends on the order of cases or on a server. Follows
// docs/suite-language.md, "A suite" and "Needs".
#pragma once
#include "harness/suite/fixtures.hpp"
#include "harness/suite/requirements.hpp"
#include "harness/suite/step.hpp"
#include "harness/suite/world_plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mailspec::suite {

struct need {
    std::string word; // as written: "SIZE 1..999", "not STARTTLS", "plaintext-auth"
    bool negative = false;
    bool capability = false; // an EHLO keyword (capitals) rather than a profile feature
    std::string name;        // "SIZE", "plaintext-auth"
    std::string parameter;   // "PLAIN" of AUTH PLAIN
    std::string service;     // whose EHLO is meant, when not the case's own (`2 open lmtp` ... `2 tls`)
    std::optional<std::pair<std::uint64_t, std::uint64_t>> range;
    std::vector<std::string> alternatives{}; // LITERAL- of `LITERAL+ or LITERAL-`
};

struct test_case {
    std::string id;    // "smtp/rfc5321/transaction/nested-mail"
    std::string suite; // "smtp/rfc5321/transaction"
    std::string name;  // "nested-mail"
    std::string title;
    std::string why;
    std::string ruling;
    std::string security; // empty: not exploitable
    int rfc = 0;
    std::string service;                   // smtp submission submissions lmtp
    std::vector<std::string> services;     // all that the script connects to, the case's own first
    std::vector<requirement> requirements; // as found in the catalogue
    suite::level level = level::must;
    std::vector<need> needs; // written and implied, suite's and case's
    int accounts = 0;        // how many the script uses
    bool reads_mail = false; // has expect delivered
    bool restarts = false;   // has `server` steps: wants a server that mailspec started, and runs alone
    std::chrono::milliseconds timeout{60000};
    source_pos at;           // of the case's name
    std::string script_text; // as written, for `show`
    std::vector<step> script;
    world_plan world;                      // its zone and its remote hosts; empty: the server sends nowhere
    bool retries = false;                  // has `retry`
    bool moves_clock = false;              // has `clock advance`: wants a movable clock, and runs alone
    fixture_map fixtures;                  // all that it names
    std::string state;                     // IMAP: nonauth auth selected; POP3: authorization transaction
    std::vector<fixture_message> messages; // that lie in its mailbox before it starts, in order
    bool account_alone = false;            // nobody else uses the account meanwhile, and INBOX is empty
    int mailboxes = 0;                     // of its own that its script names: 1 {mailbox}, 2 {mailbox2} too

    // Compiled once (special_members.cpp): what the compiler would write in each file is most of its work
    // there.
    test_case();
    test_case(const test_case&);
    test_case(test_case&&) noexcept;
    test_case& operator=(const test_case&);
    test_case& operator=(test_case&&) noexcept;
    ~test_case();
};

struct loaded_suite {
    std::string path; // "smtp/rfc5321/transaction"
    std::string title;
    source_pos at;
    std::vector<test_case> cases;
};

} // namespace mailspec::suite
