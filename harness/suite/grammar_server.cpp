// Steps that stop and start the server under test. They prepare a claim and cannot be one: a server that is
// stopped on request shows nothing by it. Names no signal and no command; those are target's. Follows
// docs/suite-language.md, "The server itself".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

namespace mailspec::suite {

step_body parse_server(line_cursor& line) {
    using action = control_server::action;
    static const std::vector<std::string> words = {"stop", "kill", "start"};
    control_server step{action::stop};
    if (line.take("kill"))
        step.what = action::kill;
    else if (line.take("start"))
        step.what = action::start;
    else if (!line.take("stop"))
        line.fail_expected(word_list(words) + did_you_mean(line.peek(), words));
    line.expect_end("that");
    return step;
}

} // namespace mailspec::suite
