// See the header.
#include "harness/tests/cli/mailspec_program.hpp"

#include "net/listener.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

namespace mailspec::testing {

using namespace std::chrono_literals;

namespace {

const char* const my_suite = R"(title: My suite
rfc: 5321
service: smtp
cases:
  noop:
    title: NOOP is answered with 250
    requirement: rfc5321-4.1.1.9-1
    why: clients use it to keep a session open
    script: |
      do hello
      C: NOOP
      check S: 250 else warn 252
      do quit
  verify:
    title: VRFY is known
    requirement: rfc5321-4.5.1-1
    security: an example of a sentence
    script: |
      do hello
      C: VRFY somebody
      check S: 252
  help:
    title: HELP is answered
    level: SHOULD
    script: |
      do hello
      C: HELP
      check S: 214
  turn:
    title: TURN is not offered
    needs: TURN
    script: |
      do hello
      C: TURN
      check S: 502
)";

} // namespace

int free_port() {
    int port = 0;
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        port = (*net::listener::open(on, any))->local().port;
    });
    return port;
}

std::unique_ptr<target::process> start_mailspec(const temporary_folder& folder, const words& arguments) {
    words command{BINARY_DIR "/harness/mailspec"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    auto started = target::process::start({command, folder.path(), folder.path() / "stderr", true});
    BOOST_REQUIRE_MESSAGE(started, (started ? "" : started.error()));
    return std::move(*started);
}

finished finish(target::process& running, const temporary_folder& folder, std::string out) {
    for (std::string more; !(more = running.wait_for_output(60s)).empty();)
        out += more;
    running.wait(60s);
    const auto ending = running.ending();
    int code = -1;
    if (ending.starts_with("ended with status ")) code = std::stoi(ending.substr(18));
    return {code, out, folder.read("stderr")};
}

scripted_server::scripted_server(const std::string& mode) {
    const int port = free_port();
    address_ = fmt::format("127.0.0.1:{}", port);
    // What it says goes to stderr; here it is listened to.
    const words command{"/bin/sh",
                        "-c",
                        "exec python3 \"$@\" 2>&1",
                        "sh",
                        SOURCE_DIR "/harness/tests/target/scripted_server.py",
                        std::to_string(port),
                        mode};
    auto started = target::process::start({command, folder_.path(), folder_.path() / "log", true});
    BOOST_REQUIRE(started);
    running_ = std::move(*started);
    wait_for("listening");
}

const std::string& scripted_server::log() const {
    said_ += running_->take_output();
    return said_;
}

void scripted_server::wait_for(const std::string& text) const {
    while (!log().contains(text)) {
        const auto more = running_->wait_for_output(30s);
        BOOST_REQUIRE(!more.empty());
        said_ += more;
    }
}

workplace::workplace() {
    folder_.file("my-suite.yaml", my_suite);
}

finished workplace::mailspec(const words& arguments) const {
    const auto running = start_mailspec(folder_, arguments);
    auto result = finish(*running, folder_);
    std::filesystem::remove(folder_.path() / "stderr"); // a later run appends
    return result;
}

finished workplace::run(const scripted_server& server, words more) const {
    words arguments{"run", "--smtp", server.address(), "--domain", "test.example"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const bool selects = std::ranges::any_of(more, [](const auto& w) { return w.starts_with("./"); });
    if (!selects) arguments.push_back("./my-suite.yaml");
    return mailspec(arguments);
}

} // namespace mailspec::testing
