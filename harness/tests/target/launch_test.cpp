// Bringing targets up: servers that start, die, never greet, leave a daemon behind; refmaild's announcement.
#include "harness/tests/target/scripted_target.hpp"
#include "harness/tests/target/temporary_folder.hpp"
#include "net/event.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace mailspec;
using namespace mailspec::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(launching)

BOOST_AUTO_TEST_CASE(starts_and_stops) {
    const auto port = free_port();
    std::filesystem::path maildir;
    {
        auto p = profile_of(server(port, "ok"), port);
        p.version_command = {"/bin/sh", "-c", "echo 4.5; echo more"};
        const auto up = bring_up(p);
        BOOST_REQUIRE(up);
        BOOST_TEST((*up)->info.version == "4.5");
        BOOST_TEST((*up)->death() == "");
        BOOST_TEST((*up)->log_tail().contains("listening"));
        maildir = (*up)->info.maildir;
        BOOST_TEST(!maildir.string().contains("{work}"));
        BOOST_TEST(std::filesystem::exists(maildir.parent_path().parent_path()));
        BOOST_TEST(answers(port));
    }
    BOOST_TEST(!answers(port));
    BOOST_TEST(!std::filesystem::exists(maildir.parent_path().parent_path())); // the work folder
}

BOOST_AUTO_TEST_CASE(dies_early) {
    const auto port = free_port();
    const auto up = bring_up(profile_of({"/bin/sh", "-c", "echo no licence; exit 4"}, port));
    BOOST_REQUIRE(!up);
    BOOST_TEST(up.error().text ==
               fmt::format("the server ended with status 4 before it was ready on 127.0.0.1:{}", port));
    BOOST_TEST(up.error().log == "no licence\n");
}

BOOST_AUTO_TEST_CASE(never_ready) {
    const auto port = free_port();
    auto p = profile_of({"/bin/sh", "-c", "echo waiting; exec sleep 600"}, port);
    p.start->within = 200ms;
    const auto up = bring_up(p);
    BOOST_REQUIRE(!up);
    BOOST_TEST(up.error().text.starts_with(
                   fmt::format("the server did not become ready: smtp at 127.0.0.1:{} after 0.2 s: ", port)),
               up.error().text);
    BOOST_TEST(up.error().log == "waiting\n");
}

BOOST_AUTO_TEST_CASE(cannot_be_run) {
    const auto up = bring_up(profile_of({"{profile}/missing"}, free_port()));
    BOOST_REQUIRE(!up);
    BOOST_TEST(up.error().text == "cannot run " SOURCE_DIR
                                  "/harness/tests/target/missing: No such file or directory");
}

// Another server on the port would be judged in place of ours.
BOOST_AUTO_TEST_CASE(somebody_is_there_already) {
    const auto port = free_port();
    const auto first = bring_up(profile_of(server(port, "ok"), port));
    BOOST_REQUIRE(first);
    const auto second = bring_up(profile_of(server(port, "ok"), port));
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().text ==
               fmt::format("somebody listens at 127.0.0.1:{} (smtp) before the server was started: stop what "
                           "runs there, or give the profile other ports",
                           port));
}

BOOST_AUTO_TEST_CASE(a_daemon_with_a_stop_command) {
    const auto port = free_port();
    const testing::temporary_folder work;
    auto p = profile_of(
        {"/bin/sh", "-c",
         fmt::format("setsid python3 '{{profile}}/scripted_server.py' {} ok & echo $! > pid", port)},
        port);
    p.start->stop = {"/bin/sh", "-c", "kill $(cat pid); echo stopped > stopped"};
    {
        const auto up = bring_up(p, target::launch_options{work.path()});
        BOOST_REQUIRE(up);
        BOOST_TEST((*up)->death() == "");
        BOOST_TEST(answers(port));
    }
    BOOST_TEST(falls_silent(port));
    BOOST_TEST(work.read("stopped") == "stopped\n"); // a folder that was named is kept
}

BOOST_AUTO_TEST_CASE(death_is_noticed) {
    const auto port = free_port();
    const auto up = bring_up(profile_of(server(port, "lost"), port));
    BOOST_REQUIRE(up);
    net::run([&]() -> net::task<void> {
        const auto until = net::deadline::in(10s);
        auto stream = co_await net::connect("127.0.0.1", port, until);
        (void)co_await (*stream)->write("MAIL FROM:<a@b.test>\r\n", until);
        while ((*up)->death().empty() && !until.passed()) {
            const auto soon = net::deadline::in(1ms);
            co_await net::sleep_until(soon);
        }
    });
    BOOST_TEST((*up)->death() == "ended with status 3");
    BOOST_TEST((*up)->log_tail().contains("lost at MAIL"));
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

BOOST_AUTO_TEST_CASE(one_that_sends_is_told_where) {
    const auto port = free_port();
    const testing::temporary_folder work;
    auto p = profile_of(
        {"/bin/sh", "-c",
         fmt::format("echo {{dns}} {{dns-host}} {{dns-port}} {{egress-port}} {{https-port}} {{ca}} "
                     ">told; exec python3 {{profile}}/scripted_server.py {} ok",
                     port)},
        port);
    p.sends.emplace();
    p.sends->retry = {"/bin/sh", "-c", "echo {zone} at {dns} >again"};
    p.sends->clock = {"/bin/sh", "-c", "exit {seconds}"};
    target::launch_options how{work.path()};
    how.egress = target::egress_place{"127.0.0.9:5300", 2525, 8443, "PEM\n", ""};
    const auto up = bring_up(p, how);
    BOOST_REQUIRE(up);
    const auto folder = work.path().string();
    BOOST_TEST(content_of(work.path() / "told") ==
               "127.0.0.9:5300 127.0.0.9 5300 2525 8443 " + folder + "/test-ca.pem\n");
    BOOST_TEST(content_of(work.path() / "test-ca.pem") == "PEM\n");
    const auto& info = (*up)->info;
    BOOST_TEST(info.no_sending == "");
    BOOST_TEST(info.retries);
    BOOST_TEST(info.retries_by_zone);
    BOOST_TEST(info.moves_clock);

    using done = std::expected<void, std::string>;
    auto words = (*up)->retry_command();
    const auto again = net::run_for<done>([&] { return (*up)->carry_out(words, 10s); });
    BOOST_TEST(again.has_value());
    BOOST_TEST(content_of(work.path() / "again") == "{zone} at 127.0.0.9:5300\n"); // the runner's to fill in
    words = {"/bin/sh", "-c", "exit 3"};
    const auto failed = net::run_for<done>([&] { return (*up)->carry_out(words, 10s); });
    BOOST_TEST(failed.error() == "/bin/sh ended with status 3");
    words = {"sleep", "600"};
    const auto slow = net::run_for<done>([&] { return (*up)->carry_out(words, 10ms); });
    BOOST_TEST(slow.error() == "sleep did not end within 0.01 s");
}

BOOST_AUTO_TEST_CASE(nobody_looks_at_what_it_sends) {
    const auto port = free_port();
    auto p = profile_of(server(port, "ok"), port);
    const auto without = bring_up(p);
    BOOST_REQUIRE(without);
    BOOST_TEST((*without)->info.no_sending == "the target's DNS is not ours (profile key `sends`)");
    BOOST_TEST(!(*without)->info.retries);
    (*without)->stop();
    p.sends.emplace();
    p.sends->retry = {"/bin/true"};
    target::launch_options how;
    how.egress = target::egress_place{"127.0.0.1:1", 25, 443, "", "port 53 is taken"};
    const auto refused = bring_up(p, how);
    BOOST_REQUIRE(refused);
    BOOST_TEST((*refused)->info.no_sending == "port 53 is taken");
    BOOST_TEST((*refused)->info.retries);
    BOOST_TEST(!(*refused)->info.retries_by_zone);
    BOOST_TEST(!(*refused)->info.moves_clock);
}

BOOST_AUTO_TEST_CASE(which_refmaild_sends) {
    const testing::temporary_folder folder;
    const auto fake = [&](const std::string& help) {
        const auto file = folder.file("refmaild", "#!/bin/sh\necho '" + help + "'\n");
        ::chmod(file.c_str(), 0755);
        return target::sends_of_refmaild(file);
    };
    BOOST_TEST(!fake("  --ports N").has_value());
    const auto sends = fake("  --ports N  --tls-ca FILE");
    BOOST_REQUIRE(sends.has_value());
    BOOST_TEST(sends->dns == "127.0.0.1:0");
    BOOST_TEST(sends->port == 0);
    BOOST_TEST(sends->https_port == 0);
}

BOOST_AUTO_TEST_CASE(a_refmaild_that_speaks_another_language) {
    const testing::temporary_folder folder;
    const auto fake = [&](const std::string& text) {
        const auto file = folder.file("refmaild", "#!/bin/sh\n" + text);
        ::chmod(file.c_str(), 0755);
        return net::run_for<target::launched>(
            [&] { return target::launch_refmaild(file, target::launch_options{}); });
    };
    const auto dead = fake("echo 'no free port' >&2; exit 1");
    BOOST_REQUIRE(!dead);
    BOOST_TEST(dead.error().text == "refmaild ended with status 1 before it was ready");
    BOOST_TEST(dead.error().log == "no free port\n");
    const auto odd = fake("echo '{}'; sleep 600");
    BOOST_REQUIRE(!odd);
    BOOST_TEST(
        odd.error().text.starts_with("refmaild announced itself in words that mailspec does not know: "));
}

BOOST_AUTO_TEST_SUITE_END()
