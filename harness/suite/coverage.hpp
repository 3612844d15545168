// Which clauses the cases show, document by document, and which they do not, with the reasons that
// suites/untested.yaml gives. Counts what requirement::is_testable says; a clause counts as covered when a
// case cites it or a row that is the same requirement (`= id`). Whether a case really shows what it cites is
// for `mailspec mutate` and reviewers.
#pragma once
#include "harness/suite/loader.hpp"
#include "harness/suite/requirements.hpp"

#include <expected>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mailspec::suite {

using untested_reasons = std::map<std::string, std::string, std::less<>>; // clause id -> why no case shows it

// suites/untested.yaml: lines `id: reason`. A missing file has no reasons; unknown ids are problems.
// Reasons for clauses that are not testable anyway do no harm.
std::expected<untested_reasons, std::vector<problem>> read_untested(const std::filesystem::path& file,
                                                                    const requirement_catalogue& catalogue);

struct covered_clause {
    const requirement* clause = nullptr;
    std::vector<std::string> cases; // ids of the cases that cite it or its twin; empty: untested
    std::string reason;             // of untested.yaml, or empty
};

struct document_coverage {
    int rfc = 0;
    std::size_t testable = 0, covered = 0;
    std::size_t musts = 0, musts_covered = 0;
    std::size_t cases = 0;               // with this document as theirs
    std::vector<covered_clause> clauses; // the testable ones, in the ledger's order
};

struct coverage {
    std::vector<document_coverage> documents; // by number
    document_coverage total;                  // rfc 0, no clauses
    std::vector<std::string> idle_reasons;    // ids of untested.yaml that are covered after all
};

// `also`: clause id -> what shows it beside the cases (the ambient rules). Documents: `rfcs`, or, when that
// is empty, those that the cases are about. The catalogue must outlive the result.
coverage compute_coverage(const std::vector<loaded_suite>& suites, const requirement_catalogue& catalogue,
                          const untested_reasons& reasons = {},
                          const std::multimap<std::string, std::string>& also = {},
                          const std::set<int>& rfcs = {});

// docs/coverage.md: a table of documents, then every untested clause with its reason.
std::string coverage_markdown(const coverage& found);

} // namespace mailspec::suite
