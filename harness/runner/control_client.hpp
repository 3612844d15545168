// Asks refmaild's control port: one POST with a JSON body, one answer, over a connection of its own. HTTP/1.1
// (RFC 9112) read by Beast's parser; follows no redirection and keeps no connection. Loopback only.
#pragma once
#include "net/byte_stream.hpp"

#include <expected>
#include <string>

namespace mailspec::runner {

// The body of a 2xx answer. The error is a sentence: what was asked, and what came instead.
net::task<std::expected<std::string, std::string>> post_to_control(std::string address, std::string path,
                                                                   std::string json, net::deadline until);

} // namespace mailspec::runner
