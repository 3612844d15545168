// The mailboxes of one run of a case: made and filled before its script, removed after it, by a connection of
// the harness's own that no step sees. What passes there is in the transcript under a name of its own.
// Without IMAP, maildrop_keeper does what POP3 needs. docs/suite-mailboxes.md, "Where a script starts".
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/step_result.hpp"
#include "harness/world/kept_sessions.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::script {

// The number of the harness's own connection in transcripts; scripts count from 1, remote hosts from 1000.
inline constexpr int keeper_connection = 999;

class mailbox_keeper {
  public:
    // All outlive it. The case has at least one account.
    mailbox_keeper(const suite::test_case& c, const case_environment& environment, case_outcome& outcome);

    // Has the case anything to be kept?
    static bool wanted(const suite::test_case& c);

    // Why they cannot be had there; empty: they can.
    static std::string lacking(const suite::test_case& c, const target::target_info& target);

    // Refused: the server would not make a mailbox or take a message, which it may; not held: it did not let
    // itself be asked as it must; trouble: nobody could log in.
    net::task<step_result> prepare(mailbox_names& made);
    // Whatever came of the case. What cannot be removed is noted and left behind.
    net::task<void> clean_up();

  private:
    using done = world::client_result<void>;

    net::task<done> open();
    net::task<done> log_in();
    net::task<void> leave();
    std::function<void(bool sent, std::string_view octets)> written_down();
    net::task<done> make_ready();
    net::task<done> ask_for_namespace();
    net::task<done> make_mailboxes();
    net::task<done> fill();
    net::task<done> empty_inbox();
    net::task<done> remove_all();
    net::task<done> remove(std::string name);
    std::string refusal(std::string_view what, const world::imap_answer& answer);

    const suite::test_case& case_;
    const case_environment& environment_;
    case_outcome& outcome_;
    world::kept_session session_;
    std::string delimiter_; // of the mailboxes that were made
    std::vector<std::string> names_;
    bool utf8_enabled_ = false;
    bool refused_ = false;                     // by NO
    bool used_before_ = false, sound_ = false; // the session: by other cases; it can be by further ones
};

} // namespace mailspec::script
