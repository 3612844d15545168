// The words that the console and JUnit share: how a clause, a finding and a conversation are put for people.
// Every string that comes out is one line of visible text (escape.hpp); no colour, no indentation, no XML.
#pragma once
#include "reports/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace reports {

// "Postfix 3.7.11"; the version only when it is known.
std::string target_text(const run_result& run);

// "RFC 5321 §4.1.4 MUST: a second MAIL is refused (rfc5321-4.1.4-14)"
std::string clause_text(const clause& c);

// "suites/smtp/rfc5321/transaction.yaml:12"; empty when the file is not known.
std::string place_text(const std::string& file, int line);

// What went wrong, in one line: "expected 503, got 250 2.1.0 Ok\r\n". Also what the baseline said of it.
std::string failure_text(const case_result& c);

// Labelled lines: Expected, Actual, Step; nothing when the case holds no finding.
struct labelled {
    std::string label;
    std::string text;
};
std::vector<labelled> finding_lines(const case_result& c, std::size_t most_octets);

// The conversation, a protocol line a line: "C: NOOP", "S: 250 Ok", "-- connected"; "2 C: NOOP" when there
// are several connections. A line is ended by CRLF unless it says otherwise: a bare LF shows as \n, a part of
// a line that went out by itself as "...". Long lines and long bursts are shortened; JSON has all.
std::vector<std::string> transcript_lines(const std::vector<transcript_line>& transcript,
                                          std::size_t most_octets);

// "1.234 s"
std::string seconds_text(std::chrono::microseconds duration);

} // namespace reports
