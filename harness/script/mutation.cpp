// Trying the mutants of a case; see mutation.hpp.
#include "harness/script/mutation.hpp"

#include "harness/script/mutants.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace mailspec::script {
namespace {

// A claim inside `repeat` is judged many times; the first ones tell.
constexpr int most_of_one_step = 2;

std::map<std::string, std::size_t> by_rule(const case_outcome& outcome) {
    std::map<std::string, std::size_t> counts;
    for (const auto& d : outcome.deviations)
        ++counts[d.rule];
    return counts;
}

bool deviates_more(const case_outcome& changed, const case_outcome& plain) {
    const auto before = by_rule(plain);
    for (const auto& [rule, count] : by_rule(changed)) {
        const auto known = before.find(rule);
        if (known == before.end() || count > known->second) return true;
    }
    return false;
}

net::task<case_outcome> replay(const suite::test_case& c, const target::target_info& target,
                               const case_outcome& recorded, const recording& server) {
    replay_connector connections(server);
    replay_mailboxes mailboxes(server);
    case_environment environment{target, connections};
    environment.mailboxes = &mailboxes;
    environment.accounts = recorded.accounts;
    environment.token = recorded.token;
    environment.timeless = true;
    environment.recorded_world = &server.world;
    environment.recorded_mailboxes = &recorded.mailboxes;
    co_return co_await run_case(c, environment);
}

mutant_result judge(const mutant& m, const case_outcome& changed, const case_outcome& plain) {
    using end = mutant_result::end;
    mutant_result r;
    r.name = m.name;
    r.content = m.content;
    const bool lower = changed.instead && (!plain.instead || *changed.instead < *plain.instead);
    if (changed.what == case_outcome::kind::mismatch) {
        r.came = end::mismatch;
        r.at_claim = changed.found->claim;
        r.how = changed.found->at ? changed.found->at->source : "";
    } else if (changed.what == case_outcome::kind::trouble) {
        r.came = end::trouble;
        r.how = changed.trouble;
    } else if (lower) {
        r.came = end::lower_tier;
        r.at_claim = true;
        r.how = changed.note;
    } else if (deviates_more(changed, plain)) {
        r.came = end::ambient;
        r.how = changed.deviations.back().rule;
    }
    return r;
}

} // namespace

const char* name_of(mutant_result::end e) {
    switch (e) {
    case mutant_result::end::mismatch: return "mismatch";
    case mutant_result::end::lower_tier: return "lower tier";
    case mutant_result::end::ambient: return "ambient rule";
    case mutant_result::end::trouble: return "trouble";
    case mutant_result::end::survived: return "survived";
    }
    return "";
}

bool mutation_report::proved() const {
    return std::ranges::any_of(mutants, [](const auto& m) { return m.content && m.at_claim; });
}

std::size_t mutation_report::killed() const {
    return static_cast<std::size_t>(std::ranges::count_if(mutants, [](const auto& m) { return m.killed(); }));
}

std::vector<std::string> mutation_report::survivors() const {
    std::vector<std::string> names;
    for (const auto& m : mutants)
        if (!m.killed()) names.push_back(m.name);
    return names;
}

std::vector<mutant> mutants_of(const case_outcome& recorded) {
    const auto server = recording_of(recorded);
    std::vector<mutant> all;
    std::map<const suite::step*, int> seen;
    for (const auto& step : recorded.steps) {
        if (!step.claim || ++seen[step.by] > most_of_one_step) continue;
        switch (step.kind) {
        case judged::what::reply: mutate_reply(step, server, all); break;
        case judged::what::imap: mutate_imap(step, server, all); break;
        case judged::what::imap_window: mutate_imap_window(step, server, all); break;
        case judged::what::pop3: mutate_pop3(step, server, all); break;
        case judged::what::close: mutate_close(step, server, all); break;
        case judged::what::silence: mutate_silence(step, server, all); break;
        case judged::what::handshake: mutate_handshake(step, server, all); break;
        case judged::what::mailbox: mutate_mailbox(step, recorded, server, all); break;
        case judged::what::message:
            mutate_message(step, recorded.deliveries[step.offset], server, all);
            break;
        case judged::what::dsn_look: mutate_dsn_look(step, recorded, server, all); break;
        case judged::what::dsn: mutate_dsn(step, recorded.deliveries[step.offset], server, all); break;
        case judged::what::query: mutate_query(step, server, all); break;
        case judged::what::host: mutate_host(step, recorded, server, all); break;
        }
    }
    return all;
}

net::task<mutation_report> mutate_case(const suite::test_case& c, const target::target_info& target,
                                       const case_outcome& recorded) {
    mutation_report report;
    if (recorded.what != case_outcome::kind::held) {
        report.self_check = "the case did not pass, so there is no passing run to alter";
        co_return report;
    }
    const auto server = recording_of(recorded);
    const auto plain = co_await replay(c, target, recorded, server);
    if (plain.what == case_outcome::kind::mismatch) {
        report.self_check = fmt::format("its own recording fails it, at `{}`: expected {}, got {}",
                                        plain.found->at ? plain.found->at->source : "", plain.found->expected,
                                        plain.found->actual);
        co_return report;
    }
    if (plain.what == case_outcome::kind::trouble) {
        report.self_check = "its own recording cannot be replayed: " + plain.trouble;
        co_return report;
    }
    const auto mutants = mutants_of(recorded);
    for (const auto& m : mutants) {
        const auto changed = co_await replay(c, target, recorded, m.server);
        report.mutants.push_back(judge(m, changed, plain));
    }
    co_return report;
}

} // namespace mailspec::script
