// A message of a folder, opened when its octets are first needed and taken apart when its parts are; for one
// command at one message. Several questions share one look.
#pragma once
#include "reference/mailbox/folder.hpp"
#include "reference/message/mime_tree.hpp"

namespace refmail::imap {

class open_message {
  public:
    open_message(mailbox::folder& in, mailbox::uid id)
        : in_(in)
        , id_(id) {}

    mailbox::uid id() const { return id_; }
    bool is_open() const { return content_ != nullptr; }
    // False: why() tells. Asked before any of what follows.
    bool open();
    const mailbox::trouble& why() const { return why_; }

    const std::shared_ptr<const mailbox::content>& content() const { return content_; }
    std::string_view octets() const { return octets_; }
    std::string_view header(); // with the empty line
    std::string_view text();   // what is behind
    const message::mime_part& tree();

  private:
    mailbox::folder& in_;
    const mailbox::uid id_;
    std::shared_ptr<const mailbox::content> content_;
    std::string_view octets_;
    std::optional<std::size_t> header_size_;
    std::optional<message::mime_part> tree_;
    mailbox::trouble why_;
};

} // namespace refmail::imap
