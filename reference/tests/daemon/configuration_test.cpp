// The configuration file: what a whole one means, and every complaint word by word.
#include "reference/daemon/configuration.hpp"
#include "reference/daemon/configuration_error.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace refmail;
using daemon::parse_configuration;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(configuration)

static const std::string hash = "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static const std::string least = "domains: d.test\n"
                                 "data: /srv/mail\n"
                                 "listen: { smtp: 127.0.0.1:25 }\n"
                                 "accounts:\n"
                                 "  - user: alice\n"
                                 "    password: " +
                                 hash + "\n";

static std::string complaint(const std::string& text) {
    try {
        parse_configuration(text, "c.yaml");
    } catch (const daemon::configuration_error& e) {
        return e.what();
    }
    return "none";
}

BOOST_AUTO_TEST_CASE(the_least_that_will_do) {
    const auto s = parse_configuration(least, "c.yaml");
    BOOST_TEST(s.domains.front() == "d.test");
    BOOST_TEST(host_name_of(s) == "mail.d.test");
    BOOST_TEST(s.smtp.size() == 1u);
    BOOST_TEST(s.submission.empty());
    BOOST_TEST(s.aliases.at("postmaster").front() == "alice"); // RFC 5321 §4.5.1
    BOOST_TEST(s.lists.empty());
    BOOST_TEST(!s.plaintext_auth);
}

BOOST_AUTO_TEST_CASE(everything) {
    const auto s = parse_configuration(R"(
domains: [ one.test, two.test ]
host_name: mx.one.test
data: /var/lib/refmaild
listen:
  smtp: [ "0.0.0.0:25", "[::]:25" ]
  submission: "127.0.0.1:587"
  submissions: "127.0.0.1:465"
  lmtp: "localhost:24"
tls: { certificate: /etc/c.pem, key: /etc/k.pem }
accounts:
  - { user: Alice, password: ")" + hash + R"(", name: Alice Example, addresses: [ a.example ] }
  - { user: bob, password: ")" + hash + R"(" }
aliases:
  Postmaster: bob
  sales: [ alice, "ann@elsewhere.test", bob+sales ]
lists:
  team: { members: [ alice, sales ], owner: bob }
limits: { message_size: 10 MiB, recipients: 500, errors: 7, commands: 1000, auth_failures: 3, sessions: 100,
          sessions_per_address: 10, idle: 10 min, message_time: 1 h, session_time: 7200, handshake: 5 s, shutdown: 9 s }
submission: { plaintext_auth: true, check_senders: false, foreign_from: add_sender }
vrfy: false
without: [ DSN, smtputf8 ]
expn: no
user: mail
group: mail
log_level: debug
)",
                                       "c.yaml");
    BOOST_TEST(s.domains.size() == 2u);
    BOOST_TEST(host_name_of(s) == "mx.one.test");
    BOOST_TEST(s.smtp.size() == 2u);
    BOOST_TEST(s.smtp[1].host == "::");
    BOOST_TEST(s.lmtp[0].port == 24);
    BOOST_TEST(s.certificate == "/etc/c.pem");
    BOOST_TEST(s.accounts[0].user == "alice");
    BOOST_TEST(s.accounts[0].full_name == "Alice Example");
    BOOST_TEST(s.aliases.at("postmaster").front() == "bob");
    BOOST_TEST(s.aliases.at("sales").size() == 3u);
    BOOST_TEST(s.lists.at("team").owner == "bob");
    BOOST_TEST(s.smtp_limits.message_size == 10u << 20);
    BOOST_TEST(s.smtp_limits.recipients == 500u);
    BOOST_TEST(s.smtp_limits.errors == 7u);
    BOOST_TEST(s.limits.sessions_per_address == 10u);
    BOOST_TEST(s.limits.idle.count() == 600);
    BOOST_TEST(s.limits.message_time.count() == 3600);
    BOOST_TEST(s.limits.session_time.count() == 7200);
    BOOST_TEST(s.limits.shutdown.count() == 9);
    BOOST_TEST(s.plaintext_auth);
    BOOST_TEST(!s.check_senders);
    BOOST_TEST((s.foreign_from == smtp::foreign_from::add_sender));
    BOOST_TEST(!s.vrfy);
    BOOST_TEST((s.without == std::vector<std::string>{"DSN", "smtputf8"}));
    BOOST_TEST(!s.expn);
    BOOST_TEST(s.run_as_user == "mail");
    BOOST_TEST(s.log_level == "debug");
}

// The example of docs/reference.md means what it says.
BOOST_AUTO_TEST_CASE(the_documented_example) {
    std::ifstream in(SOURCE_DIR "/docs/reference.md");
    std::ostringstream page;
    page << in.rdbuf();
    const std::string text = page.str();
    const auto begin = text.find("```yaml\n") + 8;
    std::string example = text.substr(begin, text.find("```", begin) - begin);
    const std::string placeholder = "$scrypt$ln=14,r=8,p=1$...";
    for (std::size_t at; (at = example.find(placeholder)) != std::string::npos;)
        example.replace(at, placeholder.size(), hash);
    const auto s = parse_configuration(example, "docs/reference.md");
    BOOST_TEST(s.smtp.size() == 2u);
    BOOST_TEST(s.accounts.size() == 2u);
    BOOST_TEST(s.run_as_user == "refmail");
    // What it writes out for a default is the default.
    const daemon::settings plain;
    BOOST_TEST(s.smtp_limits.message_size == plain.smtp_limits.message_size);
    BOOST_TEST(s.limits.idle.count() == plain.limits.idle.count());
    BOOST_TEST(s.plaintext_auth == plain.plaintext_auth);
    BOOST_TEST(s.check_senders == plain.check_senders);
    BOOST_TEST((s.foreign_from == plain.foreign_from));
    BOOST_TEST(s.vrfy == plain.vrfy);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_the_yaml) {
    BOOST_TEST(complaint("domains: [ a").starts_with("c.yaml:1: not YAML: "));
    BOOST_TEST(complaint("- a\n") == "c.yaml:1: expected keys and values here");
    BOOST_TEST(complaint("") == "c.yaml:1: expected keys and values here");
    BOOST_TEST(complaint("data: /d\n") == "c.yaml:1: domains: is missing or empty");
    BOOST_TEST(complaint("domains: { a: b }\n") == "c.yaml:1: domains: expected a list, such as [ a, b ]");
    BOOST_TEST(complaint("domains: a.test\n") == "c.yaml:1: data: is missing or empty");
    BOOST_TEST(complaint("domains: a.test\ndata: /d\n") == "c.yaml:1: accounts: is missing or empty");
    BOOST_TEST(complaint(least + "data: twice\n") == "c.yaml:7: data: is there twice");
}

BOOST_AUTO_TEST_CASE(unknown_keys_and_what_was_meant) {
    BOOST_TEST(complaint(least + "acounts: []\n") ==
               "c.yaml:7: acounts: unknown key; did you mean 'accounts'?");
    BOOST_TEST(complaint(least + "limits: { sesions: 3 }\n") ==
               "c.yaml:7: limits.sesions: unknown key; did you mean 'sessions'?");
    BOOST_TEST(complaint(least + "tls: { colour: red }\n") ==
               "c.yaml:7: tls.colour: unknown key; known here: certificate, key");
    BOOST_TEST(complaint(least + "lists: { team: { member: alice } }\n") ==
               "c.yaml:7: lists.team.member: unknown key; did you mean 'members'?");
}

BOOST_AUTO_TEST_CASE(values_that_are_none) {
    const std::pair<std::string, std::string> each[] = {
        {"limits: { message_size: 5 potatoes }",
         "limits.message_size: '5 potatoes' is no size; write 1048576, 64 KiB, 50 MiB or 1 GiB"},
        {"limits: { message_size: 64000 }", "limits.message_size: RFC 5321 asks for 64 KiB at least"},
        {"limits: { recipients: 99 }", "limits.recipients: RFC 5321 asks for 100 at least"},
        {"limits: { errors: 0 }", "limits.errors: '0' is no count; write 1 or more"},
        {"limits: { errors: -1 }", "limits.errors: '-1' is no count; write 1 or more"},
        {"limits: { auth_failures: 2 }", "limits.auth_failures: RFC 4954 asks for 3 at least"},
        {"group: mail", "group: means nothing without a user to become"},
        {"host_name: ''", "host_name: is missing or empty"},
        {"limits: { idle: 5 days }", "limits.idle: '5 days' is no time; write 90 s, 5 min, 4 h or 5 d"},
        {"limits: { idle: [ 5 ] }", "limits.idle: expected a single value"},
        {"vrfy: perhaps", "vrfy: expected true or false"},
        {"without: [ DSN, SIZE ]",
         "without: 'SIZE' is no extension that can be left out; those are DSN, SMTPUTF8, "
         "CHUNKING, BINARYMIME, REQUIRETLS, COMPRESS, LITERAL+, UTF8"},
        {"log_level: loud", "log_level: 'loud' is none of debug, info, warning, error, off"},
        {"submission: { foreign_from: eat }",
         "submission.foreign_from: 'eat' is none of refuse, add_sender, accept"},
        {"tls: { certificate: /c.pem }", "tls.key: is missing or empty"},
        {"aliases: [ a ]", "aliases: expected keys and values here"},
    };
    for (const auto& [line, why] : each)
        BOOST_TEST(complaint(least + line + "\n") == "c.yaml:7: " + why);
}

BOOST_AUTO_TEST_CASE(addresses_to_listen_on) {
    const auto with = [](const std::string& where) {
        return complaint("domains: d.test\ndata: /d\naccounts:\n  - { user: a, password: \"" + hash +
                         "\" }\nlisten:\n  smtp: \"" + where + "\"\n");
    };
    BOOST_TEST(with("127.0.0.1") == "c.yaml:6: listen.smtp: '127.0.0.1' is no host:port: the port is missing "
                                    "(write localhost:2525, 127.0.0.1:25 or [::1]:25)");
    BOOST_TEST(with("mail.d.test:25") ==
               "c.yaml:6: listen.smtp: 'mail.d.test:25': listening needs an address, not a "
               "name; write 0.0.0.0:25 for all");
}

BOOST_AUTO_TEST_CASE(accounts) {
    const auto with = [](const std::string& account) {
        return complaint("domains: d.test\ndata: /d\nlisten: { smtp: 127.0.0.1:25 }\naccounts:\n  - " +
                         account + "\n");
    };
    BOOST_TEST(with("{ user: a, password: secret }") ==
               "c.yaml:5: accounts[1].password: is no password hash; make one with 'refmaild hash-password'");
    BOOST_TEST(with("{ password: x }") == "c.yaml:5: accounts[1].user: is missing or empty");
    BOOST_TEST(with("{ user: a/b, password: \"" + hash + "\" }") ==
               "c.yaml:5: accounts[1].user: a user name is made of a-z, 0-9, '-', '_' and '.' between them");
    BOOST_TEST(complaint("domains: d.test\ndata: /d\naccounts: []\n") ==
               "c.yaml:3: accounts: at least one is needed");
}

BOOST_AUTO_TEST_CASE(names_that_lead_nowhere) {
    BOOST_TEST(complaint(least + "aliases: { x: nobody }\n") ==
               "c.yaml:7: aliases.x: 'nobody' is no account, alias or list, and no address elsewhere");
    BOOST_TEST(complaint(least + "aliases: { x: nobody@D.test }\n") ==
               "c.yaml:7: aliases.x: 'nobody@D.test' is no account, alias or list, and no address elsewhere");
    BOOST_TEST(complaint(least + "aliases: { x: \"a b@c.test\" }\n") ==
               "c.yaml:7: aliases.x: 'a b@c.test' is no address");
    BOOST_TEST(complaint(least + "aliases: { x: [] }\n") == "c.yaml:7: aliases.x: has no target");
    BOOST_TEST(complaint(least + "aliases: { x: y, y: z, z: x }\n") ==
               "c.yaml:7: aliases.x: a circle of aliases: x -> y -> z -> x");
    BOOST_TEST(complaint(least + "aliases: { alice: alice }\n") ==
               "c.yaml:7: aliases.alice: 'alice' is there twice: as account and as alias");
    BOOST_TEST(complaint(least + "lists: { l: { members: [ l ] } }\n") ==
               "c.yaml:7: lists.l: a circle of aliases: l -> l");
    BOOST_TEST(complaint(least + "lists: { l: { members: [ alice ], owner: nobody } }\n") ==
               "c.yaml:7: lists.l.owner: 'nobody' is no account, alias or list, and no address elsewhere");
    BOOST_TEST(
        complaint(least + "aliases: { far: \"ann@elsewhere.test\", near: alice+x, both: [ far, near ] }\n") ==
        "none");
}

BOOST_AUTO_TEST_CASE(further_addresses) {
    const auto with = [](const std::string& addresses, const std::string& more = "") {
        return complaint(
            "domains: d.test\ndata: /d\nlisten: { smtp: 127.0.0.1:25 }\naccounts:\n  - user: a\n" +
            ("    password: " + hash) + "\n    addresses: " + addresses + "\n" + more);
    };
    const std::string at = "c.yaml:7: accounts[1].addresses: ";
    BOOST_TEST(with("[ x@elsewhere.test ]") == at + "'x@elsewhere.test' is not in one of the domains");
    BOOST_TEST(with("[ x y@d.test ]") == at + "'x y@d.test' is no address");
    BOOST_TEST(with("[ x, X@d.test ]") == at + "'x' is there twice: as address and as address");
    BOOST_TEST(with("[ x ]", "aliases: { X: a }\n") ==
               "c.yaml:8: aliases.X: 'x' is there twice: as address and as alias");
    BOOST_TEST(with("[ x, A@D.test, postmaster ]", "aliases: { y: x }\n") == "none");
    BOOST_TEST(
        with("[]", "aliases: { x@d.test: a }\n") ==
        "c.yaml:8: aliases.x@d.test: write the name in front of the '@' only; it holds for all domains");
}

// RFC 5321 §4.5.1 demands a postmaster; who names one needs no second.
BOOST_AUTO_TEST_CASE(a_postmaster_of_ones_own) {
    std::string text = least;
    text.replace(text.find("alice"), 5, "postmaster");
    const auto s = parse_configuration(text, "c.yaml");
    BOOST_TEST(s.aliases.empty());
}

BOOST_AUTO_TEST_CASE(the_place_of_what_proves_unusable_later) {
    const daemon::bad_setting in_use({"listen", "smtp"}, "service smtp", "cannot listen");
    BOOST_TEST(in_use.what() == "service smtp: cannot listen"s);
    const std::string path = (std::filesystem::temp_directory_path() / "placed_test.yaml").string();
    std::ofstream(path) << "\n\nlisten:\n  smtp: 127.0.0.1:25\n";
    BOOST_TEST(place_in_file(path, in_use).what() == path + ":4: listen.smtp: cannot listen");
    std::filesystem::remove(path);
    std::ofstream(path).close();
    BOOST_TEST(place_in_file(path, in_use).what() == path + ":1: cannot listen");
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(the_whole_must_make_sense) {
    BOOST_TEST(complaint("domains: d.test\ndata: /d\naccounts:\n  - { user: a, password: \"" + hash +
                         "\" }\n") == "c.yaml:1: listen: nothing to listen on");
    BOOST_TEST(complaint("domains: \"-\"\n" + least.substr(least.find("data"))) ==
               "c.yaml:1: domains: domain '-' is no domain name");
    BOOST_TEST(complaint(least + "host_name: \"a b\"\n") ==
               "c.yaml:7: host_name: host_name 'a b' is no domain name");
}

static const std::string readable = R"(
domains: one.test
data: /var/lib/refmaild
listen: { imap: "127.0.0.1:143", imaps: "127.0.0.1:993", pop3: "127.0.0.1:110", pop3s: "127.0.0.1:995" }
accounts: [ { user: alice, password: ")" +
                                    hash + R"(", apop_secret: "tan\u00AAstaaf", quota: { storage: 2 GiB } } ]
)";

BOOST_AUTO_TEST_CASE(mail_is_read) {
    const auto s = parse_configuration(readable + R"(
limits: { failed_logins: 10 }
reading:
  plaintext_auth: true
  quota: { storage: 1 GiB, messages: 5000 }
  users_set_quota: true
  imap_idle: 31 min
  pop3_idle: 11 min
  login_time: 1 min
  sessions_per_user: 5
  pop3_login_delay: 20
  apop: instead_of_password
)",
                                       "c.yaml");
    BOOST_TEST(s.imap.front().port == 143);
    BOOST_TEST(s.imaps.front().port == 993);
    BOOST_TEST(s.pop3.front().port == 110);
    BOOST_TEST(s.pop3s.front().port == 995);
    BOOST_TEST(s.accounts.front().apop_secret == "tanastaaf"); // prepared
    BOOST_TEST(s.limits.failed_logins == 10u);
    BOOST_TEST(s.reading.plaintext_auth);
    BOOST_TEST(s.reading.limits.storage.value() == 1ull << 30);
    BOOST_TEST(s.reading.limits.messages.value() == 5000u);
    BOOST_TEST(s.reading.users_set_quota);
    BOOST_TEST(s.accounts.front().limits->storage.value() == 2ull << 30);
    BOOST_TEST(!s.accounts.front().limits->messages.has_value());
    BOOST_TEST(s.reading.imap_idle.count() == 31 * 60);
    BOOST_TEST(s.reading.pop3_idle.count() == 11 * 60);
    BOOST_TEST(s.reading.login_time.count() == 60);
    BOOST_TEST(s.reading.sessions_per_user == 5u);
    BOOST_TEST(s.reading.pop3_login_delay.count() == 20);
    BOOST_TEST((s.reading.apop == pop3::apop::instead_of_password));
}

BOOST_AUTO_TEST_CASE(how_mail_is_read_unless_somebody_says) {
    const auto s = parse_configuration(readable, "c.yaml");
    BOOST_TEST(!s.reading.plaintext_auth);              // RFC 2595 §2.3
    BOOST_TEST(s.reading.imap_idle.count() == 30 * 60); // RFC 9051 §5.4
    BOOST_TEST(s.reading.pop3_idle.count() == 10 * 60); // RFC 1939 §3
    BOOST_TEST((s.reading.apop == pop3::apop::off));
    BOOST_TEST(!s.reading.limits.storage.has_value());
    BOOST_TEST(!s.reading.users_set_quota);
}

BOOST_AUTO_TEST_CASE(mistakes_about_reading) {
    BOOST_TEST(complaint(readable + "reading: { imap_idel: 1 }\n") ==
               "c.yaml:6: reading.imap_idel: unknown key; did you mean 'imap_idle'?");
    BOOST_TEST(complaint(readable + "reading: { apop: on }\n") ==
               "c.yaml:6: reading.apop: 'on' is none of off, beside_password, instead_of_password");
    std::string prohibited = readable;
    prohibited.replace(prohibited.find("\\u00AA"), 6, "\\u200E");
    BOOST_TEST(complaint(prohibited) ==
               "c.yaml:5: accounts[1].apop_secret: SASLprep (RFC 4013) does not allow that secret");
}

BOOST_AUTO_TEST_SUITE_END()
