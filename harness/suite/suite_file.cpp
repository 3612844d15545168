// The keys of suites, cases and fragments, as the tables of docs/suite-language.md list them.
// Refuses keys that are not listed, for a misspelt `needs` would turn a skip into a false verdict.
// Looks nothing up.
#include "harness/suite/suite_file.hpp"

#include "harness/suite/hosts_reader.hpp"
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/services.hpp"
#include "harness/suite/yaml_map.hpp"
#include "harness/suite/zone_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace mailspec::suite {

namespace {

constexpr std::size_t largest_file = 64 * 1024 * 1024;

// Lower-case words joined by hyphens.
bool is_name(std::string_view name) {
    auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && std::ranges::all_of(name, good) && name.front() != '-' && name.back() != '-' &&
           name.find("--") == name.npos;
}

std::optional<parsed_script> read_script(yaml_source& source, const YAML::Node& node, const written& key,
                                         const std::string& service, std::string& text,
                                         std::vector<problem>& problems) {
    auto block = source.block_string(node, key);
    if (!block) return std::nullopt;
    text = block->text;
    auto script = parse_script(*block, service);
    problems.insert(problems.end(), script.problems.begin(), script.problems.end());
    if (script.problems.empty() && script.steps.empty())
        source.report(key.at, fmt::format("`{}` holds comments only, expected steps", key.text));
    return script;
}

// name: |   or   name: { needs: ..., script: | }
void read_fragment(yaml_source& source, const YAML::Node& key, const YAML::Node& node,
                   const std::string& service, std::vector<written_fragment>& fragments,
                   std::vector<problem>& problems) {
    auto name = key.Scalar();
    if (!is_name(name.substr(0, name.find('@'))))
        return source.report(key,
                             fmt::format("found the name `{}`, expected lower-case words joined by hyphens, "
                                         "with @SERVICE behind them where one is meant",
                                         name));
    const auto at = name.find('@');
    written_fragment fragment{
        {name, source.position(key)}, at == name.npos ? service : name.substr(at + 1), {}, {}};
    YAML::Node script = node;
    written script_key = fragment.name;
    std::string text;
    if (node.IsMap()) {
        yaml_map map(source, node, source.position(key), fmt::format("fragment `{}`", name),
                     {"needs", "script"});
        fragment.needs = map.words("needs");
        script = map.value("script");
        script_key = {"script", map.place("script")};
        if (!script.IsDefined())
            return source.report(key, fmt::format("fragment `{}` has no `script`", name));
    }
    auto parsed = read_script(source, script, script_key, fragment.service, text, problems);
    if (!parsed) return;
    fragment.script = std::move(*parsed);
    fragments.push_back(std::move(fragment));
}

std::vector<written_fragment> read_fragment_map(yaml_source& source, const YAML::Node& node,
                                                const source_pos& at, const std::string& service,
                                                std::vector<problem>& problems) {
    std::vector<written_fragment> fragments;
    yaml_map map(source, node, at, "`fragments`", {});
    for (auto& [name, value] : map.entries())
        read_fragment(source, name, value, service, fragments, problems);
    return fragments;
}

// `service`: the suite's.
written_case read_case(yaml_source& source, const YAML::Node& key, const YAML::Node& node,
                       const std::string& service, std::vector<problem>& problems) {
    written_case result{.name = {key.Scalar(), source.position(key)}};
    if (!is_name(result.name.text))
        source.report(key, fmt::format("found the name `{}`, expected lower-case words joined by hyphens",
                                       result.name.text));
    yaml_map map(source, node, result.name.at, fmt::format("case `{}`", result.name.text),
                 {"title", "requirement", "level", "service", "rfc", "needs", "security", "ruling", "why",
                  "timeout", "state", "messages", "account", "dns", "hosts", "script"});
    if (!node.IsMap()) return result;
    result.title = map.required_text("title");
    result.requirements = map.words("requirement");
    result.level = map.text("level");
    result.service = map.text("service");
    result.rfc = map.text("rfc");
    result.needs = map.words("needs");
    result.security = map.text("security");
    result.ruling = map.text("ruling");
    result.why = map.text("why");
    result.timeout = map.text("timeout");
    result.state = map.text("state");
    result.messages = map.words("messages");
    result.account = map.text("account");
    if (auto dns = map.value("dns"); dns.IsDefined())
        result.dns = read_zone(source, dns, {"dns", map.place("dns")});
    if (auto hosts = map.value("hosts"); hosts.IsDefined())
        result.hosts =
            written_hosts{read_hosts(source, hosts, {"hosts", map.place("hosts")}), YAML::Dump(hosts)};
    if (auto script = map.value("script"); script.IsDefined())
        result.script =
            read_script(source, script, {"script", map.place("script")},
                        result.service ? result.service->text : service, result.script_text, problems);
    else
        source.report(key, fmt::format("case `{}` has no `script`", result.name.text));
    return result;
}

} // namespace

written_suite read_suite(const std::string& yaml, const std::string& name, std::vector<problem>& problems) {
    written_suite suite;
    suite.at = {name, 1, 1};
    auto before = problems.size();
    yaml_source source(yaml, name, problems);
    if (problems.size() > before) return suite;
    yaml_map map(source, source.root(), {name, 1, 1}, "a suite",
                 {"title", "rfc", "service", "needs", "dns", "hosts", "fragments", "cases"});
    if (!source.root().IsMap()) return suite;
    suite.title = map.required_text("title");
    suite.rfc = map.text("rfc");
    suite.service = map.text("service");
    suite.needs = map.words("needs");
    if (auto dns = map.value("dns"); dns.IsDefined())
        suite.dns = read_zone(source, dns, {"dns", map.place("dns")});
    if (auto hosts = map.value("hosts"); hosts.IsDefined())
        suite.hosts =
            written_hosts{read_hosts(source, hosts, {"hosts", map.place("hosts")}), YAML::Dump(hosts)};
    const auto service = suite.service ? suite.service->text : std::string("smtp");
    if (auto fragments = map.value("fragments"); fragments.IsDefined())
        suite.fragments = read_fragment_map(source, fragments, map.place("fragments"), service, problems);
    auto cases = map.value("cases");
    if (!cases.IsDefined()) {
        source.report(suite.at, "a suite has no `cases`");
        return suite;
    }
    yaml_map case_map(source, cases, map.place("cases"), "`cases`", {});
    if (cases.IsMap() && case_map.entries().empty())
        source.report(map.place("cases"), "`cases` is empty, expected a case");
    for (auto& [key, node] : case_map.entries())
        suite.cases.push_back(read_case(source, key, node, service, problems));
    return suite;
}

std::vector<written_fragment> read_fragments(const std::string& yaml, const std::string& name,
                                             const std::string& service, std::vector<problem>& problems) {
    auto before = problems.size();
    yaml_source source(yaml, name, problems);
    if (problems.size() > before) return {};
    yaml_map map(source, source.root(), {name, 1, 1}, "a file of fragments", {"service", "fragments"});
    if (!source.root().IsMap()) return {};
    const auto written_service = map.text("service");
    if (written_service &&
        std::ranges::find(known_services(), written_service->text) == known_services().end())
        source.report(written_service->at, fmt::format("unknown service `{}`, expected {}",
                                                       written_service->text, word_list(known_services())));
    auto fragments = map.value("fragments");
    if (!fragments.IsDefined()) {
        source.report(source_pos{name, 1, 1}, "a file of fragments has no `fragments`");
        return {};
    }
    return read_fragment_map(source, fragments, map.place("fragments"),
                             written_service ? written_service->text : service, problems);
}

std::vector<std::pair<written, written>> read_reasons(const std::string& yaml, const std::string& name,
                                                      std::vector<problem>& problems) {
    std::vector<std::pair<written, written>> reasons;
    auto before = problems.size();
    yaml_source source(yaml, name, problems);
    if (problems.size() > before || source.root().IsNull()) return reasons;
    yaml_map map(source, source.root(), {name, 1, 1}, "a file of reasons", {});
    for (auto& [key, node] : map.entries()) {
        if (node.IsScalar() && !node.Scalar().empty())
            reasons.push_back({{key.Scalar(), source.position(key)}, {node.Scalar(), source.position(node)}});
        else
            source.report(key, fmt::format("`{}` has no reason, expected `{}: why no case shows it`",
                                           key.Scalar(), key.Scalar()));
    }
    return reasons;
}

std::optional<std::string> read_text(const std::filesystem::path& file, std::vector<problem>& problems) {
    auto refuse = [&](std::string why) {
        problems.push_back({{file.string()}, std::move(why)});
        return std::nullopt;
    };
    std::error_code failure;
    const bool folder = std::filesystem::is_directory(file, failure);
    std::ifstream in(file, std::ios::binary);
    if (!in || folder) return refuse("cannot be read, expected a readable file");
    // In pieces and not by its size: it may be a pipe, or a device without an end.
    std::string text;
    for (std::array<char, 65536> piece; in.read(piece.data(), piece.size()) || in.gcount() > 0;) {
        text.append(piece.data(), std::size_t(in.gcount()));
        if (text.size() > largest_file)
            return refuse(fmt::format("is larger than {} MiB, expected a suite", largest_file >> 20));
    }
    if (in.bad()) return refuse("cannot be read, expected a readable file");
    return text;
}

} // namespace mailspec::suite
