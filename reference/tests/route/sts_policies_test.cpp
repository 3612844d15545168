// When a policy is looked for, fetched, kept, refreshed and believed: RFC 8461 §3.3, §5.1, §10.2; and that
// nothing that goes wrong on the way stops mail.
#include "reference/route/sts_policies.hpp"
#include "reference/tests/route/table.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace tables;
using route::sts_policies;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(sts_cache)

namespace {

using fetched = std::expected<std::string, std::string>;

std::string text(const std::string& mode, const std::string& mx, int max_age = 604800) {
    return fmt::format("version: STSv1\nmode: {}\nmx: {}\nmax_age: {}\n", mode, mx, max_age);
}

class web final : public route::policy_fetcher {
  public:
    fetched says = std::unexpected("nobody is there");
    int fetches = 0;
    net::event* gate = nullptr; // wait for it before the answer
    net::task<fetched> fetch(std::string domain) override {
        BOOST_TEST(domain == "d.test");
        ++fetches;
        if (gate) co_await gate->wait(net::deadline::never());
        co_return says;
    }
};

struct world {
    net::loop loop;
    table dns;
    web host;
    std::int64_t now = 1'000'000;
    std::string folder;
    std::vector<std::string> log;

    std::unique_ptr<sts_policies> open() {
        route::policies_settings how;
        how.folder = folder;
        how.told = [this](const std::string& domain, const std::string& why) {
            log.push_back(domain + (why.empty() ? " fetched" : ": " + why));
        };
        return std::make_unique<sts_policies>(
            loop.executor(), dns, host, [this] { return now; }, how);
    }
    void record(const std::string& id) {
        dns.forget();
        dns.txt("_mta-sts.d.test", "v=STSv1; id=" + id);
    }
    // The patterns of the policy in force, or "none".
    std::string ask(sts_policies& from) {
        std::optional<route::sts_policy> got;
        loop.spawn([&]() -> net::task<void> {
            auto policy = co_await from.policy_of("d.test");
            got = std::move(policy);
        });
        loop.run();
        return got ? fmt::format("{}", fmt::join(got->mx, " ")) : "none";
    }
    void refresh(sts_policies& which) {
        loop.spawn([&] { return which.refresh(); });
        loop.run();
    }
};

struct in_folder : world {
    in_folder() {
        std::string pattern = (fs::temp_directory_path() / "sts-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()));
        root = pattern;
        folder = root + "/mta-sts";
    }
    ~in_folder() { fs::remove_all(root); }
    std::string root;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(without_a_record_nothing_is_fetched, world) {
    auto policies = open();
    BOOST_TEST(ask(*policies) == "none");
    dns.txt("_mta-sts.d.test", "v=spf1 -all");
    BOOST_TEST(ask(*policies) == "none");
    dns.forget();
    dns.fails("_mta-sts.d.test", record_type::txt);
    BOOST_TEST(ask(*policies) == "none");
    BOOST_TEST(host.fetches == 0);
}

BOOST_FIXTURE_TEST_CASE(fetched_once_and_again_when_the_id_changes, world) {
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test");
    BOOST_TEST(ask(*policies) == "a.d.test");
    now += 600000;
    BOOST_TEST(ask(*policies) == "a.d.test");
    BOOST_TEST(host.fetches == 1);
    record("2");
    host.says = text("enforce", "b.d.test");
    BOOST_TEST(ask(*policies) == "b.d.test");
    BOOST_TEST(host.fetches == 2);
    BOOST_TEST(log == (std::vector<std::string>{"d.test fetched", "d.test fetched"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(expires_with_its_age, world) {
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test", 1000);
    BOOST_TEST(ask(*policies) == "a.d.test");
    host.says = std::unexpected("nobody is there");
    now += 999;
    BOOST_TEST(ask(*policies) == "a.d.test");
    BOOST_TEST(host.fetches == 1);
    now += 1;
    BOOST_TEST(ask(*policies) == "none");
    BOOST_TEST(host.fetches == 2);
}

BOOST_FIXTURE_TEST_CASE(what_is_kept_holds_while_nothing_new_can_be_had, world) {
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test");
    BOOST_TEST(ask(*policies) == "a.d.test");
    dns.forget(); // the record has gone
    BOOST_TEST(ask(*policies) == "a.d.test");
    record("2"); // there is a new one that cannot be fetched
    host.says = std::unexpected("HTTP status 500");
    BOOST_TEST(ask(*policies) == "a.d.test");
    BOOST_TEST(host.fetches == 2);
    BOOST_TEST(log.back() == "d.test: HTTP status 500");
    now += 301;
    host.says = "mode: none\n"; // or not be read
    BOOST_TEST(ask(*policies) == "a.d.test");
    BOOST_TEST(log.back() == "d.test: the policy is not valid: there is no version");
}

BOOST_FIXTURE_TEST_CASE(after_a_failure_there_is_a_pause, world) {
    auto policies = open();
    record("1");
    BOOST_TEST(ask(*policies) == "none"); // and mail goes
    now += 299;
    BOOST_TEST(ask(*policies) == "none");
    BOOST_TEST(host.fetches == 1);
    record("2"); // "per version ID"
    BOOST_TEST(ask(*policies) == "none");
    BOOST_TEST(host.fetches == 2);
    now += 300;
    host.says = text("enforce", "a.d.test");
    BOOST_TEST(ask(*policies) == "a.d.test");
    BOOST_TEST(host.fetches == 3);
}

BOOST_FIXTURE_TEST_CASE(many_at_once_fetch_once, world) {
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test");
    net::event gate(loop.executor());
    host.gate = &gate;
    int served = 0;
    for (int i = 0; i < 10; ++i)
        loop.spawn([&]() -> net::task<void> {
            const auto policy = co_await policies->policy_of("d.test");
            BOOST_TEST(policy.has_value());
            ++served;
        });
    loop.spawn([&]() -> net::task<void> {
        BOOST_TEST(host.fetches == 1);
        gate.notify();
        co_return;
    });
    loop.run();
    BOOST_TEST(served == 10);
    BOOST_TEST(host.fetches == 1);
}

BOOST_FIXTURE_TEST_CASE(refreshed_once_a_day_while_it_is_used, world) {
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test");
    BOOST_TEST(ask(*policies) == "a.d.test");
    now += 86399;
    refresh(*policies);
    BOOST_TEST(host.fetches == 1);
    now += 1;
    host.says = text("enforce", "b.d.test");
    refresh(*policies);
    BOOST_TEST(host.fetches == 2);
    BOOST_TEST(ask(*policies) == "b.d.test"); // a new life of a week
    host.says = std::unexpected("nobody is there");
    now += 86400;
    refresh(*policies);
    BOOST_TEST(host.fetches == 3);
    BOOST_TEST(log.back() == "d.test: nobody is there");
    BOOST_TEST(ask(*policies) == "b.d.test");
}

BOOST_FIXTURE_TEST_CASE(a_short_one_is_refreshed_before_it_ends, world) {
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test", 4000);
    BOOST_TEST(ask(*policies) == "a.d.test");
    now += 3001;
    refresh(*policies);
    BOOST_TEST(host.fetches == 2);
}

BOOST_FIXTURE_TEST_CASE(nobody_is_told_of_trouble_with_a_policy_of_none, world) {
    auto policies = open();
    record("1");
    host.says = "version: STSv1\nmode: none\nmax_age: 604800\n";
    BOOST_TEST(ask(*policies) == "");
    host.says = std::unexpected("nobody is there");
    now += 86400;
    refresh(*policies);
    BOOST_TEST(host.fetches == 2);
    BOOST_TEST(log.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(kept_over_a_restart, in_folder) {
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test", 1000);
    BOOST_TEST(ask(*policies) == "a.d.test");
    BOOST_TEST(fs::exists(folder + "/d.test"));
    host.says = std::unexpected("nobody is there");
    policies = open();
    now += 500;
    BOOST_TEST(ask(*policies) == "a.d.test");
    BOOST_TEST(host.fetches == 1);
    policies = open();
    now += 500; // fetched when it was fetched, not when it was read
    BOOST_TEST(ask(*policies) == "none");
    BOOST_TEST(!fs::exists(folder + "/d.test"));
}

BOOST_FIXTURE_TEST_CASE(what_is_broken_on_disk_is_removed, in_folder) {
    fs::create_directories(folder);
    const auto write = [&](const std::string& name, const std::string& content) {
        std::ofstream(folder + "/" + name) << content;
    };
    const std::string good = "id: 1\nfetched: 1000000\n" + text("enforce", "a.d.test");
    write("d.test", good);
    write("d.test~", good); // a draft of one who was killed
    write("Other.test", good);
    write("e.test", "");
    write("f.test", "id: 1\nfetched: soon\n" + text("enforce", "a.d.test"));
    write("g.test", "id: 1\nfetched: 1000000\nmode: none\n");
    write("h.test", "id: 1\nfetched: 9999999999\n" + text("enforce", "a.d.test")); // from the future
    write("i.test", "id: 1\nfetched: 1\n" + text("enforce", "a.d.test"));          // expired
    auto policies = open();
    record("1");
    BOOST_TEST(ask(*policies) == "a.d.test");
    std::vector<std::string> left;
    for (const auto& entry : fs::directory_iterator(folder))
        left.push_back(entry.path().filename().string());
    BOOST_TEST(left == std::vector<std::string>{"d.test"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_cannot_be_written_stops_nothing, world) {
    folder = "/proc/nowhere/mta-sts";
    auto policies = open();
    record("1");
    host.says = text("enforce", "a.d.test");
    BOOST_TEST(ask(*policies) == "a.d.test");
}

BOOST_AUTO_TEST_SUITE_END()
