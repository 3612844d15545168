// Which mailboxes there are as folders of a Maildir++ tree, and where each one is. Looks at names only, not
// into mailboxes; knows no index. folder_name.hpp says what a name means.
#pragma once
#include "reference/mailbox/trouble.hpp"

#include <map>
#include <string>
#include <vector>

namespace refmail::store {

struct folders_on_disk {
    std::map<std::string, std::string> mailboxes; // names, and their folders below the root; INBOX: ""
    std::vector<std::string> hidden;              // folders whose mailboxes have the names of others
};
mailbox::result<folders_on_disk> folders_in(const std::string& root);

// Where the mailbox is, or would be if it were made. trouble::bad_name: no mailbox may be called so.
mailbox::result<std::string> folder_of(const std::string& root, const std::string& name);

} // namespace refmail::store
