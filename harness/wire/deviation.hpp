// Something about the octets that a server sent that a document forbids, whoever asked for them. Plain data.
#pragma once
#include <cstddef>
#include <string>

namespace mailspec::wire {

struct deviation {
    std::string rule;   // stable name, e.g. "reply-bare-lf"; smtp/ambient/<rule> in reports
    std::size_t offset; // into the raw octets of the reply or response
    std::string text;   // for people
};

} // namespace mailspec::wire
