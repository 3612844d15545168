// Altering what was recorded of connections to remote hosts: octets replaced, commands dropped, connections
// copied, removed or made up. Knows where commands and contents stand in the octets of a client; judges
// nothing.
#pragma once
#include "harness/script/world_recording.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mailspec::script {

struct client_unit {
    enum class what { command, content };
    what kind = what::command;
    std::size_t offset = 0, length = 0; // with the CRLF; content: without the final dot
    std::string verb;                   // command: in capitals
};

std::string octets_of(const world_recording& world, std::size_t stream); // all that the client sent
std::vector<client_unit> units_of(const std::string& octets);

host_event event_of(host_event::what kind, std::size_t stream);

// Other octets in place of [offset, offset + length) of a stream, sent when the first of those were.
void replace_octets(world_recording& world, std::size_t stream, std::size_t offset, std::size_t length,
                    std::string_view with);
// Another message in place of one, dots stuffed.
void replace_message(world_recording& world, std::size_t stream, std::string_view message,
                     std::string_view with);
void drop_command(world_recording& world, std::size_t stream, std::string_view verb); // every one
void append_client(world_recording& world, std::size_t stream, std::string octets);   // before its end
world_recording without_stream(const world_recording& world, std::size_t stream);
void copy_stream(world_recording& world, std::size_t stream, const std::string& host);
// Each line of a stream as if it had been sent only when the one before was answered.
world_recording line_by_line(const world_recording& world, std::size_t stream);

// A connection that takes a message with the token in it, there from the beginning; and one that fetches a
// policy.
void add_dialog(world_recording& world, const std::string& host, const std::string& token);
void add_request(world_recording& world, const std::string& host);

} // namespace mailspec::script
