// read_json: a result back from JSON. Accepts what write_json makes, and fields it does not know (a later
// version may add some); refuses everything else with the place and what was expected there.
#include "reports/escape.hpp"
#include "reports/json.hpp"
#include "reports/timestamp.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace reports {
namespace {

namespace json = boost::json;

// Internal to this file; read_json turns it into its error.
struct malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A value and the way to it, "cases[3].found.line".
class cursor {
  public:
    cursor(const json::value& value, std::string path)
        : value_(value)
        , path_(std::move(path)) {}

    [[noreturn]] void fail(const std::string& expected) const {
        throw malformed(fmt::format("{}: expected {}", path_.empty() ? "the document" : path_, expected));
    }
    cursor at(const char* key) const {
        const json::object* object = value_.if_object();
        if (!object) fail("an object");
        const std::string path = path_.empty() ? key : path_ + "." + key;
        if (const json::value* found = object->if_contains(key)) return {*found, path};
        throw malformed(fmt::format("{}: missing", path));
    }
    bool has(const char* key) const { return value_.is_object() && value_.get_object().contains(key); }

    std::string text() const {
        const json::string* s = value_.if_string();
        if (!s) fail("a string");
        return std::string(s->data(), s->size());
    }
    std::string octets() const {
        if (auto raw = unescape_octets(text())) return *std::move(raw);
        fail(R"(octets with the escapes \\ \r \n \t \xHH)");
    }
    bool boolean() const {
        if (!value_.is_bool()) fail("true or false");
        return value_.get_bool();
    }
    template <class T>
    T number() const {
        boost::system::error_code error;
        const T n = value_.is_double() ? T{} : value_.to_number<T>(error);
        if (error || !value_.is_number() || value_.is_double())
            fail(fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(),
                             std::numeric_limits<T>::max()));
        return n;
    }
    std::chrono::microseconds microseconds() const {
        return std::chrono::microseconds(number<std::int64_t>());
    }
    template <class Read>
    void each(Read read) const {
        const json::array* array = value_.if_array();
        if (!array) fail("an array");
        for (std::size_t i = 0; i < array->size(); ++i)
            read(cursor((*array)[i], fmt::format("{}[{}]", path_, i)));
    }
    template <class Read>
    void each_member(Read read) const {
        const json::object* object = value_.if_object();
        if (!object) fail("an object");
        for (const auto& [key, value] : *object)
            read(std::string(key), cursor(value, path_ + "." + std::string(key)));
    }
    // One of several words.
    template <class T>
    T word(std::initializer_list<std::pair<const char*, T>> words) const {
        const std::string found = text();
        std::string known;
        for (const auto& [name, value] : words) {
            if (found == name) return value;
            known += known.empty() ? name : std::string(", ") + name;
        }
        fail(fmt::format("one of {}; found \"{}\"", known, printable(found)));
    }

  private:
    const json::value& value_;
    std::string path_;
};

std::vector<std::string> read_texts(const cursor& from) {
    std::vector<std::string> list;
    from.each([&](const cursor& c) { list.push_back(c.text()); });
    return list;
}

clause read_clause(const cursor& from) {
    return {from.at("id").text(), from.at("section").text(), from.at("level").text(),
            from.at("summary").text()};
}

finding read_finding(const cursor& from) {
    finding f;
    f.step = from.at("step").text();
    f.file = from.at("file").text();
    f.line = from.at("line").number<int>();
    f.claim = from.at("claim").boolean();
    f.expected = from.at("expected").text();
    f.actual = from.at("actual").octets();
    if (from.has("seen")) f.seen = from.at("seen").text();
    return f;
}

transcript_line read_transcript_line(const cursor& from) {
    using direction = transcript_line::direction;
    transcript_line line;
    line.at = from.at("at_us").microseconds();
    line.connection = from.at("connection").number<int>();
    line.from = from.at("from").word<direction>(
        {{"client", direction::client}, {"server", direction::server}, {"event", direction::event}});
    line.octets = from.at("octets").octets();
    if (from.has("party")) line.party = from.at("party").text();
    return line;
}

case_result read_case(const cursor& from) {
    case_result c;
    c.id = from.at("id").text();
    c.suite = from.at("suite").text();
    c.name = from.at("name").text();
    c.title = from.at("title").text();
    c.service = from.at("service").text();
    c.level = from.at("level").text();
    from.at("clauses").each([&](const cursor& each) { c.clauses.push_back(read_clause(each)); });
    c.file = from.at("file").text();
    c.line = from.at("line").number<int>();
    c.security = from.at("security").text();
    c.ruling = from.at("ruling").text();
    c.outcome = from.at("outcome").word<verdict>({{"pass", verdict::pass},
                                                  {"fail", verdict::fail},
                                                  {"warn", verdict::warn},
                                                  {"info", verdict::info},
                                                  {"skip", verdict::skip},
                                                  {"inconclusive", verdict::inconclusive}});
    c.reason = from.at("reason").text();
    if (from.has("refused")) c.refused = from.at("refused").boolean();
    if (from.has("found")) c.found = read_finding(from.at("found"));
    c.duration = from.at("duration_us").microseconds();
    c.baseline = from.at("baseline")
                     .word<baseline_state>({{"none", baseline_state::none},
                                            {"expected", baseline_state::expected},
                                            {"changed", baseline_state::changed},
                                            {"unexpected_pass", baseline_state::unexpected_pass},
                                            {"expired", baseline_state::expired}});
    c.baseline_note = from.at("baseline_note").text();
    from.at("transcript").each([&](const cursor& line) {
        c.transcript.push_back(read_transcript_line(line));
    });
    return c;
}

run_result read_run(const cursor& from) {
    if (!from.has("format")) throw malformed("this is JSON, but no report that `mailspec run --json` wrote");
    if (from.at("format").text() != "mailspec-result") from.at("format").fail("\"mailspec-result\"");
    if (from.at("format_version").number<int>() != 1)
        from.at("format_version").fail("1; a newer mailspec wrote this report: read it with that one");
    run_result run;
    run.tool_version = from.at("tool_version").text();
    run.target_name = from.at("target").at("name").text();
    run.target_version = from.at("target").at("version").text();
    from.at("target").at("services").each_member([&](const std::string& service, const cursor& address) {
        run.services[service] = address.text();
    });
    run.selectors = read_texts(from.at("selectors"));
    run.shard = from.at("shard").text();
    run.seed = from.at("seed").number<std::uint64_t>();
    run.strict = from.at("strict").boolean();
    run.interrupted = from.at("interrupted").boolean();
    run.baseline_file = from.at("baseline_file").text();
    run.baseline_stale = read_texts(from.at("baseline_stale"));
    const auto started = read_timestamp(from.at("started").text());
    if (!started) from.at("started").fail("a moment in UTC as 2026-01-31T23:59:59.000000Z");
    run.started = *started;
    run.duration = from.at("duration_us").microseconds();
    run.server_log = from.at("server_log").text();
    run.trouble = from.at("trouble").text();
    run.exit_code = from.at("exit_code").number<int>();
    from.at("suites").each([&](const cursor& s) {
        run.suites.push_back({s.at("path").text(), s.at("title").text()});
    });
    from.at("cases").each([&](const cursor& c) { run.cases.push_back(read_case(c)); });
    return run;
}

} // namespace

std::expected<run_result, std::string> read_json(std::string_view text) {
    json::stream_parser parser;
    boost::system::error_code error;
    const std::size_t used = parser.write_some({text.data(), text.size()}, error);
    if (!error && used < text.size() && text.find_first_not_of(" \t\r\n", used) != text.npos)
        return std::unexpected(fmt::format("octet {}: the JSON document ends here, yet more follows", used));
    if (!error) parser.finish(error);
    if (error) return std::unexpected(fmt::format("octet {}: not JSON: {}", used, error.message()));
    try {
        const json::value document = parser.release();
        return read_run(cursor(document, ""));
    } catch (const malformed& problem) {
        return std::unexpected(std::string(problem.what()));
    }
}

} // namespace reports
