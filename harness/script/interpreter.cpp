// Blocks and sending: the order in which steps are carried out; see interpreter.hpp.
#include "harness/script/interpreter.hpp"

#include "harness/suite/script_parser.hpp"
#include "harness/suite/services.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <charconv>

namespace mailspec::script {
namespace {

template <class Body>
const Body* as(const suite::step& s) {
    return std::get_if<Body>(&s.body);
}

bool sends(const suite::step& s) {
    return as<suite::send_line>(s) || as<suite::send_raw>(s) || as<suite::send_generated>(s) ||
           as<suite::send_command>(s);
}

bool is_block(const suite::step& s) {
    return as<suite::repeat_block>(s) || as<suite::either_block>(s) || as<suite::fragment_block>(s);
}

bool looks_at_message(const suite::step& s) {
    return as<suite::expect_header>(s) || as<suite::expect_received>(s) || as<suite::expect_body>(s);
}

// How long a piece of `split` is left alone on the wire, so that the server reads it by itself.
constexpr std::chrono::milliseconds between_segments{2};

} // namespace

interpreter::interpreter(const suite::test_case& c, const case_environment& environment,
                         case_outcome& outcome)
    : case_(c)
    , environment_(environment)
    , outcome_(outcome)
    , values_(environment, c.service)
    , limit_(net::deadline::in(c.timeout)) {
    values_.with_fixtures(&c.fixtures);
    values_.with_bound(&bound_);
    values_.with_mailboxes(&mailboxes_);
}

net::task<void> interpreter::run() {
    auto came_out = co_await bring_up_world();
    if (came_out.held()) came_out = co_await prepare_mailboxes();
    if (came_out.held()) came_out = co_await open_first();
    if (came_out.held()) came_out = co_await run_steps(case_.script);
    if (came_out.held()) came_out = co_await finish_host_scripts();
    came_out = host_script_result(std::move(came_out));
    record_result(std::move(came_out));
    co_await flush_all(0);
    for (auto& [number, conn] : connections_)
        co_await conn->finish();
    connections_.clear();
    world_.reset();
    if (keeper_) co_await keeper_->clean_up();
}

void interpreter::record_result(step_result&& r) {
    if (r.kind == step_result::what::trouble) {
        outcome_.what = case_outcome::kind::trouble;
        outcome_.trouble = std::move(r.actual);
    } else if (r.kind == step_result::what::refused) {
        outcome_.what = case_outcome::kind::refused;
        outcome_.refusal = std::move(r.actual);
    } else if (r.kind == step_result::what::unseen) {
        outcome_.what = case_outcome::kind::unseen;
        outcome_.refusal = std::move(r.actual);
    } else if (r.kind == step_result::what::mismatch) {
        outcome_.what = case_outcome::kind::mismatch;
        outcome_.found =
            mismatch{r.at, r.claim, std::move(r.expected), std::move(r.actual), std::move(r.seen)};
    }
}

interpreter::result interpreter::run_steps(std::span<const suite::step> steps) {
    for (const auto& s : steps) {
        auto r = co_await run_step(s);
        if (!r.held()) co_return r;
    }
    co_return holds();
}

interpreter::result interpreter::run_step(const suite::step& s) {
    // Neighbouring lines to one connection go out in one write, through blocks and fragments.
    const int still_gathering = sends(s) ? s.connection : 0;
    if (!is_block(s)) {
        ++steps_done_;
        co_await flush_all(still_gathering);
        if (world_) world_->catch_up();
    }
    auto r = co_await carry_out(s);
    if (!r.held() && !r.at) {
        r.at = &s;
        r.claim = s.claim && !r.before;
    }
    co_return r;
}

net::task<void> interpreter::flush_all(int but_for) {
    for (auto& [number, conn] : connections_)
        if (number != but_for && conn->has_unsent()) co_await conn->flush(limit_);
}

interpreter::result interpreter::carry_out(const suite::step& s) {
    if (sends(s)) co_return co_await send(s);
    if (const auto* b = as<suite::expect_server>(s)) co_return co_await expect_server(s, *b);
    if (const auto* b = as<suite::expect_no_response>(s)) co_return co_await expect_no_response(s, *b);
    if (const auto* b = as<suite::expect_capabilities>(s)) co_return co_await expect_capabilities(s, *b);
    if (as<suite::start_compression>(s)) co_return co_await compress(s);
    if (const auto* b = as<suite::fragment_block>(s)) co_return co_await run_fragment(s, *b);
    if (const auto* b = as<suite::repeat_block>(s)) co_return co_await run_repeat(*b);
    if (const auto* b = as<suite::either_block>(s)) co_return co_await run_either(s, *b);
    if (const auto* b = as<suite::pause>(s)) co_return co_await rest(b->duration);
    if (as<suite::split>(s)) co_return co_await rest(between_segments);
    if (const auto* b = as<suite::open_connection>(s)) co_return co_await open(s, *b);
    if (as<suite::fresh_connection>(s)) co_return co_await fresh(s);
    if (as<suite::half_close>(s)) co_return co_await half_close(s);
    if (as<suite::close_connection>(s)) co_return co_await close(s);
    if (as<suite::reset_connection>(s)) co_return co_await reset(s);
    if (const auto* b = as<suite::start_tls>(s)) co_return co_await start_tls(s, b->request);
    if (const auto* b = as<suite::expect_tls>(s)) co_return co_await expect_tls(s, *b);
    if (const auto* b = as<suite::control_server>(s)) co_return co_await control(*b);
    if (const auto* b = as<suite::expect_delivered>(s)) co_return co_await expect_delivered(s, *b);
    if (looks_at_message(s)) co_return check_message(s);
    if (const auto* b = as<suite::expect_wire_body>(s)) co_return check_wire_body(s, *b);
    if (const auto* b = as<suite::expect_query>(s)) co_return co_await expect_query(s, *b);
    if (suite::looks_at_hosts(s)) co_return co_await expect_at_hosts(s);
    if (const auto* b = as<suite::expect_dsn>(s)) co_return co_await expect_dsn(s, *b);
    if (suite::looks_at_reports(s)) co_return check_report(s);
    if (as<suite::retry_delivery>(s)) co_return co_await retry();
    if (const auto* b = as<suite::advance_clock>(s)) co_return co_await advance(*b);
    if (const auto* b = as<suite::release_host>(s)) co_return release(*b);
    co_return troubled("this step is not known to the interpreter: " + s.source);
}

// Open connections stay: what becomes of them is what a case may want to see.
interpreter::result interpreter::control(const suite::control_server& step) {
    using action = suite::control_server::action;
    if (environment_.timeless) co_return holds(); // a replay: the recording was there all the time
    if (!environment_.server)
        co_return troubled("the server was not started by mailspec, so it is not ours to stop");
    std::expected<void, std::string> done;
    const char* what = "the server was started again";
    if (step.what == action::stop) {
        done = co_await environment_.server->stop();
        what = "the server was asked to stop";
    } else if (step.what == action::kill) {
        done = co_await environment_.server->kill();
        what = "the server was killed";
    } else {
        done = co_await environment_.server->start();
    }
    if (!done) co_return troubled(done.error());
    outcome_.conversation.add(net::transcript_entry::what::noted, 1, what);
    co_return holds();
}

interpreter::result interpreter::rest(std::chrono::milliseconds duration) {
    if (environment_.timeless) co_return holds();
    const auto until = net::deadline::in(duration).earlier(limit_);
    co_await net::sleep_until(until);
    co_return holds();
}

expansion_place interpreter::place_of(int number) const {
    const auto at = connections_.find(number);
    if (at == connections_.end()) return {.service = case_.service};
    auto* conn = at->second.get();
    expansion_place place{.service = conn->service(), .capabilities = conn->capabilities()};
    if (suite::protocol_of(conn->service()) == suite::protocol::imap)
        place.new_tag = [conn] { return conn->imap().new_tag(); };
    place.greeting = conn->greeting();
    return place;
}

expanded_text interpreter::text_to_send(const suite::step& s, const expansion_place& place) const {
    if (const auto* line = as<suite::send_line>(s)) {
        auto text = values_.octets(line->text, place, 2);
        if (text) *text += "\r\n";
        return text;
    }
    if (const auto* raw = as<suite::send_raw>(s)) return values_.octets(raw->text, place);
    const auto& generated = std::get<suite::send_generated>(s.body);
    std::uint64_t count = 0;
    if (const auto* number = std::get_if<std::uint64_t>(&generated.count)) {
        count = *number;
    } else {
        const auto digits = values_.octets(std::get<suite::text_template>(generated.count), place);
        if (!digits) return digits;
        const auto [end, code] = std::from_chars(digits->data(), digits->data() + digits->size(), count);
        if (code != std::errc{} || end != digits->data() + digits->size() || count > (1ull << 30))
            return std::unexpected(
                fmt::format("`{}`: {} is no number of octets up to 1 GiB", s.source, *digits));
    }
    const auto unit = values_.octets(generated.text, place);
    if (!unit) return unit;
    if (unit->empty()) return std::unexpected(fmt::format("`{}`: there is nothing to repeat", s.source));
    std::string octets;
    octets.reserve(count + unit->size());
    while (octets.size() < count)
        octets += *unit;
    octets.resize(count);
    return octets;
}

interpreter::result interpreter::send(const suite::step& s) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    if (suite::protocol_of(conn->service()) == suite::protocol::imap) co_return co_await send_imap(s, *conn);
    const auto octets = text_to_send(s, place_of(s.connection));
    if (!octets) co_return troubled(octets.error());
    conn->queue(*octets);
    co_return holds();
}

interpreter::result interpreter::run_repeat(const suite::repeat_block& block) {
    values_.enter_repeat();
    step_result r;
    for (std::uint64_t turn = 0; turn < block.times && r.held(); ++turn) {
        values_.next_turn();
        r = co_await run_steps(block.steps);
    }
    values_.leave_repeat();
    co_return r;
}

interpreter::result interpreter::run_fragment(const suite::step& s, const suite::fragment_block& block) {
    expansion::fragment_values given;
    const auto place = place_of(s.connection);
    for (const auto& [name, text] : block.values) {
        auto value = values_.octets(text, place);
        if (!value) co_return troubled(value.error());
        given.emplace_back(name, std::move(*value));
    }
    values_.enter_fragment(std::move(given));
    auto r = co_await run_steps(block.steps);
    values_.leave_fragment();
    co_return r;
}

// The first branch whose first step holds is taken. What the server said is read once and offered to each.
interpreter::result interpreter::run_either(const suite::step& s, const suite::either_block& block) {
    std::string wanted, actual;
    const suite::step* at = &s;
    const std::vector<suite::step>* taken = nullptr;
    co_await flush_all(0);
    const bool waited = co_await wait_for_a_branch(block);
    if (!first_of_branch_)
        for (auto& [number, conn] : connections_)
            heard_before_branches_[number] = conn->imap().all().size();
    for (const auto& branch : block.branches) {
        if (branch.empty()) continue;
        const bool outer = std::exchange(first_of_branch_, true);
        branches_waited_ = waited;
        auto r = co_await run_step(branch.front());
        branches_waited_ = false;
        first_of_branch_ = outer;
        if (r.kind == step_result::what::trouble) co_return r;
        if (r.held()) {
            taken = &branch;
            break;
        }
        if (r.claim) at = r.at;
        wanted += (wanted.empty() ? "" : "\nor ") + r.expected;
        if (actual.find(r.actual) == std::string::npos) actual += (actual.empty() ? "" : "\n") + r.actual;
    }
    if (!first_of_branch_) { // an either may be the first step of another's branch
        handshake_offered_.reset();
        for (auto& [number, conn] : connections_)
            conn->forget_silence();
    }
    if (taken) co_return co_await run_steps(std::span(*taken).subspan(1));
    auto none = does_not_hold(std::move(wanted), std::move(actual));
    none.at = at;
    none.claim = at != &s;
    co_return none;
}

} // namespace mailspec::script
