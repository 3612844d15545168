// Does the value of a header field fit its grammar? The forms that RFC 5322 §3 lets one generate; the
// obsolete ones of §4 are deviations. Values are unfolded already.
#pragma once
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace mailspec::wire {

struct syntax_error {
    std::size_t offset; // into the value
    std::string text;   // "expected a month (Jan, Feb ...)"
};
using syntax_result = std::expected<void, syntax_error>;

class field_reader;
syntax_result expected_here(const field_reader& at, std::string what); // the error, at that place

syntax_result check_date_time(std::string_view value);    // RFC 5322 §3.3, also that the date exists
syntax_result check_msg_id(std::string_view value);       // RFC 5322 §3.6.4
syntax_result check_mailbox_list(std::string_view value); // RFC 5322 §3.4
syntax_result check_address_list(std::string_view value); // the same, groups too

// By the name that scripts use: date-time, msg-id, mailbox-list, address-list. nullopt: no such type.
std::optional<syntax_result> check_field_type(std::string_view type, std::string_view value);

} // namespace mailspec::wire
