// Running the built mailspec, and a scripted server for it to judge.
#pragma once
#include "harness/target/process.hpp"
#include "harness/tests/target/temporary_folder.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mailspec::testing {

struct finished {
    int code = -1; // exit status
    std::string out, err;
};

using words = std::vector<std::string>;

// Starts `mailspec WORDS` in a folder; stderr goes to its file "stderr".
std::unique_ptr<target::process> start_mailspec(const temporary_folder& folder, const words& arguments);
finished finish(target::process& running, const temporary_folder& folder, std::string out = {});

// A scripted SMTP server (tests/target/scripted_server.py) on a port of its own.
class scripted_server {
  public:
    explicit scripted_server(const std::string& mode);
    const std::string& address() const { return address_; } // "127.0.0.1:40123"
    const std::string& log() const;                         // what it has said so far
    void wait_for(const std::string& text) const;           // in the log

  private:
    temporary_folder folder_;
    std::string address_;
    std::unique_ptr<target::process> running_;
    mutable std::string said_;
};

int free_port();

// A folder with a small suite, my-suite.yaml, and mailspec run in it.
class workplace {
  public:
    workplace();
    finished mailspec(const words& arguments) const;
    finished run(const scripted_server& server, words more = {}) const; // run ./my-suite.yaml against it
    const temporary_folder& folder() const { return folder_; }

  private:
    temporary_folder folder_;
};

} // namespace mailspec::testing
