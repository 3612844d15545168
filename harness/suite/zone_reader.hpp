// The key `dns` of a suite or a case -> the lines of a zone, their placeholders found. What the lines say is
// for those who know the DNS (load_options::check). Included by the readers of YAML files only. Follows
// docs/suite-world.md, "Its DNS".
#pragma once
#include "harness/suite/world_plan.hpp"
#include "harness/suite/yaml_map.hpp"

#include <optional>

namespace mailspec::suite {

// `key`: `dns` and its place. Every problem is reported to `source`.
std::optional<zone_plan> read_zone(yaml_source& source, const YAML::Node& node, const written& key);

} // namespace mailspec::suite
