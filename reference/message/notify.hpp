// RFC 3461 §4.1: when the sender of a message wishes to hear of a recipient.
#pragma once

namespace refmail::message {

// `given` is false when the sender did not say: then failure and, perhaps, delay are reported.
struct notify {
    bool given = false;
    bool never = false, success = false, failure = false, delay = false;
    bool operator==(const notify&) const = default;
};

} // namespace refmail::message
