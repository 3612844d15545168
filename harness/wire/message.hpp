// A delivered message read without loss: every header field with its raw octets, and the body. It refuses
// nothing: a line that is no field is kept as a field without a name. RFC 5322 §2.2, §2.2.3.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct header_field {
    std::string raw;   // with its line ends: "Subject: a\r\n b\r\n"
    std::string name;  // "Subject"; empty: the line has no colon behind a name
    std::string value; // unfolded (RFC 5322 §2.2.3), without white space at either end
};

struct message {
    std::vector<header_field> fields; // in order
    std::string body;                 // behind the first empty line
    bool has_body = false;            // there is such an empty line

    // The n-th field of that name from the top, from 1; names match in any case.
    const header_field* find(std::string_view name, std::size_t nth = 1) const;
    std::size_t count(std::string_view name) const;
};

message parse_message(std::string_view raw); // line ends are CRLF

} // namespace mailspec::wire
