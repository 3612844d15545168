// The HTML page: its golden file, that it is well formed whatever a server sent, that nothing of a stranger
// becomes markup and nothing is fetched.
#include "reports/html.hpp"
#include "reports/html_text.hpp"
#include "reports/tests/golden.hpp"
#include "reports/tests/sample_run.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace reports {
BOOST_AUTO_TEST_SUITE(html_report)

namespace {

bool has(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

// Reads the tags of a page: every one closed where HTML wants that, in order. Empty, or what is wrong.
std::string flaw_of(std::string page) {
    for (const char* raw : {"style", "script"}) { // their content is no markup
        const auto begin = page.find('>', page.find(std::string("<") + raw)) + 1;
        page.erase(begin, page.find(std::string("</") + raw) - begin);
    }
    static const std::set<std::string> empty{"meta", "link", "br", "input", "!DOCTYPE"};
    std::vector<std::string> open;
    for (std::size_t at = 0; (at = page.find('<', at)) != std::string::npos;) {
        const auto end = page.find('>', at);
        if (end == std::string::npos) return "a tag that does not end";
        const bool closes = page[at + 1] == '/';
        const auto start = at + 1 + closes;
        const auto name = page.substr(start, page.find_first_of(" >\n", start) - start);
        if (closes && (open.empty() || open.back() != name)) return "</" + name + "> out of place";
        if (closes)
            open.pop_back();
        else if (!empty.contains(name))
            open.push_back(name);
        at = end;
    }
    return open.empty() ? "" : "<" + open.back() + "> is left open";
}

} // namespace

BOOST_AUTO_TEST_CASE(golden) {
    const auto page = write_html(tests::sample_run());
    tests::check_golden("report.html", page);
    BOOST_TEST(flaw_of(page) == "");
}

BOOST_AUTO_TEST_CASE(fetches_nothing) {
    const auto page = write_html(tests::sample_run());
    for (const char* word :
         {" src=", "@import", "url(", "fetch(", "XMLHttp", "<iframe", "<img", "<base", "srcset"})
        BOOST_TEST(!has(page, word), word);
    BOOST_TEST(has(page, "default-src 'none'"));
    // A link to a document is followed by whoever wants to.
    BOOST_TEST(has(
        page, "<a href=\"https://www.rfc-editor.org/rfc/rfc5321#section-4.1.4\" rel=\"noreferrer\">RFC 5321 "
              "§4.1.4</a>"));
}

BOOST_AUTO_TEST_CASE(hostile_octets_stay_octets) {
    const std::string hostile[] = {"<script>alert(1)</script>",
                                   "\"><img src=x onerror=alert(1)>",
                                   "' onmouseover='x",
                                   "&lt;b&gt;",
                                   "</style></div></body>",
                                   "--></script><script>",
                                   std::string("\0\x1b[31m", 6),
                                   "\xff\xfe\x80",
                                   "\xe2\x80\xae"
                                   "txt.exe",
                                   "javascript:alert(1)",
                                   "\r\n\r\n",
                                   ""};
    for (const auto& octets : hostile) {
        const auto page = write_html(tests::run_with_octets(octets));
        BOOST_TEST(flaw_of(page) == "", octets);
        BOOST_TEST(!has(page, "<script>alert"), octets);
        BOOST_TEST(!has(page, "<img"), octets);
        BOOST_TEST(!has(page, "' onmouse"), octets);
        BOOST_TEST(!has(page, "href=\"javascript"), octets);
        BOOST_TEST(
            std::ranges::none_of(page, [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 127; }));
    }
    std::string all;
    for (int c = 0; c < 256; ++c)
        all += static_cast<char>(c);
    const auto page = write_html(tests::run_with_octets(all));
    BOOST_TEST(flaw_of(page) == "");
    BOOST_TEST(has(page, "<i>\\x00\\x01"));
    BOOST_TEST(has(page, "&amp;"));
}

BOOST_AUTO_TEST_CASE(octets_that_do_not_show_are_set_apart) {
    BOOST_TEST(html_octets("250 Ok\\r\\n") == "250 Ok<i>\\r\\n</i>");
    BOOST_TEST(html_octets("a\\\\r\\x00b") == "a\\r<i>\\x00</i>b"); // a backslash that was sent, and an r
    BOOST_TEST(html_octets("\\\\\\n") == "\\<i>\\n</i>");
    BOOST_TEST(html_octets("(\\\\Seen \\\\*)") == "(\\Seen \\*)");
    BOOST_TEST(html_octets("\\\\\\\\x00") == "\\\\x00"); // two that were sent
    BOOST_TEST(html_octets("") == "");
    BOOST_TEST(html_text("<&>\"'") == "&lt;&amp;&gt;&quot;&#39;");
    BOOST_TEST(html_section("RFC 9110 §15.4 and more") == "RFC 9110 §15.4 and more");
    BOOST_TEST(html_section("RFC 6522") ==
               "<a href=\"https://www.rfc-editor.org/rfc/rfc6522\" rel=\"noreferrer\">RFC 6522</a>");
    BOOST_TEST(html_section("section <4>") == "section &lt;4&gt;");
}

BOOST_AUTO_TEST_CASE(what_stands_where) {
    const auto page = write_html(tests::sample_run());
    BOOST_TEST(has(page, "<h1>Samplemail 3.7: <span class=\"verdict bad\">"));
    // What can be exploited comes first and leads to the case.
    const auto danger = page.find("<section class=\"danger\">"), tree = page.find("<details class=\"suite\"");
    BOOST_TEST(danger < tree);
    BOOST_TEST(
        has(page.substr(danger, tree - danger), "<a href=\"#smtp/rfc5321/transaction/bare-lf-ends-data\">"));
    // Failing cases are open, others are not.
    BOOST_TEST(has(page, "data-verdict=\"fail\" id=\"smtp/rfc5321/transaction/nested-mail\" open>"));
    BOOST_TEST(has(page, "data-verdict=\"pass\" id=\"smtp/rfc5321/transaction/rset-forgets\">"));
    BOOST_TEST(has(page, "data-verdict=\"known\" id=\"smtp/rfc5321/greeting/known-one\">"));
    BOOST_TEST(has(page, "250-2.1.0 Ok<i>\\r\\n</i>\n250 more<i>\\n</i>"));
    BOOST_TEST(has(page, "<span class=\"c\">C: MAIL FROM:&lt;a@b.test&gt;</span>"));
    BOOST_TEST(has(page, "aria-pressed=\"true\">2 skipped</button>"));
}

BOOST_AUTO_TEST_CASE(what_the_harness_does_by_itself_is_folded_away) {
    auto run = tests::sample_run();
    auto& lines = run.cases[1].transcript;
    const auto says = [](const char* octets) {
        return transcript_line{std::chrono::microseconds(1), 999, transcript_line::direction::client, octets,
                               "harness"};
    };
    lines.insert(lines.begin(), says("m1 CREATE a\r\nm2 CREATE b\r\nm3 CREATE c\r\nm4 CREATE d\r\n"));
    lines.push_back(says("m5 LOGOUT\r\n"));
    const auto page = write_html(run);
    BOOST_TEST(flaw_of(page) == "");
    BOOST_TEST(has(
        page,
        "<details><summary>the harness, 4 lines</summary><span class=\"c h\">harness C: m1 CREATE a</span>"));
    BOOST_TEST(has(page, "harness C: m4 CREATE d</span></details><span"));
    BOOST_TEST(has(page, "<span class=\"c h\">harness C: m5 LOGOUT</span></div>")); // one line is no burden
    lines = {says("m1 CREATE a\r\nm2 CREATE b\r\nm3 CREATE c\r\nm4 CREATE d\r\n")};
    BOOST_TEST(!has(write_html(run), "the harness, 4 lines")); // nothing else to read
}

BOOST_AUTO_TEST_CASE(a_space_at_the_end_of_a_line_is_seen) {
    auto run = tests::sample_run();
    run.cases[1].transcript = {
        {std::chrono::microseconds(1), 1, transcript_line::direction::server, "250-AUTH \r\n250 OK\r\n", ""}};
    BOOST_TEST(has(write_html(run),
                   "<span class=\"s\">S: 250-AUTH<i>\\x20</i></span><span class=\"s\">S: 250 OK</span>"));
}

BOOST_AUTO_TEST_CASE(remote_hosts_in_a_conversation) {
    auto run = tests::sample_run();
    run.cases[1].transcript.push_back(
        {std::chrono::microseconds(1), 1001, transcript_line::direction::client, "EHLO relay\r\n", "mx[1]"});
    const auto page = write_html(run);
    BOOST_TEST(has(page, "<span class=\"c h\">mx[1] C: EHLO relay</span>"));
    BOOST_TEST(has(page, "<span class=\"s\">S: 220 mx.example.test ESMTP</span>"));
}

BOOST_AUTO_TEST_CASE(nothing_could_be_judged) {
    run_result run;
    run.target_name = "refmaild";
    run.trouble = "mailspec: cannot reach smtp\nsecond line";
    run.exit_code = 2;
    const auto page = write_html(run);
    BOOST_TEST(flaw_of(page) == "");
    BOOST_TEST(has(page, "<span class=\"verdict unsure\">not judged</span>"));
    BOOST_TEST(has(page, "<p class=\"note\">mailspec: cannot reach smtp\nsecond line</p>"));
    run.trouble.clear();
    run.interrupted = true;
    BOOST_TEST(has(write_html(run), "Interrupted: this is what ran until then."));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reports
