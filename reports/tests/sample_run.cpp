// See sample_run.hpp.
#include "reports/tests/sample_run.hpp"

namespace reports::tests {
namespace {

using std::chrono::microseconds;
using direction = transcript_line::direction;

const clause sequence{"rfc5321-4.1.4-14", "RFC 5321 §4.1.4", "MUST",
                      "a second MAIL inside a transaction is refused with 503"};
const clause vrfy{"rfc5321-3.5.3-4", "RFC 5321 §3.5.3", "SHOULD", "VRFY answers 252 rather than lie"};

case_result make_case(const char* name, verdict outcome) {
    case_result c;
    c.suite = "smtp/rfc5321/transaction";
    c.name = name;
    c.id = c.suite + "/" + name;
    c.title = std::string("what ") + name + " shows";
    c.service = "smtp";
    c.level = "MUST";
    c.clauses = {sequence};
    c.file = "suites/smtp/rfc5321/transaction.yaml";
    c.line = 9;
    c.outcome = outcome;
    c.duration = microseconds(1500);
    return c;
}

case_result failing(const char* name) {
    case_result c = make_case(name, verdict::fail);
    c.found = finding{"check S: 503", c.file, 17, true, "503", "250-2.1.0 Ok\r\n250 more\n"};
    c.transcript = {
        {microseconds(0), 1, direction::event, "connected to 127.0.0.1:2525"},
        {microseconds(100), 1, direction::server, "220 mx.example.test ESMTP\r\n"},
        {microseconds(200), 1, direction::client, "EHLO client.mailspec.test\r\nMAIL FROM:<a@b.test>\r\n"},
        {microseconds(250), 1, direction::client, "NO"},
        {microseconds(300), 1, direction::server, "250-2.1.0 Ok\r\n250 more\n"}};
    return c;
}

std::vector<case_result> transaction_cases() {
    std::vector<case_result> cases{make_case("rset-forgets", verdict::pass), failing("nested-mail")};
    case_result exploitable = failing("bare-lf-ends-data");
    exploitable.security = "a second message can be smuggled past the sender's checks";
    exploitable.ruling = "bare-lf";
    exploitable.found->claim = false;
    case_result warned = make_case("vrfy-tells", verdict::warn);
    warned.level = "SHOULD";
    warned.clauses = {vrfy};
    warned.found = finding{"check S: 252", warned.file, 40, true, "252", "502 5.5.1 no\r\n"};
    case_result noted = make_case("noop-argument", verdict::info);
    noted.reason = "the server answers 501";
    case_result skipped = make_case("size-limit", verdict::skip);
    skipped.reason = "SIZE is not offered";
    case_result also_skipped = skipped;
    also_skipped.name = "size-zero";
    also_skipped.refused = true;
    also_skipped.reason = "the server refused what the case needs first: CREATE: NO full";
    case_result unknown = make_case("many-recipients", verdict::inconclusive);
    unknown.reason = "cannot connect: connection refused";
    for (case_result* c : {&exploitable, &warned, &noted, &skipped, &also_skipped, &unknown})
        cases.push_back(*c);
    return cases;
}

std::vector<case_result> baseline_cases() {
    case_result known = failing("known-one"), other = failing("changed-one"), old = failing("expired-one");
    case_result repaired = make_case("repaired-one", verdict::pass);
    known.baseline = baseline_state::expected;
    known.baseline_note = "accepted until the next major version";
    other.baseline = baseline_state::changed;
    other.baseline_note = "the baseline names the step \"check S: 550\"";
    old.baseline = baseline_state::expired;
    old.baseline_note = "on 2026-01-01: to be mended in spring";
    repaired.baseline = baseline_state::unexpected_pass;
    repaired.baseline_note = "the reason was: greets too early";
    std::vector<case_result> cases{known, other, old, repaired};
    for (case_result& c : cases)
        c.suite = "smtp/rfc5321/greeting", c.id = c.suite + "/" + c.name;
    return cases;
}

} // namespace

run_result sample_run() {
    run_result run;
    run.tool_version = "0.1.0";
    run.target_name = "Samplemail";
    run.target_version = "3.7";
    run.services = {{"smtp", "127.0.0.1:2525"}, {"submission", "127.0.0.1:2587"}};
    run.selectors = {"smtp/rfc5321"};
    run.shard = "2/8";
    run.seed = 18446744073709551615ull;
    run.baseline_file = "known.yaml";
    run.baseline_stale = {"smtp/rfc5321/greeting/gone"};
    run.started = std::chrono::system_clock::time_point(std::chrono::seconds(1769903999)) + microseconds(42);
    run.duration = microseconds(1234567);
    run.suites = {{"smtp/rfc5321/transaction", "Mail transactions"},
                  {"smtp/rfc5321/greeting", "The greeting"}};
    run.cases = transaction_cases();
    for (case_result& c : baseline_cases())
        run.cases.push_back(std::move(c));
    run.exit_code = 1;
    return run;
}

run_result run_with_octets(const std::string& octets) {
    run_result run = sample_run();
    case_result c = failing("hostile");
    c.found->actual = octets;
    c.found->expected = octets;
    c.reason = octets;
    c.title = octets;
    c.baseline_note = octets;
    c.transcript.push_back({microseconds(400), 2, direction::server, octets});
    c.transcript.push_back({microseconds(401), 2, direction::event, octets});
    case_result skipped = make_case("skipped", verdict::skip),
                unknown = make_case("unknown", verdict::inconclusive);
    skipped.reason = octets;
    unknown.reason = octets;
    run.target_version = octets;
    run.server_log = octets + "\n" + octets;
    run.trouble = octets;
    run.cases = {c, skipped, unknown};
    return run;
}

} // namespace reports::tests
