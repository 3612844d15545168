// Text of strangers, cut and cleaned.
#include "reference/report/field_text.hpp"

#include "reference/message/date_time.hpp"
#include "reference/message/octet_class.hpp"
#include "reference/message/utf8.hpp"

#include <algorithm>

namespace refmail::report {

namespace {

constexpr std::size_t longest_line = 900;
constexpr std::size_t most_lines = 50;

} // namespace

std::string printable(std::string_view text, charset allowed) {
    std::string out;
    while (!text.empty()) {
        auto rest = text;
        const auto c = message::take_code_point(rest);
        auto next = c ? text.substr(0, text.size() - rest.size()) : text.substr(0, 1);
        // C1 controls are controls too, whatever octets they are made of.
        const bool control = !c || (*c < 32 && *c != '\t') || (*c >= 0x7F && *c < 0xA0);
        if (out.size() + next.size() > longest_line) break;
        if (control || (*c >= 0x80 && allowed == charset::ascii))
            out += '?';
        else
            out += next;
        text.remove_prefix(next.size());
    }
    return out;
}

std::vector<std::string> lines_of(std::string_view reply, charset allowed) {
    std::vector<std::string> out;
    while (!reply.empty() && out.size() < most_lines) {
        auto line = reply.substr(0, reply.find('\n'));
        reply.remove_prefix(std::min(reply.size(), line.size() + 1));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
            line.remove_suffix(1);
        if (!line.empty()) out.push_back(printable(line, allowed));
    }
    return out;
}

bool is_smtp_reply(std::string_view text) {
    return text.size() >= 3 && std::ranges::all_of(text.substr(0, 3), message::is_digit) &&
           (text.size() == 3 || text[3] == ' ' || text[3] == '-' || text[3] == '\n');
}

std::string date_time(queue::seconds_since_1970 when, int utc_offset_minutes) {
    const std::chrono::sys_seconds at{std::chrono::seconds{when}};
    return message::format_date_time({at, std::chrono::minutes{utc_offset_minutes}});
}

} // namespace refmail::report
