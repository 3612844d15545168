// What may be asked at the control port; see the header.
#include "reference/daemon/control_requests.hpp"

#include "net/event.hpp"
#include "reference/daemon/clock.hpp"
#include "reference/daemon/queue_json.hpp"

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace refmail::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t usual_limit = 1000;

// Longer than any retry; it keeps all times printable.
constexpr std::chrono::seconds longest_move = std::chrono::years(10);

std::optional<std::string> text_at(const json::object& o, const char* key) {
    const auto* value = o.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string().data(), value->as_string().size());
}

// "limit=10&after=ID"
std::string query_value(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.starts_with(key) && pair.substr(key.size()).starts_with('='))
            return std::string(pair.substr(key.size() + 1));
    }
    return "";
}

bool wants_settling(const json::object& wanted) {
    const auto* settle = wanted.if_contains("settle");
    return !settle || !settle->is_bool() || settle->as_bool();
}

control_answer unknown_path(const std::string& path) {
    return control_problem(404, fmt::format("'{}' is nothing here; there are /clock, /queue, /queue/ID, "
                                            "/queue/run, /queue/ID/hold, release, delete and bounce",
                                            path));
}

// Something that is begun under a token; wait() returns when the last holder of the token is through: true.
// Or when nothing goes on any more but waiting for hosts that say nothing: false.
class settling {
  public:
    explicit settling(const boost::asio::any_io_executor& on)
        : state_(std::make_shared<state>(on))
        , token(state_.get(), [kept = state_](state* s) {
            s->over = true;
            s->told.notify();
        }) {}

    net::task<bool> wait(const outbound_pulse& pulse) {
        constexpr std::chrono::milliseconds look_every(100), silence(1000);
        token.reset();
        while (!state_->over && !pulse.only_waits(silence)) {
            const auto soon = net::deadline::in(look_every);
            co_await state_->told.wait(soon);
        }
        co_return state_->over;
    }

  private:
    struct state {
        explicit state(const boost::asio::any_io_executor& on)
            : told(on) {}
        net::event told;
        bool over = false;
    };
    std::shared_ptr<state> state_;

  public:
    queue_runner::token token;
};

} // namespace

std::optional<std::chrono::seconds> parse_span(std::string_view text) {
    std::int64_t total = 0;
    while (!text.empty()) {
        std::int64_t number = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (code != std::errc{} || number < 0 || number > longest_move.count()) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const std::string_view units = "smhd";
        constexpr std::int64_t factors[] = {1, 60, 3600, 86400};
        const auto unit = text.empty() ? std::string_view::npos : units.find(text.front());
        if (unit == std::string_view::npos) return std::nullopt;
        total += number * factors[unit];
        if (total > longest_move.count()) return std::nullopt;
        text.remove_prefix(1);
    }
    return total > 0 ? std::optional(std::chrono::seconds(total)) : std::nullopt;
}

control_answer control_requests::clock_answer() const {
    control_answer answer;
    answer.body["now"] = iso_8601(time_.seconds());
    answer.body["offset"] = time_.offset().count();
    return answer;
}

net::task<control_answer> control_requests::move_clock(const json::object& wanted) {
    const auto text = text_at(wanted, "advance");
    const auto by = text ? parse_span(*text) : std::nullopt;
    if (!by)
        co_return control_problem(
            400, "\"advance\" says by how much, forward: {\"advance\":\"4h\"}; s, m, h and d are known");
    if (time_.offset() + *by > longest_move)
        co_return control_problem(400, "the clock can be moved by ten years in all");
    time_.advance(*by);
    settling until(executor_);
    mail_.await_all_due(until.token);
    bool settled = false;
    if (wants_settling(wanted)) settled = co_await until.wait(pulse_);
    auto answer = clock_answer();
    answer.body["settled"] = settled;
    co_return answer;
}

net::task<control_answer> control_requests::list(const std::string& query) {
    const auto& all = mail_.waiting();
    std::size_t limit = usual_limit;
    if (const auto text = query_value(query, "limit"); !text.empty()) {
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), limit);
        if (code != std::errc{} || end != text.data() + text.size() || limit == 0)
            co_return control_problem(400, fmt::format("limit '{}' is no number from 1", text));
    }
    std::vector<std::string> ids; // numbers may belong to others after a wait
    for (const auto which : all.all())
        ids.push_back(all.id(which));
    std::sort(ids.begin(), ids.end());
    const auto after = query_value(query, "after");
    const auto from = std::upper_bound(ids.begin(), ids.end(), after);
    json::array messages;
    for (auto at = from; at != ids.end() && messages.size() < limit; ++at) {
        const auto which = all.find(*at);
        if (!which) continue;
        const auto entry = co_await mail_.read(*which);
        if (entry && all.find(*at) == which) messages.push_back(to_json(*entry, all, *which));
    }
    control_answer answer;
    answer.body["now"] = iso_8601(time_.seconds());
    answer.body["total"] = ids.size();
    answer.body["messages"] = std::move(messages);
    co_return answer;
}

net::task<control_answer> control_requests::run(const json::object& wanted) {
    const auto id = text_at(wanted, "id");
    const auto domain = text_at(wanted, "domain");
    for (const auto& [key, value] : wanted)
        if (!(key == "settle" || (key == "id" && id) || (key == "domain" && domain)))
            co_return control_problem(400, "send {} for all, {\"domain\":\"a.test\"} or {\"id\":\"ID\"}");
    std::optional<queue::backlog::number> which;
    if (id) {
        which = mail_.waiting().find(*id);
        if (!which)
            co_return control_problem(
                404, fmt::format("no message '{}' in the queue; GET /queue lists them", *id));
        if (mail_.waiting().is_held(*which))
            co_return control_problem(409, fmt::format("'{}' is held; release it first", *id));
    }
    settling until(executor_);
    if (which)
        mail_.run_now(*which, until.token);
    else
        mail_.run_all_now(domain.value_or(""), until.token);
    bool settled = false;
    if (wants_settling(wanted)) settled = co_await until.wait(pulse_);
    control_answer answer;
    answer.body["settled"] = settled;
    answer.body["waiting"] = mail_.waiting().size();
    co_return answer;
}

net::task<control_answer> control_requests::act(queue::backlog::number which, const std::string& action) {
    const std::string id = mail_.waiting().id(which);
    bool done = true;
    if (action == "hold") {
        co_await mail_.hold(which);
    } else if (action == "release") {
        co_await mail_.release(which);
    } else if (action == "delete") {
        done = co_await mail_.remove(which);
    } else if (action == "bounce") {
        settling until(executor_);
        done = co_await mail_.bounce(which, until.token);
        co_await until.wait(pulse_);
    } else {
        co_return control_problem(
            404, fmt::format("'{}' cannot be done; use hold, release, delete or bounce", action));
    }
    if (!done)
        co_return control_problem(409,
                                  fmt::format("'{}' is being sent just now; hold it, then try again", id));
    control_answer answer;
    answer.body["id"] = id;
    answer.body["done"] = action;
    co_return answer;
}

net::task<control_answer> control_requests::one(const control_request& what) {
    const std::string rest = what.path.substr(std::string_view("/queue/").size());
    const auto slash = rest.find('/');
    const std::string id = rest.substr(0, slash);
    const auto which = mail_.waiting().find(id);
    if (!which)
        co_return control_problem(404,
                                  fmt::format("no message '{}' in the queue; GET /queue lists them", id));
    if (slash != std::string::npos) {
        if (what.method != "POST") co_return control_problem(405, "use POST to change");
        const std::string action = rest.substr(slash + 1);
        co_return co_await act(*which, action);
    }
    const auto entry = co_await mail_.read(*which);
    if (!entry || mail_.waiting().find(id) != which)
        co_return control_problem(404, fmt::format("message '{}' has left the queue", id));
    control_answer answer;
    answer.body = to_json(*entry, mail_.waiting(), *which);
    answer.body["now"] = iso_8601(time_.seconds());
    co_return answer;
}

net::task<control_answer> control_requests::answer(control_request what) {
    co_await mail_.until_known(); // just started: what waits is being read
    const bool post = what.method == "POST";
    if (what.path == "/clock" && post) co_return co_await move_clock(what.wanted);
    if (what.path == "/clock") co_return clock_answer();
    if (what.path == "/queue/run" && post) co_return co_await run(what.wanted);
    if (what.path == "/queue/run") co_return control_problem(405, "use POST to run the queue");
    if (what.path == "/queue" && post)
        co_return control_problem(405, "use GET to list; POST /queue/run to try now");
    if (what.path == "/queue") co_return co_await list(what.query);
    if (what.path.starts_with("/queue/")) co_return co_await one(what);
    co_return unknown_path(what.path);
}

} // namespace refmail::daemon
