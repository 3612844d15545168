// Implementation of timestamp.hpp on the calendar of <chrono>.
#include "reports/timestamp.hpp"

#include <fmt/format.h>

#include <charconv>

namespace reports {

using std::chrono::microseconds;
using std::chrono::sys_days;

std::string timestamp_text(std::chrono::system_clock::time_point moment) {
    const auto exact = std::chrono::floor<microseconds>(moment);
    const auto day = std::chrono::floor<std::chrono::days>(exact);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss<microseconds> time{exact - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()), time.hours().count(), time.minutes().count(),
                       time.seconds().count(), time.subseconds().count());
}

std::optional<std::chrono::system_clock::time_point> read_timestamp(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    if (text.size() != form.size()) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return std::nullopt;
    auto number = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + digits, value);
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)), std::chrono::month(number(5, 2)),
                                           std::chrono::day(number(8, 2))};
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 60) return std::nullopt;
    return sys_days(date) + std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
           std::chrono::seconds(number(17, 2)) + microseconds(number(20, 6));
}

} // namespace reports
