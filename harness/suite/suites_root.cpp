// Where the suites lie. An installed program has them in ../share/mailspec/suites; one that was never
// installed uses the tree that it was built from. Does not fall back when a folder was named and is not
// there: other suites than the ones asked for would be judged.
#include "harness/suite/loader.hpp"

#include <cstdlib>

namespace mailspec::suite {

std::filesystem::path find_suites_root(const std::filesystem::path& program,
                                       const std::filesystem::path& chosen) {
    namespace fs = std::filesystem;
    std::error_code failure;
    auto if_folder = [&](const fs::path& folder) {
        return fs::is_directory(folder, failure) ? folder : fs::path();
    };
    if (!chosen.empty()) return if_folder(chosen);
    if (const char* set = std::getenv("MAILSPEC_SUITES"); set && *set) return if_folder(set);
    // The program may have been found by a link, or by its name along PATH.
    auto real = fs::canonical("/proc/self/exe", failure);
    if (failure || program.has_parent_path()) real = fs::weakly_canonical(program, failure);
    auto installed = real.parent_path().parent_path() / "share" / "mailspec" / "suites";
    if (auto found = if_folder(installed); !found.empty()) return found;
    return if_folder(MAILSPEC_SOURCE_SUITES);
}

} // namespace mailspec::suite
