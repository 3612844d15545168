// A stream that starts in the clear and can be upgraded to TLS in place. Derived classes move raw
// octets (TCP, memory); the TLS above them is here, once. Before start_tls() it adds nothing, not
// even a coroutine frame. Internal to net/.
#pragma once
#include "net/byte_stream.hpp"
#include "net/tls_engine.hpp"

#include <memory>

namespace net {

class tls_stream : public byte_stream {
  public:
    task<result<std::size_t>> read_some(std::span<char> into, deadline until) final;
    task<result<void>> write(std::string_view octets, deadline until) final;
    task<result<tls_facts>> start_tls(const tls_options& options, deadline until) final;
    task<result<void>> shutdown_send(deadline until) final;
    void close() final;
    void reset() final { raw_reset(); }
    bool is_tls() const final { return secured_; }

  protected:
    // The contract of byte_stream, for raw octets.
    virtual task<result<std::size_t>> raw_read(std::span<char> into, deadline until) = 0;
    virtual task<result<void>> raw_write(std::string_view octets, deadline until) = 0;
    virtual result<void> raw_shutdown_send() = 0;
    virtual void raw_send_now(std::string_view octets) = 0; // what goes without waiting
    virtual void raw_close() = 0;
    virtual void raw_reset() = 0;

  private:
    task<result<std::size_t>> read_tls(std::span<char> into, deadline until);
    task<result<void>> write_tls(std::string_view octets, deadline until);
    task<result<void>> receive(deadline until); // one raw read into the engine
    task<result<void>> flush(deadline until);
    task<result<tls_facts>> run_handshake(deadline until);

    std::unique_ptr<tls_engine> tls_;
    std::unique_ptr<char[]> ciphertext_; // room for one raw read
    bool secured_ = false;
    bool flushing_ = false;
};

} // namespace net
