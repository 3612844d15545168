// What the DNS has said is kept as long as it may be and no longer, and never too much of it; which name
// servers resolv.conf names.
#include "reference/dns/cache.hpp"
#include "reference/dns/servers.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/core.h>

using namespace refmail::dns;

BOOST_AUTO_TEST_SUITE(cache_)

namespace {

response of(answer::kind what, std::uint32_t ttl, std::vector<record_data> records = {}) {
    response r;
    r.what = response::kind::complete;
    r.answer.what = what;
    r.answer.ttl = ttl;
    r.answer.records = std::move(records);
    return r;
}

} // namespace

BOOST_AUTO_TEST_CASE(times) {
    std::int64_t now = 1000;
    cache kept([&] { return now; });
    kept.store("a.test", record_type::mx, of(answer::kind::found, 60));
    BOOST_TEST(kept.find("a.test", record_type::mx)->answer.ttl == 60u);
    BOOST_TEST(!kept.find("a.test", record_type::a).has_value());
    now = 1059;
    BOOST_TEST(kept.find("a.test", record_type::mx)->answer.ttl == 1u);
    now = 1060;
    BOOST_TEST(!kept.find("a.test", record_type::mx).has_value());
    BOOST_TEST(kept.octets() == 0u);
    kept.store("a.test", record_type::mx, of(answer::kind::found, 60));
    now = 1059; // the clock was set back: what is from the future is not believed
    BOOST_TEST(!kept.find("a.test", record_type::mx).has_value());
}

BOOST_AUTO_TEST_CASE(bounds_of_time) {
    std::int64_t now = 0;
    cache kept([&] { return now; });
    kept.store("a.test", record_type::mx, of(answer::kind::found, 0x7fffffff));
    kept.store("b.test", record_type::mx, of(answer::kind::no_name, 0x7fffffff));
    BOOST_TEST(kept.find("a.test", record_type::mx)->answer.ttl == 86400u);
    BOOST_TEST(kept.find("b.test", record_type::mx)->answer.ttl == 10800u);
}

BOOST_AUTO_TEST_CASE(what_is_not_kept) {
    cache kept([] { return std::int64_t{0}; });
    kept.store("a.test", record_type::mx, of(answer::kind::found, 0));
    kept.store("b.test", record_type::mx, of(answer::kind::unavailable, 60));
    BOOST_TEST(kept.octets() == 0u);
    auto alias = of(answer::kind::unavailable, 60);
    alias.next = "c.test";
    kept.store("b.test", record_type::mx, alias);
    BOOST_TEST(kept.find("b.test", record_type::mx)->next == "c.test");
    // A zero that replaces something removes it.
    kept.store("b.test", record_type::mx, of(answer::kind::found, 0));
    BOOST_TEST(kept.octets() == 0u);
}

BOOST_AUTO_TEST_CASE(bounds_of_size) {
    cache kept([] { return std::int64_t{0}; }, {20000, 86400, 10800});
    for (int i = 0; i < 1000; ++i) {
        kept.store(fmt::format("n{}.test", i), record_type::txt,
                   of(answer::kind::found, 60, {std::string(100, 'x')}));
        BOOST_TEST(kept.find("n0.test", record_type::txt).has_value()); // used each time: it stays
        BOOST_TEST(kept.octets() <= 20000u);
    }
    BOOST_TEST(!kept.find("n1.test", record_type::txt).has_value());
    BOOST_TEST(kept.find("n999.test", record_type::txt).has_value());
    // One that would push out a quarter of the rest is not worth it.
    kept.store("large.test", record_type::txt, of(answer::kind::found, 60, {std::string(6000, 'x')}));
    BOOST_TEST(!kept.find("large.test", record_type::txt).has_value());
    const record_data one(mx_data{1, "mx.test"});
    const std::vector<record_data> many(3000, one);
    kept.store("many.test", record_type::mx, of(answer::kind::found, 60, many));
    BOOST_TEST(!kept.find("many.test", record_type::mx).has_value());
}

BOOST_AUTO_TEST_CASE(resolv_conf) {
    const auto servers =
        servers_in("# comment\nsearch example.test\nnameserver 192.0.2.1\n nameserver\t2001:db8::1  # x\n"
                   "nameserver ns.test\noptions ndots:5\n;nameserver 192.0.2.9\nnameserver 192.0.2.2");
    BOOST_REQUIRE(servers.size() == 3u);
    BOOST_TEST(to_string(servers[0]) == "192.0.2.1:53");
    BOOST_TEST(to_string(servers[1]) == "[2001:db8::1]:53");
    BOOST_TEST(to_string(servers[2]) == "192.0.2.2:53");
    BOOST_TEST(to_string(servers_in("").at(0)) == "127.0.0.1:53");
    BOOST_TEST(to_string(system_servers("/nowhere/at/all").at(0)) == "127.0.0.1:53");
}

BOOST_AUTO_TEST_SUITE_END()
