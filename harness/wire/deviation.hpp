// Something about the octets that a server sent that a document forbids, whoever asked for them. Plain data.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailspec::wire {

struct deviation {
    std::string rule;   // stable name, e.g. "reply-bare-lf"; smtp/ambient/<rule> in reports
    std::size_t offset; // into the raw octets of the reply or response
    std::string text;   // for people
};

inline void note(std::vector<deviation>& found, std::string_view rule, std::size_t offset, std::string text) {
    found.push_back({std::string(rule), offset, std::move(text)});
}

} // namespace mailspec::wire
