// Targets that send: the world around them is opened before they are started, what cannot be had is skipped
// with its reason, and cases that move the clock run last and alone. Uses harness/runner/session.hpp.
#include "harness/runner/session.hpp"
#include "harness/suite/loader.hpp"
#include "harness/tests/target/scripted_target.hpp"
#include "harness/tests/target/temporary_folder.hpp"
#include "net/endpoint.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace mailspec;
using namespace mailspec::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(sends)

namespace {

const std::string plain =
    "  plain:\n    title: t\n    script: |\n      do hello\n      C: NOOP\n      S: 250\n";
const std::string looks =
    "  looks:\n    title: t\n    hosts: { mx: accepts }\n    script: |\n      do hello\n"
    "      expect no connection at mx\n";

std::string timed(const std::string& name, const std::string& step) {
    return "  " + name + ":\n    title: t\n    script: |\n      do hello\n      " + step +
           "\n      C: NOOP\n      S: 250\n";
}

// One session with a scripted server that sends, as `plan` says.
struct ran {
    std::string told, skipped;
    std::optional<target::egress_place> place; // that the server was told of
    runner::session_end end;

    ran(const std::string& cases, const target::sends_plan& plan) {
        const suite::requirement_catalogue none;
        const auto loaded = suite::load_suite_text("title: T\nservice: smtp\ncases:\n" + cases, "t",
                                                   "./t.yaml", {SOURCE_DIR "/suites"}, none);
        for (const auto& p : loaded.problems)
            BOOST_ERROR(p.str());
        const auto port = free_port();
        auto profile = profile_of(server(port, "ok"), port);
        profile.sends = plan;
        const temporary_folder work;
        runner::session_plan session;
        for (const auto& c : loaded.suites.at(0).cases)
            session.cases.push_back(&c);
        session.sends = plan;
        session.bring_up = [&](std::optional<target::egress_place> egress) {
            place = egress;
            target::launch_options how{work.path(), std::move(egress)};
            return target::launch(profile, std::move(how));
        };
        session.told = [&](const suite::test_case& c, const script::case_outcome& outcome,
                           const std::string&) {
            const bool held = outcome.what == script::case_outcome::kind::held;
            told += c.name + (held ? "" : ": " + outcome.trouble) + " ";
        };
        session.skipped = [&](const suite::test_case& c, const std::string& why) {
            skipped += c.name + ": " + why;
        };
        end = runner::run_session(std::move(session));
        if (std::ifstream seen(work.path() / "seen"); seen) std::getline(seen, commands, '\0');
    }
    std::string commands; // what those of the profile wrote into the file `seen`
};

target::sends_plan any_ports() {
    target::sends_plan plan;
    plan.port = plan.https_port = 0;
    return plan;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_world_is_there_before_the_server) {
    const ran r(plain + looks, any_ports());
    BOOST_TEST(r.skipped == "");
    BOOST_TEST((r.told == "plain looks " || r.told == "looks plain "), r.told);
    BOOST_REQUIRE(r.place);
    BOOST_TEST(r.place->not_served == "");
    const auto dns = net::parse_endpoint(r.place->dns);
    BOOST_REQUIRE(dns);
    BOOST_TEST(dns->host == "127.0.0.1");
    BOOST_TEST(dns->port > 1);
    BOOST_TEST(r.place->egress_port > 1);
    BOOST_TEST(r.place->https_port > 1);
    BOOST_TEST(r.place->ca_pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_played_is_skipped) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        const auto taken = net::listener::open(on, any);
        auto plan = any_ports();
        plan.dns = net::to_string((*taken)->local());
        const ran r(plain + looks, plan);
        BOOST_TEST(r.told == "plain ");
        BOOST_TEST(r.skipped.starts_with("looks: the world around the server cannot be played: "), r.skipped);
        BOOST_TEST(r.skipped.contains(plan.dns), r.skipped);
        BOOST_TEST(r.end.trouble == "");
        BOOST_TEST(r.place->dns == plan.dns); // it is started all the same
        BOOST_TEST(r.place->egress_port == 1);
    });
}

BOOST_AUTO_TEST_CASE(nobody_looks) {
    const ran r(plain, any_ports());
    BOOST_TEST(r.told == "plain ");
    BOOST_TEST(r.place->not_served == "no selected case looks at what the server sends");
    BOOST_TEST(r.place->dns == "127.0.0.1:1"); // where nobody is
    BOOST_TEST(r.place->ca_pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

BOOST_AUTO_TEST_CASE(clocks_are_moved_alone) {
    auto plan = any_ports();
    plan.clock = {"/bin/sh", "-c", "echo clock {seconds} >>seen"};
    plan.retry = {"/bin/sh", "-c", "echo retry {zone} >>seen"};
    plan.retries_within = 1ms;
    const ran r(timed("moves", "clock advance 2d") + timed("again", "retry") + plain, plan);
    BOOST_TEST((r.told == "again plain moves " || r.told == "plain again moves "), r.told);
    BOOST_TEST(r.commands.ends_with("clock 172800\n"), r.commands);
    BOOST_TEST(r.commands.starts_with("retry "), r.commands);
    BOOST_TEST(r.commands.contains(".mailspec.test\n"), r.commands);
    plan.retry = {"/bin/sh", "-c", "echo retry >>seen"}; // of all mail: that is no other case's business
    const ran all(timed("again", "retry") + plain, plan);
    BOOST_TEST(all.told == "plain again ");
}

// The name is the same for both: at once, one would get the mail of the other.
BOOST_AUTO_TEST_CASE(names_in_common_are_served_alone) {
    const auto shares = [](const std::string& name) {
        return "  " + name +
               ":\n    title: t\n    dns: |\n      mx A {address:mx}\n      away.mailspec.test. 0 MX 10 "
               "mx.{zone}.\n    hosts: { mx: accepts }\n    script: |\n      do hello\n"
               "      expect no connection at mx\n";
    };
    const ran r(shares("first") + shares("second") + looks + plain, any_ports());
    BOOST_TEST(r.skipped == "");
    BOOST_TEST((r.told.ends_with("first second ") || r.told.ends_with("second first ")), r.told);
}

BOOST_AUTO_TEST_CASE(a_command_that_fails_is_nobodys_verdict) {
    auto plan = any_ports();
    plan.clock = {"/bin/sh", "-c", "exit 7 # {seconds}"};
    const ran r(timed("moves", "clock advance 90s"), plan);
    BOOST_TEST(r.told == "moves: /bin/sh ended with status 7 ");
}

BOOST_AUTO_TEST_CASE(no_way_to_move_it) {
    const ran r(timed("moves", "clock advance 90s"), any_ports());
    BOOST_TEST(r.skipped ==
               "moves: the target's clock cannot be moved (`clock` under `sends` of its profile)");
}

BOOST_AUTO_TEST_SUITE_END()
