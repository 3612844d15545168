// Draws commands, and makes the messages that APPEND sends; see the header. RFC 9051 §6.3, §6.4; RFC 5322
// §3.6.
#include "harness/stress/choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailspec::stress {
namespace {

struct weighed {
    kind what;
    const char* name;
    unsigned weight; // 0: never drawn
};

constexpr std::array<weighed, kinds> table{{
    {kind::login, "login", 0},
    {kind::select, "select", 2},
    {kind::examine, "examine", 1},
    {kind::append, "append", 12},
    {kind::fetch_flags, "fetch-flags", 14},
    {kind::fetch_headers, "fetch-headers", 8},
    {kind::fetch_bodies, "fetch-bodies", 8},
    {kind::fetch_changed, "fetch-changed", 6},
    {kind::store, "store", 20},
    {kind::store_if, "store-if", 6},
    {kind::search, "search", 8},
    {kind::sort, "sort", 2},
    {kind::thread, "thread", 2},
    {kind::copy, "copy", 4},
    {kind::move, "move", 4},
    {kind::expunge, "expunge", 5},
    {kind::noop, "noop", 4},
    {kind::idle, "idle", 2},
    {kind::status, "status", 3},
    {kind::close, "close", 1},
    {kind::unselect, "unselect", 1},
    {kind::pipeline, "pipeline", 4},
    {kind::drop, "reconnect", 1},
    {kind::list, "list", 0},
}};

constexpr std::string_view subject = "Subject: stress ";

} // namespace

const char* name_of(kind k) {
    return table[static_cast<std::size_t>(k)].name;
}

std::optional<kind> kind_named(std::string_view name) {
    const auto* found = std::ranges::find(table, name, &weighed::name);
    return found == table.end() ? std::nullopt : std::optional(found->what);
}

const std::vector<std::string>& alone() {
    static const std::vector<std::string> names{"append",       "fetch-flags", "fetch-headers",
                                                "fetch-bodies", "store",       "search",
                                                "login",        "select",      "list"};
    return names;
}

choices::choices(std::uint64_t seed, int session)
    : numbers_(seed * 1000003 + static_cast<std::uint64_t>(session)) {}

choice choices::next() {
    unsigned all = 0;
    for (const auto& one : table)
        all += one.weight;
    auto drawn = numbers_() % all;
    choice made;
    for (const auto& one : table) {
        if (drawn < one.weight) {
            made.what = one.what;
            break;
        }
        drawn -= one.weight;
    }
    made.form = numbers_();
    made.place = numbers_();
    made.amount = numbers_();
    return made;
}

std::string message_of(std::string_view token) {
    std::uint64_t hash = 14695981039346656037ULL; // FNV-1a
    for (const char c : token)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    auto text = fmt::format("From: Stress <stress@client.mailspec.test>\r\nTo: stress@mailspec.test\r\n"
                            "{}{}\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
                            "Message-ID: <{}@client.mailspec.test>\r\nMIME-Version: 1.0\r\n"
                            "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
                            subject, token, token);
    const auto lines = 3 + hash % 60;
    for (std::uint64_t i = 0; i < lines; ++i)
        text += fmt::format("Line {} of {}, sixty-odd octets as lines of mail tend to have.\r\n", i, token);
    return text;
}

std::string token_in(std::string_view octets) {
    const auto at = octets.find(subject);
    if (at == octets.npos) return {};
    const auto from = at + subject.size();
    return std::string(octets.substr(from, octets.find_first_of("\r\n", from) - from));
}

} // namespace mailspec::stress
