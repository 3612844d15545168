// Asks a running refmaild through its control port. Blocks: for the command line.
#pragma once
#include <boost/json/object.hpp>

#include <expected>
#include <string>

namespace refmail::daemon {

// Where the daemon of a data folder listens: DATA/control holds "127.0.0.1:PORT". Throws
// configuration_error that says what to do when there is none.
std::string control_address_in(const std::string& data);

// The answer's body; else why not: what the daemon said, or that nobody answers. `body`: empty for GET.
std::expected<boost::json::object, std::string>
ask_control(const std::string& address, const std::string& path, const std::string& body = {});

} // namespace refmail::daemon
