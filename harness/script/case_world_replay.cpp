// The replay of a recorded world: the same hosts, fed with what the server did to them. No socket, no time.
#include "harness/script/case_world.hpp"

#include <algorithm>

namespace mailspec::script {

void case_world::catch_up() {
    if (!replays()) return;
    zone_->catch_up();
    const auto& events = environment_.recorded_world->events;
    for (; next_event_ < events.size() && events[next_event_].step <= step_; ++next_event_)
        replay(events[next_event_]);
}

void case_world::replay_opening(std::size_t stream) {
    const auto& known = environment_.recorded_world->streams[stream];
    if (replayed_.size() <= stream) replayed_.resize(stream + 1);
    while (log_->sessions.size() <= stream) { // in the order of their numbers, be they opened or not
        auto& s = log_->sessions.emplace_back();
        s.order = log_->sessions.size();
    }
    auto& session = log_->sessions[stream];
    session.host = known.host;
    session.number = known.number;
    auto& host = hosts_.at(known.host);
    const auto& behaviour = planned(session).behaviour;
    session.policy = host.plan->connections.front().speaks == suite::host_behaviour::protocol::https;
    if (session.policy) return;
    replayed_[stream].host =
        std::make_unique<world::smtp_host>(behaviour, session, log_->counts, host.memory);
    replayed_[stream].host->opened();
}

void case_world::replay(const host_event& e) {
    using what = host_event::what;
    if (e.kind == what::opened) {
        replay_opening(e.stream);
    } else if (e.stream < replayed_.size()) {
        auto& session = log_->sessions[e.stream];
        auto* host = replayed_[e.stream].host.get();
        if (e.kind == what::request) {
            world::host_command request;
            request.line = e.octets.str();
            request.verb = request.line.substr(0, request.line.find(' '));
            request.argument = request.line.substr(std::min(request.verb.size() + 1, request.line.size()));
            session.commands.push_back(std::move(request));
        } else if (e.kind == what::tls && !host) {
            session.tls = e.facts;
            session.tls_failed = !e.facts;
            session.tls_error = e.octets.str();
        } else if (host && e.kind == what::octets) {
            host->received(e.octets.str());
        } else if (host && e.kind == what::written) {
            host->written();
        } else if (host && e.kind == what::tls) {
            net::result<net::tls_facts> outcome;
            if (e.facts)
                outcome = *e.facts;
            else
                outcome = std::unexpected(net::error{net::failure::tls, e.octets.str()});
            host->secured(outcome);
        } else if (host && (e.kind == what::ended || e.kind == what::reset)) {
            host->ended(e.kind == what::reset);
        }
    }
    if (e.stream < replayed_.size() && replayed_[e.stream].host)
        while (replayed_[e.stream].host->next()) {
        } // said to nobody
}

} // namespace mailspec::script
