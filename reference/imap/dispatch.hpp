// The commands that there are, and where each is permitted: RFC 9051 §6, §9 (command-any, -auth, -nonauth,
// -select). Finds the command of a line that may not be complete yet. Refuses what is no tag.
#pragma once
#include "reference/imap/machine.hpp"

#include <string>
#include <string_view>

namespace refmail::imap {

enum class permitted { any, nonauth, auth, selected };

struct dispatch_entry {
    enum class behind {
        nothing,           // the name is the whole command
        arguments,         // a space, which is taken already, and arguments
        message_arguments, // whatever there is: message_commands.hpp. These have a UID form
    };

    std::string_view name;
    permitted where;
    behind tail;
    bool takes_literals; // strings are among the arguments
    void (*begin)(machine& in, cursor& arguments, bool by_uid);
};

struct looked_up {
    std::string_view tag;
    const dispatch_entry* entry = nullptr;
    bool by_uid = false;       // "UID FETCH ..."
    std::size_t arguments = 0; // where the name (and a "UID" in front of it) ends
    std::string wrong;         // why there is no entry, for BAD
};

looked_up look_up_command(std::string_view line);
// "*" where no tag can be read: then the response is untagged.
std::string tag_of(std::string_view line);

} // namespace refmail::imap
