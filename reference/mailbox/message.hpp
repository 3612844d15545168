// What IMAP and POP3 know of a message without reading it: its UID, flags, mod-sequence, size and the time it
// came. Values only; who keeps them is a folder (folder.hpp). RFC 9051 §2.3, RFC 7162 §3.1.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::mailbox {

using uid = std::uint32_t;          // 1 .. 2^32-1, ascending, never used again (RFC 9051 §2.3.1.1)
using mod_sequence = std::uint64_t; // 1 .. 2^63-1 (RFC 7162 §3.1)

// Flags as bits: five system flags, then the folder's keywords in the order in which they were first used.
// \Recent is no flag of a message but of a session (RFC 3501 §2.3.2).
using flag_set = std::uint64_t;
namespace flag {
inline constexpr flag_set answered = 1, flagged = 2, deleted = 4, seen = 8, draft = 16;
inline constexpr flag_set system = 31;
inline constexpr int first_keyword = 5, most_keywords = 59;
} // namespace flag

struct record {
    uid id = 0;
    flag_set flags = 0;
    mod_sequence modified = 0; // when anything of it changed last
    std::uint64_t octets = 0;  // as served, with CRLF line ends: RFC822.SIZE
    std::int64_t received = 0; // INTERNALDATE, seconds since 1970, UTC
    std::int16_t zone = 0;     // in which it was given, minutes east of UTC
    bool operator==(const record&) const = default;
};

// The octets of a message, CRLF line ends; held (mapped or in memory) as long as somebody has it.
class content {
  public:
    virtual ~content() = default;
    virtual std::string_view octets() const = 0;
};

} // namespace refmail::mailbox
