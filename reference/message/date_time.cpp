// Writing and recognising date-time: RFC 5322 §3.3, obsolete forms (§4.3) recognised only.
// Takes no notice of leap seconds beyond ":60", nor of whether the day of the week fits the date.
#include "reference/message/date_time.hpp"

#include "reference/message/header_tokens.hpp"
#include "reference/message/mailbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace refmail::message {

namespace {

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

template <std::size_t N>
bool names(const std::array<std::string_view, N>& list, std::string_view word) {
    return std::ranges::any_of(list, [&](auto name) { return equals_ignoring_case(name, word); });
}

// A reader of the tokens of a date: words of letters and digits, and single signs.
class date_reader {
  public:
    explicit date_reader(std::string_view text)
        : text_(text) {}

    void skip() { ok_ = skip_cfws(text_) && ok_; }
    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    // How many digits are here, whatever they say.
    std::size_t digits_ahead() const { return std::min(text_.find_first_not_of("0123456789"), text_.size()); }
    std::string_view letters() {
        return run([](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    }
    std::optional<int> number(std::size_t least, std::size_t most) {
        auto digits = run([](char c) { return c >= '0' && c <= '9'; });
        if (digits.size() < least || digits.size() > most) return std::nullopt;
        int value = 0;
        for (char c : digits)
            value = value * 10 + (c - '0');
        return value;
    }
    bool done() {
        skip();
        return ok_ && text_.empty();
    }

  private:
    std::string_view run(auto accept) {
        auto end = std::ranges::find_if_not(text_, accept);
        auto out = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
        text_.remove_prefix(out.size());
        return out;
    }
    std::string_view text_;
    bool ok_ = true;
};

bool take_time_of_day(date_reader& in) {
    auto hour = in.number(2, 2);
    in.skip();
    if (!hour || *hour > 23 || !in.take(':')) return false;
    in.skip();
    auto minute = in.number(2, 2);
    in.skip();
    if (!minute || *minute > 59) return false;
    if (!in.take(':')) return true;
    in.skip();
    auto second = in.number(2, 2);
    return second && *second <= 60;
}

// zone = ("+" / "-") 4DIGIT / obs-zone
bool take_zone(date_reader& in) {
    if (in.take('+') || in.take('-')) {
        auto hhmm = in.number(4, 4);
        return hhmm && *hhmm % 100 <= 59;
    }
    constexpr std::array<std::string_view, 10> obsolete{"UT",  "GMT", "EST", "EDT", "CST",
                                                        "CDT", "MST", "MDT", "PST", "PDT"};
    auto word = in.letters();
    return names(obsolete, word) || (word.size() == 1 && word != "J" && word != "j");
}

// What follows reads stored mail, where a date that is nearly right is better than none.

// A month by its name, in full or not; nothing: none.
std::optional<unsigned> loose_month(std::string_view word) {
    for (unsigned i = 0; i < month_names.size(); ++i) {
        if (equals_ignoring_case(word.substr(0, 3), month_names[i])) return i + 1;
    }
    return std::nullopt;
}

// RFC 5322 §4.3: 00 to 49 are of this century, other years of two or three digits count from 1900.
std::optional<int> loose_year(date_reader& in) {
    const auto digits = in.digits_ahead();
    auto year = in.number(2, 4);
    if (!year || digits == 4) return year;
    return *year + (digits == 2 && *year < 50 ? 2000 : 1900);
}

// RFC 5256 §2.2: a time that is none is 00:00:00.
std::chrono::seconds loose_time(date_reader& in) {
    using namespace std::chrono;
    const auto hour = in.number(1, 2);
    in.skip();
    if (!hour || *hour > 23 || !in.take(':')) return seconds{0};
    in.skip();
    const auto minute = in.number(1, 2);
    in.skip();
    if (!minute || *minute > 59) return seconds{0};
    seconds out = hours{*hour} + minutes{*minute};
    if (!in.take(':')) return out;
    in.skip();
    const auto second = in.number(1, 2);
    if (!second || *second > 60) return out;
    if (in.take('.')) in.number(0, 9); // fractions
    return out + seconds{*second};
}

// RFC 5322 §4.3; RFC 5256 §2.2: a zone that is none is UTC.
std::chrono::minutes loose_zone(date_reader& in) {
    using std::chrono::minutes;
    const bool west = in.take('-');
    if (west || in.take('+')) {
        const auto digits = in.digits_ahead();
        auto hhmm = in.number(1, 4);
        if (hhmm && digits <= 2 && in.take(':')) {
            const auto rest = in.number(2, 2);
            hhmm = rest ? std::optional(*hhmm * 100 + *rest) : std::nullopt;
        }
        if (!hhmm || *hhmm % 100 > 59) return minutes{0};
        const minutes east{*hhmm / 100 * 60 + *hhmm % 100};
        return west ? -east : east;
    }
    // "Their meaning is not known": UT, and the military letters, which RFC 822 had wrong.
    constexpr std::array<std::pair<std::string_view, int>, 8> hours_east{{{"EST", -5},
                                                                          {"EDT", -4},
                                                                          {"CST", -6},
                                                                          {"CDT", -5},
                                                                          {"MST", -7},
                                                                          {"MDT", -6},
                                                                          {"PST", -8},
                                                                          {"PDT", -7}}};
    const auto word = in.letters();
    for (const auto& [name, hours] : hours_east) {
        if (equals_ignoring_case(name, word)) return minutes{hours * 60};
    }
    return minutes{0};
}

struct loose_date {
    std::optional<int> day, year;
    std::optional<unsigned> month;
};

void skip_separators(date_reader& in) {
    do
        in.skip();
    while (in.take('-') || in.take('.') || in.take(','));
}

} // namespace

std::string format_date_time(const timestamp& t) {
    const auto local = t.at + t.offset;
    const auto midnight = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{midnight};
    const std::chrono::hh_mm_ss time{local - midnight};
    const auto offset = static_cast<int>(t.offset.count());
    // RFC 5321 §4.4: a numeric offset, never a zone name.
    return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
                       day_names[std::chrono::weekday{midnight}.c_encoding()],
                       static_cast<unsigned>(date.day()),
                       month_names[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
}

std::string format_compact(const timestamp& t) {
    const auto midnight = std::chrono::floor<std::chrono::days>(t.at);
    const std::chrono::year_month_day date{midnight};
    const std::chrono::hh_mm_ss time{t.at - midnight};
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

bool is_date_time(std::string_view text) {
    date_reader in(text);
    in.skip();
    if (auto word = in.letters(); !word.empty()) {
        in.skip();
        if (!names(day_names, word) || !in.take(',')) return false;
        in.skip();
    }
    auto day = in.number(1, 2);
    in.skip();
    if (!day || *day < 1 || *day > 31) return false;
    if (!names(month_names, in.letters())) return false;
    in.skip();
    if (!in.number(2, 9)) return false; // obs-year has two digits or three
    in.skip();
    if (!take_time_of_day(in)) return false;
    in.skip();
    return take_zone(in) && in.done();
}

std::optional<timestamp> read_sent_date(std::string_view body) {
    using namespace std::chrono;
    date_reader in(body);
    loose_date date;
    skip_separators(in);
    auto word = in.letters();
    if (!word.empty() && !loose_month(word)) { // the day of the week
        skip_separators(in);
        word = in.letters();
    }
    date.month = loose_month(word);
    skip_separators(in);
    date.day = in.number(1, 2);
    skip_separators(in);
    std::optional<seconds> time;
    if (date.month) { // "Sun Nov  6 08:49:37 1994", as C's asctime() has it
        time = loose_time(in);
    } else {
        date.month = loose_month(in.letters());
    }
    skip_separators(in);
    date.year = loose_year(in);
    if (!date.day || !date.month || !date.year) return std::nullopt;
    const year_month_day ymd{year{*date.year}, month{*date.month}, day{static_cast<unsigned>(*date.day)}};
    if (!ymd.ok()) return std::nullopt;
    skip_separators(in);
    if (!time) time = loose_time(in);
    in.skip();
    const auto zone = loose_zone(in);
    return timestamp{sys_days{ymd} + *time - zone, zone};
}

} // namespace refmail::message
