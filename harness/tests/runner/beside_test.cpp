// Cases that want a server for themselves have another one like the first while that has the rest; where
// none can be had, or it is lost, the first one gets to them. Uses harness/runner/run_cases.hpp.
#include "harness/runner/run_cases.hpp"
#include "harness/suite/loader.hpp"
#include "harness/tests/target/scripted_target.hpp"
#include "harness/tests/target/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace mailspec;
using namespace mailspec::testing;
using namespace std::chrono_literals;
using kind = script::case_outcome::kind;

namespace {

std::string one_case(const std::string& name, const std::string& script) {
    return "  " + name + ":\n    title: t\n    script: |\n      do hello\n" + script;
}

const std::string crash = "      server kill\n      S: close\n      server start\n      do still-alive\n";
const std::string talk =
    "      repeat 40\n        C: NOOP\n        S: 250\n      end\n      S: silence 20ms\n";

struct servers {
    temporary_folder work;
    std::uint16_t port = free_port();
    std::string told;                // "name=held " in the order in which they ended
    std::vector<std::string> places; // "name@first", "name@other"
    // Of the other server, 0 stands for its port; empty: there is none. It is up before the run: who comes
    // first is no matter of luck then.
    std::vector<std::string> other = server(0, "ok");
    std::unique_ptr<target::running_target> ready;
    runner::cases_end end;

    void run(const std::string& cases, int jobs = 4) {
        const suite::requirement_catalogue none;
        const auto loaded = suite::load_suite_text("title: T\nservice: smtp\ncases:\n" + cases, "t",
                                                   "./t.yaml", {SOURCE_DIR "/suites"}, none);
        for (const auto& p : loaded.problems)
            BOOST_ERROR(p.str());
        runner::case_list list;
        for (const auto& c : loaded.suites.at(0).cases)
            list.push_back(&c);
        net::run([&]() -> net::task<void> {
            const target::launch_options how{work.path() / "first"};
            auto up = co_await target::launch(profile_of(server(port, "ok"), port), how);
            BOOST_REQUIRE(up);
            if (!other.empty()) co_await start_other();
            runner::run_plan plan;
            plan.jobs = jobs;
            plan.told = [&](const suite::test_case& c, const script::case_outcome& o,
                            const std::string& why) { took(c, o, why); };
            plan.one_more = [&]() -> net::task<target::running_target*> { co_return ready.get(); };
            end = co_await runner::run_cases(list, **up, std::move(plan));
        });
        ready.reset();
    }

    net::task<void> start_other() {
        const auto own = free_port();
        auto command = other;
        for (auto& word : command)
            if (word == "0") word = std::to_string(own);
        const target::launch_options how{work.path() / std::to_string(own)};
        auto up = co_await target::launch(profile_of(command, own), how);
        BOOST_REQUIRE(up);
        ready = std::move(*up);
    }

    void took(const suite::test_case& c, const script::case_outcome& o, const std::string& why) {
        const char* what = o.what == kind::held ? "held" : o.what == kind::mismatch ? "mismatch" : "trouble";
        told += c.name + "=" + (why.empty() ? what : why) + " ";
        const auto& first = o.conversation.entries().front();
        places.push_back(c.name + (first.octets.ends_with(fmt::format(":{}", port)) ? "@first" : "@other"));
    }
    bool was_at(const std::string& place) const { return std::ranges::find(places, place) != places.end(); }
    long cases_that(const std::string& word) const {
        long number = 0;
        for (auto at = told.find(word); at != told.npos; at = told.find(word, at + 1))
            ++number;
        return number;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(beside, servers)

// On the first server these crashes would meet the talks.
BOOST_AUTO_TEST_CASE(they_have_another_server_meanwhile) {
    std::string cases = one_case("crash", crash) + one_case("again", crash);
    for (int i = 0; i < 8; ++i)
        cases += one_case(fmt::format("talk-{}", i), talk);
    run(cases);
    BOOST_TEST(cases_that("=held ") == 10, told);
    BOOST_TEST(was_at("crash@other"));
    BOOST_TEST(was_at("talk-0@first"));
    BOOST_TEST(std::ranges::count_if(places, [](const auto& s) { return s.ends_with("@first"); }) >= 8);
    BOOST_TEST(end.lost == "");
    BOOST_TEST(end.not_run.empty());
}

BOOST_AUTO_TEST_CASE(without_another_the_first_gets_to_them) {
    other.clear();
    run(one_case("crash", crash) + one_case("talk", talk));
    BOOST_TEST(told == "talk=held crash=held ");
    BOOST_TEST(was_at("crash@first"));
    BOOST_TEST(end.lost == "");
}

// Whoever wants one thing at a time gets that, and for these alone no server is worth starting.
BOOST_AUTO_TEST_CASE(one_at_a_time) {
    run(one_case("crash", crash) + one_case("talk", talk), 1);
    BOOST_TEST(told == "talk=held crash=held ");
    BOOST_TEST(was_at("crash@first"));
    told.clear();
    run(one_case("crash", crash) + one_case("again", crash)); // nothing else would go on meanwhile
    BOOST_TEST(told == "crash=held again=held ");
    BOOST_TEST(!was_at("crash@other"));
}

// The other one does not come back: what it met is told, the rest goes to the first, and the run is whole.
BOOST_AUTO_TEST_CASE(another_that_is_lost) {
    const auto once = "[ ! -e been ] || exit 5; : >been; exec python3 '{profile}/scripted_server.py' $0 ok";
    other = {"/bin/sh", "-c", once, "0"};
    run(one_case("crash", crash) + one_case("again", crash) + one_case("talk", talk));
    BOOST_TEST(cases_that("talk=held ") == 1, told);
    BOOST_TEST(cases_that("crash=") == 1, told);
    BOOST_TEST(cases_that("again=held ") == 1, told);
    BOOST_TEST(was_at("again@first"));
    BOOST_TEST(end.lost == "");
    BOOST_TEST(end.not_run.empty());
}

BOOST_AUTO_TEST_SUITE_END()
