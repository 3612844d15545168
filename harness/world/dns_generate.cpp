// Many records from one line; see the header.
#include "harness/world/dns_generate.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

namespace mailspec::world {
namespace {

constexpr std::size_t most_generated = 100'000;

struct generate_range {
    long from = 0, to = 0, step = 1;
};

// Takes a number off the front of a text.
std::optional<long> take_number(std::string_view& text) {
    long value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || value < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<generate_range> read_range(std::string_view word) {
    const auto from = take_number(word);
    const auto to = from && take(word, '-') ? take_number(word) : std::nullopt;
    if (!to || *to < *from) return std::nullopt;
    const auto step = take(word, '/') ? take_number(word) : std::optional<long>(1);
    if (!step || *step < 1 || !word.empty()) return std::nullopt;
    return generate_range{*from, *to, *step};
}

// `$` is the number, `${offset,width,base}` the number so written, `\$` a dollar sign.
std::expected<std::string, std::string> with_number(std::string_view word, long number) {
    std::string out;
    while (!word.empty()) {
        if (word.starts_with("\\$")) {
            out += '$';
            word.remove_prefix(2);
        } else if (word.starts_with("${")) {
            const auto close = word.find('}');
            const std::string form(word.substr(2, close == std::string_view::npos ? close : close - 2));
            long offset = 0;
            int width = 0, used = 0;
            char base = 'd';
            const int fields = std::sscanf(form.c_str(), "%ld,%d,%c%n", &offset, &width, &base, &used);
            const bool known = std::string_view("doxX").find(base) != std::string_view::npos;
            if (close == std::string_view::npos || fields < 1 || !known || width < 0 || width > 60)
                return std::unexpected(
                    fmt::format("`{}` is none of `$`, `${{offset}}`, `${{offset,width,base}}`", word));
            out += fmt::format(fmt::runtime(fmt::format("{{:0{}{}}}", width, base)), number + offset);
            word.remove_prefix(close + 1);
        } else {
            out += word.front() == '$' ? std::to_string(number) : std::string(1, word.front());
            word.remove_prefix(1);
        }
    }
    return out;
}

} // namespace

std::expected<std::vector<std::vector<std::string>>, std::string>
expand_generate(std::span<const std::string> words) {
    const auto range = words.size() >= 3 ? read_range(words[0]) : std::nullopt;
    if (!range)
        return std::unexpected(
            "a $GENERATE is `$GENERATE 1-100 NAME TYPE DATA`, with `$` where the number goes");
    if (static_cast<std::size_t>((range->to - range->from) / range->step) >= most_generated)
        return std::unexpected(fmt::format("$GENERATE makes {} records at most", most_generated));
    std::vector<std::vector<std::string>> lines;
    for (long n = range->from; n <= range->to; n += range->step) {
        std::vector<std::string> line;
        for (const auto& word : words.subspan(1)) {
            auto filled = with_number(word, n);
            if (!filled) return std::unexpected(filled.error());
            line.push_back(std::move(*filled));
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace mailspec::world
