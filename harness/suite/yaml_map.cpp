// yaml-cpp keeps duplicate keys, has no place for empty values and does not say how a scalar was
// quoted; all three are looked after here. Problems with a value's type are told at its key. Knows
// no key by name.
#include "harness/suite/yaml_map.hpp"

#include "harness/suite/nearest_word.hpp"
#include "harness/suite/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace mailspec::suite {

namespace {

// yaml-cpp counts from 0, and has no place for what is absent.
source_pos position_of(const std::string& file, const YAML::Mark& mark) {
    if (mark.is_null()) return {file, 1, 1};
    return {file, mark.line + 1, mark.column + 1};
}

const char* kind_of(const YAML::Node& node) {
    if (node.IsMap()) return "a mapping";
    if (node.IsSequence()) return "a list";
    if (node.IsNull()) return "nothing";
    return "a text";
}

} // namespace

yaml_source::yaml_source(const std::string& yaml, std::string name, std::vector<problem>& problems)
    : name_(std::move(name))
    , problems_(problems) {
    std::istringstream in(yaml);
    for (std::string line; std::getline(in, line);)
        lines_.push_back(line);
    if (auto unfit = unfit_octet(yaml, name_)) {
        problems_.push_back(std::move(*unfit));
        return;
    }
    try {
        const auto documents = YAML::LoadAll(yaml);
        if (!documents.empty()) root_ = documents.front();
        if (documents.size() > 1)
            report(documents[1], "found a second document (behind `---`), expected one a file");
    } catch (const YAML::Exception& e) {
        auto tab = tab_as_indentation(yaml, name_, e.mark.line + 1);
        problems_.push_back(tab ? std::move(*tab)
                                : problem{position_of(name_, e.mark), fmt::format("not YAML: {}", e.msg)});
    }
}

source_pos yaml_source::position(const YAML::Node& node) const {
    return position_of(name_, node.Mark());
}

void yaml_source::report(const YAML::Node& node, std::string text) {
    report(position(node), std::move(text));
}

void yaml_source::report(const source_pos& at, std::string text) {
    problems_.push_back({at, std::move(text)});
}

std::optional<script_source> yaml_source::block_string(const YAML::Node& node, const written& key,
                                                       const char* what) {
    auto at = position(node);
    auto header = static_cast<std::size_t>(at.line - 1), column = static_cast<std::size_t>(at.column - 1);
    bool is_block = node.IsScalar() && header < lines_.size() && column < lines_[header].size() &&
                    lines_[header][column] == '|';
    if (!is_block) {
        report(key.at,
               fmt::format("found {} as `{}`, expected a block string: write `{}: |` and the {} below it, "
                           "indented",
                           kind_of(node), key.text, key.text, what));
        return std::nullopt;
    }
    std::size_t indent = 0;
    for (auto line = header + 1; line < lines_.size(); ++line)
        if (auto first = lines_[line].find_first_not_of(' '); first != std::string::npos) {
            indent = first;
            break;
        }
    if (node.Scalar().find_first_not_of(" \n") == std::string::npos) {
        report(key.at, fmt::format("`{}` is empty, expected {}", key.text, what));
        return std::nullopt;
    }
    return script_source{node.Scalar(), {name_, at.line + 1, static_cast<int>(indent) + 1}};
}

yaml_map::yaml_map(yaml_source& source, const YAML::Node& node, const source_pos& at, const std::string& what,
                   const std::vector<std::string>& keys)
    : source_(source)
    , what_(what)
    , at_(at) {
    if (!node.IsMap()) {
        source_.report(at_, fmt::format("found {}, expected {} as `key: value` lines", kind_of(node), what));
        return;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
        if (!entry.first.IsScalar()) {
            source_.report(entry.first,
                           fmt::format("found {} as a key, expected a word", kind_of(entry.first)));
            continue;
        }
        auto key = entry.first.Scalar();
        if (!keys.empty() && std::ranges::find(keys, key) == keys.end())
            source_.report(entry.first, fmt::format("unknown key `{}` in {}, expected {}{}", key, what,
                                                    word_list(keys), did_you_mean(key, keys)));
        else if (!seen.insert(key).second)
            source_.report(entry.first,
                           fmt::format("`{}` stands twice in {}, expected each key once", key, what));
        else
            entries_.emplace_back(entry.first, entry.second);
    }
}

YAML::Node yaml_map::value(const std::string& key) const {
    for (auto& [name, node] : entries_)
        if (name.Scalar() == key) return node;
    return YAML::Node(YAML::NodeType::Undefined);
}

source_pos yaml_map::place(const std::string& key) const {
    for (auto& [name, node] : entries_)
        if (name.Scalar() == key) return source_.position(name);
    return at_;
}

std::optional<written> yaml_map::text(const std::string& key) const {
    auto node = value(key);
    if (!node.IsDefined()) return std::nullopt;
    if (node.IsScalar() && !node.Scalar().empty()) return written{node.Scalar(), source_.position(node)};
    source_.report(place(key),
                   fmt::format("found {} as `{}` of {}, expected a text", kind_of(node), key, what_));
    return std::nullopt;
}

std::vector<written> yaml_map::words(const std::string& key) const {
    std::vector<written> result;
    auto node = value(key);
    if (!node.IsDefined()) return result;
    if (node.IsScalar()) return {{node.Scalar(), source_.position(node)}};
    if (!node.IsSequence())
        source_.report(place(key), fmt::format("found {} as `{}` of {}, expected a text or a list",
                                               kind_of(node), key, what_));
    else
        for (const auto& item : node) {
            if (item.IsScalar())
                result.push_back({item.Scalar(), source_.position(item)});
            else
                source_.report(item,
                               fmt::format("found {} in the list `{}`, expected a text", kind_of(item), key));
        }
    return result;
}

std::optional<written> yaml_map::required_text(const std::string& key) const {
    if (!value(key).IsDefined()) {
        source_.report(at_, fmt::format("{} has no `{}`", what_, key));
        return std::nullopt;
    }
    return text(key);
}

} // namespace mailspec::suite
