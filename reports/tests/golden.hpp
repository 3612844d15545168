// Golden files: a text must be what the file under reports/golden holds. With MAILSPEC_UPDATE_GOLDEN set the
// files are written instead, to be read and judged in the diff before they are committed.
#pragma once
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace reports::tests {

inline void check_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string(SOURCE_DIR) + "/reports/golden/" + name;
    if (std::getenv("MAILSPEC_UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << text;
    std::ifstream file(path, std::ios::binary);
    BOOST_TEST_REQUIRE(file.good(), path << " is not there");
    std::ostringstream golden;
    golden << file.rdbuf();
    BOOST_TEST(text == golden.str(), name << " differs:\n" << text);
}

} // namespace reports::tests
