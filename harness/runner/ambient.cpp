// Ambient deviations -> results; see the header.
#include "harness/runner/ambient.hpp"

#include "harness/wire/ambient_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mailspec::runner {

namespace {

std::vector<suite::requirement> cited_by(const wire::ambient_rule& rule,
                                         const suite::requirement_catalogue& catalogue) {
    std::vector<suite::requirement> cited;
    for (const auto id : rule.requirements)
        if (const auto* found = catalogue.find(id)) cited.push_back(*found);
    return cited;
}

reports::case_result describe_rule(const wire::ambient_rule& rule,
                                   const suite::requirement_catalogue& catalogue) {
    reports::case_result r;
    r.name = std::string(rule.short_name());
    r.suite = ambient_suite_of(rule);
    r.id = ambient_id(rule);
    r.title = std::string(rule.title);
    r.service = std::string(rule.protocol());
    r.level = rule.level.starts_with("MUST") ? "MUST" : rule.level.starts_with("SHOULD") ? "SHOULD" : "MAY";
    for (const auto& cited : cited_by(rule, catalogue))
        r.clauses.push_back(clause_of(cited));
    // Grammar that no row of the ledger has: the section says where it stands.
    if (r.clauses.empty())
        r.clauses.push_back({"", std::string(rule.section), std::string(rule.level), r.title});
    return r;
}

suite::level level_of(const std::string& name) {
    return name == "MUST" ? suite::level::must : name == "SHOULD" ? suite::level::should : suite::level::may;
}

} // namespace

const std::vector<std::string>& ambient_suites() {
    static const std::vector<std::string> suites = {"smtp/ambient", "imap/ambient", "pop3/ambient"};
    return suites;
}

bool is_ambient(std::string_view suite) {
    return std::ranges::find(ambient_suites(), suite) != ambient_suites().end();
}

std::string ambient_suite_of(const wire::ambient_rule& rule) {
    return fmt::format("{}/ambient", rule.protocol());
}

std::string ambient_id(const wire::ambient_rule& rule) {
    return fmt::format("{}/{}", ambient_suite_of(rule), rule.short_name());
}

std::vector<std::string> ambient_ids() {
    std::vector<std::string> ids;
    for (const auto& rule : wire::ambient_rules())
        ids.push_back(ambient_id(rule));
    return ids;
}

void ambient_findings::add(const suite::test_case& c, const script::case_outcome& outcome) {
    judged_ |= outcome.rules_judged;
    std::set<std::string> seen; // a rule broken ten times in one dialog is one case that saw it
    for (const auto& d : outcome.deviations)
        if (seen.insert(d.rule).second) add_proof(c, outcome, d);
}

void ambient_findings::add_proof(const suite::test_case& c, const script::case_outcome& outcome,
                                 const wire::deviation& d) {
    auto& p = proofs_[d.rule];
    ++p.cases;
    // Cases run in any order; the report is the same whatever it was.
    if (!p.id.empty() && p.id <= c.id) return;
    p.id = c.id;
    p.text = d.text;
    p.file = c.at.file;
    p.line = c.at.line;
    p.transcript = transcript_of(outcome.conversation);
}

std::vector<reports::case_result> ambient_findings::results(const suite::requirement_catalogue& catalogue,
                                                            const verdict_options& options) const {
    std::vector<reports::case_result> all;
    for (const auto& rule : wire::ambient_rules()) {
        auto r = describe_rule(rule, catalogue);
        const auto found = proofs_.find(std::string(rule.name));
        if (found != proofs_.end()) {
            const auto& p = found->second;
            r.outcome = verdict_of(level_of(r.level), options.strict);
            r.found = reports::finding{"in " + p.id, p.file, p.line, true, r.title, p.text};
            r.reason = fmt::format("seen in {} case{}", p.cases, p.cases == 1 ? "" : "s");
            r.file = p.file;
            r.line = p.line;
            r.transcript = p.transcript;
        } else if (!judged_.test(wire::index_of_rule(rule.name))) {
            r.outcome = reports::verdict::skip;
            r.reason = "nothing that this rule is about was seen";
        }
        all.push_back(std::move(r));
    }
    return all;
}

} // namespace mailspec::runner
