// Cases that stop the server under test: they run last and alone, whatever comes of them the next one finds
// it up, and when it cannot be had again the run says so. Against a scripted server that mailspec starts.
#include "harness/runner/needs.hpp"
#include "harness/runner/run_cases.hpp"
#include "harness/suite/loader.hpp"
#include "harness/tests/target/scripted_target.hpp"
#include "harness/tests/target/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec;
using namespace mailspec::testing;
using namespace std::chrono_literals;
using kind = script::case_outcome::kind;

namespace {

// What cases of one suite came to: "name=held ", in the order in which they ended.
struct ran {
    std::string told;
    runner::cases_end end;
    bool up_at_last = false;
};

struct workplace {
    temporary_folder work;
    std::uint16_t port = free_port();
    suite::load_result loaded;

    suite::loaded_suite& load(const std::string& cases) {
        const suite::requirement_catalogue none;
        loaded = suite::load_suite_text("title: T\nservice: smtp\ncases:\n" + cases, "t", "./t.yaml",
                                        {SOURCE_DIR "/suites"}, none);
        for (const auto& p : loaded.problems)
            BOOST_ERROR(p.str());
        BOOST_REQUIRE(!loaded.suites.empty());
        return loaded.suites[0];
    }

    ran run(const std::string& cases, const target::profile& p, int jobs = 4) {
        const auto& suite = load(cases);
        runner::case_list list;
        for (const auto& c : suite.cases)
            list.push_back(&c);
        ran result;
        net::run([&]() -> net::task<void> {
            const target::launch_options how{work.path()};
            auto up = co_await target::launch(p, how);
            BOOST_REQUIRE(up);
            runner::outcome_sink sink = [&](const suite::test_case& c, const script::case_outcome& outcome,
                                            const std::string& crash) {
                const char* what = outcome.what == kind::held       ? "held"
                                   : outcome.what == kind::mismatch ? "mismatch"
                                                                    : "trouble";
                result.told += c.name + "=" + (crash.empty() ? what : crash) + " ";
            };
            runner::run_plan plan;
            plan.jobs = jobs;
            plan.told = std::move(sink);
            result.end = co_await runner::run_cases(list, **up, std::move(plan));
            result.up_at_last = (*up)->up() && (*up)->death().empty();
        });
        return result;
    }
};

std::string one_case(const std::string& name, const std::string& script) {
    std::string text = "  " + name + ":\n    title: t\n    script: |\n";
    for (std::size_t at = 0; at < script.size();) {
        const auto end = std::min(script.find('\n', at), script.size());
        text += "      " + script.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return text;
}

const std::string talks = "do hello\nrepeat 40\nC: NOOP\nS: 250\nend\nS: silence 20ms";
const std::string crashes = "do hello\nserver kill\nS: close\nserver start\ndo still-alive";

// Starts once, and then never again while the file is there.
std::vector<std::string> starts_once(std::uint16_t port) {
    return {"/bin/sh", "-c",
            fmt::format("[ ! -e been ] || {{ echo stale lock >&2; exit 5; }}; : >been; exec python3 "
                        "'{{profile}}/scripted_server.py' {} ok",
                        port)};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(restarts, workplace)

// If one of them ran beside the others, these would meet a dead server.
BOOST_AUTO_TEST_CASE(they_run_last_and_alone) {
    std::string cases = one_case("crash", crashes) + one_case("again", crashes);
    for (int i = 0; i < 8; ++i)
        cases += one_case(fmt::format("talk-{}", i), talks);
    const auto r = run(cases, profile_of(server(port, "ok"), port));
    BOOST_TEST(r.told.ends_with("crash=held again=held "), r.told);
    BOOST_TEST(!r.told.contains("mismatch"), r.told);
    BOOST_TEST(!r.told.contains("trouble"), r.told);
    BOOST_TEST(std::ranges::count(r.told, '=') == 10);
    BOOST_TEST(r.end.lost == "");
    BOOST_TEST(r.end.server_log == ""); // nobody need read it
}

BOOST_AUTO_TEST_CASE(the_next_one_finds_the_server_up) {
    const auto r = run(one_case("leaves", "do hello\nserver kill\nS: close") +
                           one_case("fails", "do hello\nserver stop\nS: 250") + one_case("crash", crashes) +
                           one_case("ends-stopped", "do hello\nserver stop\nS: close"),
                       profile_of(server(port, "ok"), port));
    BOOST_TEST(r.told == "leaves=held fails=mismatch crash=held ends-stopped=held ");
    BOOST_TEST(r.up_at_last);
    BOOST_TEST(r.end.lost == "");
}

BOOST_AUTO_TEST_CASE(stopping_often_is_not_dying_often) {
    std::string cases;
    for (int i = 0; i < 11; ++i)
        cases += one_case(fmt::format("c{}", i), "do hello\nserver kill\nS: close");
    const auto r = run(cases, profile_of(server(port, "ok"), port));
    BOOST_TEST(std::ranges::count(r.told, '=') == 11, r.told);
    BOOST_TEST(r.end.lost == "");
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_come_back) {
    const auto r = run(one_case("talk", talks) + one_case("crash", crashes) + one_case("never", crashes),
                       profile_of(starts_once(port), port));
    const auto why =
        fmt::format("could not be started again: the server ended with status 5 before it was ready on "
                    "127.0.0.1:{}",
                    port);
    BOOST_TEST(r.told == "talk=held crash=" + why + " ");
    BOOST_TEST(r.end.lost == "the server " + why);
    BOOST_TEST(r.end.server_log.ends_with("stale lock\n"));
    BOOST_REQUIRE(r.end.not_run.size() == 1u);
    BOOST_TEST(r.end.not_run[0]->name == "never");
}

// The case held; what came afterwards is told all the same.
BOOST_AUTO_TEST_CASE(a_server_that_does_not_come_back_between_cases) {
    const auto r = run(one_case("leaves", "do hello\nserver kill\nS: close") + one_case("never", crashes),
                       profile_of(starts_once(port), port));
    BOOST_TEST(r.told == "leaves=held ");
    BOOST_TEST(r.end.lost.starts_with("the server could not be started again: "), r.end.lost);
    BOOST_TEST(r.end.not_run.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_ours_is_left_alone) {
    const auto& c = load(one_case("crash", crashes)).cases[0];
    target::target_info theirs;
    theirs.services["smtp"] = "127.0.0.1:25";
    BOOST_TEST(runner::lacking(c, theirs) == "stops the server and starts it again, which mailspec cannot do "
                                             "here: mailspec did not start it");
    theirs.no_restart.clear();
    BOOST_TEST(runner::lacking(c, theirs) == "");
}

BOOST_AUTO_TEST_SUITE_END()
