// Opening a TCP connection.
#pragma once
#include "net/byte_stream.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace net {

// On the current coroutine's executor. A name is looked up with the system's resolver, its
// addresses are tried in turn, and the last failure is returned: refused, timeout, resolve, other.
// local_address (an IP address, or empty): bind to it first, with any free port.
task<result<stream_ptr>> connect(std::string host, std::uint16_t port, deadline until,
                                 std::string local_address = "");

// The numeric addresses of a name (a literal is its own address).
task<result<std::vector<std::string>>> resolve(std::string host, deadline until);

} // namespace net
