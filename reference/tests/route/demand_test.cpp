// What a host must prove: DANE (RFC 7672), MTA-STS (RFC 8461), REQUIRETLS (RFC 8689), the administrator's
// word, and which of them wins.
#include "reference/route/dane.hpp"
#include "reference/tests/route/table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace tables;
using route::sts_policy;
using route::tls_wish;

namespace {

const std::string digest(32, 'd'), digest512(64, 'D');

// "a.d.test dane a.d.test,d.test (DANE)" and so on, one a hop.
std::string demands(const found_route& found) {
    if (found.what != found_route::kind::hops) return told(found);
    std::string text;
    for (const auto& hop : found.hops) {
        const auto& tls = hop.tls;
        text += fmt::format("{}{} {} {}{}{}", text.empty() ? "" : " | ", hop.host, name_of(tls.level),
                            fmt::join(tls.names, ","), tls.testing ? " testing" : "",
                            tls.because.empty() ? "" : " (" + tls.because + ")");
    }
    return text;
}

routing with_dane() {
    routing how = plain();
    how.dane = true;
    how.port = 2525;
    return how;
}

// d.test has one MX, all of it secure.
table secure_world() {
    table dns;
    dns.secure = true;
    dns.mx("d.test", 10, "a.d.test").a("a.d.test", "127.1.1.1");
    return dns;
}

bool was_asked(const table& dns, const std::string& what) {
    return std::ranges::find(dns.asked, what) != dns.asked.end();
}

sts_policy policy(sts_policy::mode mode, std::vector<std::string> mx) {
    sts_policy made;
    made.what = mode;
    made.mx = std::move(mx);
    made.max_age = 86400;
    return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dane)

BOOST_AUTO_TEST_CASE(secure_records_must_match) {
    auto dns = secure_world();
    dns.tlsa("_2525._tcp.a.d.test", 3, 1, 1, digest);
    const auto found = find(dns, with_dane(), "d.test");
    BOOST_TEST(demands(found) == "a.d.test dane a.d.test,d.test (DANE)");
    BOOST_REQUIRE(found.hops[0].tls.tlsa.size() == 1u);
    BOOST_TEST((found.hops[0].tls.tlsa[0] == dns::tlsa_data{3, 1, 1, digest}));
    // RFC 7672 §2.2.2: the addresses first
    const auto at = [&](const std::string& what) { return std::ranges::find(dns.asked, what); };
    BOOST_TEST((at("a.d.test A") < at("_2525._tcp.a.d.test TLSA")));
}

BOOST_AUTO_TEST_CASE(without_a_trusted_resolver_nobody_asks) {
    auto dns = secure_world();
    dns.tlsa("_25._tcp.a.d.test", 3, 1, 1, digest);
    BOOST_TEST(demands(find(dns, plain(), "d.test")) == "a.d.test opportunistic a.d.test");
    BOOST_TEST(!was_asked(dns, "_25._tcp.a.d.test TLSA"));
}

BOOST_AUTO_TEST_CASE(insecure_answers_switch_nothing_on) {
    for (const std::string name : {"d.test", "a.d.test"}) { // the MX; the addresses
        auto dns = secure_world();
        dns.tlsa("_2525._tcp.a.d.test", 3, 1, 1, digest).insecure(name);
        dns.fails("_2525._tcp.a.d.test", record_type::tlsa); // and a broken server does no harm (§2.2.2)
        BOOST_TEST(demands(find(dns, with_dane(), "d.test")) == "a.d.test opportunistic a.d.test");
        BOOST_TEST(!was_asked(dns, "_2525._tcp.a.d.test TLSA"));
    }
    auto dns = secure_world();
    dns.tlsa("_2525._tcp.a.d.test", 3, 1, 1, digest).insecure("_2525._tcp.a.d.test");
    BOOST_TEST(demands(find(dns, with_dane(), "d.test")) == "a.d.test opportunistic a.d.test");
}

BOOST_AUTO_TEST_CASE(a_failure_makes_the_host_unreachable) {
    auto dns = secure_world();
    dns.mx("d.test", 20, "b.d.test")
        .a("b.d.test", "127.1.1.2")
        .fails("_2525._tcp.a.d.test", record_type::tlsa);
    const auto found = find(dns, with_dane(), "d.test");
    BOOST_TEST(demands(found) == "b.d.test opportunistic b.d.test");
    BOOST_REQUIRE(found.passed_over.size() == 1u);
    BOOST_TEST(found.passed_over[0] == "a.d.test: its TLSA records: the name server says SERVFAIL");
    dns.fails("_2525._tcp.b.d.test", record_type::tlsa);
    BOOST_TEST(demands(find(dns, with_dane(), "d.test")) ==
               "deferred 4.4.3: the addresses of the mail hosts of d.test cannot be told now: "
               "a.d.test: its TLSA records: the name server says SERVFAIL");
}

BOOST_AUTO_TEST_CASE(unusable_records_promise_tls_all_the_same) {
    auto dns = secure_world();
    dns.tlsa("_2525._tcp.a.d.test", 1, 1, 1, digest).tlsa("_2525._tcp.a.d.test", 3, 1, 9, digest);
    const auto found = find(dns, with_dane(), "d.test");
    BOOST_TEST(demands(found) == "a.d.test required a.d.test (DANE)");
    BOOST_TEST(found.hops[0].tls.tlsa.empty());
}

BOOST_AUTO_TEST_CASE(preference_goes_before_security) {
    auto dns = secure_world(); // §2.2.1
    dns.mx("d.test", 20, "b.d.test").a("b.d.test", "127.1.1.2").tlsa("_2525._tcp.b.d.test", 3, 1, 1, digest);
    BOOST_TEST(demands(find(dns, with_dane(), "d.test")) ==
               "a.d.test opportunistic a.d.test | b.d.test dane b.d.test,d.test (DANE)");
}

BOOST_AUTO_TEST_CASE(names_of_aliases) {
    // §3.2.2: the TLSA base domain, the next-hop domain, and what it expands to
    auto dns = secure_world();
    dns.cname("alias.test", "d.test").tlsa("_2525._tcp.a.d.test", 2, 0, 1, digest);
    BOOST_TEST(demands(find(dns, with_dane(), "alias.test")) ==
               "a.d.test dane a.d.test,alias.test,d.test (DANE)");
    // §2.2.2 "Secure CNAME": the expanded host first
    table host;
    host.secure = true;
    host.mx("d.test", 10, "x.d.test")
        .cname("x.d.test", "y.d.test")
        .cname("y.d.test", "z.test")
        .a("z.test", "127.1.1.1");
    host.tlsa("_2525._tcp.z.test", 3, 1, 1, digest).tlsa("_2525._tcp.x.d.test", 3, 1, 1, digest512);
    BOOST_TEST(demands(find(host, with_dane(), "d.test")) == "x.d.test dane z.test,d.test (DANE)");
    // ... and the name itself when there is nothing; never one between (§2.2.3)
    table self;
    self.secure = true;
    self.mx("d.test", 10, "x.d.test")
        .cname("x.d.test", "y.d.test")
        .cname("y.d.test", "z.test")
        .a("z.test", "127.1.1.1");
    self.tlsa("_2525._tcp.x.d.test", 3, 1, 1, digest);
    BOOST_TEST(demands(find(self, with_dane(), "d.test")) == "x.d.test dane x.d.test,d.test (DANE)");
    BOOST_TEST(!was_asked(self, "_2525._tcp.y.d.test TLSA"));
}

BOOST_AUTO_TEST_CASE(a_secure_alias_to_an_insecure_host) {
    table dns;
    dns.secure = true;
    dns.mx("d.test", 10, "x.d.test").cname("x.d.test", "z.test").a("z.test", "127.1.1.1").insecure("z.test");
    dns.tlsa("_2525._tcp.x.d.test", 3, 1, 1, digest).tlsa("_2525._tcp.z.test", 3, 1, 1, digest512);
    BOOST_TEST(demands(find(dns, with_dane(), "d.test")) == "x.d.test dane x.d.test,d.test (DANE)");
    BOOST_TEST(was_asked(dns, "x.d.test CNAME"));
    BOOST_TEST(!was_asked(dns, "_2525._tcp.z.test TLSA"));
    dns.insecure("x.d.test");
    BOOST_TEST(demands(find(dns, with_dane(), "d.test")) == "x.d.test opportunistic x.d.test");
}

BOOST_AUTO_TEST_CASE(without_mx) {
    table dns;
    dns.secure = true;
    dns.a("d.test", "127.1.1.1").tlsa("_2525._tcp.d.test", 3, 1, 1, digest);
    BOOST_TEST(demands(find(dns, with_dane(), "d.test")) == "d.test dane d.test (DANE)");
    dns.cname("e.test", "d.test");
    BOOST_TEST(demands(find(dns, with_dane(), "e.test")) == "e.test dane d.test,e.test (DANE)");
    // §2.2: never for a literal
    BOOST_TEST(demands(find(dns, with_dane(), "[127.1.1.1]")) == "127.1.1.1 opportunistic 127.1.1.1");
}

BOOST_AUTO_TEST_CASE(which_records_are_usable) {
    const auto usable = [](std::vector<dns::tlsa_data> all) {
        std::vector<dns::record_data> records(all.begin(), all.end());
        std::string text;
        for (const auto& one : route::usable_records(records))
            text += fmt::format("{}{}{} ", one.usage, one.selector, one.matching);
        return text;
    };
    const std::string full(100, 'c');
    BOOST_TEST(usable({{0, 0, 1, digest}, {1, 1, 1, digest}, {4, 1, 1, digest}, {255, 1, 1, digest}}) == "");
    BOOST_TEST(usable({{2, 0, 0, full}, {3, 1, 0, full}, {3, 0, 1, digest}, {2, 1, 2, digest512}}) ==
               "200 310 301 212 ");
    BOOST_TEST(
        usable(
            {{3, 2, 1, digest}, {3, 1, 3, digest}, {3, 1, 1, digest512}, {3, 1, 2, digest}, {3, 1, 0, ""}}) ==
        "");
    // RFC 7671 §9: of one usage and selector the strongest digest; Full stays
    BOOST_TEST(usable({{3, 1, 1, digest}, {3, 1, 2, digest512}, {3, 0, 1, digest}, {3, 1, 0, full}}) ==
               "312 301 310 ");
}

BOOST_AUTO_TEST_CASE(mandatory_by_configuration) {
    routing how = with_dane();
    how.routes["d.test"].tls = tls_level::dane;
    auto dns = secure_world();
    BOOST_TEST(
        demands(find(dns, how, "d.test")) ==
        "deferred 4.7.0: no mail host of d.test is what policy demands: a.d.test: DANE is required by the "
        "configuration, and it has no usable secure TLSA records");
    dns.tlsa("_2525._tcp.a.d.test", 3, 1, 1, digest);
    BOOST_TEST(demands(find(dns, how, "d.test")) == "a.d.test dane a.d.test,d.test (DANE)");
    dns.insecure("d.test"); // §2.2.1: delivery is delayed
    BOOST_TEST((find(dns, how, "d.test").what == found_route::kind::deferred));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mta_sts)

BOOST_AUTO_TEST_CASE(enforced) {
    table dns;
    dns.mx("d.test", 10, "a.d.test").mx("d.test", 20, "b.else.test").mx("d.test", 30, "c.d.test");
    for (const std::string host : {"a.d.test", "b.else.test", "c.d.test"})
        dns.a(host, "127.1.1.1");
    policies known;
    known.all["d.test"] = policy(sts_policy::mode::enforce, {"*.d.test"});
    routing how = plain();
    how.policies = &known;
    const auto found = find(dns, how, "d.test");
    BOOST_TEST(demands(found) ==
               "a.d.test verified a.d.test (MTA-STS) | c.d.test verified c.d.test (MTA-STS)");
    BOOST_REQUIRE(found.passed_over.size() == 1u);
    BOOST_TEST(found.passed_over[0] == "b.else.test: the MTA-STS policy of d.test does not name it");
    known.all["d.test"].mx = {"other.test"};
    BOOST_TEST(demands(find(dns, how, "d.test")) == "deferred 4.7.0: no mail host of d.test is what policy "
                                                    "demands: a.d.test: the MTA-STS policy of d.test "
                                                    "does not name it");
    BOOST_TEST(known.asked == (std::vector<std::string>{"d.test", "d.test"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(testing_and_none_stop_nothing) {
    table dns;
    dns.mx("d.test", 10, "a.d.test")
        .mx("d.test", 20, "b.else.test")
        .a("a.d.test", "127.1.1.1")
        .a("b.else.test", "127.1.1.2");
    policies known;
    known.all["d.test"] = policy(sts_policy::mode::testing, {"a.d.test"});
    routing how = plain();
    how.policies = &known;
    BOOST_TEST(
        demands(find(dns, how, "d.test")) ==
        "a.d.test verified a.d.test testing (MTA-STS (testing)) | b.else.test opportunistic b.else.test "
        "(MTA-STS (testing): the policy of d.test does not name b.else.test)");
    known.all["d.test"] = policy(sts_policy::mode::none, {});
    BOOST_TEST(demands(find(dns, how, "d.test")) ==
               "a.d.test opportunistic a.d.test | b.else.test opportunistic b.else.test");
}

BOOST_AUTO_TEST_CASE(the_policy_domain) {
    table dns; // RFC 8461 §3.4
    dns.a("sub.d.test", "127.1.1.1").a("relay.test", "127.1.1.2");
    policies known;
    known.all["d.test"] = policy(sts_policy::mode::enforce, {"x.test"});
    known.all["relay.test"] = policy(sts_policy::mode::enforce, {"relay.test"});
    routing how = plain();
    how.policies = &known;
    BOOST_TEST(demands(find(dns, how, "sub.d.test")) == "sub.d.test opportunistic sub.d.test");
    how.smarthost = *route::parse_fixed_hop("smtp:[relay.test]:587");
    BOOST_TEST(demands(find(dns, how, "d.test")) == "relay.test verified relay.test (MTA-STS)");
    how.smarthost->tls = tls_level::required; // the administrator knows better
    BOOST_TEST(demands(find(dns, how, "d.test")) == "relay.test required relay.test (configuration)");
    BOOST_TEST(demands(find(dns, plain(), "[127.1.1.1]")) == "127.1.1.1 opportunistic 127.1.1.1");
    BOOST_TEST((std::ranges::count(known.asked, "127.1.1.1") == 0));
}

BOOST_AUTO_TEST_CASE(dane_goes_first) {
    auto dns = secure_world();
    dns.tlsa("_2525._tcp.a.d.test", 3, 1, 1, digest);
    policies known;
    routing how = with_dane();
    how.policies = &known;
    for (const auto mode : {sts_policy::mode::enforce, sts_policy::mode::testing}) {
        known.all["d.test"] = policy(mode, {"a.d.test"});
        BOOST_TEST(demands(find(dns, how, "d.test")) == "a.d.test dane a.d.test,d.test (DANE)");
    }
    // unusable records: TLS; what MTA-STS asks for beyond that still holds
    auto other = secure_world();
    other.tlsa("_2525._tcp.a.d.test", 1, 1, 1, digest);
    known.all["d.test"] = policy(sts_policy::mode::enforce, {"a.d.test"});
    BOOST_TEST(demands(find(other, how, "d.test")) == "a.d.test verified a.d.test (DANE)");
    known.all["d.test"].what = sts_policy::mode::testing;
    BOOST_TEST(demands(find(other, how, "d.test")) == "a.d.test required a.d.test (DANE)");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(require_tls)

BOOST_AUTO_TEST_CASE(a_host_needs_a_voucher) {
    table dns;
    dns.mx("d.test", 10, "a.d.test")
        .mx("d.test", 20, "b.else.test")
        .a("a.d.test", "127.1.1.1")
        .a("b.else.test", "127.1.1.2");
    const auto refused = find(dns, plain(), "d.test", tls_wish::required);
    BOOST_TEST(told(refused) ==
               "failed 5.7.10: the message requires TLS (RFC 8689), and neither DNSSEC nor MTA-STS "
               "vouches for the mail hosts of the domain");
    policies known;
    routing how = plain();
    how.policies = &known;
    for (const auto mode : {sts_policy::mode::enforce, sts_policy::mode::testing}) {
        known.all["d.test"] = policy(mode, {"a.d.test"});
        const auto found = find(dns, how, "d.test", tls_wish::required);
        BOOST_TEST(demands(found) == (mode == sts_policy::mode::enforce
                                          ? "a.d.test verified a.d.test (MTA-STS)"
                                          : "a.d.test verified a.d.test (REQUIRETLS)"));
    }
    // a secure MX is as good
    auto secure = secure_world();
    BOOST_TEST(demands(find(secure, with_dane(), "d.test", tls_wish::required)) ==
               "a.d.test verified a.d.test (REQUIRETLS)");
    secure.tlsa("_2525._tcp.a.d.test", 3, 1, 1, digest);
    BOOST_TEST(demands(find(secure, with_dane(), "d.test", tls_wish::required)) ==
               "a.d.test dane a.d.test,d.test (DANE)");
    // RFC 8689 §4.2.1: without MX the domain's own name is in the certificate
    table own;
    own.a("d.test", "127.1.1.1");
    BOOST_TEST(demands(find(own, plain(), "d.test", tls_wish::required)) ==
               "d.test verified d.test (REQUIRETLS)");
}

BOOST_AUTO_TEST_CASE(a_report_goes_out_all_the_same) {
    table dns; // RFC 8689 §5
    dns.mx("d.test", 10, "a.d.test").a("a.d.test", "127.1.1.1");
    BOOST_TEST(demands(find(dns, plain(), "d.test", tls_wish::required_for_report)) ==
               "a.d.test required a.d.test (REQUIRETLS)");
}

BOOST_AUTO_TEST_CASE(trouble_is_told_as_it_is) {
    table dns;
    dns.fails("d.test", record_type::mx);
    BOOST_TEST((find(dns, plain(), "d.test", tls_wish::required).status == "4.4.3"));
    BOOST_TEST((find(dns, plain(), "gone.test", tls_wish::required).status == "5.1.2"));
}

BOOST_AUTO_TEST_CASE(tls_that_need_not_be) {
    auto dns = secure_world(); // RFC 8689 §4.2.2
    dns.tlsa("_2525._tcp.a.d.test", 3, 1, 1, digest);
    policies known;
    known.all["d.test"] = policy(sts_policy::mode::enforce, {"other.test"});
    routing how = with_dane();
    how.policies = &known;
    BOOST_TEST(demands(find(dns, how, "d.test", tls_wish::optional)) == "a.d.test opportunistic a.d.test");
}

BOOST_AUTO_TEST_SUITE_END()
