// Sets of numbers and names of mailboxes, as IMAP writes them. RFC 9051 §9: sequence-set; §5.1: mailbox
// names; RFC 3501 §5.1.3: modified UTF-7. Judges nothing: what is no set, or no modified UTF-7, is said to be
// none.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailspec::wire {

// "1:3,7" as ranges, ascending, neither touching nor overlapping.
using number_set = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
// nullopt: it is no set; `*` and 0 are no numbers that a server knows of.
std::optional<number_set> parse_number_set(std::string_view text);
std::uint64_t count_of(const number_set& set);
bool contains(const number_set& set, std::uint64_t number);

// The name in UTF-8. What is not well-formed modified UTF-7 stays as it is.
std::string decoded_mailbox(std::string_view name);
// What of RFC 3501 §5.1.3 the name breaks, in a sentence; empty: nothing.
std::string flaw_of_modified_utf7(std::string_view name);
bool is_tag(std::string_view word); // RFC 9051 §9: tag = 1*<any ASTRING-CHAR except "+">
bool is_utf8(std::string_view octets);
// INBOX whatever its case, else octet by octet after decoding.
bool same_mailbox(std::string_view a, std::string_view b);

// BODY[HEADER.FIELDS ("Subject")]<0> -> BODY[HEADER.FIELDS (SUBJECT)]<0>
std::string canonical_item(std::string_view name);

} // namespace mailspec::wire
