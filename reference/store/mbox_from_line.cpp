// The line that begins a message of an mbox; see the header.
#include "reference/store/mbox_from_line.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

namespace refmail::store {
namespace {

using namespace std::chrono;
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
using words = std::vector<std::string_view>;

words split(std::string_view line) {
    words all;
    for (;;) {
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) return all;
        line.remove_prefix(begin);
        const auto end = std::min(line.find_first_of(" \t\r"), line.size());
        all.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

template <std::size_t Size>
std::optional<unsigned> place_in(const std::array<std::string_view, Size>& names, std::string_view name) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<unsigned>(at - names.begin());
}

// All of `text`, digits only.
std::optional<int> number(std::string_view text, int least, int most) {
    int value = 0;
    if (text.empty() || text.size() > 4 || text.front() < '0' || text.front() > '9') return std::nullopt;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (bad != std::errc() || end != text.data() + text.size() || value < least || value > most)
        return std::nullopt;
    return value;
}

// "12:34:56" or "12:34"
std::optional<seconds> time_of_day(std::string_view text) {
    const auto first = text.find(':');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = text.find(':', first + 1);
    const auto h = number(text.substr(0, first), 0, 23);
    const auto m =
        number(text.substr(first + 1, second == text.npos ? text.npos : second - first - 1), 0, 59);
    const auto s = second == text.npos ? std::optional(0) : number(text.substr(second + 1), 0, 60);
    if (!h || !m || !s) return std::nullopt;
    return hours(*h) + minutes(*m) + seconds(*s);
}

// "+0130"
std::optional<minutes> zone_in(std::string_view text) {
    if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const auto h = number(text.substr(1, 2), 0, 23), m = number(text.substr(3), 0, 59);
    if (!h || !m) return std::nullopt;
    const minutes east = hours(*h) + minutes(*m);
    return text[0] == '-' ? -east : east;
}

// "Thu Nov 19 10:11:12 2026", from all[at] on; behind or before the year may be a zone, behind all anything.
std::optional<std::int64_t> date_at(const words& all, std::size_t at) {
    if (all.size() < at + 5 || !place_in(weekdays, all[at])) return std::nullopt;
    const auto month_number = place_in(months, all[at + 1]);
    const auto day_number = number(all[at + 2], 1, 31);
    const auto clock = time_of_day(all[at + 3]);
    if (!month_number || !day_number || !clock) return std::nullopt;
    for (std::size_t i = at + 4; i < all.size() && i < at + 7; ++i) {
        const auto of_year = number(all[i], 1000, 9999);
        if (!of_year || all[i].size() != 4) continue;
        const year_month_day date(year(*of_year), month(*month_number + 1),
                                  day(static_cast<unsigned>(*day_number)));
        if (!date.ok()) return std::nullopt;
        minutes east(0);
        for (const auto k : {i - 1, i + 1})
            if (k < all.size())
                if (const auto zone = zone_in(all[k])) east = *zone;
        return (sys_days(date).time_since_epoch() + *clock - east).count();
    }
    return std::nullopt;
}

} // namespace

std::optional<from_line> parse_from_line(std::string_view line) {
    if (!line.starts_with("From ")) return std::nullopt;
    const words all = split(line.substr(5));
    for (std::size_t at = 0; at + 5 <= all.size(); ++at) {
        const auto when = date_at(all, at);
        if (!when) continue;
        from_line found;
        found.when = *when;
        if (at > 0) // as it stands there, for a local-part in quotes may have spaces
            found.sender = std::string(all[0].data(), all[at - 1].data() + all[at - 1].size());
        return found;
    }
    return std::nullopt;
}

std::string make_from_line(std::string_view sender, std::int64_t when) {
    std::string name(sender.empty() ? "MAILER-DAEMON" : sender);
    for (char& c : name)
        if ((c >= 0 && c <= ' ') || c == 0x7f) c = '-';
    // asctime() has four digits for the year.
    const auto earliest = sys_seconds(sys_days(year(1000) / 1 / 1)),
               latest = sys_seconds(sys_days(year(9999) / 12 / 31));
    const auto moment = std::clamp(sys_seconds(seconds(when)), earliest, latest);
    const auto midnight = floor<days>(moment);
    const year_month_day date(midnight);
    const hh_mm_ss clock(moment - midnight);
    return fmt::format("From {} {} {} {:2} {:02}:{:02}:{:02} {}\n", name,
                       weekdays[weekday(midnight).c_encoding()],
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       static_cast<int>(date.year()));
}

} // namespace refmail::store
