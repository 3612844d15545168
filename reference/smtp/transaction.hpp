// A mail transaction: from an accepted MAIL to the reply to its data (RFC 5321 §3.3, §4.1.4). The session
// has one or none; whatever ends it (RSET, EHLO, STARTTLS, QUIT, the final dot) destroys it.
#pragma once
#include "reference/smtp/envelope.hpp"
#include "reference/smtp/incoming_message.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace refmail::smtp {

class transaction {
  public:
    explicit transaction(smtp::envelope e)
        : envelope_(std::make_shared<smtp::envelope>(std::move(e))) {}

    const smtp::envelope& envelope() const { return *envelope_; }
    // For begin_message: from now on nobody changes it.
    std::shared_ptr<const smtp::envelope> share_envelope() const { return envelope_; }

    void add(recipient r) { envelope_->recipients.push_back(std::move(r)); }
    bool has_recipients() const { return !envelope_->recipients.empty(); }

    // Before anybody is told of the message: its header section calls it binary (RFC 3030 §3).
    void is_binary() { envelope_->body = body_type::binary_mime; }

    // Set from 354, or the first BDAT, on.
    std::unique_ptr<incoming_message> content;
    bool begun = false;   // begin_message went out
    bool aborted = false; // the content is being read, but not kept any more
    bool chunked = false; // RFC 3030 §2: it comes by BDAT, and by nothing else
    bool failed = false;  // a chunk was refused: only RSET (or EHLO, QUIT) helps

  private:
    std::shared_ptr<smtp::envelope> envelope_;
};

} // namespace refmail::smtp
