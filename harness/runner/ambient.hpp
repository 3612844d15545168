// What every case saw besides its own claim: the ambient rules, each reported once as a case of its own,
// smtp/ambient/<rule> (imap/..., pop3/...), with its first proof. A rule that nothing was held against is a
// skip.
#pragma once
#include "harness/runner/verdict.hpp"
#include "harness/script/case_run.hpp"
#include "harness/suite/requirements.hpp"
#include "harness/wire/ambient_rules.hpp"
#include "reports/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::runner {

inline constexpr const char* ambient_title = "What is judged without being asked";
const std::vector<std::string>& ambient_suites(); // "smtp/ambient" ..., in the order of reports
bool is_ambient(std::string_view suite);
std::string ambient_suite_of(const wire::ambient_rule& rule);
std::string ambient_id(const wire::ambient_rule& rule); // "imap/ambient/bare-lf"
std::vector<std::string> ambient_ids();

class ambient_findings {
  public:
    void add(const suite::test_case& c, const script::case_outcome& outcome);

    bool judged_anything() const { return judged_.any(); }

    // One result a rule, in the order of the table.
    std::vector<reports::case_result> results(const suite::requirement_catalogue& catalogue,
                                              const verdict_options& options) const;

  private:
    struct proof {
        std::string id, text; // of the case, and of the deviation
        std::string file;
        int line = 0;
        std::vector<reports::transcript_line> transcript;
        int cases = 0; // that saw it
    };
    void add_proof(const suite::test_case& c, const script::case_outcome& outcome, const wire::deviation& d);

    wire::rule_set judged_;
    std::map<std::string, proof> proofs_; // by rule
};

} // namespace mailspec::runner
