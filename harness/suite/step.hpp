// The steps of a dialog as data: what the script grammar (script_parser) makes of the text and what
// script/ carries out. docs/suite-language.md is the manual. Steps about the world around the server are in
// step_hosts, step_dns and step_report; nothing here knows a socket.
#pragma once
#include "harness/suite/source_pos.hpp"
#include "harness/suite/step_dns.hpp"
#include "harness/suite/step_hosts.hpp"
#include "harness/suite/step_imap.hpp"
#include "harness/suite/step_pop3.hpp"
#include "harness/suite/step_report.hpp"
#include "harness/suite/text_template.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mailspec::suite {

enum class level { must, should, may };
const char* name_of(level l); // "MUST", "SHOULD", "MAY"

// ---- sending -------------------------------------------------------------------------------------
struct send_line { // C: TEXT
    text_template text;
};
struct send_raw { // send "TEXT"
    text_template text;
};
struct send_generated {                               // send N of "TEXT"
    std::variant<std::uint64_t, text_template> count; // octets; a template must expand to a number
    text_template text;
};
struct split {}; // write what stands before, by itself
struct pause {
    std::chrono::milliseconds duration;
};
struct half_close {};
struct close_connection {};
struct reset_connection {};

// ---- connections and TLS -------------------------------------------------------------------------
struct tls_request {
    std::optional<text_template> server_name; // sni NAME
    std::string version;                      // "1.2": this one only; empty: any
    std::string ciphers; // the suites offered: OpenSSL's names, joined by ":"; empty: those of today
    std::string alpn;
    bool certificate = false; // show a client certificate
    bool refused = false;     // the handshake must fail

    // Does it ask for anything? Services that begin without TLS have no use for it where they are opened.
    bool asks() const {
        return server_name || !version.empty() || !ciphers.empty() || !alpn.empty() || certificate || refused;
    }
};
struct open_connection {
    std::string service; // empty: the case's own
    std::string
        state; // IMAP: nonauth auth selected examine; POP3: authorization transaction. Empty: the case's
    bool plain = false; // a TLS service without TLS
    tls_request tls;    // for implicit-TLS services
};
struct fresh_connection {};
struct start_tls {
    tls_request request;
};
struct expect_tls {
    std::string min_version; // "1.2"
    bool certificate = false;
};

// ---- the server itself ---------------------------------------------------------------------------
struct control_server { // server stop, server kill, server start
    enum class action { stop, kill, start };
    action what;
};

// ---- replies -------------------------------------------------------------------------------------
struct reply_check {
    enum class kind { any_line, each_line, first_line, lines, has, bare, lacks, param };
    kind what;
    std::string keyword;               // has, bare, lacks, param
    std::optional<text_template> text; // regex for *_line and param; the parameters for has
    int lines = 0;                     // lines N
    bool or_more = false;              // lines N+
};
struct reply_pattern {
    std::vector<std::string> codes;   // "250", "5yz", "55z"
    std::string enhanced;             // "5.7.8", "5.7.z"; empty: not looked at
    bool enhanced_if_offered = false; // written with ?
    std::vector<reply_check> checks;
};
struct closed_pattern {};
struct silence_pattern {
    std::chrono::milliseconds duration;
};
using server_pattern =
    std::variant<reply_pattern, closed_pattern, silence_pattern, imap_response_pattern, pop3_pattern>;

// `S: A or B else warn C else info D`: tiers in order; the first tier is a full success.
struct outcome_tier {
    std::optional<level> instead; // nullopt: success; should = warn, may = info
    std::vector<server_pattern> any_of;
};
struct expect_server { // S:
    std::vector<outcome_tier> tiers;
    bool then = false;                  // IMAP: it came after what the step before matched
    std::optional<std::uint64_t> count; // IMAP: exactly so many belong to the command
};

// ---- delivered mail ------------------------------------------------------------------------------
struct expect_delivered {
    bool negative = false;
    std::optional<text_template> recipient; // nullopt: {recipient}
    std::chrono::milliseconds within{20000};
    std::optional<int> times;
};
struct expect_header {
    enum class kind { present, absent, equals, matches, is_type, count, first };
    kind what;
    std::string name;                  // "Received"; "Received[2]": the second such field from the top
    std::optional<text_template> text; // equals, matches
    std::string type;                  // date-time, msg-id, mailbox-list, address-list
    int count = 0;
};
struct expect_received { // a clause of the topmost Received field
    std::string clause;  // from by with id for
    bool negative = false;
    std::vector<text_template> any_of;  // values
    std::optional<text_template> regex; // or this
};
struct expect_body : body_check {};

// ---- blocks --------------------------------------------------------------------------------------
struct step;
struct repeat_block {
    std::uint64_t times;
    std::vector<step> steps;
};
struct either_block {
    std::vector<std::vector<step>> branches;
};
struct fragment_block { // do NAME, resolved when the suite is loaded
    std::string name;
    std::vector<std::pair<std::string, text_template>> values; // do mail sender=<>
    std::vector<step> steps;
};

using step_body = std::variant<
    send_line, send_raw, send_generated, split, pause, half_close, close_connection, reset_connection,
    open_connection, fresh_connection, start_tls, expect_tls, control_server, expect_server, expect_delivered,
    expect_header, expect_received, expect_body, repeat_block, either_block, fragment_block, expect_client,
    serve_as_stock, expect_mail, expect_connections, expect_tried, expect_envelope, expect_parameter,
    expect_command, expect_command_order, expect_pipelined, expect_closed, expect_host_tls, expect_octets,
    expect_wire_body, expect_fetches, expect_query, expect_dsn, expect_dsn_field, expect_dsn_recipients,
    expect_dsn_part, expect_dsn_returns, expect_dsn_language_neutral, retry_delivery, advance_clock,
    hold_back, release_host, send_command, expect_no_response, expect_capabilities, start_compression>;

struct step {
    source_pos at;
    std::string source; // the line as written, trimmed
    int connection = 1; // blocks and fragments hand theirs down: `2 do hello` sets it on each step within
    bool claim = false; // the step that shows the clause; every case has at least one, never a block
    step_body body;

    // Compiled once (special_members.cpp): what the compiler would write in each file is most of its work
    // there.
    step();
    step(source_pos at, std::string source, step_body body, int connection = 1, bool claim = false);
    step(const step&);
    step(step&&) noexcept;
    step& operator=(const step&);
    step& operator=(step&&) noexcept;
    ~step();
};

} // namespace mailspec::suite
