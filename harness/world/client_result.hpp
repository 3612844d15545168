// What the harness's own clients of IMAP, POP3 and SMTP come back with: a value, or a sentence with the
// server's words. They judge nothing.
#pragma once
#include "net/error.hpp"

#include <expected>
#include <string>

namespace mailspec::world {

template <class T>
using client_result = std::expected<T, std::string>;

inline std::string reason(const net::error& e) {
    if (e.kind == net::failure::timeout) return "no answer in time";
    if (e.kind == net::failure::eof) return "it closed the connection without an answer";
    return e.text;
}

} // namespace mailspec::world
