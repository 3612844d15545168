// Names for what step.hpp enumerates.
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
