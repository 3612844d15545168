// Servers that are stopped, killed and started again: all of their processes, in the same folder, and what is
// said of one that does not come back.
#include "harness/target/process_family.hpp"
#include "harness/tests/target/scripted_target.hpp"
#include "harness/tests/target/temporary_folder.hpp"
#include "net/event.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace mailspec;
using namespace mailspec::testing;
using namespace std::chrono_literals;
using target::running_target;

namespace {

std::string kill(running_target& up) {
    using result = std::expected<void, std::string>;
    const auto done = net::run_for<result>([&] { return up.kill(); });
    return done ? "" : done.error();
}

std::string start_again(running_target& up) {
    using result = std::expected<void, target::launch_error>;
    const auto done = net::run_for<result>([&] { return up.start_again(); });
    return done ? "" : done.error().text;
}

// What a server says first; empty: nobody is there.
std::string greeting(const std::string& address) {
    return net::run_for<std::string>([&]() -> net::task<std::string> {
        const auto at = net::parse_endpoint(address);
        const auto until = net::deadline::in(5s);
        auto stream = co_await net::connect(at->host, at->port, until);
        if (!stream) co_return std::string();
        char room[256];
        const std::span<char> into(room);
        const auto got = co_await (*stream)->read_some(into, until);
        co_return got ? std::string(room, *got) : std::string();
    });
}

// A launcher as ci/targets has them: the server is a child of it, with a session of its own.
std::vector<std::string> launcher(std::uint16_t port) {
    return {"/bin/sh", "-c",
            fmt::format("echo started >>starts; setsid python3 '{{profile}}/scripted_server.py' {} ok & "
                        "echo $! >pid; wait",
                        port)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(restarting)

BOOST_AUTO_TEST_CASE(killed_and_started_in_the_same_folder) {
    const auto port = free_port();
    const testing::temporary_folder work;
    const auto up = bring_up(profile_of(launcher(port), port), target::launch_options{work.path()});
    BOOST_REQUIRE(up);
    auto& server = **up;
    BOOST_TEST(server.info.no_restart == "");
    BOOST_TEST(server.up());
    const auto first = std::stoi(work.read("pid"));
    BOOST_TEST(target::any_runs({first}));

    BOOST_TEST(kill(server) == "");
    BOOST_TEST(!target::any_runs({first})); // though it has a session of its own
    BOOST_TEST(!answers(port));
    BOOST_TEST(!server.up());
    BOOST_TEST(server.death() == ""); // nobody is surprised

    BOOST_TEST(start_again(server) == "");
    BOOST_TEST(server.up());
    BOOST_TEST(greeting(server.info.services.at("smtp")).starts_with("220 "));
    BOOST_TEST(work.read("starts") == "started\nstarted\n");
    BOOST_TEST(server.log_tail().contains("listening"));
    BOOST_TEST(kill(server) == "");
    BOOST_TEST(kill(server) == ""); // what is dead stays so
}

// So ends a server with threads: for a moment its first is gone and another still listens.
BOOST_AUTO_TEST_CASE(a_process_runs_until_its_last_thread_ends) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::thread([] { ::pause(); }).detach();
        ::syscall(SYS_exit, 0); // of this thread only
    }
    BOOST_REQUIRE(child > 0);
    auto first_thread_is_gone = [&] {
        std::ifstream stat(fmt::format("/proc/{}/stat", child));
        std::string text;
        std::getline(stat, text);
        return text.find(") Z ") != std::string::npos;
    };
    while (!first_thread_is_gone())
        std::this_thread::yield();
    BOOST_TEST(target::any_runs({child}));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(!target::any_runs({child}));
}

BOOST_AUTO_TEST_CASE(asked_to_stop) {
    const auto port = free_port();
    const testing::temporary_folder work;
    auto p = profile_of(server(port, "ok"), port);
    const auto up = bring_up(p, target::launch_options{work.path()});
    BOOST_REQUIRE(up);
    BOOST_TEST((*up)->ask_to_stop().has_value()); // SIGTERM
    BOOST_TEST(!(*up)->up());
    BOOST_TEST(start_again(**up) == "");
    BOOST_TEST(answers(port));
    BOOST_TEST((*up)->note == "");
}

BOOST_AUTO_TEST_CASE(stop_and_kill_commands) {
    const auto port = free_port();
    const testing::temporary_folder work;
    auto p = profile_of(
        {"/bin/sh", "-c",
         fmt::format("setsid python3 '{{profile}}/scripted_server.py' {} ok & echo $! >pid", port)},
        port);
    p.start->stop = {"/bin/sh", "-c", "kill $(cat pid); echo stopped >>told"};
    p.start->kill = {"/bin/sh", "-c", "kill -KILL $(cat '{work}/pid'); echo killed >>told"};
    const auto up = bring_up(p, target::launch_options{work.path()});
    BOOST_REQUIRE(up);
    BOOST_TEST((*up)->info.no_restart == "");
    BOOST_TEST(kill(**up) == "");
    BOOST_TEST(falls_silent(port));
    BOOST_TEST(work.read("told") == "killed\n");
    BOOST_TEST(start_again(**up) == "");
    BOOST_TEST(answers(port));
    BOOST_TEST((*up)->ask_to_stop().has_value());
    BOOST_TEST(start_again(**up) == "");
    BOOST_TEST(answers(port));
    BOOST_TEST(work.read("told").starts_with("killed\nstopped\n"));
}

BOOST_AUTO_TEST_CASE(a_kill_command_that_fails) {
    const auto port = free_port();
    auto p = profile_of(server(port, "ok"), port);
    p.start->kill = {"/bin/sh", "-c", "exit 7"};
    const auto up = bring_up(p);
    BOOST_REQUIRE(up);
    BOOST_TEST(kill(**up) == "/bin/sh ended with status 7");
    (*up)->stop();
    BOOST_TEST(!answers(port));
}

// Nothing that mailspec knows leads to the daemon's processes.
BOOST_AUTO_TEST_CASE(a_daemon_out_of_reach) {
    const auto port = free_port();
    auto p = profile_of(
        {"/bin/sh", "-c",
         fmt::format("setsid python3 '{{profile}}/scripted_server.py' {} ok & echo $! >pid", port)},
        port);
    p.start->stop = {"/bin/sh", "-c", "kill $(cat pid)"};
    const auto up = bring_up(p);
    BOOST_REQUIRE(up);
    BOOST_TEST((*up)->info.no_restart == "its start command leaves a daemon behind, and its profile does not "
                                         "say how to kill that (`kill:` under `start:`)");
}

BOOST_AUTO_TEST_CASE(a_server_that_runs_already) {
    const auto port = free_port();
    const auto first = bring_up(profile_of(server(port, "ok"), port));
    BOOST_REQUIRE(first);
    auto p = profile_of({}, port);
    p.start.reset();
    const auto second = bring_up(p);
    BOOST_REQUIRE(second);
    BOOST_TEST((*second)->info.no_restart == "mailspec did not start it");
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_come_back) {
    const auto port = free_port();
    const testing::temporary_folder work;
    const auto once =
        fmt::format("[ ! -e been ] || {{ echo stale lock >&2; exit 5; }}; : >been; exec python3 "
                    "'{{profile}}/scripted_server.py' {} ok",
                    port);
    const auto up = bring_up(profile_of({"/bin/sh", "-c", once}, port), target::launch_options{work.path()});
    BOOST_REQUIRE(up);
    BOOST_TEST(kill(**up) == "");
    const auto why = fmt::format("the server ended with status 5 before it was ready on 127.0.0.1:{}", port);
    BOOST_TEST(start_again(**up) == why);
    BOOST_TEST((*up)->death() == "could not be started again: " + why);
    BOOST_TEST((*up)->log_tail().ends_with("stale lock\n"));
    std::filesystem::remove(work.path() / "been");
    BOOST_TEST(start_again(**up) == "");
    BOOST_TEST((*up)->death() == "");
}

// Its ports are others each time; its accounts are not twice as many.
BOOST_AUTO_TEST_CASE(refmaild_announces_itself_again) {
    const testing::temporary_folder folder;
    const auto file = folder.file("refmaild", "#!/bin/sh\n"
                                              "count=$(cat count 2>/dev/null || echo 1)\n"
                                              "echo $((count + 1)) >count\n"
                                              "echo '{\"domain\":\"example.test\",\"maildir\":\"/m/{user}\","
                                              "\"services\":{\"smtp\":\"127.0.0.1:'$count'\"},"
                                              "\"accounts\":[{\"user\":\"ms01\",\"password\":\"p\","
                                              "\"address\":\"ms01@example.test\"},{\"user\":\"busy\","
                                              "\"password\":\"p\",\"address\":\"busy@example.test\"}]}'\n"
                                              "exec sleep 600\n");
    ::chmod(file.c_str(), 0755);
    const auto up = net::run_for<target::launched>(
        [&] { return target::launch_refmaild(file, target::launch_options{}); });
    BOOST_REQUIRE(up);
    BOOST_TEST((*up)->info.no_restart == "");
    BOOST_TEST((*up)->info.services.at("smtp") == "127.0.0.1:1");
    BOOST_TEST(kill(**up) == "");
    BOOST_TEST(start_again(**up) == "");
    BOOST_TEST((*up)->info.services.at("smtp") == "127.0.0.1:2");
    BOOST_TEST((*up)->info.accounts.size() == 1u);
    BOOST_TEST((*up)->info.features.contains("alias"));
}

BOOST_AUTO_TEST_SUITE_END()
