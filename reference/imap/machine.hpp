// The state of a session and the commands that change it; what session.hpp promises is done here.
// Commands that touch mailboxes are command_runs, carried out in work(); the others answer at once. Which
// command is allowed when is in dispatch.cpp; each command in the file of its topic: greeting.cpp
// (capabilities, ID, STARTTLS, COMPRESS), login.cpp, enable.cpp, idle.cpp, mailboxes.cpp, list.cpp,
// status.cpp, append.cpp, quota.cpp. Internal to reference/imap.
#pragma once
#include "reference/imap/command_assembly.hpp"
#include "reference/imap/message_commands.hpp"
#include "reference/imap/selected_folder.hpp"
#include "reference/imap/session.hpp"
#include "reference/sasl/mechanism.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace refmail::imap {

struct dispatch_entry;

class machine {
  public:
    machine(const policy& p, session_facts facts, message::timestamp now, std::function<void()> on_change);

    void receive(std::string_view octets, message::timestamp now);
    void tls_started();
    void tls_failed();
    void compression_started();
    void password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> account);
    void changed();
    void work(message::timestamp now);
    void timed_out();
    void shut_down();
    void disconnected();
    std::optional<action> next();

    enum class state {
        command,       // reading commands
        auth_exchange, // "+" sent: reading one response line
        idle,          // reading DONE
        running,       // a command is carried out, slice by slice, in work()
        awaiting_tls,  // the three that read nothing
        awaiting_compression,
        awaiting_password,
        closed,
    };

    bool wants_input() const {
        return state_ == state::command || state_ == state::auth_exchange || state_ == state::idle;
    }
    state now_in() const { return state_; }
    bool authenticated() const { return account_ != nullptr; }
    const std::string& user() const { return user_; }

  private:
    friend struct dispatch_table;

    // Input (input.cpp)
    void go_on(bool may_block);
    bool take_input();
    bool take_line(std::string& line, std::size_t longest); // of an exchange: AUTHENTICATE, IDLE
    void consider_literal();
    std::optional<completion> why_no_literal(const announced_literal& l);
    std::size_t literal_room() const;
    void set_limits();

    // Commands (dispatch.cpp)
    void execute(command_text text);
    void begin(const dispatch_entry& entry, cursor& arguments);
    bool allowed(const dispatch_entry& entry, std::string& why) const;
    void run(begun what); // BAD, or carried out in work()
    // A command that is done in one step, with the responses that it writes.
    void run(std::function<completion(response_writer&)> step);
    void finish(completion c); // at once: the tagged response
    void bad(const bad_syntax& why);
    bool carry_on(); // a slice of what runs; true: it is over
    bool still_selected() const;
    void leave_lost_mailbox(); // BYE, with the reason
    void say_goodbye(std::string_view code, std::string_view text);
    void end(); // nothing more, without a word

    // RFC 9051 §6.1, §6.2
    std::string capabilities() const;
    void do_capability(cursor& c);
    void do_noop(cursor& c);
    void do_logout(cursor& c);
    void do_id(cursor& c);
    void do_starttls(cursor& c);
    void do_compress(cursor& c);
    void drop_pipelined(std::string_view behind);
    void do_authenticate(cursor& c);
    void do_login(cursor& c);
    bool password_is_safe() const { return facts_.tls || policy_.allow_plaintext_auth; }
    void take_step(const sasl::step& s);
    void auth_response(std::string_view line);
    void log_in(completion c);
    void auth_failed(completion c);

    // RFC 9051 §6.3
    void do_enable(cursor& c);
    void enable_condstore();
    void do_select(cursor& c, bool examine);
    void do_create(cursor& c);
    void do_delete(cursor& c);
    void do_rename(cursor& c);
    void do_subscribe(cursor& c, bool on);
    void do_list(cursor& c);
    void do_lsub(cursor& c);
    void do_namespace(cursor& c);
    void do_status(cursor& c);
    void do_append(cursor& c);
    void do_idle(cursor& c);
    bool tell_in_idle();
    void idle_line(std::string_view line);
    void do_getquota(cursor& c);
    void do_getquotaroot(cursor& c);
    void do_setquota(cursor& c);

    // RFC 9051 §6.4
    void do_close(cursor& c, bool expunge);

    // Output
    void push(action a); // behind all responses so far

    const policy& policy_;
    session_facts facts_;
    std::function<void()> on_change_;
    state state_ = state::command;
    std::deque<action> actions_;
    imap::modes modes_;
    response_writer out_{modes_};
    std::string input_; // what came and could not be used yet
    command_assembly assembly_;
    bool skipping_line_ = false; // an overlong line of an exchange

    std::shared_ptr<mailbox::account> account_;
    std::string user_;
    std::unique_ptr<selected_folder> selected_;
    std::unique_ptr<sasl::mechanism> mechanism_;

    // The command that is carried out.
    command_text text_;
    std::string tag_;
    const dispatch_entry* entry_ = nullptr;
    bool tells_itself_ = false; // the run tells what happened in the mailbox, as far as it may
    std::unique_ptr<command_run> run_;
    std::optional<completion> outcome_; // known; what happened meanwhile is being told
    bool caught_up_ = false;

    bool idling_ = false;
    bool heard_of_change_ = false;
    mailbox::folder::watch watch_;

    bool compressed_ = false;
    bool working_ = false; // `work` was asked for
    bool shutting_down_ = false;
    std::size_t errors_ = 0;
    std::size_t auth_failures_ = 0;
};

} // namespace refmail::imap
