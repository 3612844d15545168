// Implementation of console.hpp: what is written, in which order. What a case looks like: case_block.
#include "reports/console.hpp"

#include "reports/case_block.hpp"
#include "reports/escape.hpp"
#include "reports/narrative.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace reports {
namespace {

constexpr std::size_t most_names = 3; // of skipped cases in a line of the tree; -v shows all

// "1 warning", "2 warnings"
std::string number_of(int n, const char* thing) {
    return fmt::format("{} {}{}", n, thing, n == 1 ? "" : "s");
}

class console_writer {
  public:
    console_writer(std::ostream& out, const run_result& run, const console_style& style)
        : out_(out)
        , run_(run)
        , style_(style)
        , totals_(count(run)) {}

    void write() {
        heading();
        if (!style_.quiet) tree();
        repeated("Failures", [](const case_result& c) { return is_failure(c) && c.security.empty(); });
        repeated("Failures that can be exploited",
                 [](const case_result& c) { return is_failure(c) && !c.security.empty(); });
        repeated("Could not be judged", [](const case_result& c) {
            return c.outcome == verdict::inconclusive && c.baseline != baseline_state::expected;
        });
        skipped();
        stale_entries();
        what_stopped_it();
        summary();
    }

  private:
    void heading() {
        out_ << "Target: " << target_text(run_);
        const char* separator = " (";
        for (const auto& [service, address] : run_.services) {
            out_ << separator << printable(service) << ' ' << printable(address);
            separator = ", ";
        }
        out_ << (run_.services.empty() ? "\n" : ")\n");
    }

    // Cases stand suite by suite; the skipped ones of a suite share a line a reason. A suite of which
    // nothing was run is told by the summary alone, or the tree of a server with one service drowns in it.
    void tree() {
        std::map<std::string, std::string> titles;
        for (const suite_info& s : run_.suites)
            titles[s.path] = s.title;
        for (auto first = run_.cases.begin(); first != run_.cases.end();) {
            const auto last = std::find_if(first, run_.cases.end(),
                                           [&](const case_result& c) { return c.suite != first->suite; });
            if (!style_.transcripts && std::all_of(first, last, left_out)) {
                first = last;
                continue;
            }
            const std::string title = printable(titles[first->suite]);
            out_ << '\n' << paint(title.empty() ? first->suite : title, colour::bold);
            if (!title.empty()) out_ << "  " << paint(first->suite, colour::grey);
            out_ << '\n';
            suite_cases(first, last);
            first = last;
        }
    }

    static bool left_out(const case_result& c) { return c.outcome == verdict::skip && !is_failure(c); }

    using iterator = std::vector<case_result>::const_iterator;
    void suite_cases(iterator first, iterator last) {
        std::map<std::string, std::vector<std::string>> skips; // reason -> names
        for (; first != last; ++first) {
            if (left_out(*first))
                skips[first->reason].push_back(printable(first->name));
            else
                block_.write(*first, style_.transcripts);
        }
        for (const auto& [reason, names] : skips)
            out_ << "  "
                 << paint(fmt::format("∅ {} skipped, {}", names.size(), printable(reason)), colour::grey)
                 << (names.size() <= most_names || style_.transcripts
                         ? fmt::format(": {}", fmt::join(names, ", "))
                         : "")
                 << '\n';
    }

    void repeated(const char* title, const std::function<bool(const case_result&)>& belongs) {
        const auto number = std::count_if(run_.cases.begin(), run_.cases.end(), belongs);
        if (number == 0) return;
        out_ << '\n' << paint(fmt::format("{} ({}):", title, number), colour::bold) << "\n";
        for (const case_result& c : run_.cases)
            if (belongs(c)) block_.write(c, style_.quiet && style_.transcripts);
    }

    void skipped() {
        std::map<std::string, int> reasons;
        for (const case_result& c : run_.cases)
            if (c.outcome == verdict::skip) ++reasons[c.reason];
        // Where nothing could be judged at all, only what stopped it is of interest.
        if (reasons.empty() || (!run_.trouble.empty() && totals_.skip == totals_.total())) return;
        out_ << '\n' << paint(fmt::format("Skipped ({}):", totals_.skip), colour::bold) << '\n';
        for (const auto& [reason, number] : reasons)
            out_ << fmt::format("  {:>4}  {}\n", number, printable(reason));
    }

    void stale_entries() {
        if (run_.baseline_stale.empty()) return;
        out_ << '\n' << paint("In the baseline, but no case of that name exists:", colour::bold) << '\n';
        for (const std::string& id : run_.baseline_stale)
            out_ << "  " << printable(id) << '\n';
    }

    void what_stopped_it() {
        if (!run_.server_log.empty()) {
            // With trouble that says itself what happened, the server need not have ended.
            const char* title = run_.trouble.empty()
                                    ? "The server ended during the run. The last lines of its log:"
                                    : "The last lines of the server's log:";
            out_ << '\n' << paint(title, colour::bold) << '\n';
            for (const std::string& line : lines_of(run_.server_log))
                out_ << "  | " << line << '\n';
        }
        if (run_.trouble.empty() && !run_.interrupted) return;
        out_ << '\n';
        for (const std::string& line : lines_of(run_.trouble))
            out_ << paint(line, colour::red) << '\n';
        if (run_.interrupted)
            out_ << paint("Interrupted: this is what ran until then.", colour::yellow) << '\n';
    }

    void summary() {
        const tally& t = totals_;
        const int passed =
            t.pass -
            static_cast<int>(std::count_if(run_.cases.begin(), run_.cases.end(), [](const case_result& c) {
                return c.outcome == verdict::pass && is_failure(c);
            }));
        std::string line =
            fmt::format("{}: {} passed, {} failed", number_of(t.total(), "case"), passed, t.failures);
        if (t.security) line += fmt::format(" ({} exploitable)", t.security);
        line += fmt::format(", {}, {} info, {} skipped", number_of(t.warn, "warning"), t.info, t.skip);
        if (t.refused) line += fmt::format(" ({} refused by the server)", t.refused);
        if (t.inconclusive) line += fmt::format(", {} inconclusive", t.inconclusive);
        if (t.expected) line += ", " + number_of(t.expected, "known deviation");
        if (t.surprises) line += fmt::format(", {} not as in the baseline", t.surprises);
        const char* shade = t.failures                     ? colour::red
                            : t.inconclusive || !t.total() ? colour::yellow
                                                           : colour::green;
        out_ << fmt::format("\nFinished in {}, seed {}\n", seconds_text(run_.duration), run_.seed)
             << paint(line, shade) << '\n';
    }

    std::string paint(const std::string& text, const char* in) const { return block_.painted(text, in); }

    std::ostream& out_;
    const run_result& run_;
    const console_style& style_;
    tally totals_;
    case_block block_{out_, style_.colour};
};

} // namespace

void write_console(std::ostream& out, const run_result& run, const console_style& style) {
    console_writer(out, run, style).write();
}

} // namespace reports
