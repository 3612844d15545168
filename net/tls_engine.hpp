// One TLS session without I/O: ciphertext in and out through memory, plaintext at the other side.
// It decides nothing about sockets or deadlines; tls_stream.cpp moves the octets.
// The peer's certificate is judged and reported, never a reason to end the handshake here.
// Internal to net/.
#pragma once
#include "net/error.hpp"
#include "net/tls_context.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

typedef struct ssl_st SSL;
typedef struct bio_st BIO;

namespace net {

class tls_engine {
  public:
    static result<std::unique_ptr<tls_engine>> make(const tls_options& options);

    // True when the handshake is complete, false when it needs more from the peer.
    result<bool> handshake();
    tls_facts facts() const;

    void feed(std::string_view ciphertext);
    std::string take_output(); // ciphertext to be sent; may be empty

    // Octets of plaintext, or 0 when it needs more from the peer; eof after close_notify.
    result<std::size_t> decrypt(std::span<char> into);
    result<void> encrypt(std::string_view plaintext);
    void close_notify();

  private:
    struct freer {
        void operator()(SSL* session) const;
    };
    tls_engine() = default;
    error failed(int outcome, const char* otherwise) const;

    std::shared_ptr<const tls_context> context_; // outlives the session: its ALPN list is referred to
    std::unique_ptr<SSL, freer> session_;
    BIO* in_ = nullptr;  // owned by the session
    BIO* out_ = nullptr; // owned by the session
    bool verifying_ = false;
};

} // namespace net
