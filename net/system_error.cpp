// From the operating system's error codes to ours; see the header.
#include "net/system_error.hpp"

#include <boost/asio/error.hpp>

namespace net {

namespace asio = boost::asio;

error timeout_error() {
    return error{failure::timeout, "timed out"};
}
error eof_error() {
    return error{failure::eof, "the peer closed the connection"};
}

error error_from(const boost::system::error_code& code) {
    if (code == asio::error::eof) return eof_error();
    if (code == asio::error::connection_reset) return error{failure::reset, "connection reset by peer"};
    // The reset came before our write: the kernel says EPIPE from then on.
    if (code == asio::error::broken_pipe) return error{failure::reset, "broken pipe: the peer is gone"};
    if (code == asio::error::connection_aborted) return error{failure::reset, "connection aborted"};
    if (code == asio::error::connection_refused) return error{failure::refused, "connection refused"};
    if (code == asio::error::timed_out) return timeout_error();
    if (code == asio::error::operation_aborted || code == asio::error::bad_descriptor)
        return error{failure::closed, "closed on this side"};
    return error{failure::other, code.message()};
}

} // namespace net
