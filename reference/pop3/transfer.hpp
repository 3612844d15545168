// A message on its way to the client: byte-stuffed, ended by a dot alone, in slices, so that a large one
// needs no more memory than a small one. What of the header may not be sent is masked, octet for octet, so
// that the size told by LIST stays true. RFC 1939 §3, §7 (TOP), §11; RFC 6856 §2.1.
#pragma once
#include "reference/mailbox/message.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::pop3 {

class transfer {
  public:
    // `body_lines`: TOP; all of them when empty.
    transfer(std::shared_ptr<const mailbox::content> message, std::optional<std::uint64_t> body_lines);
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;

    // RFC 6856 §2.1: its header may be sent to a client in UTF-8 mode only. (That of the message; what stands
    // in the headers of parts is not looked for.)
    bool needs_utf8() const;

    // Octets above 127 in a header that is no UTF-8 are in a charset that nobody named: they become '?'.
    void mask_header();

    std::size_t octets() const { return header_.size() + body_.size(); } // yet to come, nothing stuffed

    // Appends the next slice, of some 64 KiB at most; true when the final dot is in it.
    bool step(std::string& out);

  private:
    std::shared_ptr<const mailbox::content> message_;
    std::string masked_;
    std::string_view header_, body_; // what is yet to be sent of each
    bool line_begins_ = true;        // behind any LF
    bool line_ended_ = true;         // with CR LF
};

} // namespace refmail::pop3
