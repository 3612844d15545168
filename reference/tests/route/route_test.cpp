// Which hosts a domain's mail goes to, in which order, and when it goes nowhere: RFC 5321 §5.1, RFC 7505, RFC
// 5891.
#include "reference/tests/route/table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace tables;

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(mail_exchangers_by_preference) {
    table dns;
    dns.mx("d.test", 20, "b.d.test").mx("d.test", 10, "a.d.test").mx("d.test", 30, "c.d.test");
    dns.a("a.d.test", "127.1.1.1").a("a.d.test", "127.1.1.2").a("a.d.test", "::2").a("b.d.test", "127.1.1.3");
    dns.a("c.d.test", "127.1.1.4");
    const auto found = find(dns, plain(), "D.test.");
    BOOST_TEST(told(found) ==
               "10 a.d.test 127.1.1.1,127.1.1.2,::2 | 20 b.d.test 127.1.1.3 | 30 c.d.test 127.1.1.4");
    BOOST_TEST(found.hops[0].port == 25);
    BOOST_TEST(found.policy == "the MX of d.test");
    BOOST_TEST((found.hops[0].tls.level == tls_level::opportunistic));
    BOOST_TEST(found.hops[0].tls.names == std::vector<std::string>{"a.d.test"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(equals_come_in_any_order) {
    table dns;
    for (const std::string host : {"a", "b", "c"})
        dns.mx("d.test", 10, host + ".d.test").a(host + ".d.test", "127.1.1.1");
    dns.mx("d.test", 5, "first.d.test").a("first.d.test", "127.1.1.9");
    routing how = plain();
    how.random_below = nullptr; // the real one
    std::set<std::string> orders;
    for (int i = 0; i < 300; ++i) {
        const auto found = find(dns, how, "d.test");
        BOOST_REQUIRE(found.hops.size() == 4u);
        BOOST_TEST(found.hops[0].host == "first.d.test");
        orders.insert(found.hops[1].host + found.hops[2].host + found.hops[3].host);
    }
    BOOST_TEST(orders.size() == 6u); // all permutations; one of them missing: (5/6)^300
}

BOOST_AUTO_TEST_CASE(each_host_is_tried_once) {
    table dns;
    dns.mx("d.test", 20, "a.d.test")
        .mx("d.test", 10, "a.d.test")
        .a("a.d.test", "127.1.1.1")
        .a("a.d.test", "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "d.test")) == "10 a.d.test 127.1.1.1");
}

BOOST_AUTO_TEST_CASE(without_mx_the_address_of_the_domain) {
    table dns;
    dns.a("d.test", "127.1.1.1");
    const auto found = find(dns, plain(), "d.test");
    BOOST_TEST(told(found) == "0 d.test 127.1.1.1");
    BOOST_TEST(found.policy == "the address of d.test, which has no MX");
}

BOOST_AUTO_TEST_CASE(no_address_of_the_domain_when_it_has_mx) {
    table dns;
    dns.mx("d.test", 10, "gone.d.test").a("d.test", "127.1.1.1");
    BOOST_TEST(
        told(find(dns, plain(), "d.test")) ==
        "failed 5.4.4: no mail host of d.test can be used: gone.d.test: there is no domain gone.d.test");
    BOOST_TEST((std::ranges::find(dns.asked, "d.test A") == dns.asked.end()));
}

BOOST_AUTO_TEST_CASE(hosts_without_an_address_are_passed_over) {
    table dns;
    dns.mx("d.test", 10, "a.d.test")
        .mx("d.test", 20, "b.d.test")
        .exists("a.d.test")
        .a("b.d.test", "127.1.1.2");
    const auto found = find(dns, plain(), "d.test");
    BOOST_TEST(told(found) == "20 b.d.test 127.1.1.2");
    BOOST_REQUIRE(found.passed_over.size() == 1u);
    BOOST_TEST(found.passed_over[0] == "a.d.test: a.d.test has no address");
}

BOOST_AUTO_TEST_CASE(an_address_is_no_host_name) {
    table dns;
    dns.mx("d.test", 10, "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "d.test")) ==
               "failed 5.4.4: no mail host of d.test can be used: 127.1.1.1: an MX must name a host, and "
               "that is an address");
}

BOOST_AUTO_TEST_CASE(addresses_that_lead_to_ourselves_by_nature_are_none) {
    table dns;
    dns.mx("d.test", 10, "a.d.test").a("a.d.test", "0.0.0.0").a("a.d.test", "::");
    BOOST_TEST(
        told(find(dns, plain(), "d.test")) ==
        "failed 5.4.4: no mail host of d.test can be used: a.d.test has no address that leads anywhere");
}

BOOST_AUTO_TEST_CASE(a_null_mx) {
    table dns;
    dns.mx("d.test", 0, "").a("d.test", "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "d.test")) == "failed 5.1.10: d.test takes no mail: it has a null MX");
    BOOST_TEST(dns.asked.size() == 1u);
    dns.mx("d.test", 10, "a.d.test").a("a.d.test", "127.1.1.1"); // forbidden beside others, and names no host
    BOOST_TEST(told(find(dns, plain(), "d.test")) == "10 a.d.test 127.1.1.1");
}

BOOST_AUTO_TEST_CASE(what_is_not_there) {
    table dns;
    dns.exists("empty.test");
    BOOST_TEST(told(find(dns, plain(), "d.test")) == "failed 5.1.2: there is no domain d.test");
    BOOST_TEST(told(find(dns, plain(), "empty.test")) ==
               "failed 5.4.4: empty.test has neither a mail host nor an address: empty.test has no address");
    BOOST_TEST(told(find(dns, plain(), "a..b")) == "failed 5.1.2: 'a..b' is no domain name");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told) {
    table dns;
    dns.fails("d.test", record_type::mx).a("d.test", "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "d.test")) ==
               "deferred 4.4.3: the mail hosts of d.test cannot be told now: the name server says SERVFAIL");
    dns.mx("e.test", 10, "a.e.test").mx("e.test", 20, "gone.e.test").fails("a.e.test", record_type::a);
    dns.exists("a.e.test");
    BOOST_TEST(told(find(dns, plain(), "e.test")) ==
               "deferred 4.4.3: the addresses of the mail hosts of e.test cannot be told now: "
               "a.e.test: the name server says SERVFAIL");
    dns.exists("f.test").fails("f.test", record_type::aaaa);
    BOOST_TEST(told(find(dns, plain(), "f.test")) ==
               "deferred 4.4.3: the addresses of the mail hosts of f.test cannot be told now: "
               "the name server says SERVFAIL");
    // RFC 7672 §2.1.2: others may be tried
    dns.mx("e.test", 30, "c.e.test").a("c.e.test", "127.1.1.3");
    BOOST_TEST(told(find(dns, plain(), "e.test")) == "30 c.e.test 127.1.1.3");
}

BOOST_AUTO_TEST_CASE(aliases_of_the_domain_and_of_its_hosts) {
    table dns;
    dns.cname("d.test", "real.test").mx("real.test", 10, "a.real.test").a("a.real.test", "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "d.test")) == "10 a.real.test 127.1.1.1");
    dns.cname("e.test", "host.test").a("host.test", "127.1.1.2");
    BOOST_TEST(told(find(dns, plain(), "e.test")) == "0 e.test 127.1.1.2");
    dns.mx("f.test", 10, "alias.f.test").cname("alias.f.test", "host.test");
    BOOST_TEST(told(find(dns, plain(), "f.test")) == "10 alias.f.test 127.1.1.2");
    dns.cname("l.test", "m.test").cname("m.test", "l.test");
    BOOST_TEST(told(find(dns, plain(), "l.test")) ==
               "failed 5.4.4: l.test has neither a mail host nor an address: CNAME loop at l.test");
}

BOOST_AUTO_TEST_CASE(we_are_in_the_list_by_name) {
    table dns;
    dns.mx("d.test", 10, "a.d.test").mx("d.test", 20, "mail.example.test").mx("d.test", 20, "same.d.test");
    dns.mx("d.test", 30, "behind.d.test");
    for (const std::string host : {"a.d.test", "same.d.test", "behind.d.test"})
        dns.a(host, "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "d.test")) == "10 a.d.test 127.1.1.1");
    dns.mx("e.test", 10, "mail.example.test").mx("e.test", 20, "behind.d.test");
    BOOST_TEST(told(find(dns, plain(), "e.test")) == "failed 5.4.6: mail for e.test would come back to this "
                                                     "server: mail.example.test is its best mail host");
    // without MX, by its own name
    dns.a("mail.example.test", "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "mail.example.test")) ==
               "failed 5.4.6: mail for mail.example.test would come back to this server: mail.example.test "
               "is its best "
               "mail host");
}

BOOST_AUTO_TEST_CASE(we_are_in_the_list_by_address_or_alias) {
    table dns;
    dns.mx("d.test", 10, "a.d.test").mx("d.test", 20, "same.d.test").mx("d.test", 20, "us.d.test");
    dns.mx("d.test", 30, "behind.d.test");
    for (const std::string host : {"a.d.test", "same.d.test", "behind.d.test"})
        dns.a(host, "127.1.1.1");
    dns.a("us.d.test", "127.0.0.1");
    for (int last : {0, 1}) { // `same` before us, and behind us
        routing how = plain();
        how.random_below = [last](std::size_t n) { return last ? n - 1 : 0; };
        BOOST_TEST(told(find(dns, how, "d.test")) == "10 a.d.test 127.1.1.1");
    }
    dns.mx("e.test", 10, "us.e.test")
        .cname("us.e.test", "mail.example.test")
        .a("mail.example.test", "127.1.1.7");
    BOOST_TEST(
        told(find(dns, plain(), "e.test")) ==
        "failed 5.4.6: mail for e.test would come back to this server: us.e.test is its best mail host");
    dns.a("f.test", "127.0.0.1");
    BOOST_TEST(told(find(dns, plain(), "f.test")) ==
               "failed 5.4.6: mail for f.test would come back to this server: f.test is its best mail host");
}

BOOST_AUTO_TEST_CASE(too_many_hosts) {
    table dns;
    for (int i = 0; i < 3000; ++i)
        dns.mx("d.test", i, fmt::format("mx{}.d.test", i));
    for (int i = 0; i < 3000; ++i)
        dns.a(fmt::format("mx{}.d.test", i), fmt::format("127.1.{}.{}", i / 250, i % 250 + 1));
    const auto found = find(dns, plain(), "d.test");
    BOOST_TEST(found.hops.size() == 10u);
    BOOST_TEST(found.hops[9].host == "mx9.d.test");
    BOOST_TEST(dns.asked.size() == 21u);
    // none of the first has an address: not looked at for ever, and not given up for good
    table vain;
    for (int i = 0; i < 3000; ++i)
        vain.mx("d.test", i, fmt::format("mx{}.d.test", i));
    BOOST_TEST(told(find(vain, plain(), "d.test")) ==
               "deferred 4.4.3: the addresses of the mail hosts of d.test cannot be told now: "
               "mx0.d.test: there is no domain mx0.d.test");
    BOOST_TEST(vain.asked.size() == 31u);
    // one host with many addresses
    table one;
    one.mx("d.test", 1, "a.d.test").mx("d.test", 2, "b.d.test").a("b.d.test", "127.1.1.1");
    for (int i = 1; i < 200; ++i)
        one.a("a.d.test", fmt::format("127.2.2.{}", i));
    const auto few = find(one, plain(), "d.test");
    BOOST_REQUIRE(few.hops.size() == 1u);
    BOOST_TEST(few.hops[0].addresses.size() == 20u);
}

BOOST_AUTO_TEST_CASE(hosts_that_keep_us_waiting) {
    table dns;
    for (int i = 0; i < 20; ++i)
        dns.mx("d.test", i, fmt::format("mx{}.d.test", i))
            .fails(fmt::format("mx{}.d.test", i), record_type::a);
    for (int i = 0; i < 20; ++i)
        dns.fails(fmt::format("mx{}.d.test", i), record_type::aaaa);
    dns.mx("d.test", 30, "good.d.test").a("good.d.test", "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "d.test")) ==
               "deferred 4.4.3: the addresses of the mail hosts of d.test cannot be told now: "
               "mx0.d.test: the name server says SERVFAIL");
    BOOST_TEST(dns.asked.size() == 17u);
    // one that is found early is not kept waiting for the others
    dns.mx("d.test", 0, "early.d.test").a("early.d.test", "127.1.1.2");
    dns.asked.clear();
    BOOST_TEST(told(find(dns, plain(), "d.test")) == "0 early.d.test 127.1.1.2");
    BOOST_TEST(dns.asked.size() <= 11u);
    // and a backup behind a few silent ones is reached
    table few;
    few.mx("e.test", 1, "a.e.test").mx("e.test", 2, "b.e.test").mx("e.test", 3, "c.e.test");
    few.fails("a.e.test", record_type::a).fails("b.e.test", record_type::a).a("c.e.test", "127.1.1.3");
    BOOST_TEST(told(find(few, plain(), "e.test")) == "3 c.e.test 127.1.1.3");
}

BOOST_AUTO_TEST_CASE(literals) {
    table dns;
    BOOST_TEST(told(find(dns, plain(), "[127.1.1.1]")) == "0 127.1.1.1 127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "[IPv6:2001:db8::1]")) == "0 2001:db8::1 2001:db8::1");
    BOOST_TEST(told(find(dns, plain(), "[x400:somewhere]")) ==
               "failed 5.1.2: [x400:somewhere] is no address to which mail can be sent");
    BOOST_TEST(
        told(find(dns, plain(), "[127.0.0.1]")) ==
        "failed 5.4.6: mail for 127.0.0.1 would come back to this server: 127.0.0.1 is its best mail host");
    BOOST_TEST(dns.asked.empty());
}

BOOST_AUTO_TEST_CASE(u_labels) {
    table dns;
    dns.mx("xn--bcher-kva.test", 10, "a.d.test").a("a.d.test", "127.1.1.1");
    BOOST_TEST(told(find(dns, plain(),
                         "b\xc3\xbc"
                         "cher.test")) == "10 a.d.test 127.1.1.1");
    BOOST_TEST(told(find(dns, plain(),
                         "B\xc3\x9c"
                         "CHER.test")) == "10 a.d.test 127.1.1.1");
    BOOST_TEST(told(find(dns, plain(), "b\xff.test")) == "failed 5.1.2: 'b\xff.test' is no domain name");
    BOOST_TEST(told(find(dns, plain(), "b\xe2\x98\x83.test")) ==
               "failed 5.1.2: 'b\xe2\x98\x83.test' is no domain name");
}

BOOST_AUTO_TEST_SUITE_END()
