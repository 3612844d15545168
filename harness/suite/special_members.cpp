// The copies, moves and ends of what a script is made of. They go through variants of dozens of kinds:
// compiled here once instead of in every file that holds a step.
#include "harness/suite/test_case.hpp"

namespace mailspec::suite {

text_template::text_template() = default;
text_template::text_template(const text_template&) = default;
text_template::text_template(text_template&&) noexcept = default;
text_template& text_template::operator=(const text_template&) = default;
text_template& text_template::operator=(text_template&&) noexcept = default;
text_template::~text_template() = default;

step::step() = default;
step::step(source_pos at_, std::string source_, step_body body_, int connection_, bool claim_)
    : at(std::move(at_))
    , source(std::move(source_))
    , connection(connection_)
    , claim(claim_)
    , body(std::move(body_)) {}
step::step(const step&) = default;
step::step(step&&) noexcept = default;
step& step::operator=(const step&) = default;
step& step::operator=(step&&) noexcept = default;
step::~step() = default;

test_case::test_case() = default;
test_case::test_case(const test_case&) = default;
test_case::test_case(test_case&&) noexcept = default;
test_case& test_case::operator=(const test_case&) = default;
test_case& test_case::operator=(test_case&&) noexcept = default;
test_case::~test_case() = default;

} // namespace mailspec::suite
