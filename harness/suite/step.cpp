// Names for what step.hpp enumerates, spelled as the ledger and docs/suite-language.md
// spell them. Reports and messages take them from here, so that a level reads the same
// everywhere.
#include "harness/suite/step.hpp"

namespace mailspec::suite {

const char* name_of(level l) {
    switch (l) {
    case level::must: return "MUST";
    case level::should: return "SHOULD";
    case level::may: return "MAY";
    }
    return "";
}

} // namespace mailspec::suite
