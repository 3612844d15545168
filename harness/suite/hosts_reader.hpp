// The key `hosts` of a suite or a case -> plans of remote hosts, their replies and scripts read. Judges form
// and words; whether the steps look at hosts that exist is hosts_check's. Included by the readers of YAML
// files only. Follows docs/suite-world.md, "Its remote hosts".
#pragma once
#include "harness/suite/world_plan.hpp"
#include "harness/suite/yaml_map.hpp"

#include <vector>

namespace mailspec::suite {

// `key`: `hosts` and its place. Every problem is reported to `source`.
std::vector<host_plan> read_hosts(yaml_source& source, const YAML::Node& node, const written& key);

// The words that say what a host does.
const std::vector<std::string>& host_stocks();

} // namespace mailspec::suite
