// One connection to a remote host, without its socket: octets of the server under test in, what the host says
// and does out. A permissive recorder: it follows host_behaviour, writes down all that it is sent in a
// host_session, and judges nothing. Hostile octets are data; what it keeps is bounded. RFC 5321 §4.1, RFC
// 2033, RFC 2920 (which command came ahead of its turn), RFC 3030 (BDAT), RFC 3207, RFC 4954.
#pragma once
#include "harness/world/host_behaviour.hpp"
#include "harness/world/host_session.hpp"
#include "net/error.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace mailspec::world {

struct host_action {
    enum class what { write, pause, hold, start_tls, break_tls, close, reset };
    what kind = what::write;
    std::string octets;
    std::chrono::milliseconds duration{0};
};

// What the connections to one host, or all hosts of a case, share.
struct host_counts {
    std::size_t mails = 0;  // complete ones, of all hosts
    std::size_t octets = 0; // that came
};
struct host_memory {
    std::set<std::string> greylisted; // addresses that were tried before
};

class smtp_host {
  public:
    // All outlive it.
    smtp_host(const host_behaviour& behaviour, host_session& into, host_counts& counts, host_memory& memory);

    void opened();
    void received(std::string_view octets);
    void written(); // what the host had to say is on its way
    void secured(const net::result<net::tls_facts>& outcome);
    void ended(bool reset);

    std::optional<host_action> next(); // what is to be done now, in order
    bool closed() const { return closed_; }

  private:
    enum class reading { command, data, chunk, auth };
    using action = host_action::what;

    void advance();
    bool take_unit();
    bool take_line(std::string& line);
    void take_command(std::string line);
    bool take_data();
    bool take_chunk();
    void take_auth(const std::string& line);
    void begin_auth(const std::string& argument);
    void begin_chunk(const std::string& argument);
    void finish_chunk();
    void message_came();
    std::size_t replies_due_to_message() const;

    bool scripted() const { return script_at() < behaviour_.script.size() && !serving_; }
    std::size_t& script_at() const { return session_.script_at; }
    bool run_script();
    void hold_against_script(std::string_view unit, bool is_message);
    void script_fails(std::string got);

    host_reply reply_to(const std::string& verb, const std::string& argument);
    const host_replies* written_reply(const std::string& verb, const std::string& argument);
    std::string own_reply(const std::string& verb, const std::string& argument);
    std::string ehlo_reply() const;
    std::string text(const char* code, const char* enhanced, std::string_view words) const;
    bool enhances() const;
    void answer(const std::string& verb, const std::string& argument);
    void give(const host_reply& reply);
    void say(std::string octets);
    void settle(const std::string& reply); // the oldest command that waits for one
    void settle_message(const std::string& reply);
    void do_now(action kind);
    void close_with(action kind);
    host_mail& transaction();

    const host_behaviour& behaviour_;
    host_session& session_;
    host_counts& counts_;
    host_memory& memory_;

    std::deque<host_action> to_do_;
    std::deque<std::size_t> unanswered_; // indices of session_.commands
    std::string unread_, half_reply_;
    std::map<std::string, std::size_t> given_; // how many replies to a command there were
    reading reading_ = reading::command;
    std::size_t searched_ = 0; // in unread_, for the end of the data
    std::size_t chunk_left_ = 0;
    bool last_chunk_ = false, data_began_ = false;
    std::string auth_step_; // "PLAIN", "LOGIN user", "LOGIN password"
    std::string auth_user_;
    bool in_transaction_ = false;
    bool authenticated_ = false, secured_ = false;
    bool waits_for_tls_ = false;
    bool ahead_ = false, reply_due_ = false; // of what is in unread_; a command was taken since written()
    std::size_t message_replies_ = 0, message_taken_ = 0;
    bool serving_ = false, mute_ = false, closed_ = false, over_ = false;
};

// `MAIL FROM:<a@b> SIZE=1` -> "a@b", SIZE 1. Permissive: what is no path gives an empty address.
host_path host_path_of(std::string_view argument);

} // namespace mailspec::world
