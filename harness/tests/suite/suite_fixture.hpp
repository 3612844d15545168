// A folder of suites of a test's own: a small ledger, rulings, fragments, and whatever the test writes.
// Removed afterwards. Messages name files relative to it, so tests compare whole lines. Takes nothing from
// the shipped suites.
#pragma once
#include "harness/suite/loader.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace mailspec::suite {

class suite_folder {
  public:
    suite_folder() {
        static std::atomic<int> count{0};
        root = std::filesystem::temp_directory_path() /
               ("suite_tests-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        write("requirements/rfc5321.tsv", "id\tsection\tlevel\tparty\tobserve\tsummary\n"
                                          "rfc5321-1-1\t1\tMUST\tsmtp-server\tdialog\tanswers\n"
                                          "rfc5321-1-2\t1\tSHOULD NOT\tsmtp-server\tdialog\tdoes not sulk\n"
                                          "rfc5321-1-3\t1\tMAY\tsmtp-server\tdialog\tmay smile\n"
                                          "rfc5321-2-1\t2\tMUST\tsmtp-server\tdelivery\t= rfc5321-1-1\n"
                                          "rfc5321-2-2\t2\tMUST\tsmtp-client\tdialog\tsends\n"
                                          "rfc5321-2-3\t2\tMUST\tsmtp-server\ttime\twaits\n");
        write("rulings.md", "# Rulings\n\n## bare-lf\n\nBoth readings.\n");
        write("smtp/fragments.yaml", "fragments:\n"
                                     "  hello: |\n    S: 220\n    C: EHLO {client}\n    S: 250\n"
                                     "  hello@lmtp: |\n    S: 220\n    C: LHLO {client}\n    S: 250\n"
                                     "  mail: |\n    C: MAIL FROM:<{sender}>\n    S: 250\n"
                                     "  auth:\n    needs: AUTH PLAIN\n    script: |\n"
                                     "      C: AUTH PLAIN {base64:{NUL}{user}{NUL}{password}}\n      S: 235\n"
                                     "  still-alive: |\n    fresh\n    S: 220\n");
    }
    suite_folder(const suite_folder&) = delete;
    suite_folder& operator=(const suite_folder&) = delete;
    ~suite_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(root, ignored);
    }

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        auto file = root / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

    requirement_catalogue catalogue() const {
        auto loaded = requirement_catalogue::load(root / "requirements");
        if (!loaded) throw std::runtime_error(loaded.error().front().str());
        return *loaded;
    }

    load_result load(const std::filesystem::path& path) const {
        return load_suites({path}, {root}, catalogue());
    }

    // A suite below smtp/.
    load_result load_yaml(const std::string& yaml) const { return load(write("smtp/test.yaml", yaml)); }

    // A suite with one case, `c`, whose script is this.
    load_result load_script(const std::string& script, const std::string& keys = "") const {
        std::string yaml = "title: T\nservice: smtp\nrfc: 5321\ncases:\n  c:\n    title: t\n"
                           "    requirement: rfc5321-1-1\n" +
                           keys + "    script: |\n";
        std::size_t start = 0;
        while (start < script.size()) {
            auto end = std::min(script.find('\n', start), script.size());
            yaml += "      " + script.substr(start, end - start) + "\n";
            start = end + 1;
        }
        return load_yaml(yaml);
    }

    // Messages without the folder in front, one a line.
    std::string problems(const load_result& loaded) const {
        std::string text;
        for (auto& p : loaded.problems) {
            auto line = p.str();
            auto prefix = root.string() + "/";
            for (auto at = line.find(prefix); at != line.npos; at = line.find(prefix))
                line.erase(at, prefix.size());
            text += line + "\n";
        }
        return text;
    }

    std::filesystem::path root;
};

} // namespace mailspec::suite
