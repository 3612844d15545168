// Holds the steps that look at remote hosts against what was seen there until now, and says so in words that
// people debug by. Waits for nothing; interpreter_hosts does. docs/suite-world.md, "What they saw".
#pragma once
#include "harness/script/reply_match.hpp"
#include "harness/suite/step.hpp"
#include "harness/world/host_session.hpp"

#include <deque>
#include <string>
#include <vector>

namespace mailspec::script {

struct host_finding {
    enum class what {
        holds,
        not_yet, // may still come
        never,   // it went another way
        trouble, // cannot be judged: `actual` says why
    };
    what kind = what::holds;
    std::string expected, actual, seen;           // for people: `seen` has all that came to the hosts
    const world::host_session* session = nullptr; // that was looked at, where one was
    const world::host_mail* mail = nullptr;       // holds, `expect mail`: the one to look at from now on
};

class host_checks {
  public:
    // All outlive it.
    host_checks(const std::deque<world::host_session>& sessions, const std::string& token,
                const match_context& context)
        : sessions_(sessions)
        , token_(token)
        , context_(context) {}

    host_finding check(const suite::expect_mail& e) const;
    host_finding check(const suite::expect_connections& e) const;
    host_finding check(const suite::expect_tried& e) const;
    host_finding check(const suite::expect_envelope& e) const;
    host_finding check(const suite::expect_parameter& e) const;
    host_finding check(const suite::expect_command& e) const;
    host_finding check(const suite::expect_command_order& e) const;
    host_finding check(const suite::expect_pipelined& e) const;
    host_finding check(const suite::expect_closed& e) const;
    host_finding check(const suite::expect_host_tls& e) const;
    host_finding check(const suite::expect_octets& e) const;
    host_finding check(const suite::expect_fetches& e) const;

    // All that was seen at these hosts, a line a command.
    std::string seen(const std::vector<std::string>& hosts) const;

  private:
    using session_list = std::vector<const world::host_session*>;

    session_list at(const suite::at_host& where) const;                // in the order in which they began
    const world::host_session* one(const suite::at_host& where) const; // the last, or the numbered one
    std::string chosen(const suite::at_host& where) const;             // of a|b
    std::vector<std::pair<const world::host_session*, const world::host_mail*>>
    our_mails(const std::vector<std::string>& hosts) const;
    bool is_ours(const world::host_mail& mail) const;
    host_finding finding(host_finding::what kind, const suite::at_host& where, std::string expected,
                         std::string actual) const;
    // Matches ~regex~ or equals; an error is a sentence.
    std::expected<bool, std::string> fits(const suite::value_check& wanted, std::string_view found) const;
    std::string in_words(const suite::value_check& wanted) const;

    const std::deque<world::host_session>& sessions_;
    const std::string& token_;
    const match_context& context_;
};

std::string in_words(const suite::at_host& where); // "mx", "a or b", "mx[2]"
std::string in_words(const world::host_session& s);

} // namespace mailspec::script
