// Runs the commands on messages without a session around them: a client with one mailbox selected, in an
// account in memory. What it sends and what it gets are strings. Several of them may share an account.
#pragma once
#include "reference/imap/message_commands.hpp"
#include "reference/tests/mailbox/memory_account.hpp"

namespace imap_tests {

namespace imap = refmail::imap;
namespace mailbox = refmail::mailbox;
using mailbox_tests::memory_account;
using mailbox_tests::memory_folder;

class selected_dialog {
  public:
    explicit selected_dialog(memory_account& account, bool examine = false,
                             const std::string& name = "INBOX");

    // The octets that the command is answered with; its tag is "a". "{5}\r\nabcde" in it is a literal.
    std::string run(const std::string& command);
    // The same without the line of the tag, and that line.
    std::string untagged(const std::string& command);
    std::string tagged(const std::string& command);
    // What SELECT gives, behind CLOSED and LIST: `options` with the space before it.
    std::string select(const std::string& options = "");

    imap::modes how;
    imap::selected_folder& folder() { return *in_; }
    std::size_t slices = 0; // of the last command

  private:
    memory_account& account_;
    bool examine_;
    std::string name_;
    std::unique_ptr<imap::selected_folder> in_;
};

} // namespace imap_tests
