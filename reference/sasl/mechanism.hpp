// SASL on the server's side (RFC 4422), whatever protocol carries it: decoded octets in, the next step out.
// A mechanism lives for one exchange. It verifies nothing: a step may be "check these credentials", which
// the owner does elsewhere (hashing is slow). Base64 and cancelling belong to the protocol.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace refmail::sasl {

struct challenge {
    std::string octets; // may be empty
};

// The exchange is over but for this check. Both are prepared (RFC 4013) and not empty.
struct credentials {
    std::string user;
    std::string password;
};

// The exchange is over: it failed, whatever the password.
struct failure {
    std::string why; // for the log; the peer is told no more than that it failed
};

using step = std::variant<challenge, credentials, failure>;

class mechanism {
  public:
    virtual ~mechanism() = default;
    virtual std::string_view name() const = 0;
    // RFC 4422 §5.1: an initial response may come with the request, may be empty, may be missing.
    virtual step start(std::optional<std::string_view> initial_response) = 0;
    virtual step respond(std::string_view response) = 0;
};

// By name, in any letter case; null if we do not have it.
std::unique_ptr<mechanism> make_mechanism(std::string_view name);
// All of them, in the order to offer them. All send the password itself.
const std::vector<std::string_view>& mechanism_names();

std::unique_ptr<mechanism> make_plain();
std::unique_ptr<mechanism> make_login();

} // namespace refmail::sasl
