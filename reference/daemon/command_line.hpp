// The command line of refmaild.
#pragma once
#include "reference/daemon/queue_command.hpp"
#include "reference/daemon/settings.hpp"

#include <optional>
#include <string>

namespace refmail::daemon {

struct command {
    enum class kind { serve, hash_password, show_route, look_after_queue, finished };
    command::kind kind = kind::serve;
    settings how;              // serve
    std::string configuration; // serve: the file that `how` was read from, or empty
    bool json = false;         // serve: the ready line for programs
    bool quiet = false;        // serve: say nothing when ready
    bool temporary = false;    // serve: how.data was made for this run and goes with it
    std::string domain;        // show_route, with `how`
    queue_order order;         // look_after_queue
    std::string password;      // hash_password; empty: read a line from standard input
    int exit_code = 0;         // finished: help, version or a usage error was printed
};

// Prints help and usage errors itself. Throws configuration_error.
command parse_command_line(int argc, const char* const* argv);

} // namespace refmail::daemon
