// write_json: the model as JSON, a top-level key a line and a case a line, so that reports can be diffed.
#include "reports/escape.hpp"
#include "reports/json.hpp"
#include "reports/timestamp.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace reports {
namespace {

namespace json = boost::json;

const char* name_of(baseline_state s) {
    switch (s) {
    case baseline_state::none: return "none";
    case baseline_state::expected: return "expected";
    case baseline_state::changed: return "changed";
    case baseline_state::unexpected_pass: return "unexpected_pass";
    case baseline_state::expired: return "expired";
    }
    return "none";
}

const char* name_of(transcript_line::direction d) {
    switch (d) {
    case transcript_line::direction::client: return "client";
    case transcript_line::direction::server: return "server";
    case transcript_line::direction::event: return "event";
    }
    return "event";
}

json::string text(const std::string& s) {
    return json::string(valid_utf8(s));
}
json::string octets(const std::string& s) {
    return json::string(escape_octets(s));
}

json::array texts(const std::vector<std::string>& list) {
    json::array array;
    for (const std::string& s : list)
        array.emplace_back(text(s));
    return array;
}

json::object clause_object(const clause& c) {
    return {{"id", text(c.id)},
            {"section", text(c.section)},
            {"level", text(c.level)},
            {"summary", text(c.summary)}};
}

json::object finding_object(const finding& f) {
    json::object object{{"step", text(f.step)}, {"file", text(f.file)},         {"line", f.line},
                        {"claim", f.claim},     {"expected", text(f.expected)}, {"actual", octets(f.actual)}};
    if (!f.seen.empty()) object["seen"] = text(f.seen);
    return object;
}

json::object transcript_object(const transcript_line& line) {
    json::object object{
        {"at_us", line.at.count()}, {"connection", line.connection}, {"from", name_of(line.from)}};
    object["octets"] = octets(line.octets);
    if (!line.party.empty()) object["party"] = text(line.party);
    return object;
}

json::object case_object(const case_result& c) {
    json::object o;
    o["id"] = text(c.id);
    o["suite"] = text(c.suite);
    o["name"] = text(c.name);
    o["title"] = text(c.title);
    o["service"] = text(c.service);
    o["level"] = text(c.level);
    json::array& clauses = o["clauses"].emplace_array();
    for (const clause& each : c.clauses)
        clauses.push_back(clause_object(each));
    o["file"] = text(c.file);
    o["line"] = c.line;
    o["security"] = text(c.security);
    o["ruling"] = text(c.ruling);
    o["outcome"] = reports::name_of(c.outcome);
    o["reason"] = text(c.reason);
    if (c.refused) o["refused"] = true;
    if (c.found) o["found"] = finding_object(*c.found);
    o["duration_us"] = c.duration.count();
    o["baseline"] = name_of(c.baseline);
    o["baseline_note"] = text(c.baseline_note);
    json::array& transcript = o["transcript"].emplace_array();
    for (const transcript_line& line : c.transcript)
        transcript.push_back(transcript_object(line));
    return o;
}

json::object totals(const tally& t) {
    return {{"cases", t.total()},     {"pass", t.pass},
            {"fail", t.fail},         {"warn", t.warn},
            {"info", t.info},         {"skip", t.skip},
            {"refused", t.refused},   {"inconclusive", t.inconclusive},
            {"expected", t.expected}, {"surprises", t.surprises},
            {"failures", t.failures}, {"security", t.security}};
}

json::object run_object(const run_result& run) {
    json::object o;
    o["format"] = "mailspec-result";
    o["format_version"] = 1;
    o["tool_version"] = text(run.tool_version);
    json::object services;
    for (const auto& [service, address] : run.services)
        services[valid_utf8(service)] = text(address);
    o["target"] = json::object{
        {"name", text(run.target_name)}, {"version", text(run.target_version)}, {"services", services}};
    o["selectors"] = texts(run.selectors);
    o["shard"] = text(run.shard);
    o["seed"] = run.seed;
    o["strict"] = run.strict;
    o["interrupted"] = run.interrupted;
    o["baseline_file"] = text(run.baseline_file);
    o["baseline_stale"] = texts(run.baseline_stale);
    o["started"] = timestamp_text(run.started);
    o["duration_us"] = run.duration.count();
    o["server_log"] = text(run.server_log);
    o["trouble"] = text(run.trouble);
    o["exit_code"] = run.exit_code;
    o["totals"] = totals(count(run));
    json::array& suites = o["suites"].emplace_array();
    for (const suite_info& s : run.suites)
        suites.push_back({{"path", text(s.path)}, {"title", text(s.title)}});
    return o;
}

} // namespace

std::string write_json(const run_result& run) {
    std::string out = "{\n";
    for (const auto& [key, value] : run_object(run))
        out += fmt::format("  \"{}\": {},\n", std::string_view(key), json::serialize(value));
    out += "  \"cases\": [";
    const char* separator = "\n    ";
    for (const case_result& c : run.cases) {
        out += separator + json::serialize(case_object(c));
        separator = ",\n    ";
    }
    return out + "\n  ]\n}\n";
}

} // namespace reports
