// The administrator's routes; see the header.
#include "reference/daemon/relay_routes.hpp"

#include "reference/daemon/configuration_error.hpp"
#include "reference/route/a_label.hpp"

#include <fmt/core.h>

namespace refmail::daemon {
namespace {

using route::fixed_hop;
using route::tls_level;

// What TLS is when nobody said: a password goes to nobody but the right host, and who talks TLS from the
// first octet shows a certificate that is worth looking at.
void complete(fixed_hop& hop) {
    if (!hop.tls && (!hop.user.empty() || hop.implicit_tls)) hop.tls = tls_level::verified;
}

tls_level level_from(const yaml_entry& key) {
    const auto word = key.one_of({"none", "opportunistic", "required", "verified", "dane"});
    return word == "none"            ? tls_level::none
           : word == "opportunistic" ? tls_level::opportunistic
           : word == "required"      ? tls_level::required
           : word == "verified"      ? tls_level::verified
                                     : tls_level::dane;
}

fixed_hop hop_from(const yaml_entry& entry) {
    const auto parsed = route::parse_fixed_hop(entry.text());
    if (!parsed) entry.refuse(parsed.error());
    return *parsed;
}

// "smtp:[host]:port", or a map of to, user, password, tls.
fixed_hop read_hop(const yaml_entry& entry) {
    fixed_hop hop;
    if (entry.is_map()) {
        entry.allow_only({"to", "user", "password", "tls"});
        if (const auto to = entry["to"]; to.exists()) hop = hop_from(to);
        if (const auto tls = entry["tls"]; tls.exists()) hop.tls = level_from(tls);
        if (const auto user = entry["user"]; user.exists()) hop.user = user.text();
        if (const auto password = entry["password"]; password.exists()) hop.password = password.text();
        if (hop.user.empty() != hop.password.empty()) entry.refuse("user and password go together");
        if (!hop.user.empty() && hop.host.empty()) entry.refuse("a login means nothing without 'to'");
        const bool may_be_plain = hop.tls == tls_level::none || hop.tls == tls_level::opportunistic;
        if (may_be_plain && !hop.user.empty())
            entry["tls"].refuse("a password needs TLS; write required or verified");
        if (may_be_plain && hop.implicit_tls) entry["tls"].refuse("smtps is TLS from the first octet");
    } else {
        hop = hop_from(entry);
    }
    complete(hop);
    return hop;
}

// "partner.test", ".corp.test" (all below it), U-labels as A-labels.
std::optional<std::string> route_name(const std::string& text) {
    const bool below = text.starts_with('.');
    const auto name = route::to_a_labels(text.substr(below ? 1 : 0));
    if (!name) return std::nullopt;
    return below ? "." + *name : *name;
}

// A name, or an address with or without its brackets.
std::string own_name(const std::string& text) {
    std::string name = text;
    if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
    if (net::is_address_literal(name)) return name;
    const auto labels = route::to_a_labels(name);
    if (!labels) throw configuration_error(fmt::format("'{}' is neither a host name nor an address", text));
    return *labels;
}

std::string backup_pattern(const std::string& text) {
    const auto name = route::to_a_labels(text);
    if (!name)
        throw configuration_error(
            fmt::format("'{}' is no domain; write partner.test, or *.partner.test for those below it", text));
    return *name;
}

using name_reader = std::string (*)(const std::string&);

// The words of a complaint, behind the place where the name stands.
void read_names(const yaml_entry& list, std::vector<std::string>& into, name_reader read) {
    if (!list.exists()) return;
    for (const auto& text : list.texts()) {
        try {
            into.push_back(read(text));
        } catch (const configuration_error& e) {
            list.refuse(e.what());
        }
    }
}

void take_name(const char* option, const std::string& text, std::vector<std::string>& into,
               name_reader read) {
    try {
        into.push_back(read(text));
    } catch (const configuration_error& e) {
        throw configuration_error(fmt::format("{}: {}", option, e.what()));
    }
}

} // namespace

void read_routes(const yaml_entry& relay, relay_settings& into) {
    if (const auto dane = relay["dane"]; dane.exists()) into.dane = dane.boolean();
    read_names(relay["also_known_as"], into.also_known_as, own_name);
    read_names(relay["backup_for"], into.backup_for, backup_pattern);
    if (const auto smarthost = relay["smarthost"]; smarthost.exists()) {
        into.smarthost = read_hop(smarthost);
        if (into.smarthost->host.empty()) smarthost["to"].refuse("is missing or empty");
    }
    for (const auto& [domain, entry] : relay["routes"].members()) {
        const auto name = route_name(domain);
        if (!name)
            entry.refuse(fmt::format("'{}' is no domain; write partner.test or .partner.test", domain));
        if (!into.routes.emplace(*name, read_hop(entry)).second) entry.refuse("is there twice");
        if (into.routes[*name].tls == tls_level::dane && !into.dane)
            entry.refuse("tls: dane needs relay.dane: true, and a name server that validates");
    }
    if (into.smarthost && into.smarthost->tls == tls_level::dane && !into.dane)
        relay["smarthost"].refuse("tls: dane needs relay.dane: true, and a name server that validates");
}

void take_own_name(const std::string& text, relay_settings& into) {
    take_name("--also-known-as", text, into.also_known_as, own_name);
}

void take_backup(const std::string& text, relay_settings& into) {
    take_name("--backup-for", text, into.backup_for, backup_pattern);
}

void take_smarthost(const std::string& to, const std::string& login, relay_settings& into) {
    if (to.empty()) {
        if (!login.empty()) throw configuration_error("--smarthost-login means nothing without --smarthost");
        return;
    }
    const auto parsed = route::parse_fixed_hop(to);
    if (!parsed) throw configuration_error("--smarthost: " + parsed.error());
    fixed_hop hop = *parsed;
    if (!login.empty()) {
        const auto colon = login.find(':');
        if (colon == std::string::npos || colon == 0 || colon + 1 == login.size())
            throw configuration_error("--smarthost-login: write user:password");
        hop.user = login.substr(0, colon);
        hop.password = login.substr(colon + 1);
    }
    complete(hop);
    into.smarthost = hop;
}

void take_route(const std::string& text, relay_settings& into) {
    const auto equals = text.find('=');
    const auto name = equals == std::string::npos ? std::nullopt : route_name(text.substr(0, equals));
    if (!name)
        throw configuration_error(fmt::format(
            "--route '{}': write domain=smtp:[host]:port, or .domain=... for all below it", text));
    const auto parsed = route::parse_fixed_hop(text.substr(equals + 1));
    if (!parsed) throw configuration_error("--route: " + parsed.error());
    fixed_hop hop = *parsed;
    complete(hop);
    if (!into.routes.emplace(*name, hop).second)
        throw configuration_error(fmt::format("--route '{}': that domain has a route already", text));
}

} // namespace refmail::daemon
