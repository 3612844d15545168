// The tree, the failures repeated, the summary; and that nothing of the server's controls the terminal.
#include "reports/console.hpp"
#include "reports/progress.hpp"
#include "reports/tests/golden.hpp"
#include "reports/tests/sample_run.hpp"

#include <algorithm>
#include <sstream>

namespace reports {
BOOST_AUTO_TEST_SUITE(console_report)

namespace {

std::string console(const run_result& run, const console_style& style) {
    std::ostringstream out;
    write_console(out, run, style);
    return out.str();
}

bool has(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(plain) {
    tests::check_golden("console.txt", console(tests::sample_run(), {}));
}

BOOST_AUTO_TEST_CASE(with_transcripts) {
    tests::check_golden("console-v.txt", console(tests::sample_run(), {.transcripts = true}));
}

BOOST_AUTO_TEST_CASE(quiet) {
    tests::check_golden("console-q.txt", console(tests::sample_run(), {.quiet = true}));
}

BOOST_AUTO_TEST_CASE(colour_changes_nothing_but_colour) {
    std::string coloured = console(tests::sample_run(), {.colour = true});
    BOOST_TEST(has(coloured, "\x1b[31m×\x1b[0m"));
    for (std::size_t at; (at = coloured.find('\x1b')) != std::string::npos;)
        coloured.erase(at, coloured.find('m', at) - at + 1);
    BOOST_TEST(coloured == console(tests::sample_run(), {}));
}

BOOST_AUTO_TEST_CASE(the_summary_is_last) {
    const std::string text = console(tests::sample_run(), {});
    BOOST_TEST(text.ends_with(
                   "12 cases: 1 passed, 5 failed (1 exploitable), 1 warning, 1 info, 2 skipped (1 refused "
                   "by the server), 1 inconclusive, 1 known deviation, 3 not as in the baseline\n"),
               text);
}

BOOST_AUTO_TEST_CASE(no_octet_of_the_server_is_a_control) {
    std::string octets;
    for (int i = 0; i < 256; ++i)
        octets += static_cast<char>(i);
    const std::string text = console(tests::run_with_octets(octets), {.transcripts = true});
    BOOST_TEST(std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f';
    }));
    BOOST_TEST(has(text, "\\x1B"));
    BOOST_TEST(has(text, "\\xFF"));
}

BOOST_AUTO_TEST_CASE(a_run_that_could_not_begin_says_why) {
    run_result run;
    run.trouble = "127.0.0.1:2525: connection refused. Is the server running?";
    run.exit_code = 2;
    const std::string text = console(run, {});
    BOOST_TEST(has(text, "127.0.0.1:2525: connection refused. Is the server running?\n"));
    BOOST_TEST(has(text, "0 cases: 0 passed, 0 failed"));
}

BOOST_AUTO_TEST_CASE(a_run_cut_short_says_so) {
    run_result run = tests::sample_run();
    run.interrupted = true;
    run.server_log = "postfix: fatal\nbye\n";
    const std::string text = console(run, {});
    BOOST_TEST(has(text, "Interrupted: this is what ran until then.\n"));
    BOOST_TEST(has(
        text, "The server ended during the run. The last lines of its log:\n  | postfix: fatal\n  | bye\n"));
    run.trouble = "the server did not become ready";
    BOOST_TEST(has(console(run, {}), "\nThe last lines of the server's log:\n  | postfix: fatal\n  | bye\n"));
}

BOOST_AUTO_TEST_CASE(progress) {
    const run_result run = tests::sample_run();
    std::ostringstream out;
    {
        progress_line line(out, 12, 70);
        line.add(run.cases[0]);
        line.add(run.cases[1]);
    }
    BOOST_TEST(out.str() ==
               "\r\x1b[K1/12  0 failed  0 skipped  smtp/rfc5321/transaction/rset-forgets"
               "\r\x1b[K2/12  1 failed  0 skipped  smtp/rfc5321/transaction/nested-mail\r\x1b[K");
}

BOOST_AUTO_TEST_CASE(progress_does_not_wrap) {
    std::ostringstream out;
    progress_line line(out, 12, 20);
    line.add(tests::sample_run().cases[0]);
    BOOST_TEST(out.str() == "\r\x1b[K1/12  0 failed  0 s");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reports
