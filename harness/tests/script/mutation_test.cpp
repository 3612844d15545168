// Replaying a recorded run, and finding out whether its case can fail.
#include "harness/script/mutants.hpp"
#include "harness/tests/script/checks.hpp"

#include <algorithm>

using namespace fake;
using script::mutant_result;
using script::mutation_report;

BOOST_AUTO_TEST_SUITE(mutation)

namespace {

mutation_report mutated(const std::string& script, server s = {}, const options& how = {}) {
    const auto p = play(script, s, how);
    BOOST_TEST_REQUIRE(p.held(), p.str());
    return mutated(p);
}

const mutant_result* named(const mutation_report& r, std::string_view name) {
    const auto at = std::ranges::find_if(
        r.mutants, [&](const auto& m) { return m.name.find(name) != std::string::npos; });
    return at == r.mutants.end() ? nullptr : &*at;
}

#define KILLED(report, name)                                                                                 \
    do {                                                                                                     \
        const auto& held = (report); /* lives as long as the mutant that is looked at */                     \
        const auto* m = named(held, name);                                                                   \
        BOOST_TEST_REQUIRE(m != nullptr, name);                                                              \
        BOOST_TEST(m->killed(), name << ": " << script::name_of(m->came) << " " << m->how);                  \
    } while (false)
#define SURVIVES(report, name)                                                                               \
    do {                                                                                                     \
        const auto& held = (report); /* lives as long as the mutant that is looked at */                     \
        const auto* m = named(held, name);                                                                   \
        BOOST_TEST_REQUIRE(m != nullptr, name);                                                              \
        BOOST_TEST(!m->killed(), name << ": " << m->how);                                                    \
    } while (false)

} // namespace

BOOST_AUTO_TEST_CASE(a_code_is_a_proof) {
    server s;
    s.answers["MAIL"] = "503 5.5.1 nested\r\n";
    const auto r = mutated("do hello\nC: MAIL FROM:<>\ncheck S: 503\ndo still-alive\n", s);
    BOOST_TEST(r.self_check == "");
    BOOST_TEST(r.proved());
    KILLED(r, "code 503 becomes 250");
    KILLED(r, "code 503 becomes 554");
    KILLED(r, "the reply is lost");
    KILLED(r, "closed instead of the reply");
    KILLED(r, "bare LF");
    SURVIVES(r, "the text becomes _");
    BOOST_TEST((named(r, "code 503 becomes 250")->came == mutant_result::end::mismatch));
    BOOST_TEST(named(r, "code 503 becomes 250")->how == "check S: 503");
    BOOST_TEST((named(r, "bare LF")->came == mutant_result::end::ambient));
    BOOST_TEST(r.killed() + r.survivors().size() == r.mutants.size());
}

BOOST_AUTO_TEST_CASE(a_case_that_takes_anything_proves_nothing) {
    server s;
    const auto r = mutated("do hello\nC: NOOP\ncheck S: 250|354|451|550|214|221|521\n", s);
    BOOST_TEST(r.self_check == "");
    BOOST_TEST(!r.proved()); // a lost reply and a bare LF are noticed, what was said is not
    KILLED(r, "the reply is lost");
    KILLED(r, "bare LF");
    SURVIVES(r, "code 250 becomes 550");
}

BOOST_AUTO_TEST_CASE(tiers_are_noticed) {
    server s;
    s.answers["NOOP"] = "500 no\r\n";
    const auto r = mutated("do hello\nC: NOOP\ncheck S: 500 else warn 250 else info 5yz\n", s);
    KILLED(r, "code 500 becomes 250");
    BOOST_TEST((named(r, "code 500 becomes 250")->came == mutant_result::end::lower_tier));
    BOOST_TEST(r.proved());
}

BOOST_AUTO_TEST_CASE(what_a_step_looks_at_is_altered) {
    server s;
    s.ehlo = "250-mx.example.test\r\n250-SIZE 1000\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n";
    const auto hello = [&](const std::string& conditions) {
        return mutated("do greeting\nC: EHLO {client}\ncheck S: 250 " + conditions + "\n", s);
    };
    KILLED(hello("has AUTH PLAIN"), "AUTH is not offered");
    KILLED(hello("has AUTH PLAIN"), "the parameters of AUTH become \" _\"");
    SURVIVES(hello("has AUTH"), "the parameters of AUTH become \" _\"");
    KILLED(hello("lacks ETRN"), "ETRN is offered");
    KILLED(hello("bare STARTTLS"), "the parameters of STARTTLS become \" _\"");
    KILLED(hello("param SIZE ~^[0-9]{1,4}$~"), "the parameters of SIZE become \" 9999");
    KILLED(hello("lines 4"), "line 2 is lost: \"SIZE 1000\"");
    KILLED(hello("~PLAIN~"), "line 3 is lost");
    SURVIVES(hello("has AUTH"), "line 2 is lost");
    KILLED(hello("lines 4"), "the last line comes twice");
}

BOOST_AUTO_TEST_CASE(enhanced_codes) {
    server s;
    s.answers["NOOP"] = "250 2.0.0 Ok\r\n";
    const auto strict = mutated("do hello\nC: NOOP\ncheck S: 250 2.0.0\n", s);
    KILLED(strict, "enhanced code 2.0.0 becomes 2.9.9");
    KILLED(strict, "the enhanced code is dropped");
    SURVIVES(mutated("do hello\nC: NOOP\ncheck S: 250\n", s), "enhanced code 2.0.0 becomes 2.9.9");
}

BOOST_AUTO_TEST_CASE(closes_and_silence) {
    server s;
    const auto quit = mutated("do hello\ncheck do quit\n", s);
    BOOST_TEST(quit.proved());
    KILLED(quit, "a reply instead of the close");
    KILLED(quit, "the connection stays open");
    s.answers["NOOP"] = "";
    const auto silent = mutated("do hello\nC: NOOP\ncheck S: silence 10ms\nC: HELP\nS: 250\n", s);
    BOOST_TEST(silent.proved());
    KILLED(silent, "a reply instead of silence");
    KILLED(silent, "closed instead of silence");
}

BOOST_AUTO_TEST_CASE(handshakes) {
    server s;
    const auto r =
        mutated("do hello\nC: STARTTLS\nS: 220\ntls\ncheck expect tls version 1.2+\nC: NOOP\nS: 250\n", s);
    BOOST_TEST(r.self_check == "");
    KILLED(r, "TLS 1.0 is negotiated");
    SURVIVES(r, "no certificate is shown");
    s.answers["STARTTLS"] = "220 go ahead\r\n" + hang_up;
    const auto refused = mutated("do hello\nC: STARTTLS\nS: 220\ncheck tls refused\n", s);
    KILLED(refused, "the TLS handshake succeeds");
}

BOOST_AUTO_TEST_CASE(implicit_tls_is_replayed) {
    server s;
    options how;
    how.keys = "service: submissions";
    const auto r = mutated("do hello\nC: NOOP\ncheck S: 250\n", s, how);
    BOOST_TEST(r.self_check == "");
    BOOST_TEST(r.proved());
}

const std::string sent_mail = "do hello\ndo envelope\ndo message\n";

BOOST_AUTO_TEST_CASE(deliveries) {
    server s;
    const auto there = mutated(sent_mail + "check expect delivered\n", s);
    BOOST_TEST(there.proved());
    KILLED(there, "the message is missing");
    SURVIVES(there, "the message is delivered twice");
    KILLED(mutated(sent_mail + "check expect delivered 1 times\n", s), "the message is delivered twice");
    server discards;
    discards.deliver = [](std::string m) {
        return m.find("t0k3n") == std::string::npos ? std::vector{m} : std::vector<std::string>{};
    };
    const auto absent = mutated(sent_mail + "check expect not delivered\n", discards);
    BOOST_TEST(absent.self_check == "");
    KILLED(absent, "a message is delivered");
}

BOOST_AUTO_TEST_CASE(messages) {
    server s;
    s.deliver = [](std::string m) {
        return std::vector{"Return-Path: <t0k3n@client.mailspec.test>\r\nReceived: from a.example by "
                           "b.example with ESMTP id "
                           "1;\r\n\tMon, 01 Sep 2025 10:00:00 +0000\r\n" +
                           m};
    };
    const auto of = [&](const std::string& step) {
        return mutated(sent_mail + "expect delivered\ncheck " + step + "\n", s);
    };
    KILLED(of("expect header Return-Path: <{sender}>"), "Return-Path is dropped");
    KILLED(of("expect header Return-Path: <{sender}>"), "Return-Path is altered");
    SURVIVES(of("expect header Return-Path: <{sender}>"), "Return-Path occurs twice");
    KILLED(of("expect headers Return-Path 1"), "Return-Path occurs twice");
    KILLED(of("expect first header Return-Path"), "another field stands first");
    KILLED(of("expect no header Bcc"), "Bcc is there");
    KILLED(of("expect received with ESMTP"), "the clause with has another value");
    KILLED(of("expect received with ESMTP"), "the clause with is dropped");
    KILLED(of("expect no received for"), "the clause for is there");
    KILLED(of("expect body \"Hello.\\r\\n\""), "octet 1 of the body is altered");
    KILLED(of("expect body \"Hello.\\r\\n\""), "the body is longer");
    KILLED(of("expect body length 8"), "the body is cut");
    SURVIVES(of("expect body length 8"), "octet 1 of the body is altered");
    BOOST_TEST(of("expect body contains \"ello\"").proved());
}

BOOST_AUTO_TEST_CASE(only_a_passing_run_can_be_tried) {
    server s;
    s.answers["NOOP"] = "500 no\r\n";
    const auto p = play("do hello\nC: NOOP\nS: 250\n", s);
    BOOST_TEST(mutated(p).self_check == "the case did not pass, so there is no passing run to alter");
}

BOOST_AUTO_TEST_CASE(several_connections_are_replayed_in_order) {
    server s;
    s.answers["NOOP two"] = "251 two\r\n";
    const auto r = mutated(
        "do hello\n2 do hello\n2 C: NOOP two\nC: NOOP one\nS: 250\n2 S: 251\nfresh\ndo hello\n2 C: QUIT\n"
        "check 2 S: 221\n2 S: close\n",
        s);
    BOOST_TEST(r.self_check == "");
    BOOST_TEST(r.proved());
}

// Nobody stops the recording; what came of it was recorded on both sides of the crash.
BOOST_AUTO_TEST_CASE(a_crash_is_replayed) {
    const auto r = mutated("do hello\ndo envelope\ndo message\nserver kill\nserver start\n"
                           "check expect delivered\ndo still-alive\n");
    BOOST_TEST(r.self_check == "");
    BOOST_TEST(r.proved());
    KILLED(r, "the message is missing");
}

BOOST_AUTO_TEST_CASE(a_recording_can_be_altered_anywhere) {
    script::recorded_stream stream;
    stream.pieces = {{0, "abc"}, {1, "def"}, {2, "ghi"}};
    auto middle = stream;
    middle.replace(2, 3, "X"); // "c" and "de": given out when the last of those was
    BOOST_TEST(middle.octets() == "abXfghi");
    BOOST_TEST(middle.pieces[1].octets == "Xf");
    auto between = stream;
    between.replace(3, 0, "X");
    BOOST_TEST(between.octets() == "abcXdefghi");
    BOOST_TEST(between.pieces[1].turn == 0u);
    auto end = stream;
    end.replace(9, 0, "X");
    BOOST_TEST(end.octets() == "abcdefghiX");
    auto cut = stream;
    cut.cut(4);
    BOOST_TEST(cut.octets() == "abcd");
    BOOST_TEST((cut.ends == script::recorded_stream::end::closed));
}

BOOST_AUTO_TEST_SUITE_END()
