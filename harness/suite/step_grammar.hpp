// The grammar of single steps: each function reads what follows the step's first word and makes its body.
// On a mistake the cursor holds the problem and the body is not to be used. Blocks are script_parser's.
// The tables of docs/suite-language.md are the specification, one function for each of them.
#pragma once
#include "harness/suite/line_cursor.hpp"
#include "harness/suite/services.hpp"
#include "harness/suite/step.hpp"

namespace mailspec::suite {

step_body parse_send_line(line_cursor& line);     // C: TEXT
step_body parse_send(line_cursor& line);          // send ...
step_body parse_pause(line_cursor& line);         // pause 200ms
step_body parse_open(line_cursor& line);          // open ...
step_body parse_tls(line_cursor& line);           // tls ...
step_body parse_server(line_cursor& line);        // server stop|kill|start
step_body parse_expect_server(line_cursor& line); // S: ...
step_body parse_expect(line_cursor& line);        // expect ...
// What follows `expect`, `expect no`, where it speaks of remote hosts; nullopt: nothing of it was read.
std::optional<step_body> parse_expect_host(line_cursor& line);
std::optional<step_body> parse_expect_no_host(line_cursor& line);
step_body parse_expect_host_tls(line_cursor& line, bool negative); // behind `expect [no] tls`
step_body parse_expect_not_pipelined(line_cursor& line);           // behind `expect not pipelined`
step_body parse_expect_client(line_cursor& line);                  // C: in the script of a host
// The same where it speaks of bounces and other reports; `no dsn` is read already.
std::optional<step_body> parse_expect_report(line_cursor& line);
step_body parse_expect_no_report(line_cursor& line);
// The same where it speaks of the DNS; `no query` is read already.
std::optional<step_body> parse_expect_query(line_cursor& line);
step_body parse_expect_no_query(line_cursor& line);
step_body parse_clock(line_cursor& line);              // clock advance 4h
step_body parse_release(line_cursor& line);            // release mx
at_host parse_at_host(line_cursor& line);              // at mx, at a|b, at mx[2]
body_check parse_body_check(line_cursor& line);        // what follows `body`
fragment_block parse_fragment_call(line_cursor& line); // do NAME name=value ...; steps still empty

// On an IMAP connection, docs/suite-mailboxes.md.
step_body parse_send_command(line_cursor& line);        // C: SELECT {mailbox}
step_body parse_send_continuation(line_cursor& line);   // C+: DONE
step_body parse_expect_imap(line_cursor& line);         // S: ...
step_body parse_expect_pop3(line_cursor& line);         // the same on POP3 connections
step_body parse_expect_no_response(line_cursor& line);  // not * ...
step_body parse_expect_capabilities(line_cursor& line); // expect capabilities ...

// `or`, `else warn` and `else info` between patterns that `parse` reads, whatever the protocol.
expect_server parse_tiers(line_cursor& line, server_pattern (*parse)(line_cursor&));
bool at_pattern_end(const line_cursor& line); // the end of the line, `or` or `else`
// Of the conditions of a pattern, `has AUTH PLAIN LOGIN, lines 2+`: a word, which also ends at a comma, and
// the words up to the next condition (nullopt: none).
std::string condition_word(line_cursor& line);
std::optional<text_template> condition_parameters(line_cursor& line);

} // namespace mailspec::suite
