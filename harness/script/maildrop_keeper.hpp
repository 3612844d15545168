// The maildrop of one run of a POP3 case on a target without IMAP: emptied and filled before its script.
// Emptied by POP3 itself; filled through the Maildir that the profile shows, else by handing the messages to
// the server as mail, which adds to them. docs/suite-mailboxes.md, "POP3".
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/step_result.hpp"
#include "harness/world/client_result.hpp"

#include <string>

namespace mailspec::script {

class maildrop_keeper {
  public:
    // All outlive it. The case has at least one account.
    maildrop_keeper(const suite::test_case& c, const case_environment& environment, case_outcome& outcome);

    // Why the case's maildrop cannot be prepared there; empty: it can.
    static std::string lacking(const suite::test_case& c, const target::target_info& target);

    // Refused: the server would not take a message; not held: it did not let itself be asked as it must;
    // trouble: nobody could log in, or the Maildir could not be written.
    net::task<step_result> prepare();

  private:
    using done = world::client_result<void>;

    // A session: how many messages there were, and deletes them.
    net::task<world::client_result<int>> visit(bool deleting);
    net::task<net::result<net::stream_ptr>> connect(std::string service);
    net::task<done> fill();
    net::task<done> deliver(const std::string& message);
    net::task<done> wait_for(int messages);
    void tell(bool sent, std::string_view octets);

    const suite::test_case& case_;
    const case_environment& environment_;
    case_outcome& outcome_;
    std::string refusal_; // of a message
};

} // namespace mailspec::script
