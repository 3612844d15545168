// A stream whose octets are compressed on the wire in both directions: raw DEFLATE, RFC 1951, without a
// header. Wraps another stream (plain or TLS) from some moment on; every write is flushed, so that the peer
// can read all of it. It gives out what it inflates in pieces no larger than asked for, so a bomb costs its
// reader time and no memory. No TLS can be started below it any more.
#pragma once
#include "net/byte_stream.hpp"

#include <string>

namespace net {

// What it takes per connection: 2^(window_bits + 2) + 2^(memory_level + 9) octets to compress (256 KiB as
// zlib has it by default), some 40 KiB to inflate.
struct deflate_settings {
    int window_bits = 15; // 9 to 15
    int memory_level = 8; // 1 to 9
    int level = -1;       // 0 (stored) to 9 (smallest); -1: zlib's choice
};

// `already_read`: octets that came behind the moment at which compression began; they are inflated first.
// Throws std::bad_alloc when zlib cannot have its memory.
stream_ptr deflate(stream_ptr inner, std::string already_read = {}, const deflate_settings& how = {});

} // namespace net
