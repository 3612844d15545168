// Zones: what a master file may hold, and the words for each mistake in one.
#include "harness/tests/world/dns_messages.hpp"

#include <fmt/format.h>

using namespace mailspec::testing;
using mailspec::world::dns_zone;

BOOST_AUTO_TEST_SUITE(dns_zones)

namespace {

std::string mistakes(const std::string& text, const std::string& origin = "z.test") {
    const auto made = dns_zone::parse(text, origin);
    if (made) return "none";
    std::string all;
    for (const auto& problem : made.error())
        all += fmt::format("{}{}: {}", all.empty() ? "" : "\n", problem.line, problem.text);
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(records_of_many_types) {
    asked_zone z("@ MX 10 mx\n"
                 "  MX 20 mx2.other.test.\n"
                 "mx 300 IN A 127.1.2.3\n"
                 "mx IN 5m AAAA ::1\n"
                 "_25._tcp.mx TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
                 "_mta-sts TXT \"v=STSv1; id=1\" ; a comment\n"
                 "many TXT ( \"one\"\n   two ) \n"
                 "svc SRV 1 2 587 mx\n"
                 "odd TYPE65280 \\# 3 0a0b0c\n");
    BOOST_TEST(z.ask("z.test", MX) == "NOERROR aa ra\n"
                                      "an z.test. 60 IN MX 10 mx.z.test.\n"
                                      "an z.test. 60 IN MX 20 mx2.other.test.");
    BOOST_TEST(z.ask("mx.z.test", A) == "NOERROR aa ra\nan mx.z.test. 300 IN A 127.1.2.3");
    BOOST_TEST(z.ask("mx.z.test", AAAA) == "NOERROR aa ra\nan mx.z.test. 300 IN AAAA ::1");
    BOOST_TEST(z.ask("_25._tcp.mx.z.test", TLSA) ==
               "NOERROR aa ra\nan _25._tcp.mx.z.test. 60 IN TLSA 3 1 1 "
               "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    BOOST_TEST(z.ask("_mta-sts.z.test", TXT) ==
               "NOERROR aa ra\nan _mta-sts.z.test. 60 IN TXT \"v=STSv1; id=1\"");
    BOOST_TEST(z.ask("many.z.test", TXT) == "NOERROR aa ra\nan many.z.test. 60 IN TXT \"one\" \"two\"");
    BOOST_TEST(z.ask("svc.z.test", SRV) == "NOERROR aa ra\nan svc.z.test. 60 IN SRV 1 2 587 mx.z.test.");
    BOOST_TEST(z.ask("odd.z.test", 65280) == "NOERROR aa ra\nan odd.z.test. 60 IN TYPE65280 \\# 3 0a0b0c");
}

BOOST_AUTO_TEST_CASE(ttl_and_origin_directives) {
    asked_zone z("$TTL 2m\n"
                 "a A 127.0.0.2\n"
                 "$ORIGIN sub\n"
                 "@ A 127.0.0.3\n"
                 "b MX 0 a\n"
                 "$ORIGIN other.test.\n"
                 "c A 127.0.0.4\n");
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra\nan a.z.test. 120 IN A 127.0.0.2");
    BOOST_TEST(z.ask("sub.z.test", A) == "NOERROR aa ra\nan sub.z.test. 120 IN A 127.0.0.3");
    BOOST_TEST(z.ask("b.sub.z.test", MX) == "NOERROR aa ra\nan b.sub.z.test. 120 IN MX 0 a.sub.z.test.");
    BOOST_TEST(z.ask("c.other.test", A) == "NOERROR aa ra\nan c.other.test. 120 IN A 127.0.0.4");
}

BOOST_AUTO_TEST_CASE(generate_makes_many) {
    asked_zone z("$GENERATE 1-3 @ MX 10 mx$\n"
                 "$GENERATE 0-4/2 h${10,3,d} A 127.0.0.$\n"
                 "$GENERATE 1-1 x\\$ TXT $\n");
    BOOST_TEST(z.ask("z.test", MX) == "NOERROR aa ra\n"
                                      "an z.test. 60 IN MX 10 mx1.z.test.\n"
                                      "an z.test. 60 IN MX 10 mx2.z.test.\n"
                                      "an z.test. 60 IN MX 10 mx3.z.test.");
    BOOST_TEST(z.ask("h014.z.test", A) == "NOERROR aa ra\nan h014.z.test. 60 IN A 127.0.0.4");
    BOOST_TEST(z.ask("x$.z.test", TXT) == "NOERROR aa ra\nan x$.z.test. 60 IN TXT \"1\"");
}

BOOST_AUTO_TEST_CASE(soa_and_ns_need_not_be_written_but_may_be) {
    asked_zone made("a A 127.0.0.2\n");
    BOOST_TEST(made.ask("z.test", SOA) ==
               "NOERROR aa ra\nan z.test. 60 IN SOA localhost. hostmaster.z.test. 1 3600 600 86400 60");
    BOOST_TEST(made.ask("z.test", NS) == "NOERROR aa ra\nan z.test. 60 IN NS localhost.");
    asked_zone written("@ SOA ns host 7 1 2 3 4\n@ NS ns\n");
    BOOST_TEST(written.ask("z.test", SOA) ==
               "NOERROR aa ra\nan z.test. 60 IN SOA ns.z.test. host.z.test. 7 1 2 3 4");
    BOOST_TEST(written.ask("z.test", NS) == "NOERROR aa ra\nan z.test. 60 IN NS ns.z.test.");
}

BOOST_AUTO_TEST_CASE(the_same_record_twice_is_one) {
    asked_zone z("a A 127.0.0.2\na A 127.0.0.2\n");
    BOOST_TEST(z.ask("a.z.test", A) == "NOERROR aa ra\nan a.z.test. 60 IN A 127.0.0.2");
}

BOOST_AUTO_TEST_CASE(wrong_fields_are_named) {
    BOOST_TEST(mistakes("@ MX ten a") ==
               "1: `MX ten a`: `ten` stands where a number from 0 to 65535 belongs");
    BOOST_TEST(mistakes("@ MX 70000 a") ==
               "1: `MX 70000 a`: `70000` stands where a number from 0 to 65535 belongs");
    BOOST_TEST(mistakes("@ MX 10") == "1: `MX 10`: a name is missing at its end");
    BOOST_TEST(mistakes("@ MX 10 a b") == "1: `MX 10 a b`: `b` is one word too many");
    BOOST_TEST(mistakes("@ MX 10 a..b") == "1: `MX 10 a..b`: `a..b` stands where a name belongs");
    BOOST_TEST(mistakes("@ A 127.0.1") == "1: `A 127.0.1`: `127.0.1` stands where an IPv4 address belongs");
    BOOST_TEST(mistakes("@ AAAA 127.0.0.1") ==
               "1: `AAAA 127.0.0.1`: `127.0.0.1` stands where an IPv6 address belongs");
    BOOST_TEST(mistakes("@ TXT") == "1: `TXT`: a text of at most 255 octets is missing at its end");
    BOOST_TEST(mistakes("@ TXT " + std::string(256, 'x')) ==
               fmt::format("1: `TXT {0}`: `{0}` stands where a text of at most 255 octets belongs",
                           std::string(256, 'x')));
    BOOST_TEST(mistakes("@ TLSA 3 1 1 0g") ==
               "1: `TLSA 3 1 1 0g`: `0g` stands where hexadecimal digits, an even number of them, belongs");
    BOOST_TEST(mistakes("@ TLSA 3 1 256 00") ==
               "1: `TLSA 3 1 256 00`: `256` stands where a number from 0 to 255 belongs");
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_told) {
    BOOST_TEST(mistakes("@ MXX 10 a") == "1: `MXX` is no record type; a record is `NAME [TTL] TYPE DATA`");
    BOOST_TEST(mistakes("@ ANY x") == "1: ANY stands in questions, never in a zone");
    BOOST_TEST(mistakes("@") == "1: the type is missing; a record is `NAME [TTL] TYPE DATA`");
    BOOST_TEST(mistakes("@ 60") == "1: the type is missing; a record is `NAME [TTL] TYPE DATA`");
    BOOST_TEST(mistakes("@ CH A 127.0.0.1") == "1: class CH: only IN is served");
    BOOST_TEST(mistakes("a..b A 127.0.0.1") == "1: `a..b` is no name");
    BOOST_TEST(mistakes(std::string(64, 'a') + " A 127.0.0.1") ==
               "1: `" + std::string(64, 'a') + "` is no name");
    BOOST_TEST(mistakes("  A 127.0.0.1") ==
               "1: the first record needs a name in front; `@` is the zone itself");
    BOOST_TEST(mistakes("a A 127.0.0.1", "z..test") == "1: the origin `z..test` is no domain name");
}

BOOST_AUTO_TEST_CASE(every_mistake_is_told_with_its_line) {
    BOOST_TEST(
        mistakes("a A 127.0.0.1\n"
                 "; a comment\n"
                 "b MX ten a\n"
                 "c TXT \"open\n"
                 "d TXT ( one\n"
                 "  two )\n"
                 "e A x )\n"
                 "$FAULT a A SERVFAI\n") ==
        "3: `MX ten a`: `ten` stands where a number from 0 to 65535 belongs\n"
        "4: `\"open`: the closing `\"` is missing\n"
        "7: `)` without `(`\n"
        "8: `SERVFAI` is no fault; a fault is SERVFAIL, REFUSED, NXDOMAIN, FORMERR, NOTIMP, NODATA, TIMEOUT, "
        "DELAY 300ms, TRUNCATE, TRUNCATE BROKEN, WRONGID, WRONGNAME, GARBAGE, LAME, BOGUS or AS NAME");
    BOOST_TEST(mistakes("a A 127.0.0.1\nb TXT ( one\ntwo\n") == "2: this `(` is never closed");
}

BOOST_AUTO_TEST_CASE(directives_are_checked) {
    BOOST_TEST(mistakes("$TTL soon") == "1: behind $TTL stands a time in seconds (or 5m, 1h ...)");
    BOOST_TEST(mistakes("$ORIGIN") == "1: behind $ORIGIN stands a name");
    BOOST_TEST(mistakes("$SECURE yes") == "1: nothing stands behind $SECURE");
    BOOST_TEST(mistakes("$INSECURE") == "1: behind $INSECURE stands a name");
    BOOST_TEST(mistakes("$INCLUDE x") ==
               "1: $INCLUDE: a zone stands in one place here; write the records out");
    BOOST_TEST(mistakes("$FOO") == "1: `$FOO` is no directive; there are $TTL, $ORIGIN, $GENERATE, $SECURE, "
                                   "$INSECURE and $FAULT");
    BOOST_TEST(mistakes("$GENERATE 3-1 a A 127.0.0.1") ==
               "1: a $GENERATE is `$GENERATE 1-100 NAME TYPE DATA`, with `$` where the number goes");
    BOOST_TEST(mistakes("$GENERATE 1-1000000 a$ A 127.0.0.1") == "1: $GENERATE makes 100000 records at most");
    BOOST_TEST(mistakes("$GENERATE 1-9 a${x} A 127.0.0.1") ==
               "1: `${x}` is none of `$`, `${offset}`, `${offset,width,base}`");
    BOOST_TEST(mistakes("$GENERATE 1-9 @ MX $ a..b") == "1: `MX 1 a..b`: `a..b` stands where a name belongs");
}

BOOST_AUTO_TEST_CASE(faults_are_checked) {
    BOOST_TEST(mistakes("$FAULT @ MX") ==
               "1: a fault is `$FAULT NAME TYPE WHAT`, as in `$FAULT mx A SERVFAIL FIRST 2`");
    BOOST_TEST(mistakes("$FAULT @ MXX SERVFAIL") == "1: `MXX` is no record type (ANY: every type)");
    BOOST_TEST(mistakes("$FAULT @ MX DELAY") ==
               "1: behind DELAY stands a time of at most 10 minutes: `DELAY 300ms`, `DELAY 2s`");
    BOOST_TEST(mistakes("$FAULT @ MX DELAY 11m") ==
               "1: behind DELAY stands a time of at most 10 minutes: `DELAY 300ms`, `DELAY 2s`");
    BOOST_TEST(mistakes("$FAULT @ MX TIMEOUT FIRST 0") ==
               "1: behind FIRST stands a number above 0: `FIRST 2`");
    BOOST_TEST(mistakes("$FAULT @ MX TIMEOUT SECOND 1") ==
               "1: `SECOND` is too much; `FIRST N` or `AFTER N` may end a fault");
    BOOST_TEST(mistakes("$FAULT @ MX TIMEOUT AFTER") == "1: behind AFTER stands a number above 0: `AFTER 2`");
    BOOST_TEST(mistakes("$FAULT @ MX AS") ==
               "1: behind AS stands the name whose records are given instead: `AS other`");
}

BOOST_AUTO_TEST_CASE(an_alias_stands_alone) {
    BOOST_TEST(mistakes("a CNAME b\na A 127.0.0.1\n") ==
               "2: a.z.test has a CNAME and other records; an alias has nothing else (RFC 1034 §3.6.2)");
    BOOST_TEST(mistakes("a CNAME b\na CNAME c\n") ==
               "2: a.z.test has two CNAMEs; a name is an alias of one other");
    BOOST_TEST(mistakes("@ CNAME other.test.\n") == "none"); // a mail domain that is an alias
}

BOOST_AUTO_TEST_CASE(what_no_answer_can_hold_is_refused) {
    BOOST_TEST(mistakes("$GENERATE 1-2000 @ MX 10 mx$\n") == "none");
    BOOST_TEST(mistakes("$GENERATE 1-4000 @ MX 10 mx$\n") ==
               "1: the 4000 MX records of z.test take 90928 octets; an answer holds 65535 at most");
}

BOOST_AUTO_TEST_CASE(names_that_a_zone_knows) {
    const auto z = zone("a A 127.0.0.1\n3.2.1.127.in-addr.arpa. PTR a\n*.wild.test. A 127.0.0.1\n");
    BOOST_TEST(z->origin() == "z.test");
    BOOST_TEST(z->knows("z.test"));
    BOOST_TEST(z->knows("nothing.here.Z.TEST."));
    BOOST_TEST(z->knows("3.2.1.127.in-addr.arpa"));
    BOOST_TEST(!z->knows("4.2.1.127.in-addr.arpa"));
    BOOST_TEST(z->knows("x.wild.test"));
    BOOST_TEST(!z->knows("xz.test"));
}

BOOST_AUTO_TEST_CASE(an_alias_at_the_apex_beside_an_soa) {
    BOOST_TEST(mistakes("@ CNAME a\n") == "none"); // what the zone must have is ours to add
    BOOST_TEST(mistakes("@ SOA ns host 1 2 3 4 5\n@ CNAME a\n") ==
               "2: z.test has a CNAME and other records; an alias has nothing else (RFC 1034 §3.6.2)");
}

BOOST_AUTO_TEST_CASE(a_large_set_has_each_record_once) {
    asked_zone z("$GENERATE 1-2000 @ AAAA fd00::${0,0,x}\n@ AAAA fd00::7\n");
    const auto all = z.ask("z.test", AAAA, {}, true);
    BOOST_TEST(std::ranges::count(all, '\n') == 2000);
    BOOST_TEST(mistakes("$GENERATE 1-20000 @ AAAA fd00::${0,0,x}\n")
                   .starts_with("1: the 20000 AAAA records of z.test take "));
}

BOOST_AUTO_TEST_SUITE_END()
