// Message identifiers as THREAD compares them: RFC 5256 §3, RFC 5322 §3.6.4. Normalised: without the angle
// brackets, quoting undone. Skips whatever stands between identifiers.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::message {

// All valid ones in a field's body, in their order.
std::vector<std::string> read_message_ids(std::string_view body);
std::optional<std::string> first_message_id(std::string_view body);

// What threading needs of a header.
struct thread_ids {
    std::optional<std::string> own;
    std::vector<std::string> references; // References; if it has none, the first of In-Reply-To; oldest first
};
thread_ids read_thread_ids(std::string_view header);

} // namespace refmail::message
