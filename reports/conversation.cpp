// A conversation for people: transcript_lines of narrative.hpp.
#include "reports/escape.hpp"
#include "reports/narrative.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace reports {
namespace {

using line_list = std::vector<std::string>;

// One protocol line of a burst. CRLF is what ends a line, so only other ends are written out.
std::string protocol_line(std::string_view line, std::size_t most_octets) {
    if (!line.ends_with("\r\n")) {
        std::string text = escape_octets_shortened(line, most_octets);
        return line.ends_with('\n') ? text : text + "...";
    }
    std::string text = escape_octets_shortened(line.substr(0, line.size() - 2), most_octets);
    if (text.ends_with(' ')) text.replace(text.size() - 1, 1, "\\x20"); // at the end of a line nobody sees it
    return text;
}

// The lines of one read or write.
line_list burst(const transcript_line& entry, std::size_t most_octets) {
    line_list lines;
    std::string_view rest = entry.octets;
    if (entry.from == transcript_line::direction::event) return {"-- " + printable(rest)};
    const char* prefix = entry.from == transcript_line::direction::client ? "C: " : "S: ";
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end == rest.npos ? end : end + 1);
        lines.push_back(prefix + protocol_line(line, most_octets));
        rest.remove_prefix(line.size());
    }
    return lines;
}

// Keeps the beginning and the end of what is too long to read.
void shorten(line_list& lines, std::size_t first, std::size_t last) {
    if (lines.size() <= first + last + 1) return;
    const std::size_t dropped = lines.size() - first - last;
    const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(first);
    *begin = fmt::format("-- {} lines not shown", dropped);
    lines.erase(begin + 1, begin + static_cast<std::ptrdiff_t>(dropped));
}

} // namespace

std::vector<std::string> transcript_lines(const std::vector<transcript_line>& transcript,
                                          std::size_t most_octets) {
    const bool several = std::any_of(transcript.begin(), transcript.end(), [](const transcript_line& entry) {
        return entry.connection != 1 && entry.party.empty();
    });
    line_list all;
    for (const transcript_line& entry : transcript) {
        line_list lines = burst(entry, most_octets);
        shorten(lines, 30, 10);
        for (std::string& line : lines) {
            if (!entry.party.empty())
                line = fmt::format("{} {}", printable(entry.party), line);
            else if (several)
                line = fmt::format("{} {}", entry.connection, line);
            all.push_back(std::move(line));
        }
    }
    shorten(all, 300, 100);
    return all;
}

} // namespace reports
