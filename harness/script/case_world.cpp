// Bringing a case's world up, writing down what happens in it; see case_world.hpp. The replay of a recorded
// one is in case_world_replay.cpp.
#include "harness/script/case_world.hpp"

#include "net/tls_context.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mailspec::script {
namespace {

using entry = net::transcript_entry::what;
using event = host_event::what;

std::string in_words(const net::tls_facts& facts) {
    auto line = fmt::format("{} {}", facts.version, facts.cipher);
    if (!facts.server_name.empty()) line += ", SNI " + facts.server_name;
    return line;
}

} // namespace

case_world::case_world(const suite::test_case& c, const case_environment& environment, case_outcome& outcome,
                       expansion& values, const std::size_t& step)
    : case_(c)
    , environment_(environment)
    , outcome_(outcome)
    , values_(values)
    , step_(step) {}

case_world::~case_world() {
    values_.in_world(nullptr);
    if (log_) log_->observer = nullptr;
}

net::task<case_world::done> case_world::bring_up() {
    on_ = co_await boost::asio::this_coro::executor;
    log_ = std::make_shared<world::host_log>(on_);
    auto& facts = outcome_.world.facts;
    values_.in_world(&facts);
    if (replays()) {
        facts = environment_.recorded_world->facts;
        outcome_.world.streams = environment_.recorded_world->streams;
    } else if (!environment_.surroundings) {
        co_return std::unexpected("the target's DNS and the hosts that it sends to are not ours");
    } else {
        facts.zone = environment_.token + ".mailspec.test";
        facts.server_name = environment_.target.server_name;
        facts.egress_port = environment_.surroundings->egress_port();
        log_->observer = this;
    }
    for (auto step : {&case_world::lease, &case_world::plan, &case_world::listen})
        for (const auto& host : case_.world.hosts)
            if (auto ok = (this->*step)(host); !ok)
                co_return std::unexpected(fmt::format("host `{}`: {}", host.name, ok.error()));
    zone_.emplace(case_, environment_, outcome_, values_, step_, on_);
    co_return zone_->serve();
}

case_world::done case_world::lease(const suite::host_plan& host) {
    if (!replays()) outcome_.world.facts.addresses[host.name] = environment_.surroundings->lease_address();
    return {};
}

case_world::done case_world::plan(const suite::host_plan& host) {
    auto& planned = hosts_[host.name];
    planned.plan = &host;
    const auto& zone = outcome_.world.facts.zone;
    for (const auto& written : host.connections) {
        auto connection = plan_connection(host, written, zone, values_);
        if (!connection) return std::unexpected(connection.error());
        if (!replays()) {
            auto identity = certificate_of(host, written, zone, values_, environment_.surroundings->ca());
            if (!identity) return std::unexpected(identity.error());
            if (*identity && planned.connections.empty()) fill_tlsa(host, **identity);
            connection->behaviour.identity = std::move(*identity);
        }
        planned.connections.push_back(std::move(*connection));
    }
    return {};
}

// {tlsa:mx}, {tlsa:mx 2 0 1}, {tlsa:mx wrong}: all of them, where the zone speaks of any.
void case_world::fill_tlsa(const suite::host_plan& host, const net::tls_identity& identity) {
    using world::test_ca;
    if (!case_.world.dns || case_.world.dns->source.find("{tlsa:") == std::string::npos) return;
    auto& tlsa = outcome_.world.facts.tlsa;
    for (int usage = 0; usage <= 3; ++usage)
        for (int selector = 0; selector <= 1; ++selector)
            for (int matching = 0; matching <= 2; ++matching)
                tlsa[fmt::format("{} {} {} {}", host.name, usage, selector, matching)] =
                    test_ca::tlsa(identity, usage, selector, matching);
    tlsa[host.name] = test_ca::tlsa(identity, 3, 1, 1);
    const auto other = environment_.surroundings->ca().identity(world::certificate_kind::self_signed,
                                                                {"another." + outcome_.world.facts.zone});
    if (other) tlsa[host.name + " wrong"] = test_ca::tlsa(**other, 3, 1, 1);
}

case_world::done case_world::listen(const suite::host_plan& host) {
    if (replays() || !host.connections.front().listens()) return {};
    auto& around = *environment_.surroundings;
    const bool policy = host.connections.front().speaks == suite::host_behaviour::protocol::https;
    auto listener = around.listen_at(on_, outcome_.world.facts.addresses.at(host.name),
                                     policy ? around.https_port() : around.egress_port());
    if (!listener) return std::unexpected(listener.error());
    if (policy) return serve_policy(host, std::move(*listener));
    std::vector<world::host_behaviour> behaviours;
    for (const auto& connection : hosts_.at(host.name).connections)
        behaviours.push_back(connection.behaviour);
    listening_.push_back(
        world::remote_host::smtp(on_, std::move(*listener), host.name, std::move(behaviours), log_));
    return {};
}

case_world::done case_world::serve_policy(const suite::host_plan& host,
                                          std::unique_ptr<net::listener> listener) {
    const auto behaviours = std::make_shared<std::vector<world::policy_behaviour>>();
    const auto& planned = hosts_.at(host.name).connections;
    for (std::size_t i = 0; i < planned.size(); ++i) {
        auto behaviour = plan_policy(host.connections[i], planned[i], values_);
        if (!behaviour) return std::unexpected(behaviour.error());
        behaviours->push_back(std::move(*behaviour));
    }
    world::remote_host::service how = [behaviours, log = log_](net::byte_stream& stream,
                                                               world::host_session& session,
                                                               std::size_t number) -> net::task<void> {
        const auto held = behaviours; // a lambda's captures are not the frame's
        const auto kept = log;
        const auto& behaviour = (*held)[std::min(number, held->size()) - 1];
        co_await world::serve_policy_host(stream, behaviour, session, *kept);
    };
    listening_.push_back(
        world::remote_host::policy(on_, std::move(listener), host.name, std::move(how), log_));
    return {};
}

std::vector<std::string> case_world::host_names() const {
    std::vector<std::string> names;
    for (const auto& host : case_.world.hosts)
        names.push_back(host.name);
    return names;
}

const planned_connection& case_world::planned(const world::host_session& s) const {
    const auto& connections = hosts_.at(s.host).connections;
    return connections[std::min<std::size_t>(static_cast<std::size_t>(s.number), connections.size()) - 1];
}

// ---- scripts of hosts ----------------------------------------------------------------------------

std::optional<case_world::broken_script> case_world::broken() const {
    if (!log_) return std::nullopt;
    for (const auto& s : log_->sessions) {
        if (!s.failed) continue;
        const auto& script = planned(s).script;
        return broken_script{script[std::min(s.failed->line, script.size() - 1)], &s, s.failed->wanted,
                             s.failed->got};
    }
    return std::nullopt;
}

std::optional<case_world::broken_script> case_world::unfinished() const {
    if (!log_) return std::nullopt;
    std::map<std::string, const world::host_session*> waiting;
    std::set<std::string> finished;
    for (const auto& s : log_->sessions) {
        if (s.host.empty()) continue; // of a replay: not there yet
        const auto& plan = planned(s);
        if (plan.script.empty()) continue;
        if (s.script_at >= plan.script.size() ||
            plan.behaviour.script[s.script_at].kind == world::host_line::what::pause)
            finished.insert(s.host);
        else
            waiting.emplace(s.host, &s);
    }
    for (const auto& [host, s] : waiting) {
        if (finished.contains(host)) continue;
        const auto& plan = planned(*s);
        return broken_script{plan.script[s->script_at], s, plan.behaviour.script[s->script_at].wanted, ""};
    }
    return std::nullopt;
}

std::vector<const suite::step*> case_world::claims(bool passed) const {
    std::map<const suite::step*, bool> found;
    for (const auto& [name, host] : hosts_)
        for (const auto& connection : host.connections)
            for (const auto* step : connection.script)
                if (step->claim) found.emplace(step, false);
    if (found.empty()) return {};
    for (const auto& s : log_->sessions) {
        if (s.host.empty()) continue;
        const auto& script = planned(s).script;
        for (std::size_t i = 0; i < std::min(s.script_at, script.size()); ++i)
            if (script[i]->claim) found[script[i]] = true;
    }
    std::vector<const suite::step*> those;
    for (const auto& [step, met] : found)
        if (met == passed) those.push_back(step);
    return those;
}

// ---- writing down --------------------------------------------------------------------------------

host_event& case_world::record(event kind, const world::host_session& s, std::string octets) {
    host_event e;
    e.kind = kind;
    e.stream = s.order - 1;
    e.step = step_;
    e.octets = std::move(octets);
    return outcome_.world.events.emplace_back(std::move(e));
}

// The server under test is the client here: what it sent stands as `C:`, what the host said as `S:`.
void case_world::tell(entry kind, const world::host_session& s, std::string text) {
    outcome_.conversation.add(kind, first_host_connection + static_cast<int>(s.order), std::move(text),
                              fmt::format("{}[{}]", s.host, s.number));
}

void case_world::opened(const world::host_session& s) {
    outcome_.world.streams.push_back({s.host, s.number});
    record(event::opened, s);
    tell(entry::opened, s, fmt::format("the server connected to {}, connection {}", s.host, s.number));
}

void case_world::received(const world::host_session& s, std::string_view octets) {
    record(event::octets, s, std::string(octets));
    tell(entry::sent, s, std::string(octets));
}

void case_world::written(const world::host_session& s, std::string_view octets) {
    record(event::written, s);
    if (!octets.empty()) tell(entry::received, s, std::string(octets));
}

void case_world::secured(const world::host_session& s, const net::result<net::tls_facts>& outcome) {
    auto& e = record(event::tls, s, outcome ? "" : outcome.error().text);
    if (outcome) e.facts = *outcome;
    tell(outcome ? entry::tls : entry::failed, s,
         outcome ? in_words(*outcome) : "TLS: " + outcome.error().text);
}

void case_world::requested(const world::host_session& s, std::string_view line) {
    record(event::request, s, std::string(line));
    tell(entry::sent, s, std::string(line) + "\r\n");
}

void case_world::ended(const world::host_session& s, bool reset) {
    record(reset ? event::reset : event::ended, s);
    tell(reset ? entry::reset : entry::closed, s, reset ? "reset by the server" : "closed by the server");
}

void case_world::left(const world::host_session& s, bool reset) {
    tell(reset ? entry::reset : entry::closed, s,
         fmt::format("{} by {}", reset ? "reset" : "closed", s.host));
}

} // namespace mailspec::script
