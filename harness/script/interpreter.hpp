// Carries out the steps of one case, one after the other. The steps' own rules are in the files beside it:
// interpreter_connections, interpreter_replies, interpreter_mail. docs/suite-language.md is the manual. It
// ends at the first step that does not hold, and retries nothing.
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/case_world.hpp"
#include "harness/script/dsn_checks.hpp"
#include "harness/script/expansion.hpp"
#include "harness/script/imap_match.hpp"
#include "harness/script/mailbox_keeper.hpp"
#include "harness/script/pattern_cache.hpp"
#include "harness/script/reply_match.hpp"
#include "harness/script/server_connection.hpp"
#include "harness/script/step_result.hpp"
#include "harness/wire/message.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace mailspec::script {

struct host_finding;

class interpreter {
  public:
    // All three outlive the interpreter; the outcome is filled while it runs.
    interpreter(const suite::test_case& c, const case_environment& environment, case_outcome& outcome);

    net::task<void> run();

  private:
    using result = net::task<step_result>;

    // interpreter.cpp: blocks and sending
    result run_steps(std::span<const suite::step> steps);
    result run_step(const suite::step& s);
    result carry_out(const suite::step& s);
    result run_repeat(const suite::repeat_block& block);
    result run_either(const suite::step& s, const suite::either_block& block);
    result run_fragment(const suite::step& s, const suite::fragment_block& block);
    result send(const suite::step& s);
    result control(const suite::control_server& step);
    result rest(std::chrono::milliseconds duration);
    net::task<void> flush_all(int but_for);
    expanded_text text_to_send(const suite::step& s, const expansion_place& place) const;
    expansion_place place_of(int number) const;
    void record_result(step_result&& r);

    // interpreter_connections.cpp
    struct opening {
        std::string service;
        std::string state; // IMAP and POP3: what is done before the script has it; empty: nothing
        bool plain = false;
        suite::tls_request tls;
        bool tls_wanted = false; // options were given: how the handshake goes is the server's to answer for
    };
    net::task<server_connection*> reach(int number); // opens it first, if need be; null: reach_failure_
    result connect(int number, opening how);
    result open(const suite::step& s, const suite::open_connection& o);
    result fresh(const suite::step& s);
    result half_close(const suite::step& s);
    net::task<void> drop(int number);
    result close(const suite::step& s);
    result reset(const suite::step& s);
    result start_tls(const suite::step& s, const suite::tls_request& request);
    result handshake_outcome(const suite::step& s, const suite::tls_request& request,
                             const server_connection& conn, const net::result<net::tls_facts>& facts);
    std::expected<net::tls_options, std::string> options_for(const suite::tls_request& request,
                                                             const expansion_place& place) const;
    result expect_tls(const suite::step& s, const suite::expect_tls& e);

    // interpreter_replies.cpp
    result expect_server(const suite::step& s, const suite::expect_server& e);
    std::chrono::milliseconds patience_for(const suite::expect_server& e) const;
    step_result reply_mismatch(const suite::expect_server& e, const server_connection& conn,
                               const server_event& event, std::string why) const;
    void settle(const suite::step& s, const suite::outcome_tier& tier, server_connection& conn,
                const server_event& event, const std::string& wanted);

    // interpreter_imap.cpp
    result send_imap(const suite::step& s, server_connection& conn);
    result await_continuation(server_connection& conn, std::string tag, bool& ended);
    net::task<bool> hear(server_connection& conn, net::deadline until);
    result expect_imap(const suite::step& s, const suite::expect_server& e, server_connection& conn);
    struct imap_match_found;
    std::expected<imap_match_found, std::string> find_imap(const suite::imap_response_pattern& pattern,
                                                           const server_connection& conn, std::size_t from);
    imap_match_context context_of(const server_connection& conn);
    std::optional<step_result> try_imap(const suite::step& s, const suite::expect_server& e,
                                        server_connection& conn, const server_event* event,
                                        std::size_t looked = 0);
    step_result imap_mismatch(const suite::expect_server& e, const server_connection& conn,
                              const server_event* event);
    std::string imap_ending(const server_connection& conn, const server_event& event,
                            std::chrono::milliseconds patience) const;
    // interpreter_imap_window.cpp
    struct command_window;
    net::task<command_window> window_of_command(server_connection& conn);
    step_result not_at_its_end(const server_connection& conn, const command_window& w,
                               const std::string& wanted) const;
    void note_window(const suite::step& s, const server_connection& conn, imap_dialog::window w,
                     std::optional<std::string> example);
    result count_responses(const suite::step& s, const suite::expect_server& e, server_connection& conn);
    result expect_no_response(const suite::step& s, const suite::expect_no_response& e);
    result expect_capabilities(const suite::step& s, const suite::expect_capabilities& e);
    result compress(const suite::step& s);
    bool heard_by_branches(int connection, const imap_dialog& dialog) const;
    void note_instead(const suite::outcome_tier& tier, const suite::expect_server& e, std::string came);

    // interpreter_mailboxes.cpp: what is done before a script and after it, by the harness itself
    struct own_answer {
        std::shared_ptr<const wire::imap_response> tagged;
        std::size_t from = 0; // index of the first response to it
    };
    net::task<std::expected<own_answer, step_result>> ask_imap(server_connection& conn, std::string command);
    result enter_state(server_connection& conn, std::string state);
    result enter_imap_state(server_connection& conn, std::string state);
    result enter_pop3_state(server_connection& conn);
    result log_in_imap(server_connection& conn);
    result secure(server_connection& conn);
    result prepare_mailboxes();
    result open_first();
    std::string state_of(const std::string& service, const std::string& asked) const;

    // interpreter_mail.cpp
    static constexpr std::chrono::milliseconds first_wait{1}, longest_wait{50}; // between two looks
    static constexpr int last_rounds = 2; // messages of ours after which none comes any more
    result expect_delivered(const suite::step& s, const suite::expect_delivered& e);
    result wait_for_mail(const suite::step& s, const suite::expect_delivered& e, world::mailbox_owner owner);
    result wait_past_mail(const suite::step& s, const suite::expect_delivered& e, world::mailbox_owner owner);
    result outlast(world::mailbox_owner owner, std::chrono::milliseconds within, net::deadline until);
    using messages = std::vector<std::string>;
    net::task<net::result<messages>> look(world::mailbox_owner owner, std::string token, net::deadline until,
                                          std::function<bool(const messages&)> enough);
    void look_at(std::string raw, int stream = -1); // `stream`: of the remote host that took it
    world::mailbox_owner owner_of(const std::string& address) const;
    step_result check_message(const suite::step& s);
    step_result as_far_as_seen(step_result r, const suite::expect_body& e, const match_context& context);

    // interpreter_hosts.cpp
    result bring_up_world();
    result expect_at_hosts(const suite::step& s);
    net::task<bool> wait_for_a_branch(const suite::either_block& block);
    step_result held_at_host(const suite::step& s, const host_finding& found);
    step_result check_wire_body(const suite::step& s, const suite::expect_wire_body& e);
    step_result host_script_result(step_result came_out) const;
    result finish_host_scripts();

    // interpreter_reports.cpp
    struct report_search;
    std::optional<wire::dsn> judged_report(const std::string& raw,
                                           std::optional<std::string_view> reverse_path);
    bool take_report(report_search& search, const std::string& raw, const dsn_wanted& wanted,
                     std::optional<std::string_view> reverse_path, int stream);
    report_search reports_at_hosts(const suite::at_host& where, const dsn_wanted& wanted);
    net::task<std::expected<report_search, std::string>>
    find_reports(const suite::expect_dsn& e, dsn_wanted wanted, net::deadline until, std::size_t least);
    result expect_dsn(const suite::step& s, const suite::expect_dsn& e);
    result count_reports(const suite::step& s, const suite::expect_dsn& e, dsn_wanted wanted);
    void note_report(const suite::step& s, report_search& search, const dsn_wanted& wanted);
    step_result check_report(const suite::step& s);
    result retry();
    std::size_t attempts_seen() const;
    result advance(const suite::advance_clock& step);
    step_result release(const suite::release_host& step);

    // interpreter_dns.cpp
    result expect_query(const suite::step& s, const suite::expect_query& e);

    // last_message.cpp: a message of ours by whose arrival one knows that none comes any more
    net::task<std::expected<void, std::string>> send_last_message(std::string recipient, std::string token);

    const suite::test_case& case_;
    const case_environment& environment_;
    case_outcome& outcome_;
    expansion values_;
    pattern_cache patterns_;
    expansion::names bound_;                 // $name
    mailbox_names mailboxes_;                // of the case's own
    std::unique_ptr<mailbox_keeper> keeper_; // null: the case has no mailbox of its own
    net::deadline limit_;
    std::map<int, std::unique_ptr<server_connection>> connections_;
    int streams_opened_ = 0;
    int last_messages_ = 0;
    step_result reach_failure_;
    bool branches_waited_ = false; // within `either`: for all of its branches, at remote hosts
    bool first_of_branch_ = false; // within `either`: an outcome is offered to each branch
    std::map<int, std::size_t> heard_before_branches_; // within `either`: responses of IMAP, by connection
    std::optional<std::pair<int, net::result<net::tls_facts>>> handshake_offered_;
    std::optional<wire::message> message_; // that `expect delivered` or `expect mail` looked at last
    int message_stream_ = -1;              // the connection to a remote host on which it came
    std::optional<std::string> wire_;      // as it came there, dots still stuffed
    std::size_t steps_done_ = 0;           // carried out so far
    std::unique_ptr<case_world> world_;    // null: the case has none
    std::optional<found_dsn> report_;      // that `expect dsn` found last
    int report_stream_ = -1;               // as message_stream_
    std::size_t report_delivery_ = 0;      // index in deliveries
    std::set<std::string> judged_reports_; // as they came: each is held against the rules once
};

} // namespace mailspec::script
