// Implementation of narrative.hpp, but for conversations (conversation.cpp).
#include "reports/narrative.hpp"

#include "reports/escape.hpp"

#include <fmt/format.h>

#include <string_view>

namespace reports {
namespace {

// A block of octets as lines of text: broken after each LF, which stays visible. Few lines suffice for a
// proof.
std::vector<std::string> octet_lines(std::string_view octets, std::size_t most_octets) {
    constexpr std::size_t most_lines = 24;
    std::vector<std::string> lines;
    while (!octets.empty()) {
        if (lines.size() == most_lines) {
            lines.push_back(fmt::format("[... {} octets not shown ...]", octets.size()));
            break;
        }
        const std::size_t end = octets.find('\n');
        const std::string_view line = octets.substr(0, end == octets.npos ? end : end + 1);
        lines.push_back(escape_octets_shortened(line, most_octets));
        octets.remove_prefix(line.size());
    }
    if (lines.empty()) lines.emplace_back("(nothing)");
    return lines;
}

std::vector<std::string> text_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(printable(text.substr(0, end)));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    if (lines.empty()) lines.emplace_back("(not stated)");
    return lines;
}

void append_labelled(std::vector<labelled>& to, const char* label, std::vector<std::string> lines) {
    for (std::string& line : lines) {
        to.push_back({label, std::move(line)});
        label = "";
    }
}

// Joins the lines of a finding so that they fit a one-line message.
std::string joined(const std::vector<std::string>& lines, const char* by) {
    return fmt::format("{}", fmt::join(lines, by));
}

std::string found_text(const finding& f) {
    constexpr std::size_t short_enough = 200;
    return fmt::format("expected {}, got {}{}", joined(text_lines(f.expected), " "),
                       joined(octet_lines(f.actual, short_enough), ""),
                       f.claim ? "" : " (before the claim: the clause was not reached)");
}

} // namespace

std::string target_text(const run_result& run) {
    const std::string name = run.target_name.empty() ? "the server" : printable(run.target_name);
    return run.target_version.empty() ? name : name + " " + printable(run.target_version);
}

std::string clause_text(const clause& c) {
    return fmt::format("{} {}: {} ({})", printable(c.section), printable(c.level), printable(c.summary),
                       printable(c.id));
}

std::string place_text(const std::string& file, int line) {
    if (file.empty()) return {};
    return line > 0 ? fmt::format("{}:{}", printable(file), line) : printable(file);
}

std::string failure_text(const case_result& c) {
    const std::string note = c.baseline_note.empty() ? "" : " (" + printable(c.baseline_note) + ")";
    std::string what = c.found ? found_text(*c.found) : c.reason.empty() ? "" : printable(c.reason);
    switch (c.baseline) {
    case baseline_state::unexpected_pass:
        return "passes, although the baseline expects it not to: take its entry out" + note;
    case baseline_state::expired:
        what = "its baseline entry has expired" + note + (what.empty() ? "" : ": ") + what;
        break;
    case baseline_state::changed:
        what = "not the deviation that the baseline names" + note + (what.empty() ? "" : ": ") + what;
        break;
    case baseline_state::expected:
    case baseline_state::none: break;
    }
    return what.empty() ? "the clause does not hold" : what;
}

std::vector<labelled> finding_lines(const case_result& c, std::size_t most_octets) {
    std::vector<labelled> lines;
    if (!c.found) return lines;
    append_labelled(lines, "Expected", text_lines(c.found->expected));
    append_labelled(lines, "Actual", octet_lines(c.found->actual, most_octets));
    if (!c.found->seen.empty()) append_labelled(lines, "Seen", text_lines(c.found->seen));
    std::string step = printable(c.found->step);
    if (const std::string place = place_text(c.found->file, c.found->line); !place.empty())
        step += ", " + place;
    if (!c.found->claim) step += " (before the claim: the clause was not reached)";
    if (!step.empty()) lines.push_back({"Step", step});
    return lines;
}

std::string seconds_text(std::chrono::microseconds duration) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(duration).count());
}

} // namespace reports
