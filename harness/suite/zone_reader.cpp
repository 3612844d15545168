// Lines of zones; see the header.
#include "harness/suite/zone_reader.hpp"

namespace mailspec::suite {

std::optional<zone_plan> read_zone(yaml_source& source, const YAML::Node& node, const written& key) {
    const auto block = source.block_string(node, key, "records");
    if (!block) return std::nullopt;
    zone_plan zone;
    zone.source = block->text;
    source_pos at = block->first;
    std::string_view rest = block->text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
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
