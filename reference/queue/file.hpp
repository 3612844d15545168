// The queue's envelope file: an entry as one JSON object, one line, LF at the end. docs/reference.md has the
// format. Reads format 2, which it writes, and format 1 of earlier versions. Opens no file.
#pragma once
#include "reference/queue/entry.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace refmail::queue {

std::string to_json(const entry& e);

// The error says what is wrong with it, for the log. What it does not know it passes over: a newer version
// may have added keys.
std::expected<entry, std::string> entry_from_json(std::string_view text);

} // namespace refmail::queue
