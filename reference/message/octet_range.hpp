// Where something stands in a text: offsets, so that it outlives moves of the text and can be kept.
#pragma once
#include <cstddef>
#include <string_view>

namespace refmail::message {

struct octet_range {
    std::size_t begin = 0;
    std::size_t end = 0; // behind the last octet

    std::size_t size() const { return end - begin; }
    bool empty() const { return begin == end; }
    std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
    bool operator==(const octet_range&) const = default;
};

} // namespace refmail::message
