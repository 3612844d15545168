// Implementation of html.hpp: what stands on the page. The words are those of the console (narrative.hpp).
#include "reports/html.hpp"

#include "reports/case_block.hpp"
#include "reports/escape.hpp"
#include "reports/html_text.hpp"
#include "reports/narrative.hpp"
#include "reports/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <map>

namespace reports {
namespace {

constexpr std::size_t page_octets = 600; // of one line; what is longer is shortened (JSON has all)

// How a case is shown: by its verdict, but a known deviation is one of its own, and a surprise is a failure.
struct look {
    const char* kind;
    const char* sign;
    const char *one, *many; // in words
};
constexpr std::array looks = {
    look{"fail", "×", "failed", "failed"},
    look{"warn", "!", "warning", "warnings"},
    look{"inconclusive", "?", "inconclusive", "inconclusive"},
    look{"known", "~", "known deviation", "known deviations"},
    look{"info", "i", "info", "info"},
    look{"pass", "✔", "passed", "passed"},
    look{"skip", "∅", "skipped", "skipped"},
};

const look& look_of(const case_result& c) {
    const auto named = [](std::string_view kind) -> const look& {
        return *std::ranges::find(looks, kind, &look::kind);
    };
    if (is_failure(c)) return named("fail");
    if (c.baseline == baseline_state::expected && c.outcome != verdict::pass) return named("known");
    return named(name_of(c.outcome));
}

std::string text(std::string_view words) {
    return html_text(printable(words));
}

// "mx[1] C: EHLO" -> who speaks: the first of "C:", "S:", "--" that stands alone before the octets.
char speaker_of(std::string_view line, bool& at_host) {
    for (int word = 0; word < 2 && !line.empty(); ++word) {
        if (line.starts_with("C: ")) return 'c';
        if (line.starts_with("S: ")) return 's';
        if (line.starts_with("-- ")) return 'e';
        at_host = !std::isdigit(static_cast<unsigned char>(line[0]));
        line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
    }
    return 's';
}

// What the harness says on a connection of its own, to make, fill and remove the mailboxes of a case. It is
// the same in most cases, and folded away where there is more to read.
bool is_harness(std::string_view line) {
    return line.starts_with("harness ");
}
constexpr std::ptrdiff_t least_to_fold = 4;

class html_writer {
  public:
    explicit html_writer(const run_result& run)
        : run_(run)
        , totals_(count(run)) {
        for (const case_result& c : run.cases)
            ++numbers_[look_of(c).kind];
    }

    std::string write() {
        heading();
        bar();
        add("<main>\n");
        what_stopped_it();
        exploitable();
        tree();
        stale_entries();
        add("<footer>mailspec {}, {}. Octets are shown as they came: <i>\\r</i>, <i>\\n</i> and <i>\\x00</i> "
            "stand "
            "for one each. In a conversation C is the client and S the server; after the name of a remote "
            "host, C is "
            "the server under test.</footer>\n</main>\n",
            text(run_.tool_version), text(timestamp_text(run_.started)));
        return html_page(fmt::format("{}: {}", target_text(run_), verdict_text()), out_);
    }

  private:
    template <class... Args>
    void add(fmt::format_string<Args...> how, Args&&... args) {
        fmt::format_to(std::back_inserter(out_), how, std::forward<Args>(args)...);
    }

    std::string verdict_text() const {
        if (totals_.failures > 0)
            return fmt::format("{} failure{}", totals_.failures, totals_.failures == 1 ? "" : "s");
        if (!run_.trouble.empty() || totals_.total() == 0) return "not judged";
        if (run_.interrupted || totals_.inconclusive > 0) return "not judged whole";
        return totals_.expected > 0 ? "exactly as the baseline says" : "conforms";
    }

    void heading() {
        const char* mood = totals_.failures > 0 ? "bad" : run_.exit_code == 0 ? "good" : "unsure";
        add("<header>\n<h1>{}: <span class=\"verdict {}\">{}</span></h1>\n", html_text(target_text(run_)),
            mood, verdict_text());
        std::string services;
        for (const auto& [service, address] : run_.services)
            services += fmt::format("{}{} {}", services.empty() ? "" : ", ", service, address);
        add("<p class=\"facts\">{}</p>\n", text(services));
        std::string how =
            fmt::format("{} case{} in {}, seed {}", totals_.total(), totals_.total() == 1 ? "" : "s",
                        seconds_text(run_.duration), run_.seed);
        if (!run_.selectors.empty()) how += fmt::format(", of {}", fmt::join(run_.selectors, " "));
        if (!run_.shard.empty()) how += ", shard " + run_.shard;
        if (run_.strict) how += ", strict";
        if (!run_.baseline_file.empty()) how += ", baseline " + run_.baseline_file;
        add("<p class=\"facts\">{}</p>\n", text(how));
        meter();
        add("</header>\n");
    }

    void meter() {
        if (run_.cases.empty()) return;
        add("<div class=\"meter\" role=\"presentation\">");
        for (const look& l : looks)
            if (const int n = number(l); n > 0) add("<b class=\"{}\" style=\"flex:{}\"></b>", l.kind, n);
        add("</div>\n");
    }

    void bar() {
        if (run_.cases.empty()) return;
        add("<div class=\"bar\" hidden><div role=\"search\">\n");
        for (const look& l : looks)
            if (const int n = number(l); n > 0)
                add("<button type=\"button\" class=\"{0}\" data-verdict=\"{0}\" aria-pressed=\"true\">{1} "
                    "{2}</button>\n",
                    l.kind, n, n == 1 ? l.one : l.many);
        add("<input type=\"search\" placeholder=\"Search ( / )\" "
            "aria-label=\"Search the cases\">\n"
            "<button type=\"button\" data-open=\"yes\">Open all</button>\n<output></output>\n</div></div>\n");
    }

    void what_stopped_it() {
        if (!run_.trouble.empty()) add("<p class=\"note\">{}</p>\n", lines(run_.trouble));
        if (run_.interrupted) add("<p class=\"note\">Interrupted: this is what ran until then.</p>\n");
        if (run_.server_log.empty()) return;
        add("<details class=\"log\"{}><summary>The last lines of the server's log</summary>\n<pre "
            "class=\"talk\">{}</pre>"
            "</details>\n",
            run_.trouble.empty() ? "" : " open", lines(run_.server_log));
    }

    static std::string lines(const std::string& many) {
        return html_text(fmt::format("{}", fmt::join(lines_of(many), "\n")));
    }

    void exploitable() {
        if (totals_.security == 0) return;
        add("<section class=\"danger\">\n<h2>Failures that can be exploited ({})</h2>\n<ul>\n",
            totals_.security);
        for (const case_result& c : run_.cases)
            if (is_failure(c) && !c.security.empty())
                add("<li><a href=\"#{}\">{}</a><br>{}</li>\n", anchor(c),
                    text(c.title.empty() ? c.name : c.title), text(c.security));
        add("</ul>\n</section>\n");
    }

    void tree() {
        std::map<std::string, std::string> titles;
        for (const suite_info& s : run_.suites)
            titles[s.path] = s.title;
        for (auto first = run_.cases.begin(); first != run_.cases.end();) {
            const auto last = std::find_if(first, run_.cases.end(),
                                           [&](const case_result& c) { return c.suite != first->suite; });
            suite(titles[first->suite], first, last);
            first = last;
        }
    }

    using iterator = std::vector<case_result>::const_iterator;
    void suite(const std::string& title, iterator first, iterator last) {
        const bool open = std::any_of(first, last, [](const case_result& c) {
            return is_failure(c) || c.outcome == verdict::inconclusive || c.outcome == verdict::warn;
        });
        add("<details class=\"suite\"{}><summary>{}<span class=\"path\">{}</span><span class=\"counts\">",
            open ? " open" : "", text(title), text(first->suite));
        for (const look& l : looks) {
            const auto n =
                std::count_if(first, last, [&](const case_result& c) { return look_of(c).kind == l.kind; });
            if (n > 0) add("<b class=\"{}\">{}</b> {}", l.kind, n, n == 1 ? l.one : l.many);
        }
        add("</span></summary>\n");
        for (; first != last; ++first)
            one_case(*first);
        add("</details>\n");
    }

    void one_case(const case_result& c) {
        const look& l = look_of(c);
        add("<details class=\"case {0}\" data-verdict=\"{0}\" id=\"{1}\"{2}><summary><span "
            "class=\"sign\">{3}</span>"
            "<span class=\"title\">{4}</span>",
            l.kind, anchor(c), is_failure(c) ? " open" : "", l.sign,
            text(c.title.empty() ? c.name : c.title));
        if (is_failure(c) && !c.security.empty()) add("<span class=\"tag security\">exploitable</span>");
        add("<span class=\"tag\">{}</span></summary>\n<div class=\"body\">\n", text(c.name));
        for (const clause& each : c.clauses)
            add("<p><span class=\"level\">{}</span> {}: {} <span class=\"id\">{}</span></p>\n",
                text(each.level), html_section(each.section), text(each.summary), text(each.id));
        if (!c.security.empty()) add("<p><b>Security:</b> {}</p>\n", text(c.security));
        if (c.baseline != baseline_state::none)
            add("<p><b>{}:</b> {}</p>\n", c.baseline == baseline_state::expected ? "Known" : "Baseline",
                html_octets(
                    c.baseline == baseline_state::expected
                        ? (c.baseline_note.empty() ? "the baseline names it" : printable(c.baseline_note))
                        : failure_text(c)));
        found(c);
        if (!c.reason.empty()) add("<p>{}</p>\n", text(c.reason));
        if (!c.ruling.empty()) add("<p><b>Ruling:</b> {}</p>\n", text(c.ruling));
        add("<p class=\"place\">{}, {}</p>\n", text(c.id), html_text(place_text(c.file, c.line)));
        conversation(c, l);
        add("</div></details>\n");
    }

    // Rows of Expected, Actual, Seen and Step; a label is said once for all its lines.
    void found(const case_result& c) {
        const auto rows = finding_lines(c, page_octets);
        if (rows.empty()) return;
        add("<table class=\"found\">\n");
        for (std::size_t i = 0; i < rows.size();) {
            const auto& label = rows[i].label;
            const bool octets = label == "Actual";
            add("<tr class=\"{}\"><th scope=\"row\">{}</th><td class=\"octets\">",
                label == "Expected" ? "expected"
                : octets            ? "actual"
                                    : "more",
                html_text(label));
            do {
                add("{}\n", octets ? html_octets(rows[i].text) : html_text(rows[i].text));
            } while (++i < rows.size() && rows[i].label.empty());
            out_.pop_back(); // the last line's end
            add("</td></tr>\n");
        }
        add("</table>\n");
    }

    void conversation(const case_result& c, const look& l) {
        const auto all = transcript_lines(c.transcript, page_octets);
        if (all.empty()) return;
        add("<details{}><summary>The conversation ({})</summary><div class=\"talk octets\">",
            std::string_view(l.kind) == "fail" ? " open" : "", seconds_text(c.duration));
        const bool script_ran = std::ranges::any_of(all, [](const auto& line) { return !is_harness(line); });
        for (auto first = all.begin(); first != all.end();) {
            const auto last = std::find_if(
                first, all.end(), [&](const auto& line) { return is_harness(line) != is_harness(*first); });
            const bool fold = script_ran && is_harness(*first) && last - first >= least_to_fold;
            if (fold) add("<details><summary>the harness, {} lines</summary>", last - first);
            for (; first != last; ++first) {
                bool at_host = false;
                const char who = speaker_of(*first, at_host);
                add("<span class=\"{}{}\">{}</span>", who, at_host ? " h" : "", html_octets(*first));
            }
            if (fold) add("</details>");
        }
        add("</div></details>\n");
    }

    void stale_entries() {
        if (run_.baseline_stale.empty()) return;
        add("<h2>In the baseline, but no case of that name exists</h2>\n<ul>\n");
        for (const std::string& id : run_.baseline_stale)
            add("<li>{}</li>\n", text(id));
        add("</ul>\n");
    }

    static std::string anchor(const case_result& c) { return html_text(printable(c.id)); }
    int number(const look& l) const {
        const auto found = numbers_.find(l.kind);
        return found == numbers_.end() ? 0 : found->second;
    }

    const run_result& run_;
    tally totals_;
    std::map<std::string, int> numbers_; // by look::kind
    std::string out_;
};

} // namespace

std::string write_html(const run_result& run) {
    return html_writer(run).write();
}

} // namespace reports
