// See the header. A reply is checked for its form only: codes and texts may be as odd as a case wants them
// (RFC 5321 §4.2: three digits, then a space or a hyphen).
#include "harness/suite/host_answers.hpp"

#include <fmt/format.h>

namespace mailspec::suite {

namespace {

bool is_reply_line(std::string_view line) {
    const auto digits = line.substr(0, 3);
    const bool code = digits.size() == 3 && digits.find_first_not_of("0123456789") == digits.npos;
    return code && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}

std::expected<text_template, std::string> octets(std::string_view text, template_kind kind) {
    auto parsed = parse_template(text, kind);
    if (!parsed) return std::unexpected(parsed.error().text);
    return std::move(*parsed);
}

// raw "TEXT"
std::expected<host_answer, std::string> raw(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
        return std::unexpected(
            fmt::format("found `raw {}`, expected a text in double quotes behind `raw`", text));
    auto parsed = octets(text.substr(1, text.size() - 2), template_kind::quoted);
    if (!parsed) return std::unexpected(parsed.error());
    host_answer answer;
    answer.octets = std::move(*parsed);
    return answer;
}

// The end of the connection that is written behind a reply, taken off it.
host_answer::end end_behind(std::string_view& text) {
    for (const auto& [word, end] :
         {std::pair{", close", host_answer::end::closes}, std::pair{", reset", host_answer::end::resets}}) {
        if (!text.ends_with(word)) continue;
        text.remove_suffix(std::string_view(word).size());
        return end;
    }
    return host_answer::end::stays;
}

} // namespace

std::expected<host_answer, std::string> parse_host_answer(std::string_view text) {
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    if (text == "silence") return host_answer{};
    if (text == "close") return host_answer{std::nullopt, host_answer::end::closes};
    if (text == "reset") return host_answer{std::nullopt, host_answer::end::resets};
    const auto end = end_behind(text);
    if (text.starts_with("raw ")) {
        auto answer = raw(text.substr(4));
        if (answer) answer->then = end;
        return answer;
    }
    std::string lines;
    for (std::size_t at = 0; at <= text.size();) {
        const auto stop = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, stop - at);
        if (!is_reply_line(line))
            return std::unexpected(fmt::format("found `{}`, expected a reply (`450 4.2.1 later`), raw "
                                               "\"OCTETS\", `close`, `reset`, `silence`, or "
                                               "a reply and `, close` or `, reset` behind it",
                                               line));
        lines += fmt::format("{}{{CR}}{{LF}}", line);
        at = stop + 1;
    }
    auto parsed = octets(lines, template_kind::plain);
    if (!parsed) return std::unexpected(parsed.error());
    parsed->source = text;
    return host_answer{std::move(*parsed), end};
}

} // namespace mailspec::suite
