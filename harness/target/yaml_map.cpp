// Reading YAML mappings with errors that say where; see the header.
#include "harness/target/yaml_map.hpp"

#include "harness/target/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mailspec::target {

std::string file_error::str() const {
    if (line == 0) return fmt::format("{}: {}", file, text);
    return fmt::format("{}:{}:{}: {}", file, line, column, text);
}

std::vector<std::string> lines_of(file_errors errors) {
    auto place = [](const file_error& e) { return std::pair(e.line, e.column); };
    std::ranges::stable_sort(errors, {}, place);
    std::vector<std::string> lines;
    for (const auto& e : errors)
        lines.push_back(e.str());
    return lines;
}

yaml_map::yaml_map(YAML::Node node, std::string path, std::string file, file_errors& errors)
    : node_(std::move(node))
    , path_(std::move(path))
    , file_(std::move(file))
    , errors_(&errors) {
    if (!node_.IsMap()) {
        error_at(node_, path_, "expected a mapping (`key: value` lines)");
        is_map_ = false;
        node_ = YAML::Node(YAML::NodeType::Map);
        return;
    }
    std::set<std::string> seen;
    for (const auto& entry : node_) {
        const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string{};
        // yaml-cpp would silently take the first of the two.
        if (!seen.insert(key).second) error_at(entry.first, path_of(key), "the key stands here twice");
    }
}

std::string yaml_map::path_of(const std::string& key) const {
    return path_.empty() ? key : path_ + "." + key;
}

void yaml_map::error_at(const YAML::Node& node, const std::string& path, const std::string& text) {
    const auto mark = node.Mark();
    file_error e{file_, 0, 0, path.empty() ? text : path + ": " + text};
    if (!mark.is_null()) {
        e.line = mark.line + 1;
        e.column = mark.column + 1;
    }
    errors_->push_back(std::move(e));
}

void yaml_map::error(const std::string& key, const std::string& text) {
    if (!is_map_) return;
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.first.Scalar() == key)
            return error_at(entry.second, path_of(key), text);
    error_at(node_, path_of(key), text);
}

YAML::Node yaml_map::node(const std::string& key) {
    asked_.insert(key);
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
    return YAML::Node(YAML::NodeType::Undefined);
}

bool yaml_map::has(const std::string& key) {
    return node(key).IsDefined();
}

std::optional<std::string> yaml_map::scalar(const std::string& key, const std::string& wanted) {
    const auto found = node(key);
    if (!found.IsDefined()) return std::nullopt;
    if (!found.IsScalar() || found.Scalar().empty()) {
        error(key, "expected " + wanted);
        return std::nullopt;
    }
    return found.Scalar();
}

std::optional<std::string> yaml_map::text(const std::string& key) {
    return scalar(key, "text");
}

std::string yaml_map::required_text(const std::string& key, const std::string& what) {
    if (!has(key)) error(key, fmt::format("missing; write `{}: {}`", key, what));
    return text(key).value_or("");
}

std::optional<long> yaml_map::number(const std::string& key, long least, long most) {
    const auto wanted = fmt::format("a number from {} to {}", least, most);
    const auto written = scalar(key, wanted);
    if (!written) return std::nullopt;
    long value = 0;
    const auto* end = written->data() + written->size();
    const auto [rest, code] = std::from_chars(written->data(), end, value);
    if (code != std::errc{} || rest != end || value < least || value > most) {
        error(key, fmt::format("`{}` is not {}", *written, wanted));
        return std::nullopt;
    }
    return value;
}

std::optional<bool> yaml_map::flag(const std::string& key) {
    const auto written = scalar(key, "true or false");
    if (!written) return std::nullopt;
    if (*written == "true" || *written == "yes" || *written == "on") return true;
    if (*written == "false" || *written == "no" || *written == "off") return false;
    error(key, fmt::format("`{}` is neither true nor false", *written));
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> yaml_map::duration(const std::string& key) {
    const std::string wanted = "a duration such as 500ms, 30s or 2m";
    const auto written = scalar(key, wanted);
    if (!written) return std::nullopt;
    long value = 0;
    const auto* end = written->data() + written->size();
    const auto [rest, code] = std::from_chars(written->data(), end, value);
    const std::string unit(rest, end);
    const long factor = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "m" ? 60'000 : 0;
    if (code != std::errc{} || value <= 0 || value > 86'400'000 || factor == 0) {
        error(key, fmt::format("`{}` is not {}", *written, wanted));
        return std::nullopt;
    }
    return std::chrono::milliseconds(value * factor);
}

std::vector<std::string> yaml_map::command(const std::string& key) {
    const auto found = node(key);
    std::vector<std::string> out;
    if (!found.IsDefined()) return out;
    if (found.IsScalar() && !found.Scalar().empty()) return {"/bin/sh", "-c", found.Scalar()};
    bool good = found.IsSequence() && found.size() > 0;
    if (good)
        for (const auto& item : found) {
            good = good && item.IsScalar();
            if (item.IsScalar()) out.push_back(item.Scalar());
        }
    if (good) return out;
    error(key, "expected a list of words, such as [ \"./start\", \"{work}\" ], or a text for the shell");
    return {};
}

std::optional<yaml_map> yaml_map::map(const std::string& key) {
    const auto found = node(key);
    if (!found.IsDefined()) return std::nullopt;
    return yaml_map(found, path_of(key), file_, *errors_);
}

std::vector<std::string> yaml_map::keys() const {
    std::vector<std::string> all;
    for (const auto& entry : node_)
        all.push_back(entry.first.IsScalar() ? entry.first.Scalar() : std::string{});
    return all;
}

void yaml_map::no_other_keys() {
    const std::vector<std::string> known(asked_.begin(), asked_.end());
    for (const auto& entry : node_) {
        const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string{};
        if (asked_.contains(key)) continue;
        const auto hint = did_you_mean(key, known);
        error_at(
            entry.first, path_of(key),
            fmt::format("unknown key{} known here: {}", hint.empty() ? ";" : hint, fmt::join(known, ", ")));
    }
}

std::optional<YAML::Node> read_yaml(const std::string& file, file_errors& errors) {
    std::ifstream in(file, std::ios::binary);
    const bool opened = bool(in);
    const int why = errno;
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored) || !opened) {
        const bool folder = opened;
        errors.push_back(
            {file, 0, 0, fmt::format("cannot be read: {}", folder ? "it is a folder" : std::strerror(why))});
        return std::nullopt;
    }
    std::ostringstream text;
    text << in.rdbuf();
    try {
        auto document = YAML::Load(text.str());
        if (document.IsDefined() && !document.IsNull()) return document;
        errors.push_back({file, 1, 1, "is empty: expected `key: value` lines"});
    } catch (const YAML::ParserException& e) {
        errors.push_back({file, e.mark.line + 1, e.mark.column + 1, "not YAML: " + e.msg});
    }
    return std::nullopt;
}

} // namespace mailspec::target
