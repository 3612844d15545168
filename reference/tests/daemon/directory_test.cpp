// Who lives here: accounts, sub-addresses, further addresses, aliases, lists, names.
#include "reference/daemon/local_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail;
using kind = enum smtp::resolution::kind;

namespace {

daemon::settings people() {
    daemon::settings s;
    s.domains = {"example.test", "second.test", "xn--bcher-kva.test"};
    s.data = "/nowhere";
    s.smtp = {net::endpoint{"127.0.0.1", 25}};
    s.lmtp = {net::endpoint{"::1", 24}};
    s.aliases["sales"] = {"alice", "ann@elsewhere.test", "bob", "alice+again"};
    s.aliases["chain"] = {"sales"};
    s.lists["team"] = {{"alice", "bob+team"}, "bob"};
    s.lists["open"] = {{"alice"}, ""};
    s.aliases["m\xC3\xB8ller"] = {"bob", "j\xC3\xB6@elsewhere.test"};
    daemon::complete_with_defaults(s);
    s.accounts[0].addresses = {"a.example", "alice.example@second.test", "\xC3\xA4lice@example.test"};
    daemon::check(s);
    return s;
}

struct neighbourhood {
    daemon::local_directory directory{people()};

    smtp::resolution at(const std::string& local_part, const std::string& domain = "example.test") const {
        const message::mailbox m{local_part, domain};
        return directory.resolve(m);
    }
    static std::string names(const smtp::resolution& r) {
        std::string all;
        for (const auto& d : r.destinations)
            all +=
                (all.empty() ? "" : " ") + (d.is_local() ? d.user + "/" + d.detail : d.address.to_string());
        return all;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(directories, neighbourhood)

BOOST_AUTO_TEST_CASE(accounts_in_any_letter_case_in_each_domain) {
    for (const char* name : {"alice", "ALICE", "a.example", "Alice.Example"})
        for (const char* domain : {"example.test", "SECOND.test", "[127.0.0.1]", "[IPv6:::1]"}) {
            const auto r = at(name, domain);
            BOOST_TEST((r.kind == kind::mailbox), name << "@" << domain);
            BOOST_TEST(names(r) == "alice/");
        }
    BOOST_TEST((at("nobody").kind == kind::unknown));
    BOOST_TEST((at("alice", "[127.0.0.2]").kind == kind::foreign));
}

BOOST_AUTO_TEST_CASE(names_beyond_ascii) { // RFC 6531
    BOOST_TEST(names(at("m\xC3\xB8ller")) == "bob/ j\xC3\xB6@elsewhere.test");
    BOOST_TEST(names(at("\xC3\xA4lice+x")) == "alice/x");
    BOOST_TEST((directory.may_send_as("alice", {"\xC3\xA4lice", "example.test"})));
    // A domain is ours in U-labels and in A-labels.
    BOOST_TEST(names(at("alice", "b\xC3\xBC"
                                 "cher.test")) == "alice/");
    BOOST_TEST(names(at("alice", "XN--bcher-kva.test")) == "alice/");
    BOOST_TEST((at("alice", "b\xC3\xB6"
                            "cher.test")
                    .kind == kind::foreign));
}

BOOST_AUTO_TEST_CASE(postmaster_at_the_host) { // RFC 3461 §9.3
    BOOST_TEST(names(at("Postmaster", "MAIL.example.test")) == names(at("postmaster")));
    BOOST_TEST((at("alice", "mail.example.test").kind == kind::foreign));
}

BOOST_AUTO_TEST_CASE(sub_addresses) {
    const auto r = at("alice+Lists");
    BOOST_TEST((r.kind == kind::mailbox));
    BOOST_TEST(names(r) == "alice/lists");
    BOOST_TEST(r.destinations[0].address.to_string() == "alice+lists@example.test");
    BOOST_TEST((at("nobody+x").kind == kind::unknown));
    BOOST_TEST((at("+x").kind == kind::unknown));
}

BOOST_AUTO_TEST_CASE(aliases_are_followed_without_doubles) {
    const auto r = at("Chain");
    BOOST_TEST((r.kind == kind::alias));
    BOOST_TEST(names(r) == "alice/ ann@elsewhere.test bob/");
    BOOST_TEST(!r.owner);
    BOOST_TEST((at("postmaster", "").kind == kind::alias)); // RFC 5321 §4.5.1
    BOOST_TEST(names(at("PostMaster", "")) == "alice/");
}

BOOST_AUTO_TEST_CASE(lists_have_an_owner) {
    const auto r = at("team");
    BOOST_TEST((r.kind == kind::list));
    BOOST_TEST(names(r) == "alice/ bob/team");
    BOOST_REQUIRE(r.owner.has_value());
    BOOST_TEST(r.owner->to_string() == "bob@example.test");
    BOOST_TEST(at("open").owner->to_string() == "postmaster@example.test");
}

BOOST_AUTO_TEST_CASE(elsewhere) {
    const auto r = at("Ann", "Elsewhere.test");
    BOOST_TEST((r.kind == kind::foreign));
    BOOST_TEST(names(r) == "Ann@Elsewhere.test"); // not ours to change
}

// RFC 5321 §5.1: a backup MX takes mail that it hands on.
BOOST_AUTO_TEST_CASE(domains_that_are_backed_up) {
    daemon::settings s = people();
    s.relay.backup_for = {"partner.test", "relayed.*.corp.test"};
    const daemon::local_directory directory(s);
    const auto backed_up = [&](const std::string& domain) {
        const auto found = directory.resolve(message::mailbox{"someone", domain});
        return found.kind == kind::foreign && found.backed_up;
    };
    for (const std::string domain : {"partner.test", "Partner.TEST", "relayed.a.corp.test"})
        BOOST_TEST(backed_up(domain), domain);
    for (const std::string domain : {"x.partner.test", "test", "relayed.corp.test", "relayed.a.b.corp.test",
                                     "relayed.a.corp.test.evil.test", "[127.9.9.9]", "example.test"})
        BOOST_TEST(!backed_up(domain), domain);
}

BOOST_AUTO_TEST_CASE(names_for_vrfy) {
    BOOST_TEST((directory.find("bob").kind == kind::mailbox));
    BOOST_TEST((directory.find("team").kind == kind::list));
    const auto one = directory.find("Alice Example");
    BOOST_TEST((one.kind == kind::mailbox));
    BOOST_TEST(one.address.to_string() == "alice@example.test");
    BOOST_TEST(one.destinations[0].full_name == "Alice Example");
    const auto two = directory.find("example");
    BOOST_TEST((two.kind == kind::ambiguous));
    BOOST_TEST(two.destinations.size() == 2u);
    BOOST_TEST((directory.find("exam").kind == kind::unknown));
    BOOST_TEST((directory.find("").kind == kind::unknown));
}

BOOST_AUTO_TEST_CASE(who_may_send_as_whom) {
    const auto may = [this](const char* user, const char* local_part, const char* domain = "example.test") {
        const message::mailbox m{local_part, domain};
        return directory.may_send_as(user, m);
    };
    BOOST_TEST(may("alice", "alice"));
    BOOST_TEST(may("alice", "Alice+x", "second.test"));
    BOOST_TEST(may("alice", "a.example"));
    BOOST_TEST(may("alice", "sales"));
    BOOST_TEST(!may("alice", "bob"));
    BOOST_TEST(!may("alice", "team")); // a list's mail has its own sender
    BOOST_TEST(!may("alice", "nobody"));
    BOOST_TEST(!may("alice", "alice", "elsewhere.test"));
}

BOOST_AUTO_TEST_CASE(login_names) {
    BOOST_TEST(directory.login_name("Alice") == "alice");
    BOOST_TEST(directory.login_name("alice@Second.test") == "alice");
    BOOST_TEST(directory.login_name("alice@elsewhere.test") == "alice@elsewhere.test");
    BOOST_TEST(directory.login_name("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
