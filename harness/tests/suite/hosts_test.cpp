// The key `hosts`, scripts of hosts, and the steps that look at them: what is read, and every mistake by its
// words and its place. Follows docs/suite-world.md, "Its remote hosts" and "What they saw".
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

namespace {

struct fixture : suite_folder {
    // `hosts` stands in line 8, what is in it below; the script's first line expects a reply.
    std::string yaml(const std::string& hosts, const std::string& steps = "") const {
        std::string text = "title: T\nservice: smtp\nrfc: 5321\ncases:\n  c:\n    title: t\n"
                           "    requirement: rfc5321-1-1\n    hosts:\n";
        const auto lines = [&](const std::string& all, const char* indent) {
            for (std::size_t at = 0; at < all.size();) {
                const auto end = std::min(all.find('\n', at), all.size());
                text += indent + all.substr(at, end - at) + "\n";
                at = end + 1;
            }
        };
        lines(hosts, "      ");
        text += "    script: |\n      S: 220\n";
        lines(steps, "      ");
        return text;
    }
    std::string mistakes(const std::string& hosts, const std::string& steps = "") {
        auto text = problems(load_yaml(yaml(hosts, steps)));
        if (!text.empty()) text.pop_back();
        const std::string file = "smtp/test.yaml:";
        return text.starts_with(file) ? text.substr(file.size()) : text;
    }
    // Of a step behind `hosts: { mx: accepts, off: off, policy: { protocol: https } }`; its line is left out.
    std::string of_step(const std::string& step) {
        auto text = mistakes("mx: accepts\ndead: off\npolicy: { protocol: https }", step);
        return text.substr(std::min(text.find(':') + 1, text.size()));
    }
    std::vector<host_plan> read(const std::string& hosts) {
        auto loaded = load_yaml(yaml(hosts));
        BOOST_TEST(problems(loaded) == "");
        return loaded.suites.at(0).cases.at(0).world.hosts;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hosts_test, fixture)

BOOST_AUTO_TEST_CASE(words_maps_and_lists) {
    auto hosts = read("a: accepts\nb: { stock: secure, tls: expired, tls-version: 1.2, delay: 20ms }\n"
                      "c: [ rejects, accepts ]\nd: defers 2 times\ne: secure");
    BOOST_TEST(hosts.size() == 5u);
    BOOST_TEST(hosts[0].name == "a");
    BOOST_TEST(hosts[0].connections.size() == 1u);
    BOOST_TEST((hosts[1].connections[0].tls.what == host_certificate::kind::expired));
    BOOST_TEST(hosts[1].connections[0].tls_version == "1.2");
    BOOST_TEST(hosts[1].connections[0].delay.count() == 20);
    BOOST_TEST(hosts[2].connections[0].stock == "rejects");
    BOOST_TEST(hosts[2].connections[1].stock == "accepts");
    BOOST_TEST_REQUIRE(hosts[3].connections.size() == 3u);
    BOOST_TEST(hosts[3].connections[1].stock == "defers");
    BOOST_TEST(hosts[3].connections[2].stock == "accepts");
    BOOST_TEST((hosts[4].connections[0].tls.what == host_certificate::kind::valid));
}

BOOST_AUTO_TEST_CASE(answers) {
    auto hosts = read(
        "a:\n  offers: [ PIPELINING, SIZE 1000 ]\n  answers:\n    RCPT: 450 4.2.1 later\n"
        "    RCPT <x@{zone}>: [ 550 no, 250 yes ]\n    greeting: 421 bye, close\n    message: close\n"
        "    DATA: silence\n    QUIT: reset\n    EHLO: |\n      250-a\n      250 b\n    NOOP: raw \"2\\r\"");
    auto& c = hosts[0].connections[0];
    BOOST_TEST(c.offers->size() == 2u);
    BOOST_TEST(c.answers["RCPT"][0].octets->source == "450 4.2.1 later");
    BOOST_TEST(std::get<literal_piece>(c.answers["RCPT"][0].octets->pieces[0]).octets ==
               "450 4.2.1 later\r\n");
    BOOST_TEST(std::get<literal_piece>(c.answers["EHLO"][0].octets->pieces[0]).octets ==
               "250-a\r\n250 b\r\n");
    BOOST_TEST(std::get<literal_piece>(c.answers["NOOP"][0].octets->pieces[0]).octets == "2\r");
    BOOST_TEST(c.recipient_answers[0].second.size() == 2u);
    BOOST_TEST((c.answers["greeting"][0].then == host_answer::end::closes));
    BOOST_TEST(c.answers["greeting"][0].octets.has_value());
    BOOST_TEST((c.answers["message"][0].then == host_answer::end::closes));
    BOOST_TEST(!c.answers["message"][0].octets);
    BOOST_TEST((c.answers["DATA"][0].then == host_answer::end::stays));
    BOOST_TEST(!c.answers["DATA"][0].octets);
    BOOST_TEST((c.answers["QUIT"][0].then == host_answer::end::resets));
}

BOOST_AUTO_TEST_CASE(mistakes_in_hosts) {
    BOOST_TEST(mistakes("mx: acepts")
                   .starts_with("9:11: unknown stock `acepts` of host `mx`, expected `accepts`, `secure`, "));
    BOOST_TEST(mistakes("mx: acepts").ends_with(", did you mean `accepts`?"));
    BOOST_TEST(mistakes("MX: accepts") ==
               "9:7: found the host `MX`, expected small letters, digits and hyphens");
    BOOST_TEST(mistakes("mx:\n").starts_with(
        "9:7: found neither a word nor a map for host `mx`, expected a stock ("));
    BOOST_TEST(mistakes("mx: defers twice") ==
               "9:11: found `defers twice`, expected `defers` or `defers 2 times`");
    BOOST_TEST(
        mistakes("mx: [ off, accepts ]") ==
        "9:7: host `mx` has `off` among its connections, expected it alone: where nothing listens nobody "
        "can count");
    BOOST_TEST(mistakes("mx: { anwsers: {} }").ends_with(", did you mean `answers`?"));
    BOOST_TEST(
        mistakes("mx: { tls: wrong }").starts_with("9:18: unknown certificate `wrong`, expected `none`, "));
    BOOST_TEST(mistakes("mx: { tls-version: 2.0 }") ==
               "9:26: found the TLS version `2.0`, expected 1.0, 1.1, 1.2 or 1.3");
    BOOST_TEST(mistakes("mx: { delay: soon }") ==
               "9:20: found the delay `soon`, expected a time as 200ms, 20s or 2m");
    BOOST_TEST(mistakes("mx: { auth: user }") == "9:19: found `user` as `auth`, expected user:password");
    BOOST_TEST(mistakes("mx: { protocol: http }") ==
               "9:23: unknown protocol `http`, expected `smtp`, `lmtp` or `https`, did you mean `https`?");
    BOOST_TEST(mistakes("mx: { status: 404 }") == "9:13: found `status`, expected `protocol: https` with it");
    BOOST_TEST(mistakes("mx: { protocol: https, answers: {} }") ==
               "9:30: found `answers`, which a policy host (`protocol: https`) has not");
    BOOST_TEST(mistakes("mx: { protocol: https, status: 4 }") ==
               "9:38: found the status `4`, expected one of HTTP, as 404");
    BOOST_TEST(
        mistakes("mx: { answers: { RCTP: 250 } }").ends_with(", or RCPT <ADDRESS>, did you mean `RCPT`?"));
    BOOST_TEST(
        mistakes("mx: { answers: { RCPT: later } }")
            .starts_with("9:30: found `later`, expected a reply (`450 4.2.1 later`), raw \"OCTETS\", "));
    BOOST_TEST(mistakes("mx: { answers: { RCPT: [] } }") ==
               "9:24: found an empty list for `RCPT`, expected replies");
    BOOST_TEST(
        mistakes("mx: { offers: [ \"X {nosuch}\" ] }").starts_with("9:7: unknown placeholder {nosuch}"));
}

BOOST_AUTO_TEST_CASE(scripts_of_hosts) {
    const auto script = [&](const std::string& line) { return mistakes("mx:\n  script: |\n    " + line); };
    BOOST_TEST(script("S: 220 hello\n    C: EHLO\n    C: ~x~\n    C: message\n    C: close\n    serve") ==
               "");
    BOOST_TEST(script("C:") ==
               "11:13: expected a space after `C:` and what the server under test must send: a "
               "command, a whole line, ~regex~, `message` or `close`");
    BOOST_TEST(script("expect mail at mx")
                   .starts_with("11:11: found `expect`, expected a step of a host's script ("));
    BOOST_TEST(script("2 S: 220") == "11:11: a host's script has one connection: leave out the number");
    BOOST_TEST(script("serve now") == "11:17: found `now` after `serve`, expected the end of the line");
}

BOOST_AUTO_TEST_CASE(steps) {
    for (auto* step : {"expect mail at mx",
                       "expect mail at mx 2 times within 5s",
                       "expect no mail at mx",
                       "expect connections at mx 2",
                       "expect tried mx",
                       "expect sender at mx <>",
                       "expect recipients at mx <a@{zone}>, <b@{zone}>",
                       "expect parameter at mx MAIL SIZE=1",
                       "expect no parameter at mx RCPT <a@{zone}> NOTIFY",
                       "expect command at mx[1] EHLO ~x~ within 1s",
                       "expect commands at mx RCPT 2",
                       "expect commands at mx in order EHLO, MAIL, message",
                       "expect pipelined at mx RCPT",
                       "expect not pipelined at mx DATA",
                       "expect closed at mx quit",
                       "expect tls at mx sni mx.{zone} version 1.2+",
                       "expect no tls at mx",
                       "expect tls at mx failed",
                       "expect octets at mx ~x~",
                       "expect no octets at mx ~x~",
                       "expect fetch at policy",
                       "expect fetches at policy 1",
                       "expect mail at mx\nexpect wire body contains \"x\""})
        BOOST_TEST(of_step(step) == "", step);
}

BOOST_AUTO_TEST_CASE(mistakes_in_steps) {
    BOOST_TEST(of_step("expect mail") == "18: the line ends too early, expected `at HOST`, as `at mx`");
    BOOST_TEST(of_step("expect mail at mx 2") == "26: the line ends too early, expected `times`");
    BOOST_TEST(of_step("expect no mail at mx 2 times") ==
               "28: found a number of times, expected `expect no mail at HOST` without one");
    BOOST_TEST(of_step("expect mail at mx[0]") == "25: expected the number of a connection, as `mx[1]`");
    BOOST_TEST(of_step("expect mail at mx soon") ==
               "25: found `soon` after that, expected the end of the line");
    BOOST_TEST(of_step("expect mail at mz") ==
               "22: unknown host `mz`, expected `mx`, `dead` or `policy`, did you mean "
               "`mx`?");
    BOOST_TEST(of_step("expect tried mx, b") == "24: unknown host `b`, expected `mx`, `dead` or `policy`");
    BOOST_TEST(of_step("expect no mail at dead") ==
               "25: host `dead` is `off`: nothing can be seen there, so this step shows nothing");
    BOOST_TEST(of_step("expect mail at policy") == "22: host `policy` is a policy host and takes no mail");
    BOOST_TEST(of_step("expect fetch at mx") ==
               "23: host `mx` is no policy host (`protocol: https`), expected one here");
    BOOST_TEST(of_step("expect sender at mx a@b") ==
               "27: found `a@b`, expected an address in angle brackets, as <a@{zone}>");
    BOOST_TEST(of_step("expect parameter at mx EHLO X") ==
               "30: found `EHLO`, expected MAIL or RCPT: they have parameters");
    BOOST_TEST(of_step("expect closed at mx quite") ==
               "27: found `quite`, expected `quit`, `eof`, `reset` or `open`, did you mean `quit`?");
    BOOST_TEST(of_step("expect tls at mx sny x") ==
               "24: found `sny`, expected `sni`, `version`, `failed` or `within`, did you mean `sni`?");
    BOOST_TEST(of_step("expect tls at mx version 1.2") ==
               "32: found `1.2`, expected a lowest TLS version, as 1.2+");
    BOOST_TEST(of_step("expect commands at mx in sequence X") == "32: found `sequence`, expected `order`");
    BOOST_TEST(of_step("expect octets at mx x") == "27: found `x`, expected a regex as ~regex~");
    BOOST_TEST(of_step("expect wire text") == "19: found `text`, expected `body` after `wire`");
    auto none = problems(load_script("expect mail at mx"));
    BOOST_TEST(none == "smtp/test.yaml:9:22: the case has no `hosts`, expected some for this step\n");
}

BOOST_AUTO_TEST_CASE(holds_and_releases) {
    const std::string holding = "mx:\n  script: |\n    S: 220\n    hold\n    serve\nmy: accepts";
    BOOST_TEST(mistakes(holding, "release mx") == "");
    BOOST_TEST(mistakes(holding, "expect connection at mx") ==
               "12:11: found `hold`, but the case's script has no `release mx`, expected one");
    BOOST_TEST(mistakes("mx:\n  script: |\n    repeat 2\n      hold\n    end") ==
               "12:13: found `hold`, but the case's script has no `release mx`, expected one");
    BOOST_TEST(mistakes(holding, "release mx\nrelease my") ==
               "18:15: the script of host `my` has no `hold` that could be released");
    BOOST_TEST(mistakes(holding, "release mx\nrelease mz") ==
               "18:15: unknown host `mz`, expected `mx` or `my`, did you mean `mx`?");
    BOOST_TEST(mistakes(holding, "release mx now") ==
               "17:18: found `now` after the host, expected the end of the line");
    BOOST_TEST(mistakes(holding, "2 release mx") ==
               "17:7: `release` concerns a remote host: leave out the number before it");
}

BOOST_AUTO_TEST_SUITE_END()
