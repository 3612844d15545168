// A place in a YAML file; see the header.
#include "reference/daemon/yaml_entry.hpp"

#include "reference/daemon/configuration_error.hpp"
#include "reference/message/mailbox.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>

namespace refmail::daemon {
namespace {

int line_of(const YAML::Node& node) {
    return node.Mark().line + 1;
}

// Levenshtein's distance: how many letters to change, add or drop.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
        }
    }
    return row.back();
}

std::string suggestion(std::string_view found, std::initializer_list<std::string_view> known) {
    const auto nearest = std::min_element(
        known.begin(), known.end(), [&](auto a, auto b) { return distance(found, a) < distance(found, b); });
    if (nearest != known.end() && distance(found, *nearest) <= std::max<std::size_t>(2, found.size() / 3))
        return fmt::format("did you mean '{}'?", *nearest);
    return fmt::format("known here: {}", fmt::join(known, ", "));
}

// "5 min" -> 5 and "min".
std::optional<std::pair<std::uint64_t, std::string>> number_and_unit(const std::string& text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, number);
    if (code != std::errc{}) return std::nullopt;
    std::string unit(stop, end);
    unit.erase(0,
               unit.find_first_not_of(' ') == std::string::npos ? unit.size() : unit.find_first_not_of(' '));
    return std::pair{number, unit};
}

std::optional<std::uint64_t> scaled(const std::string& text,
                                    std::initializer_list<std::pair<std::string_view, std::uint64_t>> units) {
    const auto parts = number_and_unit(text);
    if (!parts || parts->first == 0) return std::nullopt;
    for (const auto& [name, factor] : units)
        if (parts->second == name && parts->first <= (std::uint64_t{1} << 50) / factor)
            return parts->first * factor;
    return std::nullopt;
}

} // namespace

yaml_entry yaml_entry::from_file(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream text;
    const bool nothing = in && in.peek() == std::ifstream::traits_type::eof() && !in.bad();
    if (!in.is_open() || (!nothing && !(text << in.rdbuf())))
        throw configuration_error(
            fmt::format("{}: cannot be read: {}", path, std::generic_category().message(errno)));
    return from_text(text.str(), path);
}

yaml_entry yaml_entry::from_text(const std::string& text, const std::string& name) {
    try {
        return yaml_entry(YAML::Load(text), name, "", 1);
    } catch (const YAML::ParserException& e) {
        throw configuration_error(fmt::format("{}:{}: not YAML: {}", name, e.mark.line + 1, e.msg));
    }
}

void yaml_entry::refuse(const std::string& why) const {
    throw configuration_error(key_.empty() ? fmt::format("{}:{}: {}", file_, line_, why)
                                           : fmt::format("{}:{}: {}: {}", file_, line_, key_, why));
}

void yaml_entry::allow_only(std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, value] : members()) {
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
        value.refuse("unknown key; " + suggestion(key, keys));
    }
}

yaml_entry yaml_entry::operator[](const std::string& key) const {
    if (!node_.IsMap()) refuse("expected keys and values here");
    const YAML::Node found = node_[key];
    const std::string whole = key_.empty() ? key : key_ + "." + key;
    if (!found.IsDefined()) return yaml_entry(YAML::Node(YAML::NodeType::Null), file_, whole, line_);
    return yaml_entry(found, file_, whole, line_of(found));
}

yaml_entry yaml_entry::child(const std::string& key) const {
    if (node_.IsSequence()) {
        const auto all = items();
        const std::size_t number = std::strtoul(key.c_str(), nullptr, 10);
        return number >= 1 && number <= all.size() ? all[number - 1] : *this;
    }
    if (!node_.IsMap()) return *this;
    for (const auto& [name, value] : members())
        if (message::equals_ignoring_case(name, key)) return value;
    return (*this)[key];
}

std::string yaml_entry::text() const {
    if (!exists() || (node_.IsScalar() && node_.Scalar().empty())) refuse("is missing or empty");
    if (!node_.IsScalar()) refuse("expected a single value");
    return node_.Scalar();
}

std::vector<yaml_entry> yaml_entry::items() const {
    std::vector<yaml_entry> all;
    if (!exists()) refuse("is missing or empty");
    if (!node_.IsSequence()) refuse("expected a list, such as [ a, b ]");
    for (std::size_t i = 0; i < node_.size(); ++i)
        all.push_back(yaml_entry(node_[i], file_, fmt::format("{}[{}]", key_, i + 1), line_of(node_[i])));
    return all;
}

std::vector<std::string> yaml_entry::texts() const {
    if (node_.IsScalar()) return {node_.Scalar()};
    std::vector<std::string> all;
    for (const auto& item : items())
        all.push_back(item.text());
    return all;
}

std::vector<std::pair<std::string, yaml_entry>> yaml_entry::members() const {
    std::vector<std::pair<std::string, yaml_entry>> all;
    if (!exists()) return all;
    if (!node_.IsMap()) refuse("expected keys and values here");
    std::set<std::string> seen;
    for (const auto& pair : node_) {
        if (!pair.first.IsScalar()) refuse("a key must be a single word");
        const std::string key = pair.first.Scalar();
        yaml_entry value(pair.second, file_, key_.empty() ? key : key_ + "." + key, line_of(pair.first));
        if (!seen.insert(key).second) value.refuse("is there twice");
        all.emplace_back(key, value);
    }
    return all;
}

bool yaml_entry::boolean() const {
    bool value = false;
    if (!exists() || !YAML::convert<bool>::decode(node_, value)) refuse("expected true or false");
    return value;
}

std::uint64_t yaml_entry::count() const {
    const auto value = scaled(text(), {{"", 1}});
    if (!value) refuse(fmt::format("'{}' is no count; write 1 or more", text()));
    return *value;
}

std::uint16_t yaml_entry::port() const {
    const auto value = scaled(text(), {{"", 1}});
    if (!value || *value > 65535) refuse(fmt::format("'{}' is no port; write 1 to 65535", text()));
    return static_cast<std::uint16_t>(*value);
}

std::uint64_t yaml_entry::octets() const {
    const auto value = scaled(text(), {{"", 1}, {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}});
    if (!value) refuse(fmt::format("'{}' is no size; write 1048576, 64 KiB, 50 MiB or 1 GiB", text()));
    return *value;
}

std::chrono::seconds yaml_entry::time() const {
    const auto value = scaled(text(), {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 24 * 3600}});
    if (!value) refuse(fmt::format("'{}' is no time; write 90 s, 5 min, 4 h or 5 d", text()));
    return std::chrono::seconds(*value);
}

std::vector<net::endpoint> yaml_entry::endpoints() const {
    std::vector<net::endpoint> all;
    for (const auto& one : texts()) {
        const auto at = net::parse_endpoint(one);
        if (!at) refuse(at.error().text);
        if (!net::is_address_literal(at->host) && at->host != "localhost")
            refuse(fmt::format("'{}': listening needs an address, not a name; write 0.0.0.0:{} for all", one,
                               at->port));
        all.push_back(*at);
    }
    return all;
}

std::string yaml_entry::one_of(std::initializer_list<std::string_view> choices) const {
    const std::string value = text();
    if (std::find(choices.begin(), choices.end(), value) == choices.end())
        refuse(fmt::format("'{}' is none of {}", value, fmt::join(choices, ", ")));
    return value;
}

} // namespace refmail::daemon
