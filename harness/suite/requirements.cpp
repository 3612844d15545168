// Reads the ledger of clauses from its TSV files. Refuses rows it does not understand, with their line: a
// clause that was silently dropped would look covered. Ids never change; section labels may be corrected.
// suites/requirements/NOTES.md describes the columns.
#include "harness/suite/requirements.hpp"

#include "harness/suite/nearest_word.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>

namespace mailspec::suite {

namespace {

const std::vector<std::string> levels = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "none"};

std::vector<std::string> split_tabs(std::string_view line) {
    std::vector<std::string> fields;
    while (true) {
        auto tab = line.find('\t');
        fields.emplace_back(line.substr(0, tab));
        if (tab == std::string_view::npos) return fields;
        line.remove_prefix(tab + 1);
    }
}

// "rfc5321.tsv" -> 5321
std::optional<int> rfc_of(const std::filesystem::path& file) {
    auto stem = file.stem().string();
    if (file.extension() != ".tsv" || !stem.starts_with("rfc") || stem.size() < 4 || stem.size() > 8 ||
        !std::ranges::all_of(stem.substr(3), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return std::stoi(stem.substr(3));
}

std::string flaw_of(const std::vector<std::string>& fields, int rfc) {
    if (fields.size() != 6) return fmt::format("found {} columns, expected 6 joined by tabs", fields.size());
    if (!fields[0].starts_with(fmt::format("rfc{}-", rfc)))
        return fmt::format("found the id `{}`, expected one that begins with `rfc{}-`", fields[0], rfc);
    if (std::ranges::find(levels, fields[2]) == levels.end())
        return fmt::format("found the level `{}`, expected {}", fields[2], word_list(levels));
    return {};
}

} // namespace

std::expected<requirement_catalogue, std::vector<problem>>
requirement_catalogue::load(const std::filesystem::path& folder) {
    std::error_code failure;
    std::set<std::filesystem::path> files;
    for (auto& entry : std::filesystem::directory_iterator(folder, failure))
        if (rfc_of(entry.path())) files.insert(entry.path());
    if (files.empty())
        return std::unexpected(std::vector{
            problem{{folder.string()},
                    "found no rfcNNNN.tsv, expected the ledger of clauses (requirements/ of the suites)"}});

    requirement_catalogue catalogue;
    std::vector<problem> problems;
    for (auto& file : files)
        catalogue.read(file, *rfc_of(file), problems);
    catalogue.follow_twins(problems);
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return catalogue;
}

void requirement_catalogue::read(const std::filesystem::path& file, int rfc, std::vector<problem>& problems) {
    static const std::string heading = "id\tsection\tlevel\tparty\tobserve\tsummary";
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    if (line != heading) {
        problems.push_back(
            {{file.string(), 1, 1}, "expected the heading `id section level party observe summary` (tabs)"});
        return;
    }
    for (int number = 2; std::getline(in, line); ++number) {
        if (line.empty()) continue;
        auto fields = split_tabs(line);
        auto flaw = flaw_of(fields, rfc);
        if (flaw.empty() && by_id_.contains(fields[0]))
            flaw = fmt::format("the id `{}` stands twice, expected unique ids", fields[0]);
        if (!flaw.empty()) {
            problems.push_back({{file.string(), number, 1}, flaw});
            continue;
        }
        by_id_[fields[0]] = rows_.size();
        rows_.push_back({.id = fields[0],
                         .rfc = rfc,
                         .section = fields[1],
                         .level = fields[2],
                         .party = fields[3],
                         .observe = fields[4],
                         .summary = fields[5],
                         .same_as = fields[5].starts_with("= ") ? fields[5].substr(2) : "",
                         .at = {file.string(), number, 1}});
    }
}

// `= id`: the summary is that row's, and so on until a row speaks for itself.
void requirement_catalogue::follow_twins(std::vector<problem>& problems) {
    for (auto& row : rows_) {
        std::set<std::string> seen{row.id};
        auto written = row.same_as;
        while (!row.same_as.empty()) {
            auto* twin = find(row.same_as);
            if (!twin || !seen.insert(twin->id).second) {
                problems.push_back({row.at, fmt::format("`= {}` leads {}, expected the id of another row",
                                                        written, twin ? "in a circle" : "nowhere")});
                break;
            }
            row.summary = twin->summary;
            if (twin->same_as.empty()) break;
            row.same_as = twin->same_as;
        }
    }
}

const requirement* requirement_catalogue::find(std::string_view id) const {
    auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &rows_[found->second];
}

std::string requirement_catalogue::nearest(std::string_view id) const {
    std::vector<std::string> ids;
    for (auto& row : rows_)
        ids.push_back(row.id);
    return nearest_word(id, ids);
}

} // namespace mailspec::suite
