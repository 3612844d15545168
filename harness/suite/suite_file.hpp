// A suite file as written: its keys in their types, each with its place, scripts parsed. Judges form only
// (unknown keys, wrong types, bad names); what ids, fragments and services mean is the loader's. No YAML
// type leaves suite_file.cpp.
#pragma once
#include "harness/suite/script_parser.hpp"
#include "harness/suite/source_pos.hpp"
#include "harness/suite/world_plan.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::suite {

struct written {
    std::string text;
    source_pos at;
};

struct written_fragment {
    written name;        // "hello", "hello@lmtp"
    std::string service; // whose language its script is read in
    std::vector<written> needs;
    parsed_script script;
};

struct written_hosts {
    std::vector<host_plan> plans;
    std::string source; // YAML, for `show`
};

struct written_case {
    written name;
    std::optional<written> title, level, service, rfc, why, security, ruling, timeout, state, account;
    std::vector<written> requirements, needs, messages;
    std::string script_text;
    std::optional<zone_plan> dns;
    std::optional<written_hosts> hosts;
    std::optional<parsed_script> script; // nullopt: missing or not a block string
};

struct written_suite {
    std::optional<written> title, service, rfc;
    std::vector<written> needs;
    std::vector<written_fragment> fragments;
    std::vector<written_case> cases;
    std::optional<zone_plan> dns;       // of cases that have none of their own
    std::optional<written_hosts> hosts; // of cases that name none
    source_pos at;
};

// `name` is the file's name in messages. Every problem is appended; what could be read is returned.
written_suite read_suite(const std::string& yaml, const std::string& name, std::vector<problem>& problems);
// `service`: in whose language the fragments of the file are written when it does not say (`service:`).
std::vector<written_fragment> read_fragments(const std::string& yaml, const std::string& name,
                                             const std::string& service, std::vector<problem>& problems);
// A file of `id: reason` lines, as untested.yaml.
std::vector<std::pair<written, written>> read_reasons(const std::string& yaml, const std::string& name,
                                                      std::vector<problem>& problems);

// The octets of a file; a problem when it cannot be read.
std::optional<std::string> read_text(const std::filesystem::path& file, std::vector<problem>& problems);

} // namespace mailspec::suite
