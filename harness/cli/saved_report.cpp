// See the header.
#include "harness/cli/saved_report.hpp"

#include "harness/cli/refusal.hpp"
#include "reports/json.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace mailspec::cli {

reports::run_result read_report(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw refusal(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    std::ostringstream text;
    text << in.rdbuf();
    auto read = reports::read_json(text.str());
    if (!read)
        throw refusal(fmt::format("{}: not a report of `mailspec run --json`: {}", path, read.error()));
    return std::move(*read);
}

} // namespace mailspec::cli
