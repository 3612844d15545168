// `mailspec mutate`: is a case able to fail? Its recorded passing run is played back with the octets that
// its claim looked at altered, one way at a time. A case that no altered content can fail proves nothing.
#pragma once
#include "harness/script/case_run.hpp"

#include <string>
#include <vector>

namespace mailspec::script {

struct mutant_result {
    enum class end {
        mismatch,   // a step did not hold: killed
        lower_tier, // it held by an `else`: killed
        ambient,    // only an ambient rule noticed: killed, but no proof of the claim
        trouble,    // the case could not be judged: not killed
        survived,
    };
    std::string name; // "code 250 becomes 550"
    bool content = true;
    end came = end::survived;
    bool at_claim = false; // the claim itself did not hold, or held by a lower tier
    std::string how;       // killed: at which step

    bool killed() const { return came == end::mismatch || came == end::lower_tier || came == end::ambient; }
};

struct mutation_report {
    std::string self_check; // empty: the unaltered replay passed. Else why nothing was tried
    std::vector<mutant_result> mutants;

    bool proved() const; // some altered content failed the claim
    std::size_t killed() const;
    std::vector<std::string> survivors() const; // by name
};

const char* name_of(mutant_result::end e); // "mismatch", "lower tier", ...

// `recorded` is what run_case returned for `c`, unchanged; only an outcome that held can be tried.
net::task<mutation_report> mutate_case(const suite::test_case& c, const target::target_info& target,
                                       const case_outcome& recorded);

} // namespace mailspec::script
