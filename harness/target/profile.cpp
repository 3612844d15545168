// Profile files -> profile; see the header. The format is described in docs/targets.md.
#include "harness/target/profile.hpp"

#include "harness/target/yaml_map.hpp"
#include "net/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::target {

namespace {

constexpr int most_accounts = 999; // {nn} has two digits or more; nobody leases a thousand mailboxes

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

void read_services(yaml_map& top, target_info& target) {
    if (!top.has("services")) {
        top.error("services", "missing; write at least `services: { smtp: \"127.0.0.1:2525\" }`");
        return;
    }
    auto services = top.map("services");
    for (const auto& name : known_services()) {
        const auto address = services->text(name);
        if (!address) continue;
        if (const auto parsed = net::parse_endpoint(*address); !parsed)
            services->error(name, parsed.error().text);
        else
            target.services[name] = *address;
    }
    services->no_other_keys();
    if (target.services.empty()) top.error("services", "names no service");
}

account account_of(const std::string& user, const std::string& password, const std::string& domain) {
    return {user, password, user.contains('@') ? user : user + "@" + domain};
}

// accounts: { count: 24, user: "ms{nn}", password: "ms{nn}-pw" }
void read_account_pattern(yaml_map pattern, target_info& target) {
    const auto count = pattern.number("count", 1, most_accounts);
    const auto user = pattern.required_text("user", "\"ms{nn}\"");
    const auto password = pattern.required_text("password", "\"ms{nn}-pw\"");
    const auto address = pattern.text("address");
    pattern.no_other_keys();
    if (!pattern.has("count")) pattern.error("count", "missing; write how many accounts there are");
    if (!user.empty() && !user.contains("{nn}"))
        pattern.error("user", "has no {nn} in it: the accounts must differ");
    for (int i = 1; i <= count.value_or(0); ++i) {
        const auto nn = fmt::format("{:02}", i);
        auto made = account_of(replaced(user, "{nn}", nn), replaced(password, "{nn}", nn), target.domain);
        if (address) made.address = replaced(*address, "{nn}", nn);
        target.accounts.push_back(std::move(made));
    }
}

void read_accounts(yaml_map& top, const std::string& file, target_info& target, file_errors& errors) {
    const auto node = top.node("accounts");
    if (!node.IsDefined()) return;
    if (node.IsMap()) return read_account_pattern(*top.map("accounts"), target);
    if (!node.IsSequence()) {
        top.error("accounts", "expected a list of { user, password } or { count, user, password }");
        return;
    }
    int index = 0;
    for (const auto& item : node) {
        yaml_map one(item, fmt::format("accounts[{}]", ++index), file, errors);
        const auto user = one.required_text("user", "NAME");
        const auto password = one.required_text("password", "PASSWORD");
        auto made = account_of(user, password, target.domain);
        if (const auto address = one.text("address")) made.address = *address;
        one.no_other_keys();
        const auto same = [&](const account& a) { return a.address == made.address; };
        if (std::ranges::any_of(target.accounts, same))
            one.error_at(item, fmt::format("accounts[{}]", index),
                         fmt::format("{} stands here twice", made.address));
        target.accounts.push_back(std::move(made));
    }
}

// mailboxes: imap, or mailboxes: { maildir: PATH }
void read_mailboxes(yaml_map& top, target_info& target) {
    const auto node = top.node("mailboxes");
    if (node.IsDefined() && node.IsScalar()) {
        target.mailboxes = *top.text("mailboxes");
        if (target.mailboxes != "imap" && target.mailboxes != "pop3")
            top.error("mailboxes", fmt::format("found `{}`; write `imap`, `pop3` or {{ maildir: "
                                               "\"{{work}}/maildir/{{user}}\" }}",
                                               target.mailboxes));
        else if (target.reads_mail_by().empty())
            top.error("mailboxes",
                      fmt::format("`{0}`, but `services` names neither {0} nor {0}s", target.mailboxes));
        return;
    }
    auto mailboxes = top.map("mailboxes");
    if (!mailboxes) return;
    target.maildir = mailboxes->required_text("maildir", "\"{work}/maildir/{user}\"");
    mailboxes->no_other_keys();
    const auto& path = target.maildir;
    if (!path.empty() && !path.contains("{user}") && !path.contains("{local-part}"))
        mailboxes->error("maildir", "has neither {user} nor {local-part} in it: "
                                    "each account needs a folder of its own");
}

void read_start(yaml_map& top, profile& p) {
    auto start = top.map("start");
    if (!start) return;
    start_plan plan;
    plan.command = start->command("command");
    plan.ready = start->text("ready").value_or("smtp");
    plan.within = start->duration("within").value_or(plan.within);
    plan.stop = start->command("stop");
    plan.kill = start->command("kill");
    start->no_other_keys();
    if (!start->has("command"))
        start->error("command", "missing; write the words of the command that starts the server");
    if (!p.target.services.contains(plan.ready))
        start->error("ready", fmt::format("`{}` is not one of the services above", plan.ready));
    p.start = std::move(plan);
}

// sends: { dns: 127.0.0.53:53, port: 25, https_port: 443, retry: [ ... ], retries_within: 5s, clock: [ ... ]
// }
void read_sends(yaml_map& top, profile& p) {
    auto sends = top.map("sends");
    if (!sends) return;
    sends_plan plan;
    plan.dns = sends->required_text("dns", "127.0.0.53:53");
    if (const auto flaw = flaw_of_dns(plan.dns); sends->text("dns") && !flaw.empty())
        sends->error("dns", flaw);
    if (const auto port = sends->number("port", 0, 65535)) plan.port = std::uint16_t(*port);
    if (const auto port = sends->number("https_port", 0, 65535)) plan.https_port = std::uint16_t(*port);
    plan.retry = sends->command("retry");
    const auto within = sends->duration("retries_within");
    plan.retries_within = within.value_or(plan.retries_within);
    plan.retries_itself = within && plan.retry.empty();
    plan.clock = sends->command("clock");
    const auto names = [](const std::vector<std::string>& words, const char* what) {
        return std::ranges::any_of(words, [&](const std::string& word) { return word.contains(what); });
    };
    if (!plan.clock.empty() && !names(plan.clock, "{seconds}"))
        sends->error("clock", "has no {seconds} in it: by how much the clock is to be moved");
    sends->no_other_keys();
    p.sends = std::move(plan);
}

void read_limits(yaml_map& top, target_info& target) {
    auto limits = top.map("limits");
    if (!limits) return;
    if (const auto sessions = limits->number("sessions", 1, 10000)) target.sessions = int(*sessions);
    target.reply_timeout = limits->duration("reply").value_or(target.reply_timeout);
    limits->no_other_keys();
}

// features: { plaintext_auth: true }: suites write plaintext-auth.
void read_features(yaml_map& top, target_info& target) {
    auto features = top.map("features");
    if (!features) return;
    for (const auto& key : features->keys())
        if (features->flag(key).value_or(false)) target.features.insert(replaced(key, "_", "-"));
}

} // namespace

const std::vector<std::string>& known_services() {
    static const std::vector<std::string> names{"smtp", "submission", "submissions", "lmtp",
                                                "imap", "imaps",      "pop3",        "pop3s"};
    return names;
}

std::string flaw_of_dns(const std::string& address) {
    const auto parsed = net::parse_endpoint(address);
    if (!parsed) return parsed.error().text;
    if (!net::is_address_literal(parsed->host) || !net::is_loopback(parsed->host))
        return fmt::format("`{}` is not an address of the loopback: mailspec answers the target's questions "
                           "there itself, as at 127.0.0.53:53",
                           address);
    return {};
}

std::expected<account, std::string> parse_account(const std::string& text, const std::string& domain) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
        return std::unexpected(fmt::format("`{}` is not NAME:PASSWORD", text));
    return account_of(text.substr(0, colon), text.substr(colon + 1), domain);
}

std::expected<profile, std::vector<std::string>> load_profile(const std::filesystem::path& file) {
    file_errors errors;
    profile p;
    p.folder = std::filesystem::absolute(file).lexically_normal().parent_path();
    if (const auto document = read_yaml(file.string(), errors)) {
        yaml_map top(*document, "", file.string(), errors);
        p.target.name = top.required_text("name", "a name for reports");
        p.target.domain = top.required_text("domain", "the domain whose mail the server takes");
        p.version_command = top.command("version");
        read_services(top, p.target);
        read_accounts(top, file.string(), p.target, errors);
        read_mailboxes(top, p.target);
        read_limits(top, p.target);
        read_features(top, p.target);
        read_start(top, p);
        read_sends(top, p);
        top.no_other_keys();
        if (!p.start && p.target.maildir.contains("{work}"))
            top.error("mailboxes", "{work} is the folder of a server that mailspec starts: "
                                   "write `start:` too, or another path");
    }
    if (errors.empty()) return p;
    return std::unexpected(lines_of(std::move(errors)));
}

} // namespace mailspec::target
