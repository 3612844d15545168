// What one connection of the server under test to a remote host was: its commands, its transactions, its
// TLS, every octet. Written down while it lasts by remote_host.hpp; read by the steps of a case
// (script/interpreter_hosts). Judges nothing.
#pragma once
#include "net/tls_options.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mailspec::world {

struct host_command {
    std::string line; // without CRLF
    std::string verb; // in capitals: "MAIL", "EHLO"; a policy host: "GET"; "message": the end of the data
    std::string argument;
    bool ahead = false; // it had been sent before the command in front of it was answered
    bool secured = false;
    std::string reply; // what the host said to it; empty: nothing
};

struct host_path {
    std::string address;                                         // without angle brackets
    std::vector<std::pair<std::string, std::string>> parameters; // keyword in capitals, value
};

// A transaction from MAIL on. `complete`: the host took the message with a 2yz after the final dot.
struct host_mail {
    host_path sender;
    std::vector<host_path> recipients; // accepted ones
    std::vector<host_path> refused;
    std::string content; // as sent, dots unstuffed
    std::string wire;    // between the 354 and the final dot, as it came (BDAT: the chunks)
    bool complete = false;
    std::size_t order = 0; // of all complete mails of this case, from 1
};

struct host_session {
    enum class end { open, quit, eof, reset };
    std::string host;
    bool policy = false;   // it is a policy host, which takes no mail
    int number = 1;        // n-th connection to this host
    std::size_t order = 0; // n-th connection of this case, all hosts together, from 1
    std::vector<host_command> commands;
    std::vector<host_mail> mails;
    std::optional<net::tls_facts> tls;
    bool tls_failed = false;
    std::string tls_error;
    end ended = end::open;
    std::string octets; // all that the client sent, above TLS

    // Of a host with a script of its own: how far that came.
    struct script_failure {
        std::size_t line = 0; // index of host_behaviour::script
        std::string wanted, got;
    };
    std::optional<script_failure> failed;
    std::size_t script_at = 0; // the line that is waited at; their number: all was done
};

} // namespace mailspec::world
