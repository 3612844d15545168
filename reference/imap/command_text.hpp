// One complete command as it came: its lines, and the literals apart from them, so that a message of 50 MB
// is moved and never copied. RFC 9051 §4.3. Made by command_assembly, read by cursor.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace refmail::imap {

struct literal {
    std::string octets;
    bool binary = false;        // ~{n}: literal8, NUL allowed
    std::size_t text_begin = 0; // where "{" or "~{" stands in the text
    std::size_t text_end = 0;   // behind its CRLF
};

struct command_text {
    std::string text; // without the CRLF at the end; "{5}CRLF" stands where a literal was, its octets do not
    std::vector<literal> literals;

    std::size_t octets() const {
        auto n = text.size();
        for (const auto& l : literals)
            n += l.octets.size();
        return n;
    }
};

} // namespace refmail::imap
