// date-time of RFC 5322 §3.3: its form, and that such a moment exists. RFC 5321 §4.4 forbids the obsolete
// forms (two-digit years, named zones) in trace fields, so they are not taken here.
#include "harness/wire/field_reader.hpp"
#include "harness/wire/field_syntax.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <chrono>

namespace mailspec::wire {
namespace {

constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

template <std::size_t N>
int index_in(const std::array<const char*, N>& names, std::optional<std::string_view> word) {
    for (std::size_t i = 0; word && i < N; ++i)
        if (same_word(names[i], *word)) return static_cast<int>(i);
    return -1;
}

int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

struct moment {
    int weekday = -1, day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0, zone_minutes = 0;
};

// [ day-of-week "," ] day month year
syntax_result read_date(field_reader& r, moment& m) {
    r.skip_white();
    const auto begin = r;
    if (!is_digit(r.peek())) {
        m.weekday = index_in(days, r.atom());
        if (m.weekday < 0) return expected_here(begin, "a day of the week (Mon, Tue ...) or of the month");
        if (!r.take(',')) return expected_here(r, "a comma behind the day of the week");
        r.skip_white();
    }
    const auto day = r.digits(1, 2);
    if (!day || !r.skip_white()) return expected_here(r, "a day of the month and a space");
    const auto month = index_in(months, r.atom());
    if (month < 0 || !r.skip_white()) return expected_here(r, "a month (Jan, Feb ...) and a space");
    const auto year = r.digits(4, 9);
    if (!year || !r.skip_white()) return expected_here(r, "a year of four digits and a space");
    m.day = number(*day);
    m.month = month + 1;
    m.year = number(*year);
    return {};
}

// hour ":" minute [ ":" second ] zone
syntax_result read_time(field_reader& r, moment& m) {
    const auto hour = r.digits(2, 2);
    if (!hour || !r.take(':')) return expected_here(r, "an hour of two digits and a colon");
    const auto minute = r.digits(2, 2);
    if (!minute) return expected_here(r, "minutes of two digits");
    if (r.take(':')) {
        const auto second = r.digits(2, 2);
        if (!second) return expected_here(r, "seconds of two digits");
        m.second = number(*second);
    }
    if (!r.skip_white()) return expected_here(r, "a space before the zone");
    if (!r.take('+') && !r.take('-')) return expected_here(r, "a zone as +hhmm or -hhmm");
    const auto zone = r.digits(4, 4);
    if (!zone) return expected_here(r, "a zone as +hhmm or -hhmm");
    m.hour = number(*hour);
    m.minute = number(*minute);
    m.zone_minutes = number(*zone) % 100;
    return {};
}

// RFC 5322 §3.3: "A date-time specification MUST be semantically valid."
syntax_result check_meaning(const moment& m) {
    const auto wrong = [](std::string text) { return std::unexpected(syntax_error{0, std::move(text)}); };
    using namespace std::chrono;
    const year_month_day date{year(m.year), month(static_cast<unsigned>(m.month)),
                              day(static_cast<unsigned>(m.day))};
    if (m.year < 1900) return wrong(fmt::format("the year {} is before 1900", m.year));
    if (m.year > 32767 || !date.ok())
        return wrong(fmt::format("there is no {} {} {}", m.day, months[m.month - 1], m.year));
    const auto weekday_then = static_cast<int>(weekday(sys_days(date)).c_encoding());
    if (m.weekday >= 0 && m.weekday != weekday_then)
        return wrong(fmt::format("that day was a {}, not a {}", days[weekday_then], days[m.weekday]));
    if (m.hour > 23 || m.minute > 59 || m.second > 60) return wrong("the time is past 23:59:60");
    if (m.zone_minutes > 59) return wrong("the minutes of the zone are past 59");
    return {};
}

} // namespace

syntax_result check_date_time(std::string_view value) {
    field_reader r(value);
    moment m;
    if (auto ok = read_date(r, m); !ok) return ok;
    if (auto ok = read_time(r, m); !ok) return ok;
    if (!r.skip_cfws()) return expected_here(r, "the end of a comment");
    if (!r.at_end()) return expected_here(r, "the end of the date");
    return check_meaning(m);
}

} // namespace mailspec::wire
