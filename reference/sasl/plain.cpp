// PLAIN: RFC 4616. One message: [authzid] NUL authcid NUL passwd, in UTF-8.
// Refuses to act for anybody else: an authorization identity must be empty or that of the user himself.
#include "reference/sasl/mechanism.hpp"
#include "reference/sasl/prepare.hpp"

#include <algorithm>

namespace refmail::sasl {

namespace {

class plain final : public mechanism {
  public:
    std::string_view name() const override { return "PLAIN"; }

    step start(std::optional<std::string_view> initial_response) override {
        // RFC 4422 §5.1: the client speaks first; without an initial response it is asked by an empty
        // challenge.
        if (!initial_response) return challenge{};
        return respond(*initial_response);
    }

    step respond(std::string_view message) override {
        // RFC 4616 §2: exactly two NULs, none of them part of an identity or a password.
        if (std::ranges::count(message, '\0') != 2) return failure{"PLAIN message without exactly two NULs"};
        const auto first = message.find('\0');
        const auto second = message.find('\0', first + 1);
        auto authorization = prepare(message.substr(0, first));
        auto user = prepare(message.substr(first + 1, second - first - 1));
        auto password = prepare(message.substr(second + 1));
        // RFC 4616 §2: if preparation fails or gives an empty string, authentication fails.
        if (!user || user->empty()) return failure{"user name empty, or not allowed by SASLprep"};
        if (!password || password->empty()) return failure{"password empty, or not allowed by SASLprep"};
        // RFC 4954 §4: an identity that was sent must not prepare to nothing.
        if (!authorization || (authorization->empty() && first != 0)) {
            return failure{"authorization identity not allowed by SASLprep"};
        }
        if (!authorization->empty() && *authorization != *user) {
            return failure{"not authorized to act as another identity"};
        }
        return credentials{std::move(*user), std::move(*password)};
    }
};

} // namespace

std::unique_ptr<mechanism> make_plain() {
    return std::make_unique<plain>();
}

} // namespace refmail::sasl
