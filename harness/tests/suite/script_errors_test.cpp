// Every mistake in a script by its words and its place. The first line of a script here is line 10,
// and its first column 7, so that a place counted from the script's own beginning would be seen to
// be wrong.
#include "harness/suite/script_parser.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

BOOST_AUTO_TEST_SUITE(script_errors_test)

namespace {

std::string mistakes(const std::string& text) {
    std::string all;
    for (auto& p : parse_script({text, {"s.yaml", 10, 7}}).problems)
        all += (all.empty() ? "" : "\n") + p.str();
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(unknown_steps) {
    BOOST_TEST(mistakes("sned \"x\"") ==
               "s.yaml:10:7: found `sned`, expected a step (`C:`, `S:`, `send`, "
               "`split`, `pause`, `half-close`, `close`, "
               "`reset`, `open`, `fresh`, `tls`, `server`, `retry`, `clock`, `release`, `expect`, `check`, "
               "`do`, `repeat`, `either`, `or` or `end`), did you mean "
               "`send`?");
    BOOST_TEST(mistakes("S 250") == "s.yaml:10:7: found `S`, did you mean `S:`?");
    BOOST_TEST(mistakes("c: NOOP") == "s.yaml:10:7: found `c:`, did you mean `C:`?");
    BOOST_TEST(mistakes("C:NOOP") == "s.yaml:10:9: expected a space after `C:`");
    BOOST_TEST(mistakes("S:250") == "s.yaml:10:9: expected a space after `S:`");
    BOOST_TEST(mistakes("2").starts_with("s.yaml:10:8: the line ends too early, expected a step"));
    BOOST_TEST(mistakes("100 S: 250") == "s.yaml:10:7: expected a connection from 1 to 99");
}

BOOST_AUTO_TEST_CASE(several_at_once) {
    BOOST_TEST(mistakes("C: {\n  S: 999\nC: NOOP\nrepeat x\n  S: 250\nend") ==
               "s.yaml:10:10: found `{` without its `}`; a brace itself is written `{{`\n"
               "s.yaml:11:12: found `999`, expected a reply code as 250, 25z or 5yz, several joined by |, or "
               "`close` or "
               "`silence 300ms`\n"
               "s.yaml:13:14: found `x`, expected how often, as `repeat 100`");
}

BOOST_AUTO_TEST_CASE(claims) {
    BOOST_TEST(mistakes("check C: NOOP") == "s.yaml:10:7: `check` marks what can fail: `S:`, `expect`, "
                                            "`tls`, `open` with options of TLS, or `do`");
    BOOST_TEST(mistakes("check repeat 2\nS: 250\nend") ==
               "s.yaml:10:7: `check` marks what can fail: `S:`, `expect`, `tls`, `open` with options of TLS, "
               "or `do`");
}

BOOST_AUTO_TEST_CASE(the_server_itself) {
    BOOST_TEST(mistakes("server") ==
               "s.yaml:10:13: the line ends too early, expected `stop`, `kill` or `start`");
    BOOST_TEST(mistakes("server kil") ==
               "s.yaml:10:14: found `kil`, expected `stop`, `kill` or `start`, did you mean `kill`?");
    BOOST_TEST(mistakes("server stop now") ==
               "s.yaml:10:19: found `now` after that, expected the end of the line");
    BOOST_TEST(mistakes("2 server kill") ==
               "s.yaml:10:7: `server` concerns every connection: leave out the number before it");
    BOOST_TEST(mistakes("check server start") == "s.yaml:10:7: `check` marks what can fail: `S:`, `expect`, "
                                                 "`tls`, `open` with options of TLS, or `do`");
}

BOOST_AUTO_TEST_CASE(sending) {
    BOOST_TEST(mistakes("send x") ==
               "s.yaml:10:12: found `x`, expected \"TEXT\" or N of \"TEXT\", as 1 MiB of \"0123456789\"");
    BOOST_TEST(mistakes("send \"x") ==
               "s.yaml:10:12: found a text without its closing `\"`, expected \"TEXT\"");
    BOOST_TEST(mistakes("send \"x\" y") ==
               "s.yaml:10:16: found `y` after the text, expected the end of the line");
    BOOST_TEST(mistakes("send \"x\\q\"") ==
               "s.yaml:10:14: found the escape `\\q`, expected one of \\r \\n \\t \\0 \\\\ \\\" \\xHH");
    BOOST_TEST(mistakes("send 12 \"x\"") ==
               "s.yaml:10:15: found `\"x\"`, expected `of` and a text, as 64 KiB of \"abc\"");
    BOOST_TEST(mistakes("send 12 of x") == "s.yaml:10:18: found `x`, expected a text in double quotes");
    BOOST_TEST(mistakes("send 12 of \"\"") == "s.yaml:10:20: found an empty text, expected octets to repeat");
    BOOST_TEST(mistakes("send 99999999999999999 MiB of \"x\"") == "s.yaml:10:34: the number is too large");
    BOOST_TEST(mistakes("pause 5") == "s.yaml:10:13: found `5`, expected a time as 200ms, 20s or 2m");
    BOOST_TEST(mistakes("pause") ==
               "s.yaml:10:12: the line ends too early, expected a time as 200ms, 20s or 2m");
    BOOST_TEST(mistakes("split here") ==
               "s.yaml:10:13: found `here` after `split`, expected the end of the line");
}

BOOST_AUTO_TEST_CASE(connections) {
    BOOST_TEST(mistakes("open smpt") ==
               "s.yaml:10:12: found `smpt`, expected a service (`smtp`, "
               "`submission`, `submissions`, `lmtp`, `imap`, `imaps`, `pop3` or `pop3s`), a state "
               "(`nonauth`, `auth`, "
               "`selected`, `examine`, `authorization` or `transaction`), `plain` or "
               "options of TLS, did you mean `smtp`?");
    BOOST_TEST(mistakes("open plain refused") ==
               "s.yaml:10:18: found `refused` after `plain`, expected the end of the line");
    BOOST_TEST(mistakes("tls version 2") ==
               "s.yaml:10:19: found `2`, expected a TLS version: 1.0, 1.1, 1.2 or 1.3");
    BOOST_TEST(mistakes("tls sni") ==
               "s.yaml:10:14: the line ends too early, expected a name, as `tls sni {domain}`");
    BOOST_TEST(mistakes("tls alpn") ==
               "s.yaml:10:15: the line ends too early, expected a protocol, as `tls alpn smtp`");
    BOOST_TEST(mistakes("tls refuse") == "s.yaml:10:11: found `refuse`, expected `sni`, `version`, `cipher`, "
                                         "`alpn`, `certificate` or `refused`, did you mean "
                                         "`refused`?");
    BOOST_TEST(
        mistakes("tls cipher TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265") ==
        "s.yaml:10:18: found `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265`, expected a cipher suite by its "
        "registered name, as `tls cipher TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, that the OpenSSL of this "
        "mailspec has (`openssl ciphers -stdname ALL` lists them), did you mean "
        "`TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`?");
    BOOST_TEST(
        mistakes("open cipher") ==
        "s.yaml:10:18: the line ends too early, expected a cipher suite by its registered name, as `tls "
        "cipher "
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, that the OpenSSL of this mailspec has (`openssl ciphers "
        "-stdname ALL` lists them)");
    BOOST_TEST(
        mistakes("tls version 1.3 cipher ECDHE-ECDSA-AES128-GCM-SHA256") ==
        "s.yaml:10:30: found ECDHE-ECDSA-AES128-GCM-SHA256, which is no suite of TLS 1.3, expected suites of "
        "one version (TLS 1.3 has its own, and so has 1.2 with those before)");
    BOOST_TEST(
        mistakes("tls cipher TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256|TLS_AES_128_GCM_SHA256") ==
        "s.yaml:10:18: found TLS_AES_128_GCM_SHA256, which is no suite of TLS 1.2, expected suites of one "
        "version (TLS 1.3 has its own, and so has 1.2 with those before)");
    BOOST_TEST(
        mistakes("tls cipher TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 version 1.1") ==
        "s.yaml:10:18: found ECDHE-ECDSA-AES128-GCM-SHA256, which is no suite of TLS 1.1, expected suites of "
        "one version (TLS 1.3 has its own, and so has 1.2 with those before)");
    BOOST_TEST(mistakes("expect tls version 1.2") ==
               "s.yaml:10:26: found `1.2`, expected a lowest TLS version, as 1.2+");
    BOOST_TEST(mistakes("expect tls cert") ==
               "s.yaml:10:18: found `cert`, expected `version 1.2+` or `certificate`");
}

BOOST_AUTO_TEST_CASE(replies) {
    const std::string code =
        "a reply code as 250, 25z or 5yz, several joined by |, or `close` or `silence 300ms`";
    BOOST_TEST(mistakes("S:") ==
               "s.yaml:10:9: the line ends too early, expected a reply code as 250, 25z or 5yz, `close` "
               "or `silence 300ms`");
    BOOST_TEST(mistakes("S: 2y0") == "s.yaml:10:10: found `2y0`, expected " + code);
    BOOST_TEST(mistakes("S: 250|x51") == "s.yaml:10:14: found `x51`, expected " + code);
    BOOST_TEST(mistakes("S: 260") == "s.yaml:10:10: found `260`, expected " + code);
    BOOST_TEST(mistakes("S: 550 5.1") ==
               "s.yaml:10:14: found `5.1`, expected an enhanced code as 5.1.1, 5.1.z or 5.y.z");
    BOOST_TEST(mistakes("S: 550 3.1.1") ==
               "s.yaml:10:14: found `3.1.1`, expected an enhanced code as 5.1.1, 5.1.z or 5.y.z");
    BOOST_TEST(mistakes("S: 450|550 5.1.1") ==
               "s.yaml:10:18: found the enhanced code 5.1.1 with the reply code 450, "
               "expected one class (RFC 2034 §4)");
    BOOST_TEST(mistakes("S: 250 OK") == "s.yaml:10:14: found `OK`, expected a condition (each, first, lines, "
                                        "has, bare, lacks, param or ~regex~), "
                                        "`or` or `else`");
    BOOST_TEST(mistakes("S: 250 lack X").ends_with("`or` or `else`, did you mean `lacks`?"));
    BOOST_TEST(mistakes("S: 250 has size") ==
               "s.yaml:10:18: found `size`, expected an EHLO keyword in capitals");
    BOOST_TEST(mistakes("S: 250 lines 0") ==
               "s.yaml:10:20: expected a number of lines, as `lines 1` or `lines 2+`");
    BOOST_TEST(mistakes("S: 250 ~x~ lines 1") ==
               "s.yaml:10:18: found `lines`, expected `,` and another condition, `or`, "
               "`else warn` or `else info`");
    BOOST_TEST(mistakes("S: 250 first x") == "s.yaml:10:20: found `x`, expected a regex as ~regex~");
    BOOST_TEST(mistakes("S: 250 ~x") ==
               "s.yaml:10:14: found a regex without its closing `~`, expected ~regex~");
    BOOST_TEST(mistakes("S: 250 ~(~").starts_with("s.yaml:10:14: found a regex that does not compile: "));
    BOOST_TEST(mistakes("S: 250 else 251") ==
               "s.yaml:10:19: found `251`, expected `warn` or `info` after `else`");
    BOOST_TEST(mistakes("S: close now") ==
               "s.yaml:10:16: found `now` after the pattern, expected the end of the line");
}

BOOST_AUTO_TEST_CASE(mail) {
    BOOST_TEST(mistakes("expect a miracle")
                   .starts_with("s.yaml:10:14: found `a`, expected `delivered`, `not`, "
                                "`header`, `no`, `headers`, `first`, `received`, `body`, `tls`, "));
    BOOST_TEST(mistakes("expect delivred").ends_with(", did you mean `delivered`?"));
    BOOST_TEST(mistakes("expect not header X") ==
               "s.yaml:10:18: found `header`, expected `delivered` or `pipelined` after `not`");
    BOOST_TEST(mistakes("expect first Received") ==
               "s.yaml:10:20: found `Received`, expected `header` after `first`");
    BOOST_TEST(mistakes("expect no body")
                   .starts_with("s.yaml:10:17: found `body`, expected `header`, `received`, `mail`, "));
    BOOST_TEST(mistakes("expect no octet at mx ~x~").ends_with(" after `no`, did you mean `octets`?"));
    BOOST_TEST(mistakes("expect delivered soon") ==
               "s.yaml:10:24: found `soon`, expected `to ADDRESS`, `within 60s`, `2 "
               "times` or the end of the line");
    BOOST_TEST(mistakes("expect not delivered 2 times") ==
               "s.yaml:10:28: found `2`, expected `to ADDRESS`, `within 60s` "
               "or the end of the line");
    BOOST_TEST(mistakes("expect delivered 0 times") ==
               "s.yaml:10:31: found 0 times, expected `expect not delivered`");
    BOOST_TEST(mistakes("expect delivered to") ==
               "s.yaml:10:26: the line ends too early, expected an address, as `to {recipient2}`");
    BOOST_TEST(mistakes("expect delivered within 3") ==
               "s.yaml:10:31: found `3`, expected a time as 200ms, 20s or 2m");
    BOOST_TEST(mistakes("expect header :x") ==
               "s.yaml:10:21: found `:x`, expected the name of a header field");
    BOOST_TEST(mistakes("expect header Date today") ==
               "s.yaml:10:26: found `today`, expected `NAME: VALUE`, `NAME "
               "~regex~`, `NAME is date-time` or the end of the line");
    BOOST_TEST(mistakes("expect header Date is date") ==
               "s.yaml:10:29: found `date`, expected `date-time`, `msg-id`, "
               "`mailbox-list` or `address-list`");
    BOOST_TEST(mistakes("expect header Received[0]") ==
               "s.yaml:10:21: found `Received[0]`, expected NAME or NAME[2], the second such field");
    BOOST_TEST(mistakes("expect header Received[2") ==
               "s.yaml:10:21: found `Received[2`, expected NAME or NAME[2], the second such field");
    BOOST_TEST(mistakes("expect headers Received[2] 1") ==
               "s.yaml:10:22: found `Received[2]`, expected the name without a number here");
    BOOST_TEST(mistakes("expect first header Received[2]") ==
               "s.yaml:10:27: found `Received[2]`, expected the name without a number here");
    BOOST_TEST(mistakes("expect headers Date") ==
               "s.yaml:10:26: the line ends too early, expected how often, as `expect headers Received 1`");
    BOOST_TEST(mistakes("expect received mit ESMTP") ==
               "s.yaml:10:23: found `mit`, expected a clause of Received: `from`, `by`, `via`, `with`, `id` "
               "or `for`");
    BOOST_TEST(mistakes("expect body Hello") ==
               "s.yaml:10:19: found `Hello`, expected \"TEXT\", `contains \"TEXT\"`, ~regex~ or `length "
               "1024`, each also behind `decoded`");
    BOOST_TEST(mistakes("expect body length x") ==
               "s.yaml:10:26: found `x`, expected the octets of the body, as `length 1024`");
}

BOOST_AUTO_TEST_CASE(blocks) {
    BOOST_TEST(mistakes("repeat 2\nS: 250") ==
               "s.yaml:10:7: found `repeat` without its `end`, expected a line `end` below it");
    BOOST_TEST(mistakes("either\nS: 250\nor\nS: 500") ==
               "s.yaml:10:7: found `either` without its `end`, expected a line `end` below it");
    BOOST_TEST(mistakes("S: 250\nend") == "s.yaml:11:7: found `end`, but no `repeat` or `either` is open");
    BOOST_TEST(mistakes("repeat 2\nS: 250\nor\nend") == "s.yaml:12:7: found `or`, but no `either` is open");
    BOOST_TEST(mistakes("repeat 2\nend") ==
               "s.yaml:10:7: `repeat` is empty, expected steps before its `end`");
    BOOST_TEST(mistakes("repeat 0\nS: 250\nend") == "s.yaml:10:14: expected a number from 1 to 1000000");
    BOOST_TEST(mistakes("repeat 2\nS: 250\nend now") ==
               "s.yaml:12:7: found `end now`, expected nothing behind `end`");
    BOOST_TEST(mistakes("either\nS: 250\nend") ==
               "s.yaml:10:7: `either` has one branch, expected `or` and another before its `end`");
    BOOST_TEST(mistakes("either\nor\nS: 250\nend") ==
               "s.yaml:10:7: found an empty branch, expected steps, the first of "
               "them `S:`, `tls` or `expect`");
    BOOST_TEST(mistakes("either\nS: 250\nor\nC: x\nS: 250\nend") ==
               "s.yaml:13:7: found `C: x` at the head of a branch, expected `S:`, `tls` or `expect`: it "
               "decides whether "
               "the branch is taken");
}

BOOST_AUTO_TEST_CASE(blocks_too_deep) {
    std::string text;
    for (int i = 0; i < 100000; ++i)
        text += "repeat 2\n";
    BOOST_TEST(mistakes(text).find("s.yaml:18:7: found blocks nested more than 8 deep\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(fragment_calls) {
    BOOST_TEST(mistakes("do") ==
               "s.yaml:10:9: the line ends too early, expected the name of a fragment, as `do hello`");
    BOOST_TEST(mistakes("do mail from x") ==
               "s.yaml:10:15: found `from`, expected values as `sender=<>` or the end of the line");
    BOOST_TEST(mistakes("do mail sender=<x") == "s.yaml:10:23: found `<` without its `>`");
    BOOST_TEST(mistakes("do mail sender=<{x>") ==
               "s.yaml:10:23: found `{` without its `}`; a brace itself is written `{{`");
}

BOOST_AUTO_TEST_SUITE_END()
