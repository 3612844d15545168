// What each line of a script becomes: one test for each table of docs/suite-language.md.
// Sound scripts only; mistakes are in script_errors_test. Resolves no fragment and runs
// nothing.
#include "harness/suite/script_parser.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(script_parser_test)

namespace {

std::vector<step> parsed(const std::string& text) {
    auto script = parse_script({text, {"s.yaml", 10, 7}});
    for (auto& p : script.problems)
        BOOST_TEST_MESSAGE(p.str());
    BOOST_REQUIRE(script.problems.empty());
    return script.steps;
}

template <typename Body>
Body only(const std::string& text) {
    auto steps = parsed(text);
    BOOST_REQUIRE(steps.size() == 1u);
    BOOST_REQUIRE(std::holds_alternative<Body>(steps[0].body));
    return std::get<Body>(steps[0].body);
}

reply_pattern reply(const std::string& text) {
    auto step = only<expect_server>(text);
    BOOST_REQUIRE(step.tiers.size() == 1u);
    BOOST_REQUIRE(step.tiers[0].any_of.size() == 1u);
    return std::get<reply_pattern>(step.tiers[0].any_of[0]);
}

reply_check condition(const std::string& text) {
    auto pattern = reply("S: 250 " + text);
    BOOST_REQUIRE(pattern.checks.size() == 1u);
    return pattern.checks[0];
}

} // namespace

BOOST_AUTO_TEST_CASE(places_and_prefixes) {
    auto steps = parsed("# a comment\nC: NOOP\n\n  2 check S: 250\ncheck 3 S: 221  \n");
    BOOST_REQUIRE(steps.size() == 3u);
    BOOST_TEST(steps[0].at.line == 11);
    BOOST_TEST(steps[0].at.column == 7);
    BOOST_TEST(steps[0].connection == 0);
    BOOST_TEST(!steps[0].claim);
    BOOST_TEST(steps[1].at.line == 13);
    BOOST_TEST(steps[1].at.column == 9);
    BOOST_TEST(steps[1].connection == 2);
    BOOST_TEST(steps[1].claim);
    BOOST_TEST(steps[1].source == "2 check S: 250");
    BOOST_TEST(steps[2].connection == 3);
    BOOST_TEST(steps[2].claim);
    BOOST_TEST(steps[2].source == "check 3 S: 221");
}

BOOST_AUTO_TEST_CASE(sending) {
    BOOST_TEST(only<send_line>("C: MAIL FROM:<{sender}>").text.source == "MAIL FROM:<{sender}>");
    BOOST_TEST(only<send_line>("C:").text.source == "");
    BOOST_TEST(only<send_line>("C:  folded").text.source == " folded");
    BOOST_TEST(only<send_raw>("send \"a \\\"b\\\" \\r\\n\"").text.source == "a \\\"b\\\" \\r\\n");
    auto generated = only<send_generated>("send 2 KiB of \"ab\"");
    BOOST_TEST(std::get<std::uint64_t>(generated.count) == 2048u);
    BOOST_TEST(generated.text.source == "ab");
    BOOST_TEST(std::get<std::uint64_t>(only<send_generated>("send 1 MiB of \"x\"").count) == 1048576u);
    BOOST_TEST(std::get<text_template>(only<send_generated>("send {cap:SIZE+1} of \"x\"").count).source ==
               "{cap:SIZE+1}");
    BOOST_TEST((only<mailspec::suite::pause>("pause 200ms").duration == 200ms));
    BOOST_TEST((only<mailspec::suite::pause>("pause 2s").duration == 2s));
    only<split>("split");
    only<half_close>("half-close");
    only<close_connection>("close");
    only<reset_connection>("reset");
    only<fresh_connection>("fresh");
}

BOOST_AUTO_TEST_CASE(connections_and_tls) {
    BOOST_TEST(only<open_connection>("open").service == "");
    BOOST_TEST(only<open_connection>("2 open submission").service == "submission");
    BOOST_TEST(only<open_connection>("open submissions plain").plain);
    auto refused = only<open_connection>("check open version 1.1 refused");
    BOOST_TEST(refused.tls.version == "1.1");
    BOOST_TEST(refused.tls.refused);
    auto tls = only<start_tls>("tls sni {domain} version 1.2 alpn smtp certificate").request;
    BOOST_TEST(tls.server_name->source == "{domain}");
    BOOST_TEST(tls.version == "1.2");
    BOOST_TEST(tls.alpn == "smtp");
    BOOST_TEST(tls.certificate);
    BOOST_TEST(!tls.refused);
    BOOST_TEST(only<start_tls>("check tls refused").request.refused);
    // By the names of the registry, and by those of OpenSSL; several may be offered.
    BOOST_TEST(only<start_tls>("tls cipher TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256").request.ciphers ==
               "ECDHE-RSA-AES128-GCM-SHA256");
    BOOST_TEST(only<start_tls>("tls cipher AES128-SHA version 1.1").request.ciphers == "AES128-SHA");
    const auto two =
        only<start_tls>("tls cipher TLS_AES_128_GCM_SHA256|TLS_AES_256_GCM_SHA384 refused").request;
    BOOST_TEST(two.ciphers == "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
    BOOST_TEST(two.refused);
    BOOST_TEST(only<expect_tls>("expect tls version 1.2+").min_version == "1.2");
    BOOST_TEST(only<expect_tls>("expect tls certificate").certificate);
}

BOOST_AUTO_TEST_CASE(the_server_itself) {
    using action = control_server::action;
    BOOST_TEST((only<control_server>("server stop").what == action::stop));
    BOOST_TEST((only<control_server>("server kill").what == action::kill));
    BOOST_TEST((only<control_server>("server start").what == action::start));
}

BOOST_AUTO_TEST_CASE(reply_codes) {
    BOOST_TEST((reply("S: 250").codes == std::vector<std::string>{"250"}));
    BOOST_TEST((reply("S: 250|25z|5yz").codes == std::vector<std::string>{"250", "25z", "5yz"}));
    BOOST_TEST(reply("S: 550 5.1.1").enhanced == "5.1.1");
    BOOST_TEST(reply("S: 550 5.y.z").enhanced == "5.y.z");
    BOOST_TEST(!reply("S: 550 5.1.z").enhanced_if_offered);
    BOOST_TEST(reply("S: 535 5.7.8?").enhanced == "5.7.8");
    BOOST_TEST(reply("S: 535 5.7.8?").enhanced_if_offered);
}

BOOST_AUTO_TEST_CASE(reply_conditions) {
    using kind = reply_check::kind;
    BOOST_TEST((condition("~a b~").what == kind::any_line));
    BOOST_TEST(condition("~a b~").text->source == "a b");
    BOOST_TEST((condition("each ~x~").what == kind::each_line));
    BOOST_TEST((condition("first ~^{domain}~").what == kind::first_line));
    BOOST_TEST(condition("lines 1").lines == 1);
    BOOST_TEST(!condition("lines 1").or_more);
    BOOST_TEST(condition("lines 2+").or_more);
    BOOST_TEST(condition("has SIZE").keyword == "SIZE");
    BOOST_TEST(!condition("has SIZE").text);
    BOOST_TEST(condition("has AUTH PLAIN LOGIN").text->source == "PLAIN LOGIN");
    BOOST_TEST((condition("bare STARTTLS").what == kind::bare));
    BOOST_TEST((condition("lacks ETRN").what == kind::lacks));
    BOOST_TEST(condition("param SIZE ~^[0-9]{1,20}$~").text->source == "^[0-9]{1,20}$");
    auto all = reply("S: 550 5.1.1? ~x, y~, has AUTH PLAIN, lacks ETRN, lines 2+");
    BOOST_TEST(all.checks.size() == 4u);
    BOOST_TEST(all.checks[1].text->source == "PLAIN");
}

BOOST_AUTO_TEST_CASE(alternatives_and_tiers) {
    auto step = only<expect_server>("S: 421 ~x~ or close else warn 5yz or silence 300ms else info 2yz");
    BOOST_REQUIRE(step.tiers.size() == 3u);
    BOOST_TEST(!step.tiers[0].instead);
    BOOST_TEST(step.tiers[0].any_of.size() == 2u);
    BOOST_TEST(std::holds_alternative<closed_pattern>(step.tiers[0].any_of[1]));
    BOOST_TEST((step.tiers[1].instead == level::should));
    BOOST_TEST((std::get<silence_pattern>(step.tiers[1].any_of[1]).duration == 300ms));
    BOOST_TEST((step.tiers[2].instead == level::may));
}

BOOST_AUTO_TEST_CASE(delivered_mail) {
    auto plain = only<expect_delivered>("expect delivered");
    BOOST_TEST(!plain.negative);
    BOOST_TEST(!plain.recipient);
    BOOST_TEST((plain.within == 20s));
    auto other = only<expect_delivered>("expect delivered 2 times to {recipient2} within 60s");
    BOOST_TEST(*other.times == 2);
    BOOST_TEST(other.recipient->source == "{recipient2}");
    BOOST_TEST((other.within == 60s));
    BOOST_TEST(only<expect_delivered>("expect not delivered to {recipient2}").negative);
}

BOOST_AUTO_TEST_CASE(headers_and_bodies) {
    using kind = expect_header::kind;
    auto equals = only<expect_header>("expect header Return-Path: <{sender}>");
    BOOST_TEST((equals.what == kind::equals));
    BOOST_TEST(equals.name == "Return-Path");
    BOOST_TEST(equals.text->source == "<{sender}>");
    BOOST_TEST((only<expect_header>("expect header Date").what == kind::present));
    BOOST_TEST((only<expect_header>("expect header Subject ~{token}~").what == kind::matches));
    BOOST_TEST(only<expect_header>("expect header Date is date-time").type == "date-time");
    BOOST_TEST((only<expect_header>("expect no header Bcc").what == kind::absent));
    BOOST_TEST(only<expect_header>("expect header Received[2]: x").name == "Received[2]");
    BOOST_TEST(only<expect_header>("expect no header Received[12]").name == "Received[12]");
    BOOST_TEST(only<expect_header>("expect headers Received 2").count == 2);
    BOOST_TEST((only<expect_header>("expect first header Return-Path").what == kind::first));
    auto with = only<expect_received>("expect received with ESMTP|ESMTPS");
    BOOST_TEST(with.clause == "with");
    BOOST_TEST(with.any_of.size() == 2u);
    BOOST_TEST(only<expect_received>("expect received by ~.~").regex.has_value());
    BOOST_TEST(only<expect_received>("expect no received for").negative);
    BOOST_TEST((only<expect_body>("expect body \"Hello.\\r\\n\"").what == expect_body::kind::equals));
    BOOST_TEST((only<expect_body>("expect body contains \"x\"").what == expect_body::kind::contains));
    BOOST_TEST((only<expect_body>("expect body ~x~").what == expect_body::kind::matches));
    BOOST_TEST(only<expect_body>("expect body length 1 KiB").length == 1024u);
    BOOST_TEST(!only<expect_body>("expect body length 1 KiB").decoded);
    BOOST_TEST(only<expect_body>("expect body decoded length 1 KiB").decoded);
    BOOST_TEST((only<expect_body>("expect body decoded ~x~").what == expect_body::kind::matches));
}

BOOST_AUTO_TEST_CASE(blocks) {
    auto repeat = only<repeat_block>("repeat 100\n  C: NOOP {n}\n  S: 250\nend");
    BOOST_TEST(repeat.times == 100u);
    BOOST_TEST(repeat.steps.size() == 2u);
    auto either = only<either_block>("either\n  S: 220\n  tls\nor\n  S: close\nend");
    BOOST_REQUIRE(either.branches.size() == 2u);
    BOOST_TEST(either.branches[0].size() == 2u);
    auto nested = only<repeat_block>("repeat 2\neither\nS: 250\nor\nS: 500\nend\nend");
    BOOST_TEST(std::get<either_block>(nested.steps[0].body).branches.size() == 2u);
}

BOOST_AUTO_TEST_CASE(fragment_calls) {
    auto call = only<fragment_block>("check do mail sender=<> token=\"a b\" client={x41}x");
    BOOST_TEST(call.name == "mail");
    BOOST_REQUIRE(call.values.size() == 3u);
    BOOST_TEST(call.values[0].first == "sender");
    BOOST_TEST(call.values[0].second.source == "");
    BOOST_TEST(call.values[1].second.source == "a b");
    BOOST_TEST(call.values[2].second.source == "{x41}x");
    BOOST_TEST(only<fragment_block>("do mail sender=<\"a > b\"@x> n=1").values[0].second.source ==
               "\"a > b\"@x");
}

BOOST_AUTO_TEST_SUITE_END()
