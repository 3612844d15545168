// Starting a server and waiting until it is ready, the first time and after a script has stopped it: by the
// command of a profile, or refmaild, which says itself when it is ready and where (one line of JSON). It
// stops nothing: whoever called has the process, from the moment it runs.
#pragma once
#include "harness/target/process.hpp"
#include "harness/target/profile.hpp"
#include "harness/target/target.hpp"
#include "net/byte_stream.hpp"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::target {

struct launch_error {
    std::string text; // a sentence that says what to do
    std::string log;  // the server's last lines, if it had some
};

struct server_process {
    std::unique_ptr<process> leader; // what the start command became
    bool daemonised = false;         // it ended well and left a server behind
};

struct work_place {
    std::filesystem::path folder, log;
};

class server_start {
  public:
    virtual ~server_start() = default;
    using outcome = std::expected<void, launch_error>;
    // Fills in what of the target is only known by then. Both arguments outlive the coroutine.
    virtual net::task<outcome> begin(target_info& info, server_process& into) = 0;
};

// The words of the plan are filled in already.
std::unique_ptr<server_start> start_by_plan(start_plan plan, work_place where);

// `command` makes refmaild announce itself; `hidden_account` is announced, but not for cases to use.
std::unique_ptr<server_start> start_of_refmaild(std::vector<std::string> command, std::string hidden_account,
                                                work_place where);

} // namespace mailspec::target
