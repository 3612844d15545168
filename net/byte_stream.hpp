// The one interface that everything above net/ talks through: octets in, octets out, a deadline on
// each operation, an upgrade to TLS. Implementations: TCP, TLS over TCP, a memory pipe (tests), a
// recorder (transcript.hpp). It buffers nothing on the way in: whoever buffers plaintext owns it,
// and still has it after start_tls() (an injected command stays visible to the one who judges it).
// One reader and one writer at a time; not thread-safe beyond its executor.
#pragma once
#include "net/deadline.hpp"
#include "net/error.hpp"
#include "net/tls_options.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace net {

template <class T>
using task = boost::asio::awaitable<T>;

class byte_stream {
  public:
    virtual ~byte_stream() = default; // closes at once, without waiting

    // At least one octet, or an error; never a zero-length success.
    virtual task<result<std::size_t>> read_some(std::span<char> into, deadline until) = 0;

    // All octets handed to the kernel, or an error. The view must live until it returns.
    virtual task<result<void>> write(std::string_view octets, deadline until) = 0;

    // Runs the handshake on what is now a plain stream. After an error the stream is unusable.
    virtual task<result<tls_facts>> start_tls(const tls_options& options, deadline until) = 0;

    // FIN (close_notify first on TLS): the peer reads EOF, we can still read.
    virtual task<result<void>> shutdown_send(deadline until) = 0;

    virtual void close() = 0; // graceful as far as that goes without waiting
    virtual void reset() = 0; // RST: the peer sees a broken connection

    virtual bool is_tls() const = 0;
    virtual std::string local_address() const = 0; // "127.0.0.1:2525", "[::1]:25"
    virtual std::string peer_address() const = 0;
};

using stream_ptr = std::unique_ptr<byte_stream>;

} // namespace net
