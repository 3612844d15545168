// The patterns of LIST and LSUB: "*" matches anything, "%" anything but the hierarchy separator. RFC 9051
// §6.3.9. The work grows with the square of the name and no faster, whatever a client thinks of.
#pragma once
#include <string>
#include <string_view>

namespace refmail::imap {

class list_pattern {
  public:
    // The canonical pattern: reference and name as they came, put together and decoded. What no name can
    // match (bad modified UTF-7) matches nothing.
    list_pattern(std::string_view reference, std::string_view name, bool in_utf8);

    bool matches(std::string_view name) const;
    // RFC 9051 §6.3.9: then levels of the hierarchy are listed too that are no mailboxes.
    bool ends_in_percent() const { return pattern_.ends_with('%'); }

  private:
    std::string pattern_;
    std::size_t shortest_ = 0; // name that can match: what of the pattern is no wildcard
    bool possible_ = true;
    bool plain_ = false; // no wildcard in it
};

} // namespace refmail::imap
