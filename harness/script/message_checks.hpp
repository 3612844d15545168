// Holds `expect header`, `expect received` and `expect body` against a delivered message. Waits for nothing.
#pragma once
#include "harness/script/reply_match.hpp"
#include "harness/script/step_result.hpp"
#include "harness/wire/message.hpp"

namespace mailspec::script {

step_result check_header(const wire::message& m, const suite::expect_header& e, const match_context& context);
step_result check_received(const wire::message& m, const suite::expect_received& e,
                           const match_context& context);
step_result check_body(const wire::message& m, const suite::body_check& e, const match_context& context);
bool asks_for_nul(const suite::body_check& e, const match_context& context); // as text, not by a regex

// "Received[2]" -> "Received", 2: the second such field from the top. Without brackets the first is meant.
struct field_place {
    std::string name;
    std::size_t nth = 1;
};
field_place field_place_of(const std::string& name);

} // namespace mailspec::script
