// The state of a session and the commands that change it; what session.hpp promises is done here. Input and
// dispatch in machine.cpp, the AUTHORIZATION state in authorization.cpp and auth.cpp, the TRANSACTION state
// in transaction.cpp, CAPA and LANG in capabilities.cpp; events that are no input in session.cpp. Internal to
// reference/pop3.
#pragma once
#include "reference/pop3/maildrop.hpp"
#include "reference/pop3/session.hpp"
#include "reference/pop3/transfer.hpp"
#include "reference/sasl/mechanism.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::pop3 {

class session::machine {
  public:
    machine(const policy& p, session_facts facts);

    void receive(std::string_view octets);
    void tls_started();
    void tls_failed();
    void password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> who);
    void work();
    void timed_out();
    void shut_down();
    void disconnected();
    std::optional<action> next();

    // RFC 1939 §3, with the exchange of AUTH (RFC 5034 §4) as a state of its own. UPDATE is what `update`
    // is waited for in.
    enum class state { authorization, exchange, transaction, closed };
    // What is awaited before further input is looked at.
    enum class awaited { nothing, tls, password, login, message, update };

    bool wants_input() const {
        return state_ != state::closed && awaited_ == awaited::nothing && !listing_ && !transfer_;
    }
    bool logged_in() const { return maildrop_.has_value(); }

    state state_ = state::authorization;
    std::string user_;

  private:
    // Input
    void go_on();
    bool take_line();
    void refuse_line();
    void handle_line(std::string_view line, std::size_t size);
    void handle_command(std::string_view line);
    bool has_worn_out_its_welcome();
    void execute(std::string_view verb, std::string_view arguments);
    void execute_authorization(std::string_view verb, std::string_view arguments);
    void execute_transaction(std::string_view verb, std::string_view arguments);

    // Commands of both states
    void do_capa(std::string_view arguments);
    void do_lang(std::string_view arguments);
    void do_quit(std::string_view arguments);

    // AUTHORIZATION
    bool plaintext_is_usable() const { return facts_.tls || policy_.allow_plaintext; }
    bool user_is_usable() const;
    void do_user(std::string_view name);
    void do_pass(std::string_view password);
    void do_apop(std::string_view arguments);
    void do_auth(std::string_view arguments);
    void do_stls(std::string_view arguments);
    void do_utf8(std::string_view arguments);
    void take_step(const sasl::step& s);
    void auth_response(std::string_view line, std::size_t size);
    void login_failed(std::string_view text);
    void open_maildrop();

    // TRANSACTION
    void do_stat(std::string_view arguments);
    void do_list(std::string_view arguments);
    void do_uidl(std::string_view arguments);
    void do_retr(std::string_view arguments);
    void do_top(std::string_view arguments);
    void do_dele(std::string_view arguments);
    void do_rset(std::string_view arguments);
    void list(std::string_view arguments, std::string_view first_line,
              std::function<std::string(const maildrop::message&)> fact);
    std::optional<std::size_t> message_number(std::string_view text);
    void begin_message(std::size_t index, std::optional<std::uint64_t> body_lines);
    void open_message();
    void update();

    // Output
    std::string& replies();
    void ok(std::string_view text);
    void err(std::string_view text);
    void err(const mailbox::trouble& why, std::string_view text);
    void say_goodbye();
    void fill_listing();

    // The lines of LIST and UIDL, made as they can be sent.
    struct listing {
        std::function<std::string(const maildrop::message&)> fact;
        std::size_t next = 0;
    };

    const policy& policy_;
    session_facts facts_;
    std::deque<action> actions_;
    awaited awaited_ = awaited::nothing;
    bool work_is_asked_ = false;
    bool shutting_down_ = false;
    bool utf8_ = false;

    std::string input_;          // what came and could not be used yet
    bool skipping_line_ = false; // an overlong line: its front is gone, its end has not come
    std::size_t errors_ = 0, commands_ = 0, auth_failures_ = 0;

    std::string timestamp_;            // APOP's
    std::optional<std::string> named_; // by USER, for the PASS that must follow at once
    std::unique_ptr<sasl::mechanism> mechanism_;
    std::shared_ptr<mailbox::account> account_;

    std::optional<pop3::maildrop> maildrop_;
    std::optional<listing> listing_;
    std::unique_ptr<pop3::transfer> transfer_;
    std::size_t wanted_message_ = 0; // index
    std::optional<std::uint64_t> wanted_lines_;
};

} // namespace refmail::pop3
