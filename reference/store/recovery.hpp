// What a crash left half done in an account: a RENAME of several folders, messages whose rows are
// committed and whose files are not yet in their place, and files of messages that were moved into an mbox.
// Both are carried on, for they were decided; nothing is given up.
#pragma once
#include "reference/store/account_index.hpp"

namespace refmail::store {

// Before anybody opens a mailbox.
mailbox::result<void> recover_account(const std::string& root, account_index& index, bool inbox_is_mbox);

// The folders of `from` and of all below it get their new names, on the disk and in the index. What has its
// new name already is left alone. A folder that cannot be renamed keeps its name in both: an error then tells
// of it, and the renaming is over all the same.
mailbox::result<void> carry_out_renaming(const std::string& root, account_index& index,
                                         const std::string& from, const std::string& to);

} // namespace refmail::store
