// Holds `expect header`, `expect received` and `expect body` against a delivered message. Waits for nothing.
#pragma once
#include "harness/script/reply_match.hpp"
#include "harness/script/step_result.hpp"
#include "harness/wire/message.hpp"

namespace mailspec::script {

step_result check_header(const wire::message& m, const suite::expect_header& e, const match_context& context);
step_result check_received(const wire::message& m, const suite::expect_received& e,
                           const match_context& context);
step_result check_body(const wire::message& m, const suite::expect_body& e, const match_context& context);

} // namespace mailspec::script
