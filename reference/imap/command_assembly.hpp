// From octets to complete commands: lines, and the literals between them. RFC 9051 §2.2.1, §4.3; RFC 7888 §3.
// Only CRLF ends a line. What is too long is read to its true end and dropped, in step with the client.
// Refuses to decide which literals are welcome: the session says so when one is announced.
#pragma once
#include "reference/imap/command_text.hpp"
#include "reference/imap/response.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace refmail::imap {

struct announced_literal {
    std::uint64_t size = 0; // what does not fit is 2^64-1
    bool synchronizing = true;
    bool binary = false;
};

class command_assembly {
  public:
    enum class event {
        more,     // all octets were taken, and no command is complete
        command,  // take_command()
        literal,  // one is announced(): accept, drop or abandon
        dropped,  // a command that was dropped has come to its end: dropped_text(), why_dropped()
        hopeless, // too much would have to be read and dropped
    };

    // Takes octets off the front of `in` until there is an event.
    event take(std::string_view& in);

    std::size_t longest = 8192;          // of the text of a command, literals aside
    std::uint64_t most_dropped = 65'536; // of literals that are read for nothing

    const announced_literal& announced() const { return announced_; }
    // The command so far; a literal that is announced is not among its literals yet.
    const command_text& so_far() const { return command_; }
    bool in_command() const { return !command_.text.empty() || dropping_; }

    void accept_literal();
    void drop(completion why); // a non-synchronizing literal that comes anyway, and the rest of its command
    void abandon();            // a synchronizing literal that was refused: the next octet begins a command

    command_text take_command();
    const std::string& dropped_text() const { return command_.text; } // its beginning, for the tag
    completion take_why_dropped();

  private:
    void store(std::string_view piece);
    void begin_dropping(completion why);
    event end_of_line();
    bool is_literal(std::string_view line);

    command_text command_;
    std::size_t segment_ = 0; // where in the text the current line begins
    announced_literal announced_;
    std::uint64_t literal_left_ = 0;
    bool dropping_ = false;
    std::string tail_; // dropping: the last octets of the line
    std::uint64_t dropped_ = 0;
    completion why_;
    bool after_cr_ = false; // the last octet of the line so far is CR
};

} // namespace refmail::imap
