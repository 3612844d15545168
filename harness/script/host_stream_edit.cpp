// See the header.
#include "harness/script/host_stream_edit.hpp"

#include "harness/wire/dot_stuffing.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace mailspec::script {
namespace {

using happened = host_event::what;

std::size_t add_stream(world_recording& world, const std::string& host) {
    int number = 1;
    for (const auto& s : world.streams)
        if (s.host == host) ++number;
    world.streams.push_back({host, number});
    return world.streams.size() - 1;
}

// The octets of a chunk: `BDAT 86 LAST`.
std::size_t chunk_size(std::string_view line) {
    std::size_t size = 0;
    line.remove_prefix(std::min<std::size_t>(5, line.size()));
    std::from_chars(line.data(), line.data() + line.size(), size);
    return size;
}

} // namespace

std::string octets_of(const world_recording& world, std::size_t stream) {
    std::string all;
    for (const auto& e : world.events)
        if (e.stream == stream && e.kind == happened::octets) all += e.octets.str();
    return all;
}

std::vector<client_unit> units_of(const std::string& octets) {
    std::vector<client_unit> units;
    for (std::size_t at = 0; at < octets.size();) {
        const auto end = octets.find('\n', at);
        if (end == std::string::npos) break;
        const auto line = std::string_view(octets).substr(at, end - at);
        client_unit unit{client_unit::what::command, at, end + 1 - at,
                         wire::upper(line.substr(0, line.find_first_of(" \r")))};
        at = end + 1;
        units.push_back(unit);
        // Where a command follows, DATA was refused: a message has no such first line.
        const auto follows = std::string_view(octets).substr(at, 6);
        if (unit.verb == "DATA" && follows != "QUIT\r\n" && follows != "RSET\r\n") {
            auto stop = octets.compare(at, 3, ".\r\n") == 0 ? at : octets.find("\r\n.\r\n", at);
            if (stop == std::string::npos) break;
            if (octets[stop] == '\r') stop += 2;
            units.push_back({client_unit::what::content, at, stop - at, ""});
            at = stop + 3;
        } else if (unit.verb == "BDAT") {
            const auto size = std::min(chunk_size(line), octets.size() - at);
            units.push_back({client_unit::what::content, at, size, ""});
            at += size;
        }
    }
    return units;
}

host_event event_of(happened kind, std::size_t stream) {
    host_event e;
    e.kind = kind;
    e.stream = stream;
    return e;
}

void replace_octets(world_recording& world, std::size_t stream, std::size_t offset, std::size_t length,
                    std::string_view with) {
    std::size_t at = 0;
    bool placed = false;
    for (auto& e : world.events) {
        if (e.stream != stream || e.kind != happened::octets) continue;
        const auto size = e.octets.size();
        const auto from = std::max(at, offset), to = std::min(at + size, offset + length);
        const bool inside = from < to || (length == 0 && offset >= at && offset < at + size);
        if (inside) {
            auto changed = e.octets.str();
            if (from < to) changed.erase(from - at, to - from);
            if (!std::exchange(placed, true)) changed.insert(from - at, with);
            e.octets = std::move(changed);
        }
        at += size;
    }
    if (!placed) append_client(world, stream, std::string(with));
    std::erase_if(world.events,
                  [](const host_event& e) { return e.kind == happened::octets && e.octets.empty(); });
}

void replace_message(world_recording& world, std::size_t stream, std::string_view message,
                     std::string_view with) {
    const auto octets = octets_of(world, stream);
    const auto sent = wire::dot_stuffed(message);
    auto at = octets.find(sent);
    if (at != std::string::npos && !message.empty())
        return replace_octets(world, stream, at, sent.size(), wire::dot_stuffed(with));
    at = octets.find(message); // BDAT: as it is
    if (at != std::string::npos && !message.empty()) replace_octets(world, stream, at, message.size(), with);
}

void drop_command(world_recording& world, std::size_t stream, std::string_view verb) {
    const auto units = units_of(octets_of(world, stream));
    for (auto unit = units.rbegin(); unit != units.rend(); ++unit) // from behind: offsets stay right
        if (unit->verb == verb) replace_octets(world, stream, unit->offset, unit->length, "");
}

void append_client(world_recording& world, std::size_t stream, std::string octets) {
    auto last = world.events.end();
    for (auto e = world.events.begin(); e != world.events.end(); ++e)
        if (e->stream == stream && e->kind != happened::ended && e->kind != happened::reset) last = e;
    if (last == world.events.end() || octets.empty()) return;
    auto more = event_of(happened::octets, stream);
    more.step = last->step;
    more.octets = std::move(octets);
    world.events.insert(last + 1, std::move(more));
}

world_recording without_stream(const world_recording& world, std::size_t stream) {
    auto other = world;
    const auto host = other.streams[stream].host;
    other.streams.erase(other.streams.begin() + static_cast<std::ptrdiff_t>(stream));
    int number = 0;
    for (auto& s : other.streams)
        if (s.host == host) s.number = ++number;
    std::erase_if(other.events, [&](const host_event& e) { return e.stream == stream; });
    for (auto& e : other.events)
        if (e.stream > stream) --e.stream;
    return other;
}

void copy_stream(world_recording& world, std::size_t stream, const std::string& host) {
    const auto copy = add_stream(world, host);
    std::vector<host_event> events;
    for (const auto& e : world.events) {
        events.push_back(e);
        if (e.stream != stream) continue;
        events.push_back(e); // beside the first, so that it has happened by then too
        events.back().stream = copy;
    }
    world.events = std::move(events);
}

world_recording line_by_line(const world_recording& world, std::size_t stream) {
    auto other = world;
    other.events.clear();
    for (const auto& e : world.events) {
        if (e.stream != stream || e.kind != happened::octets) {
            other.events.push_back(e);
            continue;
        }
        const auto& octets = e.octets.str();
        for (std::size_t at = 0; at < octets.size();) {
            const auto end = std::min(octets.find('\n', at), octets.size() - 1);
            auto line = e;
            line.octets = octets.substr(at, end + 1 - at);
            other.events.push_back(std::move(line));
            auto answered = event_of(happened::written, stream);
            answered.step = e.step;
            other.events.push_back(std::move(answered));
            at = end + 1;
        }
    }
    return other;
}

void add_dialog(world_recording& world, const std::string& host, const std::string& token) {
    const auto stream = add_stream(world, host);
    world.events.insert(world.events.begin(),
                        event_of(happened::ended, stream)); // from the last to the first
    const auto say = [&](std::string octets) {
        auto sent = event_of(happened::octets, stream);
        sent.octets = std::move(octets);
        world.events.insert(world.events.begin(), {std::move(sent), event_of(happened::written, stream)});
    };
    say("QUIT\r\n");
    say(fmt::format("Subject: {}\r\n\r\nNobody sent it.\r\n.\r\n", token));
    say("DATA\r\n");
    say("RCPT TO:<mutant@mx.example>\r\n");
    say("MAIL FROM:<mutant@mx.example>\r\n");
    say("EHLO mutant.example\r\n");
    world.events.insert(world.events.begin(), event_of(happened::opened, stream));
}

void add_request(world_recording& world, const std::string& host) {
    const auto stream = add_stream(world, host);
    auto request = event_of(happened::request, stream);
    request.octets = std::string("GET /.well-known/mta-sts.txt HTTP/1.1");
    world.events.insert(world.events.begin(), {event_of(happened::opened, stream), std::move(request)});
}

} // namespace mailspec::script
