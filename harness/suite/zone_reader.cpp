// Lines of zones; see the header.
#include "harness/suite/zone_reader.hpp"

#include <algorithm>
#include <cctype>

namespace mailspec::suite {

namespace {

constexpr std::string_view blanks = " \t";

std::string_view next_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    const auto word = rest.substr(0, rest.find_first_of(blanks));
    rest.remove_prefix(word.size());
    return word;
}

// The name whose records a line gives, or below which it puts the following ones; "" where it names none.
std::string_view owner_of(std::string_view line) {
    if (line.empty() || blanks.contains(line.front())) return {}; // that of the line above
    auto owner = next_word(line);
    if (owner == "$ORIGIN") return next_word(line);
    if (owner == "$GENERATE") {
        next_word(line); // 1-2000
        return next_word(line);
    }
    return owner.starts_with('$') || owner.starts_with(';') ? std::string_view{} : owner;
}

bool is_fixed(std::string_view owner) {
    std::string name(owner);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name.ends_with(".mailspec.test.") && !name.contains("{zone}") && !name.contains("{token}");
}

} // namespace

std::optional<zone_plan> read_zone(yaml_source& source, const YAML::Node& node, const written& key) {
    const auto block = source.block_string(node, key, "records");
    if (!block) return std::nullopt;
    zone_plan zone;
    zone.source = block->text;
    source_pos at = block->first;
    std::string_view rest = block->text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        zone.has_fixed_names |= is_fixed(owner_of(rest.substr(0, end)));
        auto text = parse_template(rest.substr(0, end), template_kind::plain);
        if (text) {
            zone.lines.push_back({std::move(*text), at});
        } else {
            auto place = at;
            place.column += static_cast<int>(text.error().offset);
            source.report(place, std::move(text.error().text));
        }
        ++at.line;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return zone;
}

} // namespace mailspec::suite
