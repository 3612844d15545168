// Counts clauses. Rows that are the same requirement share one entry, under the id of the row that the
// others point to. Takes a citation at its word: that a case shows what it cites is for reviewers and
// `mailspec mutate`. The columns of the ledger: suites/requirements/NOTES.md.
#include "harness/suite/coverage.hpp"

#include "harness/suite/suite_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

const std::string& first_of_twins(const requirement& r) {
    return r.same_as.empty() ? r.id : r.same_as;
}

void count(document_coverage& document, const covered_clause& c) {
    bool covered = !c.cases.empty();
    ++document.testable;
    document.covered += covered;
    document.musts += c.clause->is_must();
    document.musts_covered += covered && c.clause->is_must();
}

} // namespace

std::expected<untested_reasons, std::vector<problem>> read_untested(const std::filesystem::path& file,
                                                                    const requirement_catalogue& catalogue) {
    untested_reasons reasons;
    std::error_code failure;
    if (!std::filesystem::exists(file, failure)) return reasons;
    std::vector<problem> problems;
    auto text = read_text(file, problems);
    if (text)
        for (auto& [id, reason] : read_reasons(*text, file.string(), problems)) {
            auto* clause = catalogue.find(id.text);
            if (!clause)
                problems.push_back({id.at, fmt::format("unknown requirement `{}`, did you mean `{}`?",
                                                       id.text, catalogue.nearest(id.text))});
            reasons.emplace(id.text, reason.text);
        }
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return reasons;
}

coverage compute_coverage(const std::vector<loaded_suite>& suites, const requirement_catalogue& catalogue,
                          const untested_reasons& reasons,
                          const std::multimap<std::string, std::string>& also, const std::set<int>& rfcs) {
    std::map<std::string, std::vector<std::string>> shown; // first of twins -> cases
    std::map<int, document_coverage> documents;
    for (int rfc : rfcs)
        documents[rfc];
    for (auto& s : suites)
        for (auto& c : s.cases) {
            for (auto& r : c.requirements)
                shown[first_of_twins(r)].push_back(c.id);
            if (c.rfc != 0 && (rfcs.empty() || rfcs.contains(c.rfc))) ++documents[c.rfc].cases;
        }
    for (auto& [id, by] : also)
        if (auto* clause = catalogue.find(id)) shown[first_of_twins(*clause)].push_back(by);

    coverage result;
    for (auto& clause : catalogue.all()) {
        auto document = documents.find(clause.rfc);
        if (document == documents.end() || !clause.is_testable()) continue;
        covered_clause entry{&clause, {}, {}};
        if (auto found = shown.find(first_of_twins(clause)); found != shown.end())
            entry.cases = found->second;
        if (auto reason = reasons.find(clause.id); reason != reasons.end()) {
            entry.reason = reason->second;
            if (!entry.cases.empty()) result.idle_reasons.push_back(clause.id);
        }
        count(document->second, entry);
        count(result.total, entry);
        document->second.clauses.push_back(std::move(entry));
    }
    for (auto& [rfc, document] : documents) {
        document.rfc = rfc;
        result.total.cases += document.cases;
        result.documents.push_back(std::move(document));
    }
    return result;
}

} // namespace mailspec::suite
