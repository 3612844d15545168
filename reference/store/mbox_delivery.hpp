// A delivery into the mbox of a user: the file of the message is appended to it, durable, and stays only if
// it is kept (mbox_file.hpp): a message for several goes to all of them or to none. Blocks.
#pragma once
#include "reference/store/mbox_file.hpp"

namespace refmail::store {

class mail_store;

// `messages`: the paths of what a Maildir would get: "Return-Path: <...>", LF line ends, or (`raw`) as it
// came.
result<std::unique_ptr<mbox_file::hold>> append_to_mbox(mail_store& store, const std::string& user,
                                                        const std::vector<std::string>& messages, bool raw);

} // namespace refmail::store
