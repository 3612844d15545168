// Reading and applying baselines; see the header.
#include "harness/runner/baseline.hpp"

#include "harness/runner/ambient.hpp"
#include "harness/target/yaml_map.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace mailspec::runner {

namespace {

using reports::baseline_state;
using reports::verdict;
using target::yaml_map;

std::optional<verdict> read_verdict(yaml_map& entry) {
    if (!entry.has("verdict")) {
        entry.error("verdict", "missing; write `verdict: fail` (or warn, info, skip, inconclusive)");
        return std::nullopt;
    }
    const auto word = entry.text("verdict");
    for (const auto v : {verdict::fail, verdict::warn, verdict::info, verdict::skip, verdict::inconclusive})
        if (word && *word == reports::name_of(v)) return v;
    if (word)
        entry.error("verdict", fmt::format("`{}` is not one of fail, warn, info, skip, inconclusive", *word));
    return std::nullopt;
}

std::optional<std::chrono::year_month_day> read_date(yaml_map& entry) {
    const auto word = entry.text("expires");
    if (!word) return std::nullopt;
    int year = 0;
    unsigned month = 0, day = 0;
    char rest = 0;
    const bool read = std::sscanf(word->c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) == 3;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (read && date.ok()) return date;
    entry.error("expires", fmt::format("`{}` is not a date such as 2027-01-31", *word));
    return std::nullopt;
}

baseline_entry read_entry(yaml_map entry) {
    baseline_entry e;
    e.verdict = read_verdict(entry).value_or(verdict::fail);
    const auto reason = entry.node("reason");
    if (reason.IsDefined() && reason.IsScalar()) e.reason = reason.Scalar();
    if (e.reason.empty())
        entry.error("reason", "empty; say why this deviation is accepted, so that the next reader knows");
    e.expires = read_date(entry);
    e.step = entry.text("step").value_or("");
    e.sometimes = entry.flag("sometimes").value_or(false);
    entry.no_other_keys();
    return e;
}

std::string date_text(std::chrono::year_month_day d) {
    return fmt::format("{:04}-{:02}-{:02}", int(d.year()), unsigned(d.month()), unsigned(d.day()));
}

// A name for what a case came to, with the step when there is one.
std::string came_to(const reports::case_result& r) {
    if (!r.found) return reports::name_of(r.outcome);
    return fmt::format("{} at `{}`", reports::name_of(r.outcome), r.found->step);
}

void apply_entry(const baseline_entry& known, reports::case_result& r, std::chrono::year_month_day today) {
    const bool step_differs = !known.step.empty() && (!r.found || r.found->step != known.step);
    const std::string expected =
        reports::name_of(known.verdict) + (known.step.empty() ? "" : fmt::format(" at `{}`", known.step));
    if (r.outcome == verdict::pass && known.sometimes) return;
    if (r.outcome == verdict::pass) {
        r.baseline = baseline_state::unexpected_pass;
        r.baseline_note = fmt::format("passes, although the baseline expects {} ({}): take the entry out",
                                      expected, known.reason);
    } else if (r.outcome != known.verdict || step_differs) {
        r.baseline = baseline_state::changed;
        r.baseline_note =
            fmt::format("{}, but the baseline expects {} ({})", came_to(r), expected, known.reason);
    } else if (known.expires && !(today < *known.expires)) {
        r.baseline = baseline_state::expired;
        r.baseline_note =
            fmt::format("the baseline's entry expired on {} ({})", date_text(*known.expires), known.reason);
    } else {
        r.baseline = baseline_state::expected;
        r.baseline_note = known.reason;
    }
}

// A double-quoted YAML scalar: JSON's escapes are YAML's.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const unsigned char c : text) {
        if (c == '"' || c == '\\')
            (out += '\\') += char(c);
        else if (c < 0x20 || c == 0x7f)
            out += fmt::format("\\x{:02x}", c);
        else
            out += char(c);
    }
    return out + '"';
}

// For the comment above a drafted entry: what is to be explained.
std::string first_line(const std::string& text) {
    std::string line = text.substr(0, text.find_first_of("\r\n")).substr(0, 90);
    for (auto& c : line)
        if (c < ' ' || c > '~') c = '?';
    return line;
}

// What is to be explained, above a drafted entry.
std::string comment_on(const reports::case_result& r) {
    std::string text = fmt::format("\n  # {}\n", first_line(r.title));
    if (r.found)
        text += fmt::format("  # wanted: {}\n  # came: {}\n", first_line(r.found->expected),
                            first_line(r.found->actual));
    else if (!r.reason.empty())
        text += fmt::format("  # {}\n", first_line(r.reason));
    return text;
}

std::string entry_text(const std::string& id, const baseline_entry& e) {
    std::string text = fmt::format("  {}:\n    verdict: {}\n    reason: {}", id, reports::name_of(e.verdict),
                                   quoted(e.reason));
    if (!e.step.empty()) text += fmt::format("\n    step: {}", quoted(e.step));
    if (e.sometimes) text += "\n    sometimes: true";
    if (e.expires) text += fmt::format("\n    expires: {}", date_text(*e.expires));
    return text;
}

} // namespace

std::expected<baseline, std::vector<std::string>> load_baseline(const std::string& file) {
    target::file_errors errors;
    baseline known;
    known.file = file;
    if (const auto document = target::read_yaml(file, errors)) {
        yaml_map top(*document, "", file, errors);
        if (!top.has("cases"))
            top.error("cases", "missing; write `cases: { ID: { verdict: fail, reason: ... } }`");
        if (auto cases = top.map("cases"))
            for (const auto& id : cases->keys())
                if (auto entry = cases->map(id)) known.cases[id] = read_entry(std::move(*entry));
        top.no_other_keys();
    }
    if (errors.empty()) return known;
    return std::unexpected(target::lines_of(std::move(errors)));
}

void apply_baseline(const baseline& known, std::vector<reports::case_result>& results,
                    std::chrono::year_month_day today) {
    for (auto& r : results)
        if (const auto found = known.cases.find(r.id); found != known.cases.end())
            apply_entry(found->second, r, today);
}

std::vector<std::string> stale_entries(const baseline& known, const std::set<std::string>& existing) {
    std::vector<std::string> stale;
    for (const auto& [id, entry] : known.cases)
        if (!existing.contains(id)) stale.push_back(id);
    return stale;
}

std::string draft_baseline(const reports::run_result& run, const baseline& known) {
    std::string entries;
    std::set<std::string> ran;
    for (const auto& r : run.cases) {
        ran.insert(r.id);
        if (r.outcome != verdict::fail && r.outcome != verdict::inconclusive) continue;
        baseline_entry e;
        if (const auto before = known.cases.find(r.id); before != known.cases.end()) e = before->second;
        e.verdict = r.outcome;
        // An ambient rule's step is the case that happened to prove it.
        e.step = r.found && !is_ambient(r.suite) ? r.found->step : "";
        entries += comment_on(r) + entry_text(r.id, e);
    }
    for (const auto& [id, e] : known.cases) // what this run was not about
        if (!ran.contains(id)) entries += "\n" + entry_text(id, e);
    return fmt::format(
        "# Known deviations of {}{}{}. Give each a reason: an entry without one does not load.\n"
        "cases:{}\n",
        run.target_name, run.target_version.empty() ? "" : " ", run.target_version,
        entries.empty() ? " {}" : entries);
}

} // namespace mailspec::runner
