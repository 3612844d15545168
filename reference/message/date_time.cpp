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

} // namespace refmail::message
