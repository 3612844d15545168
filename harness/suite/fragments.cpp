// Reading fragments.yaml files and looking fragments up: the nearest set that has NAME@SERVICE or NAME
// wins. Each file is read once, whatever path led to it. Puts nothing in place; that is resolver.cpp's.
// Follows docs/suite-language.md, "Blocks".
#include "harness/suite/fragments.hpp"

#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace fs = std::filesystem;

fragment_set make_fragments(std::vector<written_fragment> read, std::vector<problem>& problems) {
    fragment_set set;
    for (auto& item : read) {
        auto& name = item.name.text;
        if (auto at = name.find('@'); at != name.npos) {
            auto service = name.substr(at + 1);
            auto& services = known_services();
            if (std::ranges::find(services, service) == services.end())
                problems.push_back(
                    {item.name.at, fmt::format("unknown service `{}`, expected {}{}", service,
                                               word_list(services), did_you_mean(service, services))});
        }
        auto made = std::make_unique<fragment>();
        made->name = name;
        made->spoken = protocol_of(item.service);
        made->at = item.name.at;
        made->steps = std::move(item.script.steps);
        made->broken = !item.script.problems.empty();
        for (auto& word : item.needs) {
            if (auto parsed = parse_need(word.text))
                made->needs.push_back(*parsed);
            else
                problems.push_back({word.at, parsed.error()});
        }
        set.emplace(name, std::move(made));
    }
    return set;
}

fragment* fragment_scope::find(std::string_view name, std::string_view service) const {
    const auto special = fmt::format("{}@{}", name, service);
    const auto spoken = protocol_of(service);
    for (auto& set : sets_)
        for (const std::string_view wanted : {std::string_view(special), name})
            if (auto found = set->find(wanted); found != set->end() && found->second->spoken == spoken)
                return found->second.get();
    return nullptr;
}

std::vector<std::string> fragment_scope::names(std::string_view service) const {
    std::vector<std::string> names;
    for (auto& set : sets_)
        for (auto& [name, found] : *set)
            if (name.find('@') == name.npos && found->spoken == protocol_of(service) &&
                std::ranges::find(names, name) == names.end())
                names.push_back(name);
    return names;
}

namespace {

// suites/imap/rfc9051/fragments.yaml speaks IMAP; a file that is nowhere of the kind speaks SMTP unless it
// says otherwise.
std::string service_of_path(const fs::path& path) {
    for (const auto& folder : path.parent_path())
        for (const auto spoken : {protocol::imap, protocol::pop3})
            if (folder == name_of(spoken)) return name_of(spoken);
    return name_of(protocol::smtp);
}

} // namespace

void fragment_files::add_to(fragment_scope& scope, const fs::path& folder, const fs::path& top,
                            const fs::path& root, std::vector<problem>& problems) {
    std::vector<std::shared_ptr<fragment_set>> added;
    auto add = [&](const fs::path& path) {
        auto set = read(path, problems);
        if (!set || std::ranges::find(added, set) != added.end()) return;
        added.push_back(set);
        scope.add(set);
    };
    // Walked in full, so that `run transaction.yaml` from inside the suites meets the same fragments.
    auto shown = [&](const fs::path& path) { return folder.is_absolute() ? path : fs::proximate(path); };
    auto highest = fs::weakly_canonical(top);
    if (!folder.empty())
        for (auto here = fs::weakly_canonical(folder);; here = here.parent_path()) {
            add(shown(here / "fragments.yaml"));
            if (here == highest || here == here.parent_path()) break;
        }
    if (root.empty()) return;
    for (const auto spoken : {protocol::smtp, protocol::imap, protocol::pop3})
        add(root / name_of(spoken) / "fragments.yaml");
}

std::shared_ptr<fragment_set> fragment_files::read(const fs::path& path, std::vector<problem>& problems) {
    auto key = fs::weakly_canonical(path);
    if (auto known = read_.find(key); known != read_.end()) return known->second.set;
    file& entry = read_[key];
    entry.name = path.string();
    std::error_code failure;
    if (!fs::exists(path, failure)) return nullptr;
    if (auto text = read_text(path, problems))
        entry.set = std::make_shared<fragment_set>(
            make_fragments(read_fragments(*text, path.string(), service_of_path(key), problems), problems));
    return entry.set;
}

} // namespace mailspec::suite
