// Two streams joined in memory, for tests without sockets: what one writes the other reads, in
// the same pieces or smaller ones. shutdown_send() is read as EOF, reset() as a reset; TLS works
// over it as over TCP. Both ends live on one executor.
#pragma once
#include "net/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <utility>

namespace net {

// `room`: octets that one direction holds before a writer has to wait for the reader.
std::pair<stream_ptr, stream_ptr> memory_pair(const boost::asio::any_io_executor& on,
                                              std::size_t room = 1 << 20);

} // namespace net
