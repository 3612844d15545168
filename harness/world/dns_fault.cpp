// The grammar of faults; see the header.
#include "harness/world/dns_fault.hpp"

#include "harness/world/dns_record.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace mailspec::world {
namespace {

using kind = dns_fault::kind;

constexpr std::uint16_t type_any = 255; // RFC 1035 §3.2.3: a request for all records

constexpr std::pair<const char*, kind> kinds[] = {
    {"SERVFAIL", kind::servfail}, {"REFUSED", kind::refused},      {"NXDOMAIN", kind::nxdomain},
    {"FORMERR", kind::formerr},   {"NOTIMP", kind::notimp},        {"NODATA", kind::nodata},
    {"TIMEOUT", kind::timeout},   {"DELAY", kind::delay},          {"TRUNCATE", kind::truncate},
    {"WRONGID", kind::wrong_id},  {"WRONGNAME", kind::wrong_name}, {"GARBAGE", kind::garbage},
    {"LAME", kind::lame},         {"BOGUS", kind::bogus},          {"AS", kind::as},
};
constexpr const char* all_kinds =
    "SERVFAIL, REFUSED, NXDOMAIN, FORMERR, NOTIMP, NODATA, TIMEOUT, DELAY 300ms, "
    "TRUNCATE, TRUNCATE BROKEN, WRONGID, WRONGNAME, GARBAGE, LAME, BOGUS or AS NAME";

std::optional<int> whole_number(std::string_view text) {
    int value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<std::chrono::milliseconds> duration(std::string_view text) {
    const bool ms = text.ends_with("ms");
    if (!ms && !text.ends_with('s')) return std::nullopt;
    const auto value = whole_number(text.substr(0, text.size() - (ms ? 2 : 1)));
    if (!value || *value > (ms ? 600'000 : 600)) return std::nullopt;
    return ms ? std::chrono::milliseconds(*value) : std::chrono::seconds(*value);
}

} // namespace

bool dns_fault::concerns(const dns_name& asked, std::uint16_t asked_type) const {
    if (!any_type && type != asked_type) return false;
    if (asked == name) return true;
    return name.is_wildcard() && asked != name.parent() && asked.is_at_or_below(name.parent());
}

std::expected<dns_fault, std::string> read_fault(std::span<const std::string> words, const dns_name& origin) {
    if (words.size() < 3)
        return std::unexpected("a fault is `$FAULT NAME TYPE WHAT`, as in `$FAULT mx A SERVFAIL FIRST 2`");
    dns_fault made;
    const auto name = dns_name::parse(words[0], origin);
    if (!name) return std::unexpected(fmt::format("`{}` is no name", words[0]));
    made.name = *name;
    made.type = read_type(words[1]);
    made.any_type = made.type == type_any;
    if (made.type == 0)
        return std::unexpected(fmt::format("`{}` is no record type (ANY: every type)", words[1]));
    const auto found = std::ranges::find(kinds, words[2], [](const auto& k) { return std::string(k.first); });
    if (found == std::end(kinds))
        return std::unexpected(fmt::format("`{}` is no fault; a fault is {}", words[2], all_kinds));
    made.what = found->second;
    auto rest = words.subspan(3);
    if (made.what == kind::delay) {
        const auto time = rest.empty() ? std::nullopt : duration(rest[0]);
        if (!time)
            return std::unexpected(
                "behind DELAY stands a time of at most 10 minutes: `DELAY 300ms`, `DELAY 2s`");
        made.delay = *time;
        rest = rest.subspan(1);
    }
    if (made.what == kind::truncate && !rest.empty() && rest[0] == "BROKEN") {
        made.what = kind::truncate_broken;
        rest = rest.subspan(1);
    }
    if (made.what == kind::as) {
        const auto other = rest.empty() ? std::nullopt : dns_name::parse(rest[0], origin);
        if (!other)
            return std::unexpected("behind AS stands the name whose records are given instead: `AS other`");
        made.other = *other;
        rest = rest.subspan(1);
    }
    if (!rest.empty() && (rest[0] == "FIRST" || rest[0] == "AFTER")) {
        const auto count = rest.size() > 1 ? whole_number(rest[1]) : std::nullopt;
        if (!count || *count == 0)
            return std::unexpected(fmt::format("behind {0} stands a number above 0: `{0} 2`", rest[0]));
        if (rest[0] == "FIRST")
            made.first = *count;
        else
            made.after = *count;
        rest = rest.subspan(2);
    }
    if (!rest.empty())
        return std::unexpected(
            fmt::format("`{}` is too much; `FIRST N` or `AFTER N` may end a fault", rest[0]));
    return made;
}

} // namespace mailspec::world
