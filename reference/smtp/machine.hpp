// The state of a session and the commands that change it; what session.hpp promises is done here.
// One member a command, in a file of its own where it is more than a few lines: greeting.cpp mail.cpp
// rcpt.cpp data.cpp bdat.cpp auth.cpp starttls.cpp verify.cpp help.cpp; dispatch and the short ones in
// machine.cpp. Internal to reference/smtp.
#pragma once
#include "reference/sasl/mechanism.hpp"
#include "reference/smtp/command_line.hpp"
#include "reference/smtp/parameters.hpp"
#include "reference/smtp/session.hpp"
#include "reference/smtp/transaction.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace refmail::smtp {

class session::machine {
  public:
    machine(const policy& p, const directory& d, session_facts facts, message::timestamp now);

    void receive(std::string_view octets, message::timestamp now);
    void tls_started(message::timestamp now);
    void tls_failed();
    void password_checked(password_verdict verdict, std::string user, message::timestamp now);
    void delivered(const std::vector<delivery_verdict>& verdicts, message::timestamp now);
    void timed_out();
    void shut_down();
    void disconnected();
    void go_on();

    enum class state {
        command,       // reading command lines
        auth_exchange, // 334 sent: reading one response line
        data,          // 354 sent: reading content
        chunk,         // reading the octets of a BDAT (RFC 3030)
        awaiting_tls,  // the four that read nothing
        awaiting_password,
        awaiting_delivery,
        closed,
    };
    // RFC 5321 §4.1.1.1: which command opened the session, if any has.
    enum class greeting { none, helo, ehlo, lhlo };

    bool wants_input() const {
        return state_ == state::command || state_ == state::auth_exchange || state_ == state::data ||
               state_ == state::chunk;
    }

    bool has_input() const { return !input_.empty(); }

    state state_ = state::command;
    std::deque<action> actions_;
    std::optional<smtp::transaction> transaction_;
    std::string user_; // authenticated, or empty
    std::string helo_;

  private:
    // Input
    bool has_much_to_say() const;
    std::size_t consume(std::string_view in);
    bool take_line(std::string_view& in);
    void handle_line(std::string_view line, std::size_t size);
    void handle_command(std::string_view line, std::size_t size);
    bool has_worn_out_its_welcome();

    // Commands
    void execute(const command_line& c);
    void do_helo(const command_line& c);
    void do_mail(std::string_view arguments);
    void do_rcpt(std::string_view arguments);
    void do_data(std::string_view arguments);
    void do_bdat(std::string_view arguments);
    void do_auth(std::string_view arguments);
    void do_starttls(std::string_view arguments);
    void do_vrfy(std::string_view arguments);
    void do_expn(std::string_view arguments);
    void do_help(std::string_view arguments);
    void do_rset(std::string_view arguments);
    void do_quit(std::string_view arguments);

    // Their parts
    void list_extensions(std::vector<std::string>& lines) const;
    bool auth_is_usable() const;
    std::optional<refusal> needs_login() const;
    bool refuse_before_auth();
    extensions in_effect() const;
    std::string complete(std::string_view arguments) const;
    bool sender_is_acceptable(const message::reverse_path& sender);
    void accept_recipient(const message::mailbox& address, resolution found, rcpt_parameters asked);
    void begin_content();
    void announce_content();
    void pass_content(bool all);
    bool take_content(std::string_view& in);
    void end_content();
    void refuse_content(const refusal& r);
    std::optional<refusal> why_no_chunk() const;
    bool take_chunk(std::string_view& in);
    void end_chunk();
    void refuse_chunk();
    void reply_to_content(std::size_t recipient_index, delivery_verdict verdict);
    void take_step(const sasl::step& s);
    void auth_response(std::string_view line, std::size_t size);
    void auth_failed(int code, std::string_view enhanced, std::string_view text);
    std::optional<resolution> look_up(std::string_view name);
    void show_mailboxes(int code, std::string_view enhanced, std::span<const std::string> lines,
                        reply_text allowed);

    // Output
    std::string& replies();
    void reply(int code, std::string_view enhanced, std::string_view text);
    void reply(int code, std::string_view enhanced, std::span<const std::string> lines,
               reply_text allowed = reply_text::ascii);
    void reply(const refusal& r) { reply(r.code, r.enhanced, r.text); }
    void say_goodbye(int code, std::string_view enhanced, std::string_view text);
    void end_transaction();

    const policy& policy_;
    const directory& directory_;
    session_facts facts_;
    message::timestamp now_;
    std::string input_;          // what came and could not be used yet
    bool skipping_line_ = false; // an overlong line: its front is gone, its end has not come
    greeting greeting_ = greeting::none;
    std::unique_ptr<sasl::mechanism> mechanism_;
    bool shutting_down_ = false;
    // RFC 3030 §2: the BDAT whose octets are being read.
    struct {
        std::uint64_t size = 0, left = 0;
        bool last = false;
        std::optional<refusal> refused; // read and dropped; then this is said
    } chunk_;
    std::size_t transactions_ = 0;
    std::size_t commands_ = 0;
    std::size_t errors_ = 0;
    std::size_t auth_failures_ = 0;
};

} // namespace refmail::smtp
