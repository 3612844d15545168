// In which order cases run, and what each costs the server: shuffled by a seed that the report prints, so
// that no case leans on another and a run can be had again. Also the tokens that keep cases apart.
#pragma once
#include "harness/runner/selection.hpp"

#include <cstdint>
#include <string>

namespace mailspec::runner {

void shuffle(case_list& cases, std::uint64_t seed);

// Has it so many steps, one after the other, that others would wait for it if it began last?
bool takes_long(const suite::test_case& c);

// Connections that a script holds at once, at most: its numbers, and the one that proves that a message did
// not arrive.
int connections_of(const suite::test_case& c);

// Words of twelve letters and digits that no other run and no other case has.
class token_source {
  public:
    token_source(); // of this run
    std::string next();

  private:
    std::string prefix_;
    unsigned count_ = 0;
};

} // namespace mailspec::runner
