// One run of one case; see case_run.hpp.
#include "harness/script/case_run.hpp"

#include "harness/script/interpreter.hpp"
#include "net/deflate_stream.hpp"

namespace mailspec::script {

net::stream_ptr connector::compress(net::stream_ptr stream, std::string already_read) {
    return net::deflate(std::move(stream), std::move(already_read));
}

net::task<case_outcome> run_case(const suite::test_case& c, case_environment env) {
    case_outcome outcome;
    outcome.token = env.token;
    outcome.accounts = env.accounts;
    const auto begun = net::clock::now();
    try {
        interpreter run(c, env, outcome);
        co_await run.run();
    } catch (const std::exception& e) { // a cancelled run, or an error of ours: never a verdict
        outcome.what = case_outcome::kind::trouble;
        outcome.found.reset();
        outcome.trouble = e.what();
    }
    outcome.duration = std::chrono::duration_cast<std::chrono::microseconds>(net::clock::now() - begun);
    co_return outcome;
}

} // namespace mailspec::script
