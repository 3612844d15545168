// Implementation of progress.hpp.
#include "reports/progress.hpp"

#include "reports/escape.hpp"

#include <fmt/format.h>

namespace reports {

progress_line::progress_line(std::ostream& out, std::size_t total, std::size_t columns)
    : out_(out)
    , total_(total)
    , columns_(columns) {}

void progress_line::add(const case_result& done) {
    ++done_;
    if (is_failure(done) || done.outcome == verdict::inconclusive) ++failed_;
    if (done.outcome == verdict::skip) ++skipped_;
    std::string line = fmt::format("{}/{}  {} failed  {} skipped  ", done_, total_, failed_, skipped_);
    // Ids are ASCII: a column an octet. One column stays free, or some terminals wrap.
    const std::string id = printable(done.id);
    if (line.size() + id.size() < columns_)
        line += id;
    else if (line.size() >= columns_)
        line.resize(columns_ > 0 ? columns_ - 1 : 0);
    out_ << "\r\x1b[K" << line << std::flush;
    drawn_ = true;
}

void progress_line::clear() {
    if (drawn_) out_ << "\r\x1b[K" << std::flush;
    drawn_ = false;
}

} // namespace reports
