// Outcomes -> verdicts; see the header.
#include "harness/runner/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace mailspec::runner {

namespace {

// A burst of a megabyte proves nothing more than its ends do, and a report keeps hundreds of cases: without
// these bounds a server that answers each command with a megabyte fills the memory.
constexpr std::size_t longest_entry = 16 * 1024;
constexpr std::size_t kept_at_each_end = 48 * 1024; // of one conversation

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

reports::transcript_line line_of(const net::transcript_entry& entry) {
    return {entry.at, entry.connection, direction_of(entry.kind), shortened(entry.octets), entry.party};
}

// How far from `entry` what is kept of one end of a conversation reaches.
template <typename Iterator>
Iterator within_bounds(Iterator entry, Iterator end) {
    constexpr std::size_t of_an_entry = 64; // its time and number also want room
    for (std::size_t kept = 0; entry != end; ++entry) {
        kept += of_an_entry + std::min(entry->octets.size(), longest_entry);
        if (kept > kept_at_each_end) break;
    }
    return entry;
}

// Stands where [first, last) was left out.
template <typename Iterator>
reports::transcript_line omission(Iterator first, Iterator last) {
    std::size_t octets = 0;
    for (auto entry = first; entry != last; ++entry)
        octets += entry->octets.size();
    return {first->at,
            first->connection,
            reports::transcript_line::direction::event,
            fmt::format("{} reads, writes and events left out here, {} octets", last - first, octets),
            {}};
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
    f.actual = shortened(m.actual);
    f.seen = shortened(m.seen);
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
    const auto& all = conversation.entries();
    const auto head = within_bounds(all.begin(), all.end());
    const auto tail = within_bounds(all.rbegin(), std::make_reverse_iterator(head)).base();
    std::vector<reports::transcript_line> lines;
    for (auto entry = all.begin(); entry != head; ++entry)
        lines.push_back(line_of(*entry));
    if (tail != head) lines.push_back(omission(head, tail));
    for (auto entry = tail; entry != all.end(); ++entry)
        lines.push_back(line_of(*entry));
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
    } else if (outcome.what == kind::refused || outcome.what == kind::unseen) {
        r.outcome = reports::verdict::skip;
        r.refused = outcome.what == kind::refused;
        r.reason = outcome.refusal;
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
