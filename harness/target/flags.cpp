// Flags -> target; see the header.
#include "harness/target/flags.hpp"

#include "harness/target/profile.hpp"
#include "net/endpoint.hpp"

#include <fmt/format.h>

namespace mailspec::target {

namespace {

// Without --domain: what follows the @ of the first user that has one.
std::string domain_of_users(const std::vector<std::string>& users) {
    for (const auto& user : users) {
        const auto name = user.substr(0, user.find(':'));
        if (const auto at = name.find('@'); at != std::string::npos) return name.substr(at + 1);
    }
    return {};
}

} // namespace

std::expected<target_info, std::string> target_from_flags(const target_flags& flags) {
    target_info target;
    if (flags.services.empty())
        return std::unexpected("no service is named: add --smtp HOST:PORT (or --submission, --submissions, "
                               "--lmtp, --imap, --imaps, --pop3, --pop3s), or use --target PROFILE");
    for (const auto& [service, address] : flags.services) {
        if (const auto parsed = net::parse_endpoint(address); !parsed)
            return std::unexpected(fmt::format("--{}: {}", service, parsed.error().text));
        target.services[service] = address;
    }
    target.name = flags.services.begin()->second;
    if (const auto smtp = flags.services.find("smtp"); smtp != flags.services.end())
        target.name = smtp->second;
    target.domain = flags.domain.empty() ? domain_of_users(flags.users) : flags.domain;
    for (const auto& user : flags.users) {
        auto parsed = parse_account(user, target.domain);
        if (!parsed) return std::unexpected(fmt::format("--user: {}", parsed.error()));
        if (parsed->address.ends_with('@'))
            return std::unexpected(fmt::format(
                "--user {}: which domain is that in? Add --domain DOMAIN, or write name@domain:password",
                user));
        target.accounts.push_back(std::move(*parsed));
    }
    target.maildir = flags.maildir;
    if (!target.maildir.empty() && !target.maildir.contains("{user}") &&
        !target.maildir.contains("{local-part}"))
        return std::unexpected(fmt::format(
            "--maildir {}: put {{user}} or {{local-part}} where the account's name stands in the path",
            target.maildir));
    return target;
}

std::expected<std::optional<sends_plan>, std::string> sends_from_flags(const target_flags& flags) {
    if (!flags.sends()) return std::nullopt;
    if (flags.dns.empty())
        return std::unexpected("--egress-port and --https-port say where the server sends: add --dns-listen "
                               "ADDRESS:PORT, where it asks its DNS questions");
    sends_plan plan;
    plan.dns = flags.dns;
    if (const auto flaw = flaw_of_dns(flags.dns); !flaw.empty())
        return std::unexpected(fmt::format("--dns-listen: {}", flaw));
    plan.port = flags.egress_port.value_or(plan.port);
    plan.https_port = flags.https_port.value_or(plan.https_port);
    return plan;
}

std::string remote_refusal(const target_info& target) {
    if (target.allow_remote) return {};
    for (const auto& [service, address] : target.services) {
        const auto parsed = net::parse_endpoint(address);
        if (!parsed || net::is_loopback(parsed->host)) continue;
        return fmt::format(
            "{} is at {}, which is not on this machine's loopback. mailspec sends hundreds of malformed and "
            "hostile dialogs and real messages: never do that to a server that is not yours. If it is "
            "yours, add --allow-remote.",
            service, address);
    }
    return {};
}

} // namespace mailspec::target
