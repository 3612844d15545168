// Servers that sent wrongly; see mutants.hpp. What the server under test did to remote hosts is altered:
// commands, parameters, recipients, contents, the order of hosts, TLS, the beginning and the end of
// connections; and what it must not do is added. The hosts answer anew when they are fed with it.
#include "harness/script/host_stream_edit.hpp"
#include "harness/script/likely_match.hpp"
#include "harness/script/mutants.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mailspec::script {
namespace {

using happened = host_event::what;

// The hosts that a step names; none: it is about all of them.
std::vector<std::string> hosts_of(const suite::step& s) {
    return std::visit(
        []<typename Body>(const Body& body) -> std::vector<std::string> {
            if constexpr (requires { body.where.any_of; }) return body.where.any_of;
            return {};
        },
        s.body);
}

// Of many connections to one host the first and the last ones tell.
constexpr std::size_t most_at_each_end = 2;
constexpr std::size_t most_units = 12; // of a connection's commands, at each end

class host_mutator {
  public:
    host_mutator(const judged& step, const case_outcome& recorded, const recording& from,
                 std::vector<mutant>& all)
        : step_(*step.by)
        , recorded_(recorded)
        , from_(from)
        , all_(all)
        , names_(hosts_of(*step.by)) {}

    void run() {
        const auto& streams = from_.world.streams;
        for (std::size_t i = 0; i < streams.size(); ++i) {
            const bool named = names_.empty() || std::ranges::find(names_, streams[i].host) != names_.end();
            if (!named || !tells(i)) continue;
            connection(i);
            security(i);
            timing(i);
            commands(i);
            contents(i);
            requests(i);
        }
        absence();
        order();
        intruders();
    }

  private:
    bool tells(std::size_t stream) const {
        const auto& streams = from_.world.streams;
        const auto same = [&](const host_stream& s) { return s.host == streams[stream].host; };
        const auto before = std::ranges::count_if(
            streams.begin(), streams.begin() + static_cast<std::ptrdiff_t>(stream), same);
        const auto behind = std::ranges::count_if(streams.begin() + static_cast<std::ptrdiff_t>(stream) + 1,
                                                  streams.end(), same);
        return std::min(before, behind) < static_cast<std::ptrdiff_t>(most_at_each_end);
    }

    // A text that the expression of the step matches; what stands for the run's own names is known.
    std::string offence(const suite::text_template& expression) const {
        auto text = expression.source;
        const auto put = [&](std::string_view name, const std::string& value) {
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
                text.replace(at, name.size(), value);
        };
        put("{zone}", recorded_.world.facts.zone);
        put("{token}", recorded_.token);
        return likely_match(text);
    }

    // None of the connections to a host.
    void absence() {
        std::set<std::string> hosts;
        for (const auto& s : from_.world.streams)
            if (names_.empty() || std::ranges::find(names_, s.host) != names_.end()) hosts.insert(s.host);
        for (const auto& host : hosts) {
            auto world = from_.world;
            for (auto i = world.streams.size(); i-- > 0;)
                if (world.streams[i].host == host) world = without_stream(world, i);
            add(fmt::format("{} is never seen", host), std::move(world));
        }
    }

    std::string where(std::size_t stream) const {
        const auto& s = from_.world.streams[stream];
        return fmt::format("{}[{}]", s.host, s.number);
    }

    void add(std::string name, world_recording world) {
        if (!told_.insert(name).second) return;
        auto server = from_;
        server.world = std::move(world);
        all_.push_back({std::move(name), true, std::move(server)});
    }

    // The octets of one connection altered.
    void edit(std::size_t stream, std::string name, std::size_t offset, std::size_t length,
              std::string_view with) {
        auto world = from_.world;
        replace_octets(world, stream, offset, length, with);
        add(fmt::format("at {} {}", where(stream), name), std::move(world));
    }

    void connection(std::size_t stream) {
        add(fmt::format("{} is never connected to", where(stream)), without_stream(from_.world, stream));
        auto twice = from_.world;
        copy_stream(twice, stream, from_.world.streams[stream].host);
        add(fmt::format("{} comes twice", where(stream)), std::move(twice));
        // `expect no connection at mx[24]`: so often it must not come.
        if (const auto* step = std::get_if<suite::expect_connections>(&step_.body);
            step && step->negative && step->where.connection) {
            auto often = from_.world;
            for (int n = 1; n < *step->where.connection; ++n)
                copy_stream(often, stream, from_.world.streams[stream].host);
            add(fmt::format("{} comes {} times", where(stream), *step->where.connection), std::move(often));
        }
        auto lost = from_.world;
        std::size_t kept = 0; // the greeting, EHLO and its answer
        std::erase_if(lost.events, [&](const host_event& e) { return e.stream == stream && ++kept > 4; });
        lost.events.push_back(event_of(happened::reset, stream));
        add(fmt::format("{} is lost", where(stream)), std::move(lost));
        for (const auto end : {happened::ended, happened::reset}) {
            auto other = from_.world;
            std::erase_if(other.events, [&](const host_event& e) {
                return e.stream == stream && (e.kind == happened::ended || e.kind == happened::reset);
            });
            drop_command(other, stream, "QUIT");
            other.events.push_back(event_of(end, stream));
            add(fmt::format("{} ends by {}", where(stream),
                            end == happened::reset ? "a reset" : "EOF, without QUIT"),
                std::move(other));
        }
        auto open = from_.world;
        drop_command(open, stream, "QUIT");
        std::erase_if(open.events, [&](const host_event& e) {
            return e.stream == stream && (e.kind == happened::ended || e.kind == happened::reset);
        });
        add(fmt::format("{} stays open", where(stream)), std::move(open));
    }

    void security(std::size_t stream) {
        const auto& events = from_.world.events;
        const auto tls = std::ranges::find_if(
            events, [&](const host_event& e) { return e.stream == stream && e.kind == happened::tls; });
        const auto index = static_cast<std::size_t>(tls - events.begin());
        const auto with = [&](std::string name, auto change) {
            auto world = from_.world;
            change(world.events[index]);
            add(fmt::format("at {} {}", where(stream), name), std::move(world));
        };
        if (tls == events.end()) {
            auto world = from_.world;
            auto secured = event_of(happened::tls, stream);
            secured.facts.emplace().version = "TLSv1.3";
            const auto opened =
                std::ranges::find_if(world.events, [&](const host_event& e) { return e.stream == stream; });
            if (opened != world.events.end()) world.events.insert(opened + 1, std::move(secured));
            return add(fmt::format("at {} TLS is used", where(stream)), std::move(world));
        }
        if (!tls->facts) {
            with("the TLS handshake succeeds", [](host_event& e) { e.facts.emplace().version = "TLSv1.3"; });
            auto world = from_.world;
            world.events[index].facts.emplace().version = "TLSv1.3";
            append_client(world, stream, "EHLO mutant.example\r\n");
            return add(fmt::format("at {} the handshake succeeds, and EHLO follows", where(stream)),
                       std::move(world));
        }
        with("the TLS handshake fails", [](host_event& e) {
            e.facts.reset();
            e.octets = std::string("a mutation");
        });
        with("TLS 1.0 is negotiated", [](host_event& e) { e.facts->version = "TLSv1"; });
        with("the SNI is another", [](host_event& e) { e.facts->server_name = "another.example"; });
        with("there is no SNI", [](host_event& e) { e.facts->server_name.clear(); });
        auto clear = from_.world;
        clear.events.erase(clear.events.begin() + static_cast<std::ptrdiff_t>(index));
        drop_command(clear, stream, "STARTTLS");
        add(fmt::format("at {} TLS is not started", where(stream)), std::move(clear));
        auto leaves = from_.world;
        bool after = false;
        std::erase_if(leaves.events, [&](const host_event& e) {
            if (e.stream != stream) return false;
            if (e.kind == happened::tls) return !(after = true);
            return after;
        });
        leaves.events.push_back(event_of(happened::ended, stream));
        add(fmt::format("at {} the server leaves after the handshake", where(stream)), std::move(leaves));
        auto goes_on = from_.world;
        append_client(goes_on, stream, "EHLO mutant.example\r\n");
        add(fmt::format("at {} EHLO follows", where(stream)), std::move(goes_on));
    }

    void timing(std::size_t stream) {
        auto rushed = from_.world;
        std::erase_if(rushed.events,
                      [&](const host_event& e) { return e.stream == stream && e.kind == happened::written; });
        add(fmt::format("at {} nothing waits for its turn", where(stream)), std::move(rushed));
        add(fmt::format("at {} each line waits for an answer", where(stream)),
            line_by_line(from_.world, stream));
    }

    void commands(std::size_t stream) {
        const auto text = octets_of(from_.world, stream);
        const auto units = units_of(text);
        for (std::size_t i = 0; i < units.size(); ++i) {
            const auto& unit = units[i];
            if (unit.kind != client_unit::what::command) continue;
            if (i >= most_units && i + most_units < units.size()) continue;
            const auto line = text.substr(unit.offset, unit.length);
            const auto& verb = unit.verb;
            edit(stream, fmt::format("{} is not sent", verb), unit.offset, unit.length, "");
            edit(stream, fmt::format("{} becomes another command", verb), unit.offset, verb.size(), "XMUT");
            edit(stream, fmt::format("{} comes twice", verb), unit.offset, 0, line);
            edit(stream, fmt::format("{} ends in a bare LF", verb), unit.offset + unit.length - 2, 2, "\n");
            if (verb == "MAIL" || verb == "RCPT")
                path(stream, unit, line);
            else if (line.size() > verb.size() + 3)
                edit(stream, fmt::format("the argument of {} is another", verb),
                     unit.offset + verb.size() + 1, line.size() - verb.size() - 3, "_");
        }
        if (const auto* command = std::get_if<suite::expect_command>(&step_.body))
            edit(stream, fmt::format("{} is sent", command->verb), 0, 0,
                 fmt::format("{} {}\r\n", command->verb,
                             command->argument.matches ? offence(*command->argument.matches) : "x"));
    }

    // MAIL FROM:<a@b> SIZE=1 BODY=7BIT
    void path(std::size_t stream, const client_unit& unit, const std::string& line) {
        const auto open = line.find('<'), close = line.rfind('>');
        if (open == line.npos || close == line.npos) return;
        edit(stream, fmt::format("the address of {} is another", unit.verb), unit.offset + open + 1, 0,
             "mutant-");
        edit(stream, fmt::format("{} has the empty address", unit.verb), unit.offset + open + 1,
             close - open - 1, "");
        if (unit.verb == "RCPT")
            edit(stream, "a recipient is added", unit.offset, 0, "RCPT TO:<mutant@mx.example>\r\n");
        for (auto at = line.find(' ', close); at != line.npos && at + 2 < line.size();) {
            const auto end = std::min(line.find_first_of(" \r", at + 1), line.size());
            const auto keyword = line.substr(at + 1, std::min(line.find('=', at), end) - at - 1);
            edit(stream, fmt::format("{} has no {}", unit.verb, keyword), unit.offset + at, end - at, "");
            edit(stream, fmt::format("{} has another {}", unit.verb, keyword),
                 unit.offset + at + 1 + keyword.size(), end - at - 1 - keyword.size(), "=_");
            at = end < line.size() && line[end] == ' ' ? end : line.npos;
        }
        if (const auto* parameter = std::get_if<suite::expect_parameter>(&step_.body)) {
            auto value = std::string();
            if (parameter->value.matches) value = "=" + offence(*parameter->value.matches);
            if (parameter->value.equals) value = "=" + parameter->value.equals->source;
            edit(stream, fmt::format("{} has {}{}", unit.verb, parameter->keyword, value),
                 unit.offset + unit.length - 2, 0, fmt::format(" {}{}", parameter->keyword, value));
        }
    }

    void contents(std::size_t stream) {
        const auto text = octets_of(from_.world, stream);
        for (const auto& unit : units_of(text)) {
            if (unit.kind != client_unit::what::content) continue;
            const auto content = text.substr(unit.offset, unit.length);
            edit(stream, "the message is not finished", unit.offset + unit.length, text.size(), "");
            edit(stream, "the content is longer", unit.offset + unit.length, 0, "_\r\n");
            edit(stream, "the message is another's", unit.offset, unit.length,
                 "Subject: another's\r\n\r\n_\r\n");
            if (const auto dots = content.find("\r\n.."); dots != content.npos)
                edit(stream, "a stuffed dot is lost", unit.offset + dots + 2, 1, "");
            if (const auto end = content.find("\r\n"); end != content.npos)
                edit(stream, "a line of the content ends in a bare LF", unit.offset + end, 2, "\n");
            const auto blank = content.find("\r\n\r\n");
            const auto body = blank == content.npos ? 0 : blank + 4;
            if (body < content.size()) {
                const char flipped = static_cast<char>(content[body] ^ 1);
                edit(stream, "an octet of the body is altered", unit.offset + body, 1,
                     std::string_view(&flipped, 1));
                edit(stream, "the body is empty", unit.offset + body, content.size() - body, "");
            }
        }
        if (const auto* octets = std::get_if<suite::expect_octets>(&step_.body)) {
            const auto forbidden = offence(octets->regex) + "\r\n";
            edit(stream, "the octets are there, at the beginning", 0, 0, forbidden);
            for (const auto& unit : units_of(text))
                edit(stream, fmt::format("the octets are there, at octet {}", unit.offset + unit.length),
                     unit.offset + unit.length, 0, forbidden);
            edit(stream, "nothing was sent", 0, text.size(), "");
        }
    }

    void requests(std::size_t stream) {
        auto none = from_.world, twice = from_.world;
        const auto is_request = [&](const host_event& e) {
            return e.stream == stream && e.kind == happened::request;
        };
        if (std::ranges::none_of(none.events, is_request)) return;
        std::erase_if(none.events, is_request);
        add(fmt::format("{} is not asked for its policy", where(stream)), std::move(none));
        const auto at = std::ranges::find_if(twice.events, is_request);
        twice.events.insert(at, host_event(*at));
        add(fmt::format("{} is asked twice for its policy", where(stream)), std::move(twice));
    }

    // Two neighbouring connections to different hosts: as if they had been tried the other way round.
    void order() {
        const auto& streams = from_.world.streams;
        for (std::size_t i = 0; i + 1 < streams.size(); ++i) {
            if (streams[i].host == streams[i + 1].host) continue;
            auto world = from_.world;
            std::swap(world.streams[i].host, world.streams[i + 1].host);
            add(fmt::format("{} and {} change places", where(i), where(i + 1)), std::move(world));
        }
    }

    // What nobody sent: mail of ours at each host that the step names.
    void intruders() {
        auto names = names_;
        if (names.empty())
            for (const auto& [name, address] : from_.world.facts.addresses)
                names.push_back(name);
        for (const auto& name : names) {
            auto mail = from_.world;
            add_dialog(mail, name, recorded_.token);
            add(fmt::format("mail of ours comes to {}", name), std::move(mail));
            auto request = from_.world;
            add_request(request, name);
            add(fmt::format("{} is asked for a policy", name), std::move(request));
        }
    }

    const suite::step& step_;
    const case_outcome& recorded_;
    const recording& from_;
    std::vector<mutant>& all_;
    std::vector<std::string> names_;
    std::set<std::string> told_;
};

} // namespace

void mutate_host(const judged& step, const case_outcome& recorded, const recording& from,
                 std::vector<mutant>& all) {
    host_mutator(step, recorded, from, all).run();
}

} // namespace mailspec::script
