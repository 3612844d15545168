// A message as text of an mbox, and back. The variant is mboxrd: lines that begin with "From ", with any
// number of '>' before, get one '>' more, and lose it when they are read. Lines end with LF; an empty line is
// behind each message. Fields in which mbox programs keep their own records (Status, Content-Length ...) are
// not the message's: they are taken out of what is written, so that no sender speaks as one, and are not
// served. So a message stays the same octets whatever programs record in it, and the digest of these is its
// identity. Values only; mbox_scanner.hpp finds the messages. RFC 4155 (the default format, which leaves the
// quoting open); the fields are those of mutt and Dovecot.
#pragma once
#include "reference/mailbox/message.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace refmail::store {

// What a row of the index knows of a message in an mbox beside the message: what other programs had recorded
// in it when it was last seen, and how its octets come back from the text.
struct mbox_info {
    std::string letters; // of Status and X-Status, in the order of the alphabet: "AOR"
    bool raw = false;    // line ends are as they stand there, not CR LF
    bool open = false;   // its last line has no end

    static mbox_info from(std::string_view text);
    std::string text() const;
};

// R seen, A answered, F flagged, D deleted, T draft; others say nothing.
mailbox::flag_set flags_in_letters(std::string_view letters);

// The lines of one message behind its "From " line: which octets of them are the message's.
class mbox_lines {
  public:
    using sink = std::function<void(std::string_view)>;
    // A line with its LF; the last may lack it. Pieces go to `content`, each a line that ends with LF, still
    // quoted.
    void take(std::string_view line, const sink& content);
    std::string letters() const; // of the records so far

  private:
    bool in_header_ = true, in_record_ = false, empty_line_ = false;
    std::string letters_;
};

bool is_quoted_from(std::string_view line); // ">From ", ">>From " ...

// A message that is about to be written.
struct mbox_entry {
    std::string text; // from the "From " line to the empty line behind it
    std::string identity;
    std::uint64_t octets = 0; // as served
    mbox_info info;
};
// `stored`: LF line ends, or (raw) as they are, as to_store() has it.
mbox_entry mbox_entry_of(std::string_view stored, bool raw, std::string_view sender, std::int64_t when);

// `text`: of one message from its "From " line on, the empty line behind it or not.
std::string served_from_mbox(std::string_view text, const mbox_info& how);

} // namespace refmail::store
