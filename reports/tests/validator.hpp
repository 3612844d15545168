// Judges of other people: xmllint against the JUnit schema, Python's jsonschema against ours. Where one is
// not installed its checks are left out, and the log says so loudly; ci/install-dependencies installs both.
#pragma once
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>

namespace reports::tests {

// Runs `command FILE`, with FILE holding the text. True: exit code 0.
inline bool accepts(const std::string& command, const std::string& text) {
    static int number = 0;
    const auto path = std::filesystem::temp_directory_path() /
                      ("reports-" + std::to_string(getpid()) + "-" + std::to_string(++number));
    std::ofstream(path, std::ios::binary) << text;
    const bool accepted = std::system((command + " '" + path.string() + "' >&2").c_str()) == 0;
    std::filesystem::remove(path);
    return accepted;
}

inline bool installed(const std::string& probe, const char* package) {
    const bool there = std::system((probe + " >/dev/null 2>&1").c_str()) == 0;
    if (!there) std::cerr << "NOT CHECKED: " << probe << " does not work here; install " << package << '\n';
    return there;
}

inline bool have_xmllint() {
    static const bool have = installed("xmllint --version", "libxml2-utils");
    return have;
}

inline bool have_jsonschema() {
    static const bool have = installed("python3 -c 'import jsonschema'", "python3-jsonschema");
    return have;
}

inline bool valid_junit(const std::string& text) {
    return accepts("xmllint --huge --noout --nonet --schema '" SOURCE_DIR "/reports/schemas/junit-10.xsd'",
                   text);
}

inline bool valid_json(const std::string& text) {
    return accepts("python3 -c 'import json, sys, jsonschema;"
                   "jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))'"
                   " '" SOURCE_DIR "/reports/schemas/result.schema.json'",
                   text);
}

} // namespace reports::tests
