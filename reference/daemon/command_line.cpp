// The command line of refmaild; see the header.
#include "reference/daemon/command_line.hpp"

#include "reference/daemon/configuration.hpp"
#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/relay_routes.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/sasl/prepare.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace refmail::daemon {
namespace {

namespace fs = std::filesystem;

struct words {
    std::string configuration, domain, data, host = "127.0.0.1", level, refuse_service;
    std::vector<std::string> accounts, aliases, lists, dns, routes, own_names, backup_for, without;
    std::string smarthost, smarthost_login;
    bool dane = false;
    std::string tls_ca, control = "127.0.0.1:0";
    std::uint16_t egress_port = 25, https_port = 443;
    bool relay_anywhere = false;
    std::size_t message_size = 0; // 0: as by default
    int ports = 1000;
    bool ports_given = false, json = false, quiet = false, plaintext_auth = false, users_set_quota = false,
         mbox = false;
    std::string apop = "off";
    unsigned login_delay = 0;
    std::uint64_t quota = 0;
};

account account_from(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
        throw configuration_error(fmt::format("--account '{}': write user:password", text));
    account one;
    one.user = message::lower_case(text.substr(0, colon));
    // RFC 4616 §2: what clients send is prepared, too, before it is compared.
    const auto password = sasl::prepare(text.substr(colon + 1));
    if (!password || password->empty())
        throw configuration_error(
            fmt::format("--account '{}': SASLprep (RFC 4013) does not allow that password", text));
    one.password = *password;
    return one;
}

// "team:alice,bob": a name, and what it stands for.
std::pair<std::string, std::vector<std::string>> expansion_from(std::string_view option,
                                                                const std::string& text) {
    std::pair<std::string, std::vector<std::string>> made;
    const auto colon = std::min(text.find(':'), text.size());
    made.first = message::lower_case(text.substr(0, colon));
    std::istringstream targets(text.substr(std::min(colon + 1, text.size())));
    for (std::string target; std::getline(targets, target, ',');)
        if (!target.empty()) made.second.push_back(target);
    if (made.first.empty() || made.second.empty())
        throw configuration_error(fmt::format("{} '{}': write name:target,target", option, text));
    return made;
}

std::string temporary_folder() {
    std::string pattern = (fs::temp_directory_path() / "refmaild-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw configuration_error("cannot make a temporary folder; give --data");
    return pattern;
}

// Where a desktop program keeps what it must not lose.
std::string home_folder() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data)
        return std::string(data) + "/refmaild";
    if (const char* home = std::getenv("HOME"); home && *home)
        return std::string(home) + "/.local/share/refmaild";
    return "refmaild-data";
}

void listen_on(const words& given, settings& how) {
    const auto at = [&given](int standard) {
        const int port = given.ports == 0 ? 0 : given.ports + standard;
        return std::vector{net::endpoint{given.host, static_cast<std::uint16_t>(port)}};
    };
    how.smtp = at(25);
    how.submission = at(587);
    how.submissions = at(465);
    how.lmtp = at(24);
    how.imap = at(143);
    how.imaps = at(993);
    how.pop3 = at(110);
    how.pop3s = at(995);
}

net::endpoint endpoint_from(std::string_view option, const std::string& text) {
    const auto at = net::parse_endpoint(text);
    if (!at) throw configuration_error(fmt::format("{}: {}", option, at.error().text));
    return *at;
}

void relay_as(const words& given, settings& how) {
    for (const auto& text : given.dns)
        how.relay.dns.push_back(endpoint_from("--dns", text));
    how.relay.port = given.egress_port;
    how.relay.https_port = given.https_port;
    how.relay.tls_ca = given.tls_ca;
    how.relay.anywhere = given.relay_anywhere;
    how.relay.dane = given.dane;
    for (const auto& text : given.own_names)
        take_own_name(text, how.relay);
    for (const auto& text : given.backup_for)
        take_backup(text, how.relay);
    take_smarthost(given.smarthost, given.smarthost_login, how.relay);
    for (const auto& text : given.routes)
        take_route(text, how.relay);
    if (given.control != "off") how.control = endpoint_from("--control", given.control);
}

void serve_without_file(const words& given, command& into) {
    settings& how = into.how;
    if (!given.domain.empty()) how.domains = {given.domain};
    for (const auto& text : given.accounts)
        how.accounts.push_back(account_from(text));
    for (const auto& text : given.aliases)
        how.aliases.insert(expansion_from("--alias", text));
    for (const auto& text : given.lists) {
        const auto [name, members] = expansion_from("--list", text);
        how.lists[name] = {members, "postmaster"};
    }
    how.refuse_service = given.refuse_service;
    how.without = given.without;
    how.plaintext_auth = how.reading.plaintext_auth = given.plaintext_auth;
    how.reading.pop3_login_delay = std::chrono::seconds(given.login_delay);
    how.reading.apop = given.apop == "beside-password"       ? pop3::apop::beside_password
                       : given.apop == "instead-of-password" ? pop3::apop::instead_of_password
                                                             : pop3::apop::off;
    if (given.quota) how.reading.limits.storage = given.quota;
    how.reading.users_set_quota = given.users_set_quota;
    how.mbox.on = given.mbox;
    if (given.message_size) how.smtp_limits.message_size = given.message_size;
    if (!net::is_address_literal(given.host))
        throw configuration_error(fmt::format("--host '{}' is no IP address", given.host));
    listen_on(given, how);
    relay_as(given, how);
    complete_with_defaults(how);
    check(how);
    // Programs that ask for free ports start many of us: each gets a folder of its own. Last, for
    // after a mistake above nobody would remove it.
    into.temporary = given.data.empty() && given.ports == 0;
    how.data = !given.data.empty() ? given.data : into.temporary ? temporary_folder() : home_folder();
}

void serve(const words& given, command& into) {
    if (given.configuration.empty())
        serve_without_file(given, into);
    else
        into.how = read_configuration(given.configuration);
    into.configuration = given.configuration;
    into.how.data = fs::absolute(into.how.data).lexically_normal().string();
    if (!given.level.empty()) into.how.log_level = given.level;
    if (given.quiet && given.level.empty()) into.how.log_level = "warning";
    into.json = given.json;
    into.quiet = given.quiet;
}

void offer_queue(CLI::App& app, queue_order& order) {
    auto* queue =
        app.add_subcommand("queue", "look after the queue of a running refmaild: list, show, run ...");
    queue->fallthrough(); // --data, --control, --config and --json are the daemon's
    queue->require_subcommand(0, 1);
    const std::tuple<const char*, const char*, const char*, bool> each[] = {
        {"list", "what waits (also without a word)", nullptr, false},
        {"show", "one message", "id", true},
        {"run", "try now what waits, all of it or for one domain", "domain", false},
        {"hold", "do not try it until it is released", "id", true},
        {"release", "try it, and go on as before", "id", true},
        {"delete", "forget it; nobody is told", "id", true},
        {"bounce", "give it up; the sender is told", "id", true},
    };
    for (const auto& [name, what, argument, needed] : each) {
        auto* action = queue->add_subcommand(name, what);
        action->fallthrough();
        if (argument) action->add_option(argument, order.subject)->required(needed);
        action->callback([&order, word = name] { order.action = word; });
    }
}

// Which refmaild is meant.
void find_daemon(const words& given, bool control_given, queue_order& order) {
    order.json = given.json;
    order.data = given.data.empty() ? home_folder() : given.data;
    if (control_given) order.control = to_string(endpoint_from("--control", given.control));
    if (given.configuration.empty()) return;
    const auto how = read_configuration(given.configuration);
    order.data = how.data;
    if (how.control && how.control->port != 0) order.control = to_string(*how.control);
}

} // namespace

command parse_command_line(int argc, const char* const* argv) {
    words given;
    command made;
    CLI::App app{"refmaild: a small mail server to test against, to develop against and to read.\n"
                 "Without options it needs no root, makes its own certificate and prints its accounts."};
    app.set_version_flag("--version", "refmaild " MAILSPEC_VERSION);
    auto* file =
        app.add_option("--config", given.configuration, "configuration file (YAML), see docs/reference.md");
    app.add_option("--domain", given.domain, "the local domain [example.test]")->excludes(file);
    app.add_option("--account", given.accounts, "user:password, repeatable [alice:alice-pw, bob:bob-pw]")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_option("--alias", given.aliases,
                   "name:target,target, repeatable; a target is an account or address")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_option("--list", given.lists, "name:member,member, repeatable; postmaster gets its bounces")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_option("--message-size", given.message_size, "largest message in octets, as SIZE announces it")
        ->check(CLI::Range(std::size_t{65536}, std::size_t{1} << 40))
        ->excludes(file);
    app.add_option("--without", given.without,
                   "an extension not to offer, repeatable: DSN, SMTPUTF8, CHUNKING, BINARYMIME, REQUIRETLS, "
                   "COMPRESS, LITERAL+, UTF8")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_option("--refuse-service", given.refuse_service,
                   "greet port 25 with 554 and this reason, take no mail")
        ->excludes(file);
    app.add_flag("--plaintext-auth", given.plaintext_auth, "take passwords without TLS: AUTH, LOGIN, USER")
        ->excludes(file);
    app.add_option(
           "--apop", given.apop,
           "offer APOP to the accounts of this command line: off, beside-password, instead-of-password")
        ->check(CLI::IsMember({"off", "beside-password", "instead-of-password"}))
        ->excludes(file);
    app.add_option("--quota", given.quota, "octets that each account may hold [no limit]")->excludes(file);
    app.add_flag("--users-set-quota", given.users_set_quota, "users may change their quota (IMAP SETQUOTA)")
        ->excludes(file);
    app.add_option("--login-delay", given.login_delay, "seconds between two logins of a user by POP3 [0]")
        ->check(CLI::Range(0, 86400))
        ->excludes(file);
    app.add_flag("--mbox", given.mbox, "keep INBOX as an mbox, DATA/mbox/USER, not as a Maildir")
        ->excludes(file);
    app.add_option("--data", given.data, "where mail is kept [~/.local/share/refmaild]")->excludes(file);
    app.add_option("--host", given.host, "address to listen on [127.0.0.1]")->excludes(file);
    app.add_option("--ports", given.ports,
                   "added to 25, 587, 465, 24, 143, 993, 110, 995 [1000]; 0: any free ports")
        ->check(CLI::Range(0, 64000))
        ->excludes(file);
    app.add_option("--dns", given.dns, "name server ADDRESS:PORT, repeatable [those of /etc/resolv.conf]")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_option("--egress-port", given.egress_port, "port of the hosts that mail is sent to [25]")
        ->check(CLI::Range(1, 65535))
        ->excludes(file);
    app.add_option("--https-port", given.https_port, "port of MTA-STS policy hosts [443]")
        ->check(CLI::Range(1, 65535))
        ->excludes(file);
    app.add_option("--smarthost", given.smarthost,
                   "send all mail through it: smtp:[host]:port, smtp:domain (its MX) or smtps:[host]")
        ->excludes(file);
    app.add_option("--smarthost-login", given.smarthost_login, "user:password for the smarthost")
        ->excludes(file);
    app.add_option("--route", given.routes, "domain=smtp:[host]:port or lmtp:[host]:port, repeatable")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_option("--also-known-as", given.own_names,
                   "a further name or address of this server, repeatable: mail is not sent there")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_option("--backup-for", given.backup_for,
                   "take mail for that domain on port 25 and hand it on; * is one label; repeatable")
        ->allow_extra_args(false)
        ->excludes(file);
    app.add_flag("--dane", given.dane,
                 "the name servers validate DNSSEC and are trusted: use TLSA records (RFC 7672)")
        ->excludes(file);
    app.add_option("--tls-ca", given.tls_ca, "certificates to believe other hosts by (PEM) [the system's]")
        ->excludes(file);
    app.add_flag("--relay-anywhere", given.relay_anywhere,
                 "send mail to any address; without it, to loopback addresses only")
        ->excludes(file);
    auto* control =
        app.add_option(
               "--control", given.control,
               "loopback ADDRESS:PORT to list the queue and move the clock [127.0.0.1, any port]; or off")
            ->excludes(file);
    app.add_flag("--json", given.json, "when ready, print one line of JSON instead of the page for people");
    app.add_flag("--quiet", given.quiet, "print nothing when ready, log warnings only");
    app.add_option("--log-level", given.level, "debug, info, warning, error or off")
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
    auto* hash =
        app.add_subcommand("hash-password", "print the hash of a password, for the configuration file");
    hash->add_option("password", made.password,
                     "the password; without it, a line is read from standard input");
    auto* route = app.add_subcommand("route", "print where mail for a domain would go, and send nothing");
    route->add_option("domain", made.domain, "the part behind the @")->required();
    route->fallthrough(); // its options are those of the daemon
    offer_queue(app, made.order);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        made.kind = command::kind::finished;
        made.exit_code = app.exit(e) == 0 ? 0 : 2;
        return made;
    }
    if (hash->parsed())
        made.kind = command::kind::hash_password;
    else if (app.got_subcommand("queue")) {
        made.kind = command::kind::look_after_queue;
        find_daemon(given, control->count() > 0, made.order);
    } else
        serve(given, made);
    if (route->parsed()) made.kind = command::kind::show_route;
    return made;
}

} // namespace refmail::daemon
