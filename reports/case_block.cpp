// Implementation of case_block.hpp.
#include "reports/case_block.hpp"

#include "reports/escape.hpp"
#include "reports/narrative.hpp"

#include <fmt/format.h>

#include <string_view>

namespace reports {
namespace {

constexpr std::size_t shown_octets = 300; // of one line; what is longer is shortened (JSON has all)

struct mark {
    const char* sign;
    const char* shade;
};

mark mark_of(const case_result& c) {
    if (is_failure(c)) return {"×", colour::red};
    if (c.baseline == baseline_state::expected && c.outcome != verdict::pass) return {"~", colour::yellow};
    switch (c.outcome) {
    case verdict::pass: return {"✔", colour::green};
    case verdict::fail: return {"×", colour::red};
    case verdict::warn: return {"!", colour::yellow};
    case verdict::info: return {"i", colour::cyan};
    case verdict::skip: return {"∅", colour::grey};
    case verdict::inconclusive: break;
    }
    return {"?", colour::yellow};
}

bool holds(const case_result& c) {
    return c.outcome == verdict::pass && !is_failure(c);
}

} // namespace

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        lines.push_back(printable(rest.substr(0, end)));
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
    return lines;
}

std::string case_block::painted(const std::string& text, const char* in) const {
    return with_colour_ ? in + text + "\x1b[0m" : text;
}

void case_block::write(const case_result& c, bool with_transcript) {
    headline(c);
    if (!holds(c) && c.outcome != verdict::skip) findings(c);
    if (!with_transcript) return;
    for (const std::string& line : transcript_lines(c.transcript, shown_octets))
        out_ << "      " << line << '\n';
}

void case_block::headline(const case_result& c) {
    const mark m = mark_of(c);
    const std::string title = printable(c.title.empty() ? c.name : c.title);
    out_ << "  " << painted(m.sign, m.shade) << ' ' << (holds(c) ? title : painted(title, m.shade)) << '\n';
}

// "    -> clause" and below it labelled lines, aligned as h2spec does.
void case_block::findings(const case_result& c) {
    for (const clause& each : c.clauses)
        out_ << "    -> " << clause_text(each) << '\n';
    if (!c.security.empty()) field("Security", painted(printable(c.security), colour::red));
    if (c.baseline == baseline_state::expected)
        field("Known", c.baseline_note.empty() ? "the baseline names it" : printable(c.baseline_note));
    else if (c.baseline != baseline_state::none)
        field("Baseline", c.found ? printable(c.baseline_note) : failure_text(c));
    for (const labelled& line : finding_lines(c, shown_octets))
        field(line.label, line.text);
    if (!c.reason.empty()) field("Reason", printable(c.reason));
    if (!c.ruling.empty()) field("Ruling", printable(c.ruling));
    const std::string place = place_text(c.file, c.line);
    field("Case", printable(c.id) + (place.empty() ? "" : ", " + place));
}

void case_block::field(const std::string& label, const std::string& text) {
    out_ << fmt::format("       {:>8}{} {}\n", label, label.empty() ? " " : ":", text);
}

} // namespace reports
