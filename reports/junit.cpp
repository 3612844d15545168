// Implementation of junit.hpp with pugixml. All text that goes in has been through escape.hpp: pugixml
// escapes markup, but would write a control octet as a character reference that XML 1.0 forbids.
#include "reports/junit.hpp"

#include "reports/escape.hpp"
#include "reports/narrative.hpp"
#include "reports/timestamp.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

namespace reports {
namespace {

constexpr std::size_t most_octets = 2000; // of one line; what is longer is shortened (JSON has all)

using case_list = std::vector<const case_result*>;

std::string decimal_seconds(std::chrono::microseconds d) {
    return fmt::format("{:.3f}", std::chrono::duration<double>(d).count());
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
    node.append_attribute(name) = value.c_str();
}

bool is_error(const case_result& c) {
    return c.outcome == verdict::inconclusive && c.baseline != baseline_state::expected && !is_failure(c);
}

// Not run, or a deviation that the baseline knows: what pytest calls xfail stands as skipped too.
bool is_skipped(const case_result& c) {
    if (is_failure(c) || is_error(c)) return false;
    return c.outcome == verdict::skip || c.outcome == verdict::fail || c.outcome == verdict::inconclusive;
}

const char* failure_type(const case_result& c) {
    switch (c.baseline) {
    case baseline_state::changed: return "baseline-changed";
    case baseline_state::unexpected_pass: return "baseline-unexpected-pass";
    case baseline_state::expired: return "baseline-expired";
    default: return c.security.empty() ? "nonconformance" : "security";
    }
}

std::string about_case(const case_result& c) {
    std::string text;
    for (const clause& each : c.clauses)
        text += "clause: " + clause_text(each) + '\n';
    text += "level: " + printable(c.level) + '\n';
    if (const std::string place = place_text(c.file, c.line); !place.empty()) text += "case: " + place + '\n';
    text += "title: " + printable(c.title) + '\n';
    text += std::string("verdict: ") + name_of(c.outcome) + '\n';
    if (!c.reason.empty()) text += "reason: " + printable(c.reason) + '\n';
    if (!c.security.empty()) text += "security: " + printable(c.security) + '\n';
    if (!c.ruling.empty()) text += "ruling: " + printable(c.ruling) + '\n';
    if (c.baseline == baseline_state::expected)
        text += "known deviation: " + printable(c.baseline_note) + '\n';
    return text;
}

// What a failure says in full, for someone who has nothing but the report.
std::string proof(const case_result& c) {
    std::string text = about_case(c);
    text += "what: " + failure_text(c) + '\n';
    for (const labelled& line : finding_lines(c, most_octets))
        text += fmt::format("{:>8}{} {}\n", line.label, line.label.empty() ? " " : ":", line.text);
    if (c.transcript.empty()) return text;
    text += "\nconversation:\n";
    for (const std::string& line : transcript_lines(c.transcript, most_octets))
        text += line + '\n';
    return text;
}

void add_case(pugi::xml_node suite, const case_result& c) {
    pugi::xml_node node = suite.append_child("testcase");
    set(node, "name", printable(c.name));
    set(node, "classname", printable(c.suite));
    set(node, "time", decimal_seconds(c.duration));
    const std::string first_clause =
        c.clauses.empty() ? "" : printable(c.clauses[0].section + " " + c.clauses[0].level) + ": ";
    if (is_failure(c)) {
        pugi::xml_node failure = node.append_child("failure");
        set(failure, "type", failure_type(c));
        set(failure, "message", first_clause + failure_text(c));
        failure.text() = proof(c).c_str();
    } else if (is_error(c)) {
        pugi::xml_node error = node.append_child("error");
        set(error, "type", "inconclusive");
        set(error, "message", c.reason.empty() ? "could not be judged" : printable(c.reason));
        error.text() = proof(c).c_str();
    } else if (is_skipped(c)) {
        const bool known = c.baseline == baseline_state::expected;
        pugi::xml_node skipped = node.append_child("skipped");
        set(skipped, "type", known ? "known-deviation" : c.refused ? "refused" : "skipped");
        set(skipped, "message", known ? printable(c.baseline_note) : printable(c.reason));
        if (known) skipped.text() = proof(c).c_str();
    }
    std::string out = about_case(c);
    if (c.found && !is_failure(c)) out += "what: " + failure_text(c) + '\n';
    node.append_child("system-out").text() = out.c_str();
}

void add_properties(pugi::xml_node suite, const run_result& run) {
    pugi::xml_node properties = suite.append_child("properties");
    auto add = [&](const std::string& name, const std::string& value) {
        pugi::xml_node p = properties.append_child("property");
        set(p, "name", name);
        set(p, "value", printable(value));
    };
    add("target", run.target_name);
    add("target.version", run.target_version);
    add("mailspec.version", run.tool_version);
    add("seed", fmt::format("{}", run.seed));
    if (!run.shard.empty()) add("shard", run.shard);
    for (const auto& [service, address] : run.services)
        add("service." + printable(service), address);
    if (run.strict) add("strict", "true");
    if (!run.baseline_file.empty()) add("baseline", run.baseline_file);
}

void add_counts(pugi::xml_node node, const case_list& cases) {
    auto number = [&](auto&& belongs) {
        return fmt::format("{}",
                           std::count_if(cases.begin(), cases.end(), [&](auto* c) { return belongs(*c); }));
    };
    std::chrono::microseconds time{};
    for (const case_result* c : cases)
        time += c->duration;
    set(node, "tests", fmt::format("{}", cases.size()));
    set(node, "failures", number(is_failure));
    set(node, "errors", number(is_error));
    if (node.name() == std::string("testsuite")) set(node, "skipped", number(is_skipped));
    set(node, "time", decimal_seconds(time));
}

pugi::xml_node add_suite(pugi::xml_node root, const run_result& run, const std::string& path,
                         const case_list& cases) {
    pugi::xml_node suite = root.append_child("testsuite");
    set(suite, "name", printable(path));
    add_counts(suite, cases);
    set(suite, "timestamp", timestamp_text(run.started).substr(0, 19));
    add_properties(suite, run);
    for (const case_result* c : cases)
        add_case(suite, *c);
    return suite;
}

// What no case can tell: the target was not to be reached, died, or the run was cut short. As a case of its
// own, so that no dashboard takes such a run for a green one.
std::vector<case_result> cases_about_the_run(const run_result& run) {
    std::vector<case_result> cases;
    auto add = [&](const char* name, const char* title, std::string reason) {
        case_result c;
        c.suite = "mailspec";
        c.name = name;
        c.id = c.suite + "/" + name;
        c.title = title;
        c.outcome = verdict::inconclusive;
        c.reason = std::move(reason);
        cases.push_back(std::move(c));
    };
    if (!run.trouble.empty()) add("target", "the target can be judged", run.trouble);
    if (run.trouble.empty() && !run.server_log.empty())
        add("target", "the server lives through the run", "the server ended during the run");
    if (run.interrupted) add("complete", "the run is complete", "interrupted: only a part of the cases ran");
    return cases;
}

std::string log_text(const std::string& log) {
    std::string text;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);)
        text += printable(line) + '\n';
    return text;
}

} // namespace

std::string write_junit(const run_result& run) {
    const std::vector<case_result> own = cases_about_the_run(run);
    std::vector<std::pair<std::string, case_list>> suites;
    case_list all;
    for (const std::vector<case_result>* cases : {&run.cases, &own})
        for (const case_result& c : *cases) {
            const auto at =
                std::find_if(suites.begin(), suites.end(), [&](const auto& s) { return s.first == c.suite; });
            (at == suites.end() ? suites.emplace_back(c.suite, case_list{}) : *at).second.push_back(&c);
            all.push_back(&c);
        }
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", "1.0");
    set(declaration, "encoding", "UTF-8");
    pugi::xml_node root = document.append_child("testsuites");
    set(root, "name", "mailspec");
    add_counts(root, all);
    for (const auto& [path, cases] : suites) {
        pugi::xml_node suite = add_suite(root, run, path, cases);
        if (path == "mailspec" && !run.server_log.empty())
            suite.append_child("system-err").text() = log_text(run.server_log).c_str();
    }
    std::ostringstream text;
    document.save(text, "  ", pugi::format_default, pugi::encoding_utf8);
    return std::move(text).str();
}

} // namespace reports
