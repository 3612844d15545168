// mailspec version.
#include "harness/cli/program.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace mailspec::cli {

void add_version(CLI::App& app, program& p) {
    app.add_subcommand("version", "Print the version")->callback([&p] {
        p.selected = [] {
            std::cout << "mailspec " << tool_version() << '\n';
            return 0;
        };
    });
}

} // namespace mailspec::cli
