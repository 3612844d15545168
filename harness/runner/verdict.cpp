// Outcomes -> verdicts; see the header.
#include "harness/runner/verdict.hpp"

#include <fmt/format.h>

namespace mailspec::runner {

namespace {

// A burst of a megabyte proves nothing more than its ends do, and a report keeps hundreds of cases.
constexpr std::size_t longest_entry = 16 * 1024;

std::string shortened(const std::string& octets) {
    if (octets.size() <= longest_entry) return octets;
    const auto half = longest_entry / 2;
    return octets.substr(0, half) + fmt::format("[... {} octets left out ...]", octets.size() - 2 * half) +
           octets.substr(octets.size() - half);
}

reports::transcript_line::direction direction_of(net::transcript_entry::what kind) {
    using direction = reports::transcript_line::direction;
    if (kind == net::transcript_entry::what::sent) return direction::client;
    if (kind == net::transcript_entry::what::received) return direction::server;
    return direction::event;
}

reports::finding finding_of(const script::mismatch& m) {
    reports::finding f;
    if (m.at) {
        f.step = m.at->source;
        f.file = m.at->at.file;
        f.line = m.at->at.line;
    }
    f.claim = m.claim;
    f.expected = m.expected;
    f.actual = m.actual;
    return f;
}

} // namespace

reports::verdict verdict_of(suite::level violated, bool strict) {
    switch (violated) {
    case suite::level::must: return reports::verdict::fail;
    case suite::level::should: return strict ? reports::verdict::fail : reports::verdict::warn;
    case suite::level::may: break;
    }
    return reports::verdict::info;
}

reports::clause clause_of(const suite::requirement& r) {
    return {r.id, fmt::format("RFC {} §{}", r.rfc, r.section), r.level, r.summary};
}

std::vector<reports::transcript_line> transcript_of(const net::transcript& conversation) {
    std::vector<reports::transcript_line> lines;
    lines.reserve(conversation.entries().size());
    for (const auto& entry : conversation.entries())
        lines.push_back({entry.at, entry.connection, direction_of(entry.kind), shortened(entry.octets)});
    return lines;
}

reports::case_result describe(const suite::test_case& c) {
    reports::case_result r;
    r.id = c.id;
    r.suite = c.suite;
    r.name = c.name;
    r.title = c.title;
    r.service = c.service;
    r.level = suite::name_of(c.level);
    for (const auto& cited : c.requirements)
        r.clauses.push_back(clause_of(cited));
    r.file = c.at.file;
    r.line = c.at.line;
    r.security = c.security;
    r.ruling = c.ruling;
    return r;
}

reports::case_result result_of(const suite::test_case& c, const script::case_outcome& outcome,
                               const verdict_options& options) {
    auto r = describe(c);
    r.duration = outcome.duration;
    using kind = script::case_outcome::kind;
    if (outcome.what == kind::trouble) {
        r.outcome = reports::verdict::inconclusive;
        r.reason = outcome.trouble;
    } else if (outcome.what == kind::mismatch) {
        r.outcome = verdict_of(c.level, options.strict);
        if (outcome.found) r.found = finding_of(*outcome.found);
        r.reason = outcome.note;
    } else if (outcome.instead) {
        r.outcome = verdict_of(*outcome.instead, options.strict);
        r.reason = outcome.note;
    }
    if (r.outcome != reports::verdict::pass || options.all_transcripts)
        r.transcript = transcript_of(outcome.conversation);
    return r;
}

reports::case_result crashed(const suite::test_case& c, const script::case_outcome& outcome,
                             const std::string& how) {
    auto r = result_of(c, outcome, {.strict = false, .all_transcripts = true});
    r.outcome = reports::verdict::fail;
    r.reason = fmt::format("the server {} while this case ran", how);
    return r;
}

reports::case_result skipped(const suite::test_case& c, std::string reason) {
    auto r = describe(c);
    r.outcome = reports::verdict::skip;
    r.reason = std::move(reason);
    return r;
}

reports::case_result inconclusive(const suite::test_case& c, std::string reason) {
    auto r = describe(c);
    r.outcome = reports::verdict::inconclusive;
    r.reason = std::move(reason);
    return r;
}

} // namespace mailspec::runner
