// Finds suite files, gives each its path, and puts together what the files, their fragments and the ledger
// say. Form is suite_file's, a case's meaning case_builder's. A mistake in one case leaves the others
// loaded, and every mistake is told at once.
#include "harness/suite/loader.hpp"

#include "harness/suite/case_builder.hpp"
#include "harness/suite/fragments.hpp"
#include "harness/suite/rulings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace mailspec::suite {

namespace fs = std::filesystem;

namespace {

struct found_file {
    fs::path file;    // as reached from what the user named
    fs::path folder;  // where its fragments.yaml would be; empty: nowhere
    fs::path top;     // folders above this one are none of its business
    std::string path; // "smtp/rfc5321/transaction"
    bool ours = false;
};

// `path` below `folder`, or empty.
std::string below(const fs::path& path, const fs::path& folder) {
    if (folder.empty()) return {};
    std::error_code failure; // then the names as they are will do
    auto real = fs::weakly_canonical(path, failure), real_folder = fs::weakly_canonical(folder, failure);
    auto relative = (failure ? path : real).lexically_relative(failure ? folder : real_folder);
    if (relative.empty() || *relative.begin() == "..") return {};
    return relative.replace_extension().generic_string();
}

bool is_suite(const fs::path& file) {
    return file.extension() == ".yaml" && file.filename() != "fragments.yaml" &&
           file.filename() != "untested.yaml";
}

class suite_loader {
  public:
    suite_loader(const load_options& options, const requirement_catalogue& catalogue)
        : root_(options.suites_root)
        , check_(options.check)
        , fixtures_(options.suites_root)
        , catalogue_(catalogue) {
        if (!root_.empty()) rulings_ = read_rulings(root_ / "rulings.md");
    }

    void add_path(const fs::path& path) {
        std::error_code failure;
        if (fs::is_directory(path, failure)) {
            const auto before = result_.problems.size();
            std::set<fs::path> files;
            find_suites(path, files);
            if (files.empty() && result_.problems.size() == before)
                problem_at(path, "this folder has no suite (*.yaml) in it");
            for (auto& file : files)
                add_file(file, path);
        } else if (fs::exists(path, failure)) {
            add_file(path, {});
        } else {
            problem_at(path, failure ? why(failure) : "no such file or folder");
        }
    }

    void load_text(const std::string& yaml, const found_file& from) {
        auto name = from.file.string();
        auto suite = read_suite(yaml, name, result_.problems);
        auto own =
            std::make_shared<fragment_set>(make_fragments(std::move(suite.fragments), result_.problems));
        own_sets_.push_back(own);
        fragment_scope scope;
        scope.add(own);
        files_.add_to(scope, from.folder, from.top, root_, result_.problems);

        loaded_suite loaded{from.path, suite.title ? suite.title->text : "", suite.at, {}};
        case_context context{catalogue_, rulings_, scope, fixtures_, from.path, from.ours};
        for (auto& c : suite.cases)
            if (auto built = build_case(suite, c, context, result_.problems); built && passes(*built))
                loaded.cases.push_back(std::move(*built));
        result_.suites.push_back(std::move(loaded));
    }

    load_result finish() {
        for (auto& own : own_sets_)
            list_fragments(*own, false);
        for (auto& [key, file] : files_.all())
            if (file.set) list_fragments(*file.set, true);
        std::ranges::sort(result_.suites, {}, &loaded_suite::path);
        order_problems();
        return std::move(result_);
    }

  private:
    // What looks like a suite and is no readable file is a problem: skipped in silence, its cases would be
    // missed by nobody.
    void find_suites(const fs::path& folder, std::set<fs::path>& files) {
        std::error_code failure;
        fs::directory_iterator entries(folder, failure);
        if (failure) return problem_at(folder, why(failure));
        for (; entries != fs::directory_iterator(); entries.increment(failure)) {
            if (failure) return problem_at(folder, why(failure));
            const auto& path = entries->path();
            std::error_code unknown;
            const auto kind = fs::status(path, unknown).type();
            if (kind == fs::file_type::directory) {
                if (!entries->is_symlink(unknown) || leads_elsewhere(path)) find_suites(path, files);
            } else if (is_suite(path)) {
                if (kind == fs::file_type::regular)
                    files.insert(path);
                else
                    problem_at(path, unknown ? why(unknown) : "is no file, expected a suite");
            }
        }
    }

    // Whether a linked folder has something new: not what is above it, which is being read, or was linked to.
    bool leads_elsewhere(const fs::path& link) {
        std::error_code failure;
        const auto real = fs::canonical(link, failure);
        const auto above = fs::canonical(link.parent_path(), failure);
        const auto down = above.lexically_relative(real);
        const bool circle = !down.empty() && *down.begin() != "..";
        return !failure && !circle && linked_.insert(real).second;
    }

    static std::string why(const std::error_code& failure) {
        return fmt::format("cannot be read: {}", failure.message());
    }

    void add_file(const fs::path& file, const fs::path& folder) {
        auto path = below(file, root_);
        bool ours = !path.empty();
        if (!ours) path = folder.empty() ? file.stem().string() : below(file, folder);
        if (path.empty()) // behind a link that leads out of the folder
            path = file.lexically_relative(folder).replace_extension().generic_string();
        auto parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
        found_file found{file, parent, ours ? root_ : folder.empty() ? parent : folder, path, ours};
        std::error_code failure;
        auto canonical = fs::weakly_canonical(file, failure);
        auto [other, fresh] = taken_.emplace(found.path, canonical);
        if (!fresh) {
            if (other->second != canonical)
                problem_at(
                    file,
                    fmt::format("its cases would be named `{}/...`, as those of {}; rename one of the files",
                                found.path, other->second.string()));
            return; // named twice, as a file and by its folder
        }
        if (auto text = read_text(file, result_.problems)) load_text(*text, found);
    }

    bool passes(const test_case& c) {
        if (!check_) return true;
        auto found = check_(c);
        result_.problems.insert(result_.problems.end(), found.begin(), found.end());
        return found.empty();
    }

    void list_fragments(const fragment_set& set, bool shared) {
        for (auto& [name, f] : set)
            result_.fragments.push_back({name, f->at, f->used, shared});
    }

    // By place; a mistake in a fragment is met at each use and told once.
    void order_problems() {
        auto key = [](const problem& p) { return std::tie(p.at.file, p.at.line, p.at.column, p.text); };
        auto& all = result_.problems;
        std::ranges::stable_sort(all, {}, key);
        auto same = [&](const problem& a, const problem& b) { return key(a) == key(b); };
        all.erase(std::unique(all.begin(), all.end(), same), all.end());
    }

    void problem_at(const fs::path& path, std::string text) {
        result_.problems.push_back({{path.string()}, std::move(text)});
    }

    fs::path root_;
    std::function<std::vector<problem>(const test_case&)> check_;
    fixture_folder fixtures_;
    const requirement_catalogue& catalogue_;
    std::vector<std::string> rulings_;
    fragment_files files_;
    std::vector<std::shared_ptr<fragment_set>> own_sets_;
    std::set<fs::path> linked_;             // folders that links led to
    std::map<std::string, fs::path> taken_; // suite path -> file
    load_result result_;
};

} // namespace

load_result load_suites(const std::vector<fs::path>& paths, const load_options& options,
                        const requirement_catalogue& catalogue) {
    suite_loader loader(options, catalogue);
    for (auto& path : paths)
        loader.add_path(path);
    return loader.finish();
}

load_result load_suite_text(const std::string& yaml, const std::string& path, const std::string& name,
                            const load_options& options, const requirement_catalogue& catalogue) {
    suite_loader loader(options, catalogue);
    loader.load_text(yaml, {name, {}, {}, path, false});
    return loader.finish();
}

} // namespace mailspec::suite
