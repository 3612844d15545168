// The ways in which a recorded server could have asked the DNS otherwise; see mutants.hpp.
#include "harness/script/case_zone.hpp"
#include "harness/script/mutants.hpp"

#include <algorithm>
#include <iterator>

namespace mailspec::script {
namespace {

using alteration = void (*)(world::dns_question&);

// The recording with each question that the step is about altered.
void with_each(const judged& step, const suite::expect_query& e, const recording& from, std::string name,
               alteration alter, std::vector<mutant>& all) {
    mutant m{std::move(name), true, from};
    for (auto& event : m.server.world.questions)
        if (is_asked_for(e, step.about, event.question)) alter(event.question);
    all.push_back(std::move(m));
}

void without(const judged& step, const suite::expect_query& e, const recording& from,
             std::vector<mutant>& all) {
    mutant m{"the question was never asked", true, from};
    std::erase_if(m.server.world.questions,
                  [&](const dns_event& event) { return is_asked_for(e, step.about, event.question); });
    all.push_back(std::move(m));
}

void with_one_more(const judged& step, const suite::expect_query& e, const recording& from,
                   std::vector<mutant>& all) {
    mutant m{"the question was asked once more", true, from};
    dns_event event;
    event.question.name = step.about;
    event.question.type = e.type;
    event.question.over_tcp = e.over_tcp;
    event.question.dnssec = e.dnssec;
    event.question.edns = e.dnssec || e.edns;
    event.question.answered = "NOERROR";
    auto& questions = m.server.world.questions;
    questions.insert(questions.begin(), std::move(event));
    all.push_back(std::move(m));
}

} // namespace

void mutate_query(const judged& step, const recording& from, std::vector<mutant>& all) {
    const auto& e = std::get<suite::expect_query>(step.by->body);
    if (e.negative || e.count) with_one_more(step, e, from, all);
    if (e.negative || e.count == 0) return;
    without(step, e, from, all);
    with_each(
        step, e, from, "another type is asked for", [](auto& q) { q.type = q.type == "A" ? "MX" : "A"; },
        all);
    with_each(
        step, e, from, "another name is asked for", [](auto& q) { q.name = "other." + q.name; }, all);
    if (e.over_tcp)
        with_each(
            step, e, from, "asked over UDP", [](auto& q) { q.over_tcp = false; }, all);
    if (e.dnssec)
        with_each(
            step, e, from, "the DO bit is not set", [](auto& q) { q.dnssec = false; }, all);
    if (e.edns)
        with_each(
            step, e, from, "EDNS is missing", [](auto& q) { q.edns = q.dnssec = false; }, all);
}

} // namespace mailspec::script
