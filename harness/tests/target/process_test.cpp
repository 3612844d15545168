// Child processes: how they start, end, and take their group with them.
#include "harness/target/process.hpp"
#include "harness/tests/target/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <poll.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using namespace mailspec;
using namespace std::chrono_literals;
using target::process;

namespace {

std::unique_ptr<process> shell(const testing::temporary_folder& folder, const std::string& text,
                               bool listen = false) {
    auto started = process::start({{"/bin/sh", "-c", text}, folder.path(), folder.path() / "log", listen});
    BOOST_REQUIRE(started);
    return std::move(*started);
}

} // namespace

BOOST_AUTO_TEST_SUITE(processes)

BOOST_AUTO_TEST_CASE(a_status_and_a_log) {
    const testing::temporary_folder folder;
    auto child = shell(folder, "echo out; echo err >&2; pwd > here; exit 3");
    BOOST_TEST(child->wait(10s));
    BOOST_TEST(child->ending() == "ended with status 3");
    BOOST_TEST(!child->succeeded());
    BOOST_TEST(folder.read("log") == "out\nerr\n");
    BOOST_TEST(folder.read("here") == std::filesystem::canonical(folder.path()).string() + "\n");
}

BOOST_AUTO_TEST_CASE(a_signal) {
    const testing::temporary_folder folder;
    auto child = shell(folder, "kill -SEGV $$");
    BOOST_TEST(child->wait(10s));
    BOOST_TEST(child->ending() == "was killed by signal 11 (Segmentation fault)");
}

BOOST_AUTO_TEST_CASE(output_is_read_apart_from_the_log) {
    const testing::temporary_folder folder;
    auto child = shell(folder, "echo said; echo logged >&2", true);
    BOOST_TEST(child->wait(10s));
    BOOST_TEST(child->take_output() == "said\n");
    BOOST_TEST(folder.read("log") == "logged\n");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there) {
    const testing::temporary_folder folder;
    const auto started = process::start({{"./no-such-program"}, folder.path(), folder.path() / "log", false});
    BOOST_REQUIRE(!started);
    BOOST_TEST(started.error() == "cannot run ./no-such-program: No such file or directory");
    const auto no_log = process::start({{"/bin/true"}, folder.path(), "/nowhere/log", false});
    BOOST_REQUIRE(!no_log);
    BOOST_TEST(no_log.error() == "cannot write the log /nowhere/log: No such file or directory");
}

BOOST_AUTO_TEST_CASE(stop_takes_the_group_and_gives_time) {
    const testing::temporary_folder folder;
    auto child = shell(folder, "trap 'echo ended >&2; exit 0' TERM; sleep 600 & echo $!; wait", true);
    std::string said;
    while (!said.contains('\n'))
        said += child->take_output();
    const int watched = int(::syscall(SYS_pidfd_open, pid_t(std::stoi(said)), 0));
    BOOST_REQUIRE(watched >= 0);
    BOOST_TEST(child->running());
    child->stop(10s);
    BOOST_TEST(child->ending() == "ended with status 0");
    BOOST_TEST(folder.read("log").contains("ended"));
    // Killed with the group; its end is waited for (pidfd_open(2): readable once the process has ended).
    pollfd end{watched, POLLIN, 0};
    BOOST_TEST(::poll(&end, 1, 10'000) == 1);
    ::close(watched);
}

BOOST_AUTO_TEST_CASE(what_we_have_open_is_not_handed_on) {
    const testing::temporary_folder folder;
    const int ours = ::dup(0);
    BOOST_REQUIRE(ours > 2);
    auto child =
        shell(folder, "[ -e /proc/$$/fd/" + std::to_string(ours) + " ] && echo kept || echo closed", true);
    std::string said;
    while (!said.contains('\n'))
        said += child->take_output();
    BOOST_TEST(said == "closed\n");
    ::close(ours);
}

BOOST_AUTO_TEST_CASE(who_does_not_listen_is_killed) {
    const testing::temporary_folder folder;
    auto child = shell(folder, "trap '' TERM; echo ready; while :; do sleep 1; done", true);
    while (child->take_output().empty())
        std::this_thread::yield();
    child->stop(50ms);
    BOOST_TEST(child->ending() == "was killed by signal 9 (Killed)");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_log) {
    const testing::temporary_folder folder;
    const auto file = folder.file("log", "first\nsecond\nthird\n");
    BOOST_TEST(target::tail_of(file) == "first\nsecond\nthird\n");
    BOOST_TEST(target::tail_of(file, 10) == "third\n"); // a cut line is left out
    BOOST_TEST(target::tail_of("/nowhere") == "");
}

BOOST_AUTO_TEST_SUITE_END()
