// mailspec: the program. Everything is in cli/.
#include "harness/cli/program.hpp"

int main(int argc, char** argv) {
    return mailspec::cli::run_program(argc, argv);
}
