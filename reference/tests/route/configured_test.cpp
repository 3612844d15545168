// The administrator's routes: smarthost, domains with a next hop of their own, and what they leave to the
// DNS.
#include "reference/tests/route/table.hpp"

#include <boost/test/unit_test.hpp>

using namespace tables;

BOOST_AUTO_TEST_SUITE(configured)

BOOST_AUTO_TEST_CASE(one_host_for_all_mail) {
    table dns;
    dns.a("relay.isp.test", "127.1.1.1").mx("relay.isp.test", 10, "other.test");
    routing how = plain();
    how.smarthost = *route::parse_fixed_hop("smtp:[relay.isp.test]:587");
    how.smarthost->user = "me";
    how.smarthost->password = "secret";
    how.smarthost->tls = tls_level::verified;
    for (const std::string domain : {"d.test", "nowhere.at.all", "[192.0.2.1]"}) {
        const auto found = find(dns, how, domain);
        BOOST_TEST(told(found) == "0 relay.isp.test 127.1.1.1");
        const auto& hop = found.hops.at(0);
        BOOST_TEST(hop.port == 587);
        BOOST_TEST(hop.user == "me");
        BOOST_TEST(hop.password == "secret");
        BOOST_TEST((hop.tls.level == tls_level::verified));
        BOOST_TEST(hop.tls.names == std::vector<std::string>{"relay.isp.test"},
                   boost::test_tools::per_element());
        BOOST_TEST(found.policy == "the configuration");
    }
    how.routes["xn--bcher-kva.test"].tls = tls_level::none;
    for (const std::string domain : {"d.test", "[192.0.2.1]", "*"})
        BOOST_TEST(route::shared_way(domain, how) == "*");
    BOOST_TEST(told(find(dns, how, "*")) == "0 relay.isp.test 127.1.1.1");
    BOOST_TEST(route::shared_way("B\xc3\xbc"
                                 "cher.test",
                                 how) == ""); // goes its own way
    BOOST_TEST(route::shared_way("a..b", how) == "");
    BOOST_TEST(route::shared_way("d.test", plain()) == "");
}

BOOST_AUTO_TEST_CASE(the_mx_of_the_smarthost) {
    table dns;
    dns.mx("isp.test", 10, "a.isp.test")
        .mx("isp.test", 5, "b.isp.test")
        .a("a.isp.test", "127.1.1.1")
        .a("b.isp.test", "127.1.1.2");
    routing how = plain();
    how.smarthost = *route::parse_fixed_hop("smtp:isp.test:26");
    const auto found = find(dns, how, "d.test");
    BOOST_TEST(told(found) == "5 b.isp.test 127.1.1.2 | 10 a.isp.test 127.1.1.1");
    BOOST_TEST(found.hops[0].port == 26);
    BOOST_TEST(found.policy == "the configuration, the MX of isp.test");
}

BOOST_AUTO_TEST_CASE(trouble_with_the_smarthost) {
    table dns;
    dns.fails("relay.test", record_type::a);
    routing how = plain();
    how.smarthost = *route::parse_fixed_hop("smtp:[relay.test]");
    BOOST_TEST(told(find(dns, how, "d.test")) ==
               "deferred 4.4.3: the addresses of the mail hosts of relay.test cannot be told now: "
               "the name server says SERVFAIL");
    // A mistake of ours is not the sender's: mail waits until it is mended.
    how.smarthost = *route::parse_fixed_hop("smtp:[tpyo.test]");
    BOOST_TEST(
        told(find(dns, how, "d.test")) ==
        "deferred 4.3.5: mail for d.test is sent to tpyo.test by configuration: tpyo.test has neither a mail "
        "host nor an address: there is no domain tpyo.test");
    how.smarthost = *route::parse_fixed_hop("smtp:tpyo.test");
    BOOST_TEST(told(find(dns, how, "d.test")) == "deferred 4.3.5: mail for d.test is sent to tpyo.test by "
                                                 "configuration: there is no domain tpyo.test");
}

BOOST_AUTO_TEST_CASE(domains_with_a_route) {
    table dns;
    dns.a("a.partner.test", "127.1.1.1").a("d.test", "127.1.1.9");
    routing how = plain();
    how.port = 2525;
    how.routes["partner.test"] = *route::parse_fixed_hop("smtp:[a.partner.test]");
    how.routes[".partner.test"] = *route::parse_fixed_hop("lmtp:[127.1.1.2]:2424");
    how.routes[".deep.partner.test"] = *route::parse_fixed_hop("smtps:[127.1.1.3]");
    auto found = find(dns, how, "Partner.test");
    BOOST_TEST(told(found) == "0 a.partner.test 127.1.1.1");
    BOOST_TEST(found.hops[0].port == 2525);
    found = find(dns, how, "x.y.partner.test");
    BOOST_TEST(told(found) == "0 127.1.1.2 127.1.1.2");
    BOOST_TEST(found.hops[0].lmtp);
    BOOST_TEST(found.hops[0].port == 2424);
    found = find(dns, how, "x.deep.partner.test");
    BOOST_TEST(told(found) == "0 127.1.1.3 127.1.1.3");
    BOOST_TEST(found.hops[0].implicit_tls);
    BOOST_TEST(found.hops[0].port == 465);
    BOOST_TEST(told(find(dns, how, "deep.partner.test")) == "0 127.1.1.2 127.1.1.2"); // not below itself
    BOOST_TEST(told(find(dns, how, "d.test")) == "0 d.test 127.1.1.9");
    BOOST_TEST(told(find(dns, how, "notpartner.test")) == "failed 5.1.2: there is no domain notpartner.test");
}

BOOST_AUTO_TEST_CASE(tls_alone_may_be_configured) {
    table dns;
    dns.mx("d.test", 10, "a.d.test").a("a.d.test", "127.1.1.1");
    routing how = plain();
    how.routes["d.test"].tls = tls_level::verified;
    const auto found = find(dns, how, "d.test");
    BOOST_TEST(told(found) == "10 a.d.test 127.1.1.1");
    BOOST_TEST(found.policy == "the MX of d.test");
    BOOST_TEST((found.hops[0].tls.level == tls_level::verified));
    BOOST_TEST(found.hops[0].tls.because == "configuration");
    how.routes["d.test"].tls = tls_level::none;
    BOOST_TEST((find(dns, how, "d.test").hops.at(0).tls.level == tls_level::none));
}

BOOST_AUTO_TEST_CASE(localhost_is_here) {
    table dns;
    routing how = plain();
    how.smarthost = *route::parse_fixed_hop("smtp:[localhost]:587");
    BOOST_TEST(told(find(dns, how, "d.test")) == "0 localhost 127.0.0.1");
    BOOST_TEST(dns.asked.empty());
    // but no MX says so
    dns.mx("e.test", 0, "localhost");
    BOOST_TEST((find(dns, plain(), "e.test").status == "5.4.4"));
}

// Whoever writes a port down knows where it leads: to a second server beside us, as a rule.
BOOST_AUTO_TEST_CASE(our_own_address_with_a_port) {
    table dns;
    routing how = plain();
    how.routes["d.test"] = *route::parse_fixed_hop("lmtp:[127.0.0.1]:2424");
    BOOST_TEST(told(find(dns, how, "d.test")) == "0 127.0.0.1 127.0.0.1");
    how.routes["d.test"] = *route::parse_fixed_hop("smtp:[127.0.0.1]");
    BOOST_TEST(told(find(dns, how, "d.test")) == "deferred 4.3.5: mail for d.test is sent to 127.0.0.1 by "
                                                 "configuration: mail for 127.0.0.1 would come "
                                                 "back to this server: 127.0.0.1 is its best mail host");
}

BOOST_AUTO_TEST_SUITE_END()
