// Why a command cannot do what it was asked: a sentence that says what to do. Thrown by commands, caught in
// one place, which prints it; the program then ends with 2. Not for what a server did.
#pragma once
#include <stdexcept>
#include <string>

namespace mailspec::cli {

class refusal : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

} // namespace mailspec::cli
