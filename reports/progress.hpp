// The one line that moves while cases run on a terminal: how many are done, what came of them, which was
// last. Not for logs: in CI simply do not make one. Refuses to be wider than the terminal, so that it never
// wraps.
#pragma once
#include "reports/result.hpp"

#include <cstddef>
#include <ostream>

namespace reports {

class progress_line {
  public:
    // The stream must outlive the line. Columns: the width of the terminal.
    progress_line(std::ostream& out, std::size_t total, std::size_t columns = 80);
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;
    ~progress_line() { clear(); }

    void add(const case_result& done); // counts it and redraws
    void clear();                      // leaves an empty line, cursor at its start

  private:
    std::ostream& out_;
    std::size_t total_;
    std::size_t columns_;
    std::size_t done_ = 0, failed_ = 0, skipped_ = 0;
    bool drawn_ = false;
};

} // namespace reports
