// What is answered to whom: names, aliases, wildcards, delegations, faults, limits, and octets that are no
// question.
#include "harness/tests/world/dns_messages.hpp"

using namespace mailspec::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dns_answers)

namespace {

const std::string soa = "ns z.test. 60 IN SOA localhost. hostmaster.z.test. 1 3600 600 86400 60";
const std::string soa_uncached = "ns z.test. 0 IN SOA localhost. hostmaster.z.test. 1 3600 600 86400 60";

} // namespace

BOOST_AUTO_TEST_CASE(negative_answers_carry_the_soa) {
    asked_zone z("a.b A 127.0.0.2\n");
    BOOST_TEST(z.ask("a.b.z.test", MX) == "NOERROR aa ra\n" + soa);
    BOOST_TEST(z.ask("b.z.test", A) == "NOERROR aa ra\n" + soa); // it exists: a name is below it
    BOOST_TEST(z.ask("c.z.test", A) == "NXDOMAIN aa ra\n" + soa);
}

BOOST_AUTO_TEST_CASE(the_ttl_of_a_negative_answer_is_the_lesser_one) {
    asked_zone z("@ 300 SOA ns host 1 2 3 4 7\n");
    BOOST_TEST(z.ask("c.z.test", A) ==
               "NXDOMAIN aa ra\nns z.test. 7 IN SOA ns.z.test. host.z.test. 1 2 3 4 7");
}

BOOST_AUTO_TEST_CASE(what_no_zone_knows_is_nxdomain) {
    asked_zone z("a A 127.0.0.2\n");
    const std::string root = "NXDOMAIN ra\nns . 0 IN SOA localhost. hostmaster.localhost. 1 3600 600 86400 0";
    BOOST_TEST(z.ask("a.z.example", A) == root);
    BOOST_TEST(z.ask("test", A) == root);
    BOOST_TEST(z.reply("a.z.example", A).zone == 0);
    BOOST_TEST(z.reply("a.z.test", A).zone == z.number());
}

BOOST_AUTO_TEST_CASE(case_is_of_no_account_and_comes_back_as_sent) {
    asked_zone z("Mx A 127.0.0.2\n", "Z.Test");
    const auto got = z.reply("mX.z.TEST", A);
    BOOST_TEST(shown(got.messages.at(0)) == "NOERROR aa ra\nan mX.z.TEST. 60 IN A 127.0.0.2");
    BOOST_TEST(got.messages[0].find(wire_name("mX.z.TEST")) == 12u); // the question, as it was asked
    BOOST_TEST(got.asked->name == "mx.z.test");
}

BOOST_AUTO_TEST_CASE(aliases_are_followed) {
    asked_zone z("@ CNAME a\na CNAME b\nb MX 10 mx\nloose CNAME nothing\nout CNAME a.other.test.\n");
    z.answers.add(zone("a A 127.0.0.9\n", "other.test"));
    BOOST_TEST(z.ask("z.test", MX) == "NOERROR aa ra\n"
                                      "an z.test. 60 IN CNAME a.z.test.\n"
                                      "an a.z.test. 60 IN CNAME b.z.test.\n"
                                      "an b.z.test. 60 IN MX 10 mx.z.test.");
    BOOST_TEST(z.ask("a.z.test", CNAME) == "NOERROR aa ra\nan a.z.test. 60 IN CNAME b.z.test.");
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra\nan a.z.test. 60 IN CNAME b.z.test.\n" + soa);
    BOOST_TEST(z.ask("loose.z.test", A) ==
               "NXDOMAIN aa ra\nan loose.z.test. 60 IN CNAME nothing.z.test.\n" + soa); // RFC 2308 §2.1
    BOOST_TEST(z.ask("out.z.test", A) == "NOERROR aa ra\n"
                                         "an out.z.test. 60 IN CNAME a.other.test.\n"
                                         "an a.other.test. 60 IN A 127.0.0.9");
}

BOOST_AUTO_TEST_CASE(a_loop_of_aliases_is_told_as_it_stands) {
    asked_zone z("a CNAME b\nb CNAME a\nself CNAME self\n");
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra\n"
                                       "an a.z.test. 60 IN CNAME b.z.test.\n"
                                       "an b.z.test. 60 IN CNAME a.z.test.");
    BOOST_TEST(z.ask("self.z.test", MX) == "NOERROR aa ra\nan self.z.test. 60 IN CNAME self.z.test.");
}

// The examples of RFC 4592 §2.2.1.
BOOST_AUTO_TEST_CASE(wildcards) {
    asked_zone z("* TXT \"this is a wildcard\"\n"
                 "* MX 10 host1\n"
                 "sub.* TXT \"this is not a wildcard\"\n"
                 "host1 A 192.0.2.1\n"
                 "_ssh._tcp.host1 SRV 0 0 22 host1\n"
                 "subdel NS ns.example.com.\n",
                 "example");
    BOOST_TEST(z.ask("host3.example", MX) == "NOERROR aa ra\nan host3.example. 60 IN MX 10 host1.example.");
    BOOST_TEST(z.ask("foo.bar.example", TXT) ==
               "NOERROR aa ra\nan foo.bar.example. 60 IN TXT \"this is a wildcard\"");
    const std::string no_data =
        "NOERROR aa ra\nns example. 60 IN SOA localhost. hostmaster.example. 1 3600 600 86400 60";
    BOOST_TEST(z.ask("host3.example", A) == no_data);
    BOOST_TEST(z.ask("host1.example", MX) == no_data);       // it exists
    BOOST_TEST(z.ask("sub.*.example", MX) == no_data);       // it exists
    BOOST_TEST(z.ask("_tcp.host1.example", TXT) == no_data); // so does this, with nothing at it
    BOOST_TEST(z.ask("_telnet._tcp.host1.example", SRV).starts_with("NXDOMAIN")); // the closest name is _tcp
    BOOST_TEST(z.ask("ghost.*.example", MX).starts_with("NXDOMAIN"));             // the closest name is *
    BOOST_TEST(z.ask("host.subdel.example", A) == "NOERROR ra\nns subdel.example. 60 IN NS ns.example.com.");
}

BOOST_AUTO_TEST_CASE(delegations_refer) {
    asked_zone z("sub NS ns.sub\nsub NS ns.elsewhere.test.\nns.sub A 127.0.0.5\nsub DS 1 8 2 00ff\n");
    const std::string referral = "NOERROR ra\n"
                                 "ns sub.z.test. 60 IN NS ns.sub.z.test.\n"
                                 "ns sub.z.test. 60 IN NS ns.elsewhere.test.\n"
                                 "ar ns.sub.z.test. 60 IN A 127.0.0.5";
    BOOST_TEST(z.ask("sub.z.test", MX) == referral);
    BOOST_TEST(z.ask("a.b.sub.z.test", A) == referral);
    BOOST_TEST(z.ask("sub.z.test", DS) == "NOERROR aa ra\nan sub.z.test. 60 IN DS 1 8 2 00ff");
}

BOOST_AUTO_TEST_CASE(a_dname_renames_what_is_below) {
    asked_zone z("old DNAME new\nx.new A 127.0.0.6\n");
    BOOST_TEST(z.ask("x.old.z.test", A) == "NOERROR aa ra\n"
                                           "an old.z.test. 60 IN DNAME new.z.test.\n"
                                           "an x.old.z.test. 60 IN CNAME x.new.z.test.\n"
                                           "an x.new.z.test. 60 IN A 127.0.0.6");
}

BOOST_AUTO_TEST_CASE(names_beside_the_zone) {
    asked_zone z("4.3.2.127.in-addr.arpa. PTR mx\nother.example. MX 5 mx\n");
    BOOST_TEST(z.ask("4.3.2.127.in-addr.arpa", PTR) ==
               "NOERROR aa ra\nan 4.3.2.127.in-addr.arpa. 60 IN PTR mx.z.test.");
    BOOST_TEST(z.ask("4.3.2.127.in-addr.arpa", A) ==
               "NOERROR aa ra\nns 4.3.2.127.in-addr.arpa. 60 IN SOA localhost. hostmaster.localhost. "
               "1 3600 600 86400 60");
    BOOST_TEST(z.ask("mta-sts.other.example", A).starts_with("NXDOMAIN aa ra\nns other.example. "));
    BOOST_TEST(z.ask("5.3.2.127.in-addr.arpa", PTR).starts_with("NXDOMAIN ra\nns . "));
}

BOOST_AUTO_TEST_CASE(any_gives_everything_at_a_name) {
    asked_zone z("a A 127.0.0.2\na MX 0 .\n");
    BOOST_TEST(z.ask("a.z.test", ANY) ==
               "NOERROR aa ra\nan a.z.test. 60 IN A 127.0.0.2\nan a.z.test. 60 IN MX 0 .");
}

BOOST_AUTO_TEST_CASE(authentic_data_is_for_those_who_ask) {
    asked_zone z("$SECURE\n$INSECURE sub\na A 127.0.0.2\nb.sub A 127.0.0.3\nc CNAME b.sub\n");
    const std::string a = "\nan a.z.test. 60 IN A 127.0.0.2";
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra" + a);
    BOOST_TEST(z.ask("a.z.test", A, {.ad = true}) == "NOERROR aa ra ad" + a);
    BOOST_TEST(z.ask("a.z.test", A, {.edns = 1232, .dnssec = true}) == "NOERROR aa ra ad edns do" + a);
    BOOST_TEST(z.ask("a.z.test", A, {.edns = 1232}) == "NOERROR aa ra edns" + a);
    BOOST_TEST(z.ask("x.z.test", A, {.ad = true}).starts_with("NXDOMAIN aa ra ad\n"));
    BOOST_TEST(z.ask("b.sub.z.test", A, {.ad = true}).starts_with("NOERROR aa ra\n"));
    BOOST_TEST(z.ask("c.z.test", A, {.ad = true}).starts_with("NOERROR aa ra\n")); // one link is not secure
    BOOST_TEST(z.ask("elsewhere.test", A, {.ad = true}).starts_with("NXDOMAIN ra\n"));
}

BOOST_AUTO_TEST_CASE(codes_on_demand) {
    asked_zone z("a A 127.0.0.2\n"
                 "$FAULT servfail A SERVFAIL\n$FAULT refused A REFUSED\n$FAULT formerr A FORMERR\n"
                 "$FAULT notimp A NOTIMP\n$FAULT a A NXDOMAIN\n$FAULT a MX NODATA\n");
    BOOST_TEST(z.ask("servfail.z.test", A) == "SERVFAIL ra");
    BOOST_TEST(z.ask("refused.z.test", A) == "REFUSED ra");
    BOOST_TEST(z.ask("formerr.z.test", A) == "FORMERR ra");
    BOOST_TEST(z.ask("notimp.z.test", A) == "NOTIMPL ra");
    BOOST_TEST(z.ask("a.z.test", A) == "NXDOMAIN aa ra\n" + soa_uncached);
    BOOST_TEST(z.ask("a.z.test", MX) == "NOERROR aa ra\n" + soa_uncached);
    BOOST_TEST(z.ask("a.z.test", AAAA) == "NOERROR aa ra\n" + soa); // a fault is for its type only
    BOOST_TEST(z.reply("servfail.z.test", A).asked->answered == "SERVFAIL");
    BOOST_TEST(z.reply("a.z.test", MX).asked->answered == "NODATA");
}

BOOST_AUTO_TEST_CASE(faults_by_type_wildcard_and_number) {
    asked_zone z("a A 127.0.0.2\n"
                 "$FAULT a ANY SERVFAIL FIRST 2\n"
                 "$FAULT a A REFUSED FIRST 1\n"
                 "$FAULT *.w A REFUSED\n");
    BOOST_TEST(z.ask("a.z.test", MX) == "SERVFAIL ra");
    BOOST_TEST(z.ask("a.z.test", A) == "SERVFAIL ra");
    BOOST_TEST(z.ask("a.z.test", A) == "REFUSED ra"); // the first one is used up
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra\nan a.z.test. 60 IN A 127.0.0.2");
    BOOST_TEST(z.ask("x.y.w.z.test", A) == "REFUSED ra");
    BOOST_TEST(z.ask("w.z.test", A).starts_with("NXDOMAIN"));
}

BOOST_AUTO_TEST_CASE(records_that_change) {
    asked_zone z("a A 127.0.0.2\nlater A 127.0.0.3\n"
                 "$FAULT a A AS later AFTER 1\n"
                 "$FAULT later A NXDOMAIN AFTER 2\n");
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra\nan a.z.test. 60 IN A 127.0.0.2");
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra\nan a.z.test. 0 IN CNAME later.z.test.\n"
                                       "an later.z.test. 60 IN A 127.0.0.3");
    BOOST_TEST(z.ask("later.z.test", A) == "NOERROR aa ra\nan later.z.test. 60 IN A 127.0.0.3");
    BOOST_TEST(z.ask("later.z.test", A) == "NOERROR aa ra\nan later.z.test. 60 IN A 127.0.0.3");
    BOOST_TEST(z.ask("later.z.test", A).starts_with("NXDOMAIN"));
}

BOOST_AUTO_TEST_CASE(silence_and_delay) {
    asked_zone z("a A 127.0.0.2\n$FAULT t A TIMEOUT\n$FAULT a A DELAY 300ms\n");
    const auto silent = z.reply("t.z.test", A);
    BOOST_TEST(silent.messages.empty());
    BOOST_TEST(silent.asked->answered == "nothing");
    const auto late = z.reply("a.z.test", A);
    BOOST_TEST((late.delay == 300ms));
    BOOST_TEST(shown(late.messages.at(0)) == "NOERROR aa ra\nan a.z.test. 60 IN A 127.0.0.2");
}

BOOST_AUTO_TEST_CASE(truncation_on_demand) {
    asked_zone z("a A 127.0.0.2\nb A 127.0.0.3\n$FAULT a A TRUNCATE\n$FAULT b A TRUNCATE BROKEN\n");
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa tc ra");
    BOOST_TEST(z.ask("a.z.test", A, {}, true) == "NOERROR aa ra\nan a.z.test. 60 IN A 127.0.0.2");
    BOOST_TEST(z.ask("b.z.test", A) == "NOERROR aa tc ra");
    const auto broken = z.reply("b.z.test", A, {}, true);
    BOOST_TEST(broken.closes);
    BOOST_TEST(broken.messages.empty());
    BOOST_TEST(broken.asked->over_tcp);
}

BOOST_AUTO_TEST_CASE(a_wrong_answer_comes_before_the_right_one) {
    asked_zone z("@ MX 10 mx\nmx A 127.0.0.2\nmx.trap A 127.0.0.66\n"
                 "$FAULT @ MX WRONGID\n$FAULT mx A WRONGID\n$FAULT @ TXT WRONGNAME\n");
    BOOST_TEST(z.ask("z.test", MX) == "NOERROR id=18273 aa ra\n"
                                      "an z.test. 60 IN MX 0 mx.trap.z.test.\n"
                                      "ar mx.trap.z.test. 60 IN A 127.0.0.66\n"
                                      "--\n"
                                      "NOERROR aa ra\nan z.test. 60 IN MX 10 mx.z.test.");
    BOOST_TEST(z.ask("mx.z.test", A) == "NOERROR id=18273 aa ra\n"
                                        "an mx.z.test. 60 IN CNAME mx.trap.z.test.\n"
                                        "an mx.trap.z.test. 60 IN A 127.0.0.66\n"
                                        "--\n"
                                        "NOERROR aa ra\nan mx.z.test. 60 IN A 127.0.0.2");
    const auto got = z.reply("z.test", TXT);
    BOOST_REQUIRE(got.messages.size() == 2u);
    BOOST_TEST(got.messages[0].find(wire_name("wrong.trap.z.test")) == 12u);
    BOOST_TEST(shown(got.messages[0]) == "NOERROR aa ra\n"
                                         "an z.test. 60 IN CNAME mx.trap.z.test.\n"
                                         "an mx.trap.z.test. 60 IN A 127.0.0.66");
    BOOST_TEST(got.messages[1].find(wire_name("z.test")) == 12u);
}

BOOST_AUTO_TEST_CASE(garbage_lame_and_bogus) {
    asked_zone z("$SECURE\na A 127.0.0.2\n$FAULT g A GARBAGE\n$FAULT l A LAME\n$FAULT a A BOGUS\n");
    const auto garbage = z.reply("g.z.test", A);
    BOOST_TEST(shown(garbage.messages.at(0)) == "no message");
    BOOST_TEST(garbage.messages[0].substr(0, 2) == "\x12\x34");
    BOOST_TEST(z.ask("l.z.test", A) == "NOERROR\nns . 60 IN NS ns.elsewhere.invalid.");
    BOOST_TEST(z.ask("a.z.test", A, {.ad = true}) == "SERVFAIL ra");
    BOOST_TEST(z.ask("a.z.test", A, {.ad = true, .cd = true}) ==
               "NOERROR aa ra\nan a.z.test. 60 IN A 127.0.0.2");
}

BOOST_AUTO_TEST_CASE(over_udp_only_what_the_querier_takes) {
    asked_zone z("$GENERATE 1-100 @ MX 10 mx$\n");
    BOOST_TEST(z.ask("z.test", MX) == "NOERROR aa tc ra");
    BOOST_TEST(z.ask("z.test", MX, {.edns = 512}) == "NOERROR aa tc ra edns");
    const auto wide = z.reply("z.test", MX, {.edns = 4096});
    BOOST_TEST(wide.messages.at(0).size() > 512u);
    BOOST_TEST(!shown(wide.messages[0]).starts_with("NOERROR aa tc"));
    const auto tcp = z.reply("z.test", MX, {}, true);
    BOOST_TEST(std::ranges::count(shown(tcp.messages.at(0)), '\n') == 100);
    BOOST_TEST(z.reply("z.test", MX).asked->answered == "truncated");
    BOOST_TEST(tcp.asked->records == "z.test. 60 IN MX 10 mx1.z.test.; z.test. 60 IN MX 10 mx2.z.test.; "
                                     "z.test. 60 IN MX 10 mx3.z.test.; z.test. 60 IN MX 10 mx4.z.test.; "
                                     "and 96 more");
}

BOOST_AUTO_TEST_CASE(thousands_of_records_over_tcp) {
    asked_zone z("$GENERATE 1-2000 @ MX 10 mx$\n");
    const auto tcp = z.reply("z.test", MX, {}, true);
    BOOST_TEST(tcp.messages.at(0).size() <= 65535u);
    BOOST_TEST(std::ranges::count(shown(tcp.messages[0]), '\n') == 2000);
}

BOOST_AUTO_TEST_CASE(what_was_asked_is_told) {
    asked_zone z("@ MX 10 mx\n");
    const auto got = z.reply("Z.test", MX, {.edns = 1232, .dnssec = true}, true);
    BOOST_TEST(got.asked->name == "z.test");
    BOOST_TEST(got.asked->type == "MX");
    BOOST_TEST(got.asked->over_tcp);
    BOOST_TEST(got.asked->edns);
    BOOST_TEST(got.asked->dnssec);
    BOOST_TEST(got.asked->answered == "NOERROR");
    BOOST_TEST(got.asked->records == "z.test. 60 IN MX 10 mx.z.test.");
    BOOST_TEST(z.reply("z.test", 65280).asked->type == "TYPE65280");
    BOOST_TEST(!z.reply("z.test", 65280).asked->edns);
    BOOST_TEST(!z.reply("z.test", MX, {.edns = 1232}).asked->dnssec);
}

BOOST_AUTO_TEST_CASE(zones_come_and_go) {
    mailspec::world::dns_answering answers;
    const int first = answers.add(zone("@ MX 10 one\n", "one.test"));
    const int second = answers.add(zone("@ MX 10 two\n", "two.test"));
    BOOST_TEST(first != second);
    const auto code = [&](const std::string& name) {
        return answers.answer(question(name, MX), false).asked->answered;
    };
    BOOST_TEST(code("one.test") == "NOERROR");
    BOOST_TEST(code("two.test") == "NOERROR");
    answers.remove(first);
    BOOST_TEST(code("one.test") == "NXDOMAIN");
    BOOST_TEST(code("two.test") == "NOERROR");
}

BOOST_AUTO_TEST_CASE(strange_questions_are_answered_with_a_code) {
    asked_zone z("a A 127.0.0.2\n");
    const auto answer = [&](std::string octets) {
        const auto got = z.answers.answer(octets, false);
        return got.messages.empty() ? std::string("nothing") : shown(got.messages[0]);
    };
    auto good = question("a.z.test", A);
    BOOST_TEST(answer(good).starts_with("NOERROR"));

    auto response = good;
    response[2] = '\x81';
    BOOST_TEST(answer(response) == "nothing"); // two servers would talk for ever
    auto update = good;
    update[2] = '\x28';
    BOOST_TEST(answer(update) == "NOTIMPL ra");
    auto two = good;
    two[5] = '\2';
    BOOST_TEST(answer(two) == "FORMERR ra");
    auto chaos = good;
    chaos.back() = '\3';
    BOOST_TEST(answer(chaos) == "REFUSED ra");
    BOOST_TEST(answer(question("z.test", AXFR)) == "REFUSED ra");
    auto version = question("a.z.test", A, {.edns = 1232});
    version[version.size() - 5] = '\1';
    BOOST_TEST(answer(version) == "NOERROR ra edns"); // and 1 in the OPT: BADVERS
    BOOST_TEST(z.answers.answer(version, false).asked->answered == "BADVERS");
    auto opt_twice = question("a.z.test", A, {.edns = 1232});
    opt_twice[11] = '\2';
    opt_twice += opt_twice.substr(opt_twice.size() - 11);
    BOOST_TEST(answer(opt_twice) == "FORMERR ra edns");
    BOOST_TEST(answer(good + "more") == "FORMERR ra");
}

// Nothing that arrives may be read beyond its end, answered in a loop, or end the server.
BOOST_AUTO_TEST_CASE(octets_that_are_no_question) {
    asked_zone z("a A 127.0.0.2\n");
    const auto whole = question("a.z.test", A, {.edns = 1232});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto got = z.answers.answer(whole.substr(0, size), false);
        BOOST_TEST(!got.asked.has_value());
        BOOST_TEST(got.messages.size() == (size < 12 ? 0u : 1u));
        if (size >= 12) BOOST_TEST(shown(got.messages[0]) == "FORMERR ra");
    }
    std::uint32_t state = 1; // every octet of a good question replaced, by several others
    for (std::size_t at = 2; at < whole.size(); ++at)
        for (int i = 0; i < 16; ++i) {
            state = state * 1664525u + 1013904223u;
            auto bent = whole;
            bent[at] = static_cast<char>(state >> 24);
            const auto got = z.answers.answer(bent, i % 2 == 0);
            for (const auto& message : got.messages)
                BOOST_TEST(shown(message) != "no message");
        }
    auto pointer = question("a.z.test", A);
    pointer[12] = '\xc0'; // a pointer in a question
    BOOST_TEST(!z.answers.answer(pointer, false).asked.has_value());
}

// Octets that mean something in a master file mean nothing in a name.
BOOST_AUTO_TEST_CASE(names_with_odd_octets) {
    asked_zone z("$FAULT *.as ANY AS mx\n$FAULT *.name A WRONGNAME\nmx A 127.0.0.2\n* MX 10 mx\n");
    for (const std::string odd : {"a;b", "a(b", "a)b", "a\"b", "a b", "@", "$x", "a\\b", "\xC3\xA9"}) {
        BOOST_TEST_CONTEXT(odd) {
            const auto changed = z.ask(odd + ".as.z.test", A);
            BOOST_TEST(changed.starts_with("NOERROR aa ra\nan "));
            BOOST_TEST(
                changed.ends_with(".as.z.test. 0 IN CNAME mx.z.test.\nan mx.z.test. 60 IN A 127.0.0.2"));
            BOOST_TEST(z.ask(odd + ".name.z.test", A).find(" IN CNAME mx.trap.z.test.") != std::string::npos);
            BOOST_TEST(z.ask(odd + ".z.test", MX).ends_with(" 60 IN MX 10 mx.z.test."));
        }
    }
}

BOOST_AUTO_TEST_CASE(any_is_a_word_in_any_case) {
    asked_zone z("$FAULT a any SERVFAIL\n");
    BOOST_TEST(z.ask("a.z.test", A) == "SERVFAIL ra");
}

BOOST_AUTO_TEST_SUITE_END()
