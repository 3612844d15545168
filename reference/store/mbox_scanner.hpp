// Finds the messages in the octets of an mbox, which come in pieces of any size: where each is, its identity,
// its size as served, and what other programs recorded in it. Keeps no content. Reads no file (mbox_file.hpp
// does). A line that begins with "From " and has no date is text. mbox_form.hpp says what a message is.
#pragma once
#include "reference/store/content_digest.hpp"
#include "reference/store/mbox_form.hpp"

#include <optional>
#include <vector>

namespace refmail::store {

struct mbox_message {
    std::uint64_t offset = 0, length = 0; // in the file, from its "From " line to the next one or the end
    std::string identity;
    std::uint64_t octets = 0; // as served, unless a row knows better (mbox_info)
    std::string letters;
    std::int64_t received = 0;
};

struct mbox_contents {
    std::vector<mbox_message> messages; // in the order of the file
    // The first line with something in it begins no message: this is no mbox, and what is in front of the
    // first message nobody sees.
    std::optional<std::string> foreign;  // the beginning of that line
    std::uint64_t foreign_line = 0;      // its number, from 1
    std::vector<std::uint64_t> doubtful; // where lines begin that may have been meant to begin a message
};

class mbox_scanner {
  public:
    explicit mbox_scanner(std::uint64_t offset = 0); // where the first octet comes from
    void feed(std::string_view octets);
    mbox_contents finish();

  private:
    void take(std::string_view line);
    void begin_message(std::int64_t when);
    void end_message();
    void digest(std::string_view octets);

    std::string rest_; // of a piece: a line that has not ended
    std::uint64_t at_; // of the next line
    std::uint64_t line_ = 0;
    mbox_contents found_;
    std::optional<mbox_lines> lines_; // of the message that we are in
    mbox_lines::sink sink_;
    std::string to_digest_;
    content_digest digest_;
};

} // namespace refmail::store
