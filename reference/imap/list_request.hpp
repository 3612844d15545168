// What LIST asks for: its selection options, patterns and return options. RFC 9051 §6.3.9, RFC 5258 (more
// than one pattern), RFC 6154 §2 (SPECIAL-USE), RFC 5819 (STATUS). Refuses options that nobody announced
// (BAD).
#pragma once
#include "reference/imap/list_pattern.hpp"
#include "reference/imap/status_items.hpp"

#include <vector>

namespace refmail::imap {

struct list_request {
    // Selection options
    bool only_subscribed = false;
    bool only_special_use = false;
    bool recursive_match = false;
    // Return options: \HasChildren and special uses are told always.
    bool tell_subscribed = false;
    status_items status; // empty: not asked for
    bool extended = false;
    bool delimiter_only = false; // LIST "" "": the special request
    std::vector<list_pattern> patterns;

    bool matches(std::string_view name) const;
    bool lists_levels(std::string_view name) const; // by a pattern that ends in "%"
};

list_request read_list_request(cursor& arguments, const modes& how);

} // namespace refmail::imap
