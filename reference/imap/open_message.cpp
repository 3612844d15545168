// Nothing is kept past the object; the folder may have it mapped.
#include "reference/imap/open_message.hpp"

#include "reference/message/header_fields.hpp"

namespace refmail::imap {

bool open_message::open() {
    if (content_) return true;
    auto opened = in_.open(id_);
    if (opened && *opened) {
        content_ = std::move(*opened);
        octets_ = content_->octets();
        return true;
    }
    why_ = opened ? mailbox::trouble{mailbox::trouble::kind::failed, "the message has no octets"}
                  : opened.error();
    return false;
}

std::string_view open_message::header() {
    if (!header_size_) header_size_ = message::header_size(octets_);
    return octets_.substr(0, *header_size_);
}

std::string_view open_message::text() {
    return octets_.substr(header().size());
}

const message::mime_part& open_message::tree() {
    if (!tree_) tree_ = message::parse_mime(octets_);
    return *tree_;
}

} // namespace refmail::imap
