// LOGIN: no standard, but draft-murchison-sasl-login describes what everybody does. The server asks
// "Username:", then "Password:". Many clients send the name at once as an initial response; it is taken.
#include "reference/sasl/mechanism.hpp"
#include "reference/sasl/prepare.hpp"

namespace refmail::sasl {

namespace {

class login final : public mechanism {
  public:
    std::string_view name() const override { return "LOGIN"; }

    step start(std::optional<std::string_view> initial_response) override {
        if (!initial_response) return challenge{"Username:"};
        return respond(*initial_response);
    }

    step respond(std::string_view response) override {
        // NUL can be in no name (RFC 4013 §2.3 prohibits it); prepare() refuses it.
        auto text = prepare(response);
        if (state_ == state::wants_user) {
            state_ = state::wants_password;
            user_ = std::move(text);
            return challenge{"Password:"};
        }
        // Only now: whoever tries names learns nothing before the password.
        if (!user_ || user_->empty()) return failure{"user name empty, or not allowed by SASLprep"};
        if (!text || text->empty()) return failure{"password empty, or not allowed by SASLprep"};
        return credentials{std::move(*user_), std::move(*text)};
    }

  private:
    enum class state { wants_user, wants_password };
    state state_ = state::wants_user;
    std::optional<std::string> user_;
};

} // namespace

std::unique_ptr<mechanism> make_login() {
    return std::make_unique<login>();
}

} // namespace refmail::sasl
