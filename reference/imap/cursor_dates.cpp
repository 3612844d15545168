// Dates of commands: RFC 9051 §9 (date, date-time). Refuses days that no calendar has.
#include "reference/imap/cursor.hpp"

#include <array>

namespace refmail::imap {

namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

} // namespace

// Exactly `count` digits, or up to so many.
int cursor::some_digits(int least, int most) {
    int n = 0, count = 0;
    while (count < most && peek() >= '0' && peek() <= '9') {
        n = n * 10 + (peek() - '0');
        ++at_;
        ++count;
    }
    if (count < least) fail("expected a date, as 1-Feb-1994");
    return n;
}

std::chrono::sys_days cursor::month_and_year(int day) {
    unsigned month = 0;
    expect('-', "a date, as 1-Feb-1994");
    for (unsigned m = 0; m < months.size() && month == 0; ++m) {
        if (take_text(months[m])) month = m + 1;
    }
    if (month == 0) fail("expected a month, as Feb");
    expect('-', "a date, as 1-Feb-1994");
    const auto year = some_digits(4, 4);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!failed() && !date.ok()) fail("no calendar has this date");
    return failed() ? std::chrono::sys_days{} : std::chrono::sys_days(date);
}

std::chrono::sys_days cursor::date() {
    const bool in_quotes = take('"');
    const auto out = month_and_year(some_digits(1, 2));
    if (in_quotes) expect('"', "the quote that ends the date");
    return out;
}

message::timestamp cursor::date_time() {
    expect('"', "a date in quotes, as \"01-Feb-1994 21:52:25 -0800\"");
    // date-day-fixed: " 1" or "01"
    const bool padded = take(' ');
    const auto day = month_and_year(padded ? some_digits(1, 1) : some_digits(2, 2));
    space();
    const auto hours = some_digits(2, 2);
    expect(':', "a time, as 21:52:25");
    const auto minutes = some_digits(2, 2);
    expect(':', "a time, as 21:52:25");
    const auto seconds = some_digits(2, 2);
    space();
    const bool west = take('-');
    if (!west) expect('+', "a zone, as -0800");
    const auto zone_hours = some_digits(2, 2), zone_minutes = some_digits(2, 2);
    if (hours > 23 || minutes > 59 || seconds > 60 || zone_hours > 23 || zone_minutes > 59)
        fail("no clock shows this time");
    expect('"', "the quote that ends the date");
    if (failed()) return {};
    message::timestamp out;
    out.offset = std::chrono::hours(zone_hours) + std::chrono::minutes(zone_minutes);
    if (west) out.offset = -out.offset;
    out.at = day + std::chrono::hours(hours) + std::chrono::minutes(minutes) + std::chrono::seconds(seconds) -
             out.offset;
    return out;
}

} // namespace refmail::imap
