// Profiles: what is read, and each mistake by its words.
#include "harness/target/profile.hpp"
#include "harness/tests/target/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec;

namespace {

const char* const whole = R"(name: Testmail
version: echo 1.2
domain: example.test
services:
  smtp: 127.0.0.1:2525
  submission: "[::1]:2587"
accounts:
  - { user: ann, password: ann-pw }
  - { user: bob@else.test, password: "bob:pw" }
  - { user: cy, password: cy-pw, address: cyril@example.test }
mailboxes:
  maildir: "{work}/maildir/{user}"
start:
  command: [ "{profile}/start", "{work}" ]
  ready: submission
  within: 90s
  stop: [ "{profile}/stop" ]
  kill: [ "{profile}/kill", "{work}" ]
limits:
  sessions: 7
  reply: 500ms
features:
  plaintext_auth: true
  sub-addressing: true
  other: false
sends:
  dns: 127.0.0.53:53
  port: 2525
  https_port: 0
  retry: [ "{profile}/again", "{zone}" ]
  retries_within: 3s
  clock: [ "{profile}/clock", "+{seconds}" ]
)";

// The first mistake that a profile with this text has, without the folder's name.
std::string mistake(const std::string& text) {
    const testing::temporary_folder folder;
    const auto file = folder.file("p.yaml", text);
    const auto loaded = target::load_profile(file);
    if (loaded) return "none";
    return loaded.error().front().substr(folder.path().string().size() + 1);
}

std::string with(const std::string& line, const std::string& by) {
    std::string text = whole;
    const auto at = text.find(line);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, line.size(), by);
}

} // namespace

BOOST_AUTO_TEST_SUITE(profile)

BOOST_AUTO_TEST_CASE(reads_everything) {
    const testing::temporary_folder folder;
    const auto p = target::load_profile(folder.file("p.yaml", whole));
    BOOST_REQUIRE(p);
    BOOST_TEST(p->target.name == "Testmail");
    BOOST_TEST(p->target.domain == "example.test");
    BOOST_TEST(p->target.services.at("smtp") == "127.0.0.1:2525");
    BOOST_TEST(p->target.services.at("submission") == "[::1]:2587");
    BOOST_REQUIRE(p->target.accounts.size() == 3u);
    BOOST_TEST(p->target.accounts[0].address == "ann@example.test");
    BOOST_TEST(p->target.accounts[1].address == "bob@else.test");
    BOOST_TEST(p->target.accounts[1].password == "bob:pw");
    BOOST_TEST(p->target.accounts[2].address == "cyril@example.test");
    BOOST_TEST(p->target.maildir == "{work}/maildir/{user}");
    BOOST_TEST(p->target.sessions == 7);
    BOOST_TEST(p->target.reply_timeout.count() == 500);
    BOOST_TEST(p->target.features.contains("plaintext-auth"));
    BOOST_TEST(p->target.features.contains("sub-addressing"));
    BOOST_TEST(!p->target.features.contains("other"));
    BOOST_REQUIRE(p->start.has_value());
    BOOST_TEST(p->start->command.at(0) == "{profile}/start");
    BOOST_TEST(p->start->ready == "submission");
    BOOST_TEST(p->start->within.count() == 90000);
    BOOST_TEST(p->start->stop.at(0) == "{profile}/stop");
    BOOST_TEST(p->start->kill.at(1) == "{work}");
    BOOST_TEST(p->version_command.at(2) == "echo 1.2");
    BOOST_TEST(p->folder == folder.path());
    BOOST_REQUIRE(p->sends.has_value());
    BOOST_TEST(p->sends->dns == "127.0.0.53:53");
    BOOST_TEST(p->sends->port == 2525);
    BOOST_TEST(p->sends->https_port == 0);
    BOOST_TEST(p->sends->retry.at(1) == "{zone}");
    BOOST_TEST(p->sends->retries_within.count() == 3000);
    BOOST_TEST(!p->sends->retries_itself);
    BOOST_TEST(p->sends->clock.at(1) == "+{seconds}");
}

BOOST_AUTO_TEST_CASE(how_a_server_sends) {
    const testing::temporary_folder folder;
    const std::string plain = "name: T\ndomain: d.test\nservices: { smtp: \"localhost:25\" }\n";
    const auto read = [&](const std::string& sends) {
        const auto p = target::load_profile(folder.file("p.yaml", plain + sends));
        BOOST_REQUIRE(p);
        return p->sends;
    };
    BOOST_TEST(!read("").has_value());
    const auto least = read("sends: { dns: \"127.0.0.1:0\" }\n");
    BOOST_TEST(least->port == 25);
    BOOST_TEST(least->https_port == 443);
    BOOST_TEST(!least->retries_itself);
    BOOST_TEST(read("sends: { dns: \"127.0.0.1:0\", retries_within: 2s }\n")->retries_itself);

    BOOST_TEST(mistake(plain + "sends: { port: 25 }\n") ==
               "p.yaml:4:8: sends.dns: missing; write `dns: 127.0.0.53:53`");
    BOOST_TEST(mistake(plain + "sends: { dns: \"192.0.2.1:53\" }\n") ==
               "p.yaml:4:15: sends.dns: `192.0.2.1:53` is not an address of the loopback: mailspec answers "
               "the target's questions there itself, as at 127.0.0.53:53");
    BOOST_TEST(mistake(plain + "sends: { dns: \"127.0.0.1\" }\n").starts_with("p.yaml:4:15: sends.dns: "));
    BOOST_TEST(mistake(plain + "sends: { dns: \"127.0.0.1:0\", port: 65536 }\n") ==
               "p.yaml:4:36: sends.port: `65536` is not a number from 0 to 65535");
    BOOST_TEST(mistake(plain + "sends: { dns: \"127.0.0.1:0\", clock: [ \"/bin/date\" ] }\n") ==
               "p.yaml:4:37: sends.clock: has no {seconds} in it: by how much the clock is to be moved");
    BOOST_TEST(mistake(plain + "sends: { dns: \"127.0.0.1:0\", wait: [ \"x\" ] }\n")
                   .starts_with("p.yaml:4:30: sends.wait: unknown key; "));
}

BOOST_AUTO_TEST_CASE(accounts_by_pattern) {
    const testing::temporary_folder folder;
    const auto p = target::load_profile(
        folder.file("p.yaml", "name: T\ndomain: d.test\nservices: { smtp: \"localhost:25\" }\n"
                              "accounts: { count: 12, user: \"u{nn}\", password: \"{nn}pw\" }\n"));
    BOOST_REQUIRE(p);
    BOOST_REQUIRE(p->target.accounts.size() == 12u);
    BOOST_TEST(p->target.accounts[8].user == "u09");
    BOOST_TEST(p->target.accounts[11].password == "12pw");
    BOOST_TEST(p->target.accounts[11].address == "u12@d.test");
}

BOOST_AUTO_TEST_CASE(the_profiles_of_the_project_load) {
    for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/ci/targets")) {
        if (entry.path().extension() != ".yaml" || entry.path().string().contains(".known.")) continue;
        const auto p = target::load_profile(entry.path());
        BOOST_TEST(p.has_value(), entry.path() << ": " << (p ? "" : p.error().front()));
    }
}

BOOST_AUTO_TEST_CASE(mistakes_by_their_words) {
    BOOST_TEST(mistake(with("  smtp: 1", "  smptp: 1")) ==
               "p.yaml:5:3: services.smptp: unknown key; did you mean `smtp`? known here: imap, imaps, lmtp, "
               "pop3, pop3s, smtp, submission, submissions");
    BOOST_TEST(mistake(with("domain: example.test\n", "")) ==
               "p.yaml:1:1: domain: missing; write `domain: the domain whose mail the server takes`");
    BOOST_TEST(mistake(with("name: Testmail", "name: [a]")) == "p.yaml:1:7: name: expected text");
    BOOST_TEST(mistake(with("sessions: 7", "sessions: many")) ==
               "p.yaml:20:13: limits.sessions: `many` is not a number from 1 to 10000");
    BOOST_TEST(mistake(with("sessions: 7", "sessions: 0")) ==
               "p.yaml:20:13: limits.sessions: `0` is not a number from 1 to 10000");
    BOOST_TEST(mistake(with("within: 90s", "within: 90")) ==
               "p.yaml:16:11: start.within: `90` is not a duration such as 500ms, 30s or 2m");
    BOOST_TEST(mistake(with("ready: submission", "ready: lmtp")) ==
               "p.yaml:15:10: start.ready: `lmtp` is not one of the services above");
    BOOST_TEST(mistake(with("other: false", "other: perhaps")) ==
               "p.yaml:25:10: features.other: `perhaps` is neither true nor false");
    BOOST_TEST(
        mistake(with("{user}\"", "all\"")) ==
        "p.yaml:12:12: mailboxes.maildir: has neither {user} nor {local-part} in it: each account needs "
        "a folder of its own");
    BOOST_TEST(mistake(with("user: ann,", "user: ann, user: ann,")) ==
               "p.yaml:8:18: accounts[1].user: the key stands here twice");
    BOOST_TEST(mistake(with("user: ann, ", "")) ==
               "p.yaml:8:5: accounts[1].user: missing; write `user: NAME`");
    BOOST_TEST(mistake(with("command: [ \"{profile}/start\", \"{work}\" ]", "")) ==
               "p.yaml:15:3: start.command: missing; write the words of the command that starts the server");
}

BOOST_AUTO_TEST_CASE(addresses_of_services) {
    const auto text = mistake(with("127.0.0.1:2525", "127.0.0.1"));
    BOOST_TEST(text.starts_with("p.yaml:5:9: services.smtp: "), text);
    BOOST_TEST(text.contains("127.0.0.1"), text);
}

BOOST_AUTO_TEST_CASE(several_mistakes_at_once) {
    const testing::temporary_folder folder;
    const auto loaded = target::load_profile(folder.file("p.yaml", "nam: x\nservices: { smtp: nowhere }\n"));
    BOOST_REQUIRE(!loaded);
    BOOST_TEST(loaded.error().size() == 5u); // name, domain, smtp, no service, nam
}

BOOST_AUTO_TEST_CASE(no_profile_at_all) {
    BOOST_TEST(mistake("") == "p.yaml:1:1: is empty: expected `key: value` lines");
    BOOST_TEST(mistake(with("command: [ \"{profile}/start\", \"{work}\" ]", "command: []")) ==
               "p.yaml:14:12: start.command: expected a list of words, such as [ \"./start\", \"{work}\" ], "
               "or a text for the shell");
    BOOST_TEST(mistake("- a\n") == "p.yaml:1:1: expected a mapping (`key: value` lines)");
    BOOST_TEST(mistake("name: [\n").starts_with("p.yaml:2:1: not YAML: "));
    const auto missing = target::load_profile("/nowhere/p.yaml");
    BOOST_REQUIRE(!missing);
    BOOST_TEST(missing.error().front() == "/nowhere/p.yaml: cannot be read: No such file or directory");
    const auto folder = target::load_profile("/tmp");
    BOOST_REQUIRE(!folder);
    BOOST_TEST(folder.error().front() == "/tmp: cannot be read: it is a folder");
}

BOOST_AUTO_TEST_CASE(a_work_folder_needs_a_start) {
    BOOST_TEST(mistake("name: T\ndomain: d\nservices: { smtp: \"localhost:25\" }\n"
                       "mailboxes: { maildir: \"{work}/{user}\" }\n")
                   .contains("{work} is the folder of a server that mailspec starts"));
}

BOOST_AUTO_TEST_CASE(mail_may_be_read_by_a_service) {
    const std::string head = "name: T\ndomain: d\n";
    BOOST_TEST(mistake(head + "services: { smtp: \"localhost:25\" }\nmailboxes: imap\n") ==
               "p.yaml:4:12: mailboxes: `imap`, but `services` names neither imap nor imaps");
    BOOST_TEST(mistake(head + "services: { imap: \"localhost:143\" }\nmailboxes: ftp\n") ==
               "p.yaml:4:12: mailboxes: found `ftp`; write `imap`, `pop3` or { maildir: "
               "\"{work}/maildir/{user}\" }");
    target::target_info info;
    BOOST_TEST(info.reads_mail_by() == "");
    info.services = {{"pop3s", "localhost:995"}};
    BOOST_TEST(info.reads_mail_by() == "pop3s");
    info.services["imaps"] = "localhost:993";
    BOOST_TEST(info.reads_mail_by() == "imaps");
    info.mailboxes = "pop3";
    BOOST_TEST(info.reads_mail_by() == "pop3s");
    info.mailboxes.clear();
    info.maildir = "/mail/{user}";
    BOOST_TEST(info.reads_mail_by() == "maildir");
}

BOOST_AUTO_TEST_CASE(a_command_may_be_a_text_for_the_shell) {
    const testing::temporary_folder folder;
    const auto text = with("command: [ \"{profile}/start\", \"{work}\" ]", "command: cd {work} && ./start");
    const auto p = target::load_profile(folder.file("p.yaml", text));
    BOOST_REQUIRE(p.has_value());
    const std::vector<std::string> expected{"/bin/sh", "-c", "cd {work} && ./start"};
    BOOST_TEST(p->start->command == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mistakes_come_in_the_order_of_the_file) {
    const testing::temporary_folder folder;
    const auto p = target::load_profile(folder.file(
        "p.yaml",
        "nmae: X\ndomain: d\nservices:\n  smtp: localhost:1\n  smpt: localhost:2\nlimits: [ 7 ]\n"));
    BOOST_REQUIRE(!p.has_value());
    std::string places;
    for (const auto& line : p.error())
        places += line.substr(line.find("p.yaml:"), 10) + "\n";
    BOOST_TEST(places == "p.yaml:1:1\np.yaml:1:1\np.yaml:5:3\np.yaml:6:9\n");
}

BOOST_AUTO_TEST_SUITE_END()
