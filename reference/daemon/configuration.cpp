// The configuration file; see the header.
#include "reference/daemon/configuration.hpp"

#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/password.hpp"
#include "reference/daemon/relay_routes.hpp"
#include "reference/daemon/yaml_entry.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/sasl/prepare.hpp"

#include <fmt/core.h>

namespace refmail::daemon {
namespace {

void read_listen(const yaml_entry& listen, settings& into) {
    listen.allow_only({"smtp", "submission", "submissions", "lmtp", "imap", "imaps", "pop3", "pop3s"});
    const std::pair<const char*, std::vector<net::endpoint>*> each[] = {{"smtp", &into.smtp},
                                                                        {"submission", &into.submission},
                                                                        {"submissions", &into.submissions},
                                                                        {"lmtp", &into.lmtp},
                                                                        {"imap", &into.imap},
                                                                        {"imaps", &into.imaps},
                                                                        {"pop3", &into.pop3},
                                                                        {"pop3s", &into.pop3s}};
    for (const auto& [name, endpoints] : each)
        if (const auto entry = listen[name]; entry.exists()) *endpoints = entry.endpoints();
}

quota read_quota(const yaml_entry& entry) {
    entry.allow_only({"storage", "messages"});
    quota limits;
    if (const auto key = entry["storage"]; key.exists()) limits.storage = key.octets();
    if (const auto key = entry["messages"]; key.exists()) limits.messages = key.count();
    return limits;
}

account read_account(const yaml_entry& entry) {
    entry.allow_only({"user", "password", "name", "addresses", "apop_secret", "quota"});
    account one;
    one.user = message::lower_case(entry["user"].text());
    one.password_hash = entry["password"].text();
    if (!is_password_hash(one.password_hash))
        entry["password"].refuse("is no password hash; make one with 'refmaild hash-password'");
    if (const auto name = entry["name"]; name.exists()) one.full_name = name.text();
    if (const auto limits = entry["quota"]; limits.exists()) one.limits = read_quota(limits);
    if (const auto secret = entry["apop_secret"]; secret.exists()) {
        // RFC 6856 §2.2: prepared as what clients compute with is.
        const auto prepared = sasl::prepare(secret.text());
        if (!prepared || prepared->empty()) secret.refuse("SASLprep (RFC 4013) does not allow that secret");
        one.apop_secret = *prepared;
    }
    if (const auto more = entry["addresses"]; more.exists()) one.addresses = more.texts();
    return one;
}

mailing_list read_list(const yaml_entry& entry) {
    entry.allow_only({"members", "owner"});
    mailing_list list;
    list.members = entry["members"].texts();
    list.owner = entry["owner"].exists() ? entry["owner"].text() : "postmaster";
    return list;
}

void read_limits(const yaml_entry& limits, settings& into) {
    limits.allow_only({"message_size", "recipients", "errors", "commands", "auth_failures", "sessions",
                       "sessions_per_address", "idle", "message_time", "session_time", "handshake",
                       "shutdown", "failed_logins"});
    const auto octets = [&](const char* key, auto& value) {
        if (const auto entry = limits[key]; entry.exists()) value = entry.octets();
    };
    const auto count = [&](const char* key, auto& value) {
        if (const auto entry = limits[key]; entry.exists()) value = entry.count();
    };
    const auto time = [&](const char* key, auto& value) {
        if (const auto entry = limits[key]; entry.exists()) value = entry.time();
    };
    octets("message_size", into.smtp_limits.message_size);
    count("recipients", into.smtp_limits.recipients);
    // RFC 5321 §4.5.3.1.8 and §4.5.3.1.7: the least that must be taken.
    if (into.smtp_limits.recipients < 100) limits["recipients"].refuse("RFC 5321 asks for 100 at least");
    if (into.smtp_limits.message_size < 65536)
        limits["message_size"].refuse("RFC 5321 asks for 64 KiB at least");
    count("errors", into.smtp_limits.errors);
    count("commands", into.smtp_limits.commands);
    count("auth_failures", into.smtp_limits.auth_failures);
    count("sessions", into.limits.sessions);
    count("sessions_per_address", into.limits.sessions_per_address);
    count("failed_logins", into.limits.failed_logins);
    time("idle", into.limits.idle);
    time("message_time", into.limits.message_time);
    time("session_time", into.limits.session_time);
    time("handshake", into.limits.handshake);
    time("shutdown", into.limits.shutdown);
}

void read_submission(const yaml_entry& entry, settings& into) {
    entry.allow_only({"plaintext_auth", "check_senders", "foreign_from"});
    if (const auto key = entry["plaintext_auth"]; key.exists()) into.plaintext_auth = key.boolean();
    if (const auto key = entry["check_senders"]; key.exists()) into.check_senders = key.boolean();
    if (const auto key = entry["foreign_from"]; key.exists()) {
        const auto choice = key.one_of({"refuse", "add_sender", "accept"});
        into.foreign_from = choice == "refuse"       ? smtp::foreign_from::refuse
                            : choice == "add_sender" ? smtp::foreign_from::add_sender
                                                     : smtp::foreign_from::accept;
    }
}

void read_reading(const yaml_entry& entry, reading_settings& into) {
    entry.allow_only({"plaintext_auth", "quota", "users_set_quota", "imap_idle", "pop3_idle", "login_time",
                      "sessions_per_user", "pop3_login_delay", "apop"});
    if (const auto key = entry["plaintext_auth"]; key.exists()) into.plaintext_auth = key.boolean();
    if (const auto key = entry["quota"]; key.exists()) into.limits = read_quota(key);
    if (const auto key = entry["users_set_quota"]; key.exists()) into.users_set_quota = key.boolean();
    if (const auto key = entry["imap_idle"]; key.exists()) into.imap_idle = key.time();
    if (const auto key = entry["pop3_idle"]; key.exists()) into.pop3_idle = key.time();
    if (const auto key = entry["login_time"]; key.exists()) into.login_time = key.time();
    if (const auto key = entry["sessions_per_user"]; key.exists()) into.sessions_per_user = key.count();
    if (const auto key = entry["pop3_login_delay"]; key.exists()) into.pop3_login_delay = key.time();
    if (const auto key = entry["apop"]; key.exists()) {
        const auto choice = key.one_of({"off", "beside_password", "instead_of_password"});
        into.apop = choice == "off"               ? pop3::apop::off
                    : choice == "beside_password" ? pop3::apop::beside_password
                                                  : pop3::apop::instead_of_password;
    }
}

void read_mbox(const yaml_entry& entry, mbox_settings& into) {
    entry.allow_only({"path", "lock_wait"});
    into.on = true;
    if (const auto key = entry["lock_wait"]; key.exists()) into.lock_wait = key.time();
    const auto key = entry["path"];
    if (!key.exists()) return;
    into.path = key.text();
    if (!into.path.starts_with('/') || !into.path.contains("{user}") || into.path.ends_with('/'))
        key.refuse("must be the whole path of a file, with {user} in it: \"/var/mail/{user}\"");
}

void read_people(const yaml_entry& file, settings& into) {
    for (const auto& entry : file["accounts"].items())
        into.accounts.push_back(read_account(entry));
    for (const auto& [name, targets] : file["aliases"].members())
        into.aliases[message::lower_case(name)] = targets.texts();
    for (const auto& [name, list] : file["lists"].members())
        into.lists[message::lower_case(name)] = read_list(list);
    if (into.accounts.empty()) file["accounts"].refuse("at least one is needed");
    // RFC 5321 §4.5.1: a server that takes mail has a postmaster.
    bool named = into.aliases.contains("postmaster") || into.lists.contains("postmaster");
    for (const auto& one : into.accounts) {
        named = named || one.user == "postmaster";
        for (const auto& more : one.addresses)
            named = named || message::is_postmaster(more.substr(0, more.rfind('@')));
    }
    if (!named) into.aliases["postmaster"] = {into.accounts.front().user};
}

void read_relay(const yaml_entry& relay, relay_settings& into) {
    relay.allow_only({"to", "dns", "port", "https_port", "tls_ca", "smarthost", "routes", "dane",
                      "also_known_as", "backup_for"});
    if (const auto key = relay["to"]; key.exists())
        into.anywhere = key.one_of({"loopback", "anywhere"}) == "anywhere";
    if (const auto key = relay["dns"]; key.exists())
        for (const auto& text : key.texts()) {
            const auto at = net::parse_endpoint(text);
            if (!at) key.refuse(at.error().text);
            into.dns.push_back(*at);
        }
    if (const auto key = relay["port"]; key.exists()) into.port = key.port();
    if (const auto key = relay["https_port"]; key.exists()) into.https_port = key.port();
    if (const auto key = relay["tls_ca"]; key.exists()) into.tls_ca = key.text();
    read_routes(relay, into);
}

void read_queue(const yaml_entry& queue, relay_settings& into) {
    queue.allow_only({"first_retry", "unreachable_retry", "longest_retry", "warn_after", "give_up_after",
                      "connections", "connections_per_destination"});
    auto& plan = into.schedule;
    const std::pair<const char*, std::chrono::seconds*> times[] = {
        {"first_retry", &plan.first_retry},     {"unreachable_retry", &plan.unreachable_retry},
        {"longest_retry", &plan.longest_retry}, {"warn_after", &plan.warn_after},
        {"give_up_after", &plan.give_up_after},
    };
    for (const auto& [name, time] : times)
        if (const auto key = queue[name]; key.exists()) *time = key.time();
    if (const auto key = queue["connections"]; key.exists()) into.connections = key.count();
    if (const auto key = queue["connections_per_destination"]; key.exists())
        into.connections_per_destination = key.count();
}

void read_control(const yaml_entry& control, settings& into) {
    const auto all = control.endpoints();
    if (all.size() != 1) control.refuse("expected one address, such as 127.0.0.1:8025");
    into.control = all.front();
}

void read_tls(const yaml_entry& tls, settings& into) {
    tls.allow_only({"certificate", "key"});
    if (!tls.exists()) return;
    into.certificate = tls["certificate"].text();
    into.key = tls["key"].text();
}

settings settings_from(const yaml_entry& file) {
    file.allow_only({"domains",        "host_name", "data",    "listen",     "tls",   "accounts",
                     "aliases",        "lists",     "limits",  "submission", "relay", "queue",
                     "control",        "vrfy",      "reading", "mbox",       "expn",  "without",
                     "refuse_service", "user",      "group",   "log_level"});
    settings into;
    into.domains = file["domains"].texts();
    if (const auto name = file["host_name"]; name.exists()) into.host_name = name.text();
    into.data = file["data"].text();
    if (const auto listen = file["listen"]; listen.exists()) read_listen(listen, into);
    read_tls(file["tls"], into);
    read_people(file, into);
    if (const auto limits = file["limits"]; limits.exists()) read_limits(limits, into);
    if (const auto submission = file["submission"]; submission.exists()) read_submission(submission, into);
    if (const auto reading = file["reading"]; reading.exists()) read_reading(reading, into.reading);
    if (const auto mbox = file["mbox"]; mbox.exists()) read_mbox(mbox, into.mbox);
    if (const auto relay = file["relay"]; relay.exists()) read_relay(relay, into.relay);
    if (const auto queue = file["queue"]; queue.exists()) read_queue(queue, into.relay);
    if (const auto control = file["control"]; control.exists()) read_control(control, into);
    if (const auto vrfy = file["vrfy"]; vrfy.exists()) into.vrfy = vrfy.boolean();
    if (const auto expn = file["expn"]; expn.exists()) into.expn = expn.boolean();
    if (const auto without = file["without"]; without.exists()) into.without = without.texts();
    if (const auto why = file["refuse_service"]; why.exists()) into.refuse_service = why.text();
    if (const auto user = file["user"]; user.exists()) into.run_as_user = user.text();
    if (const auto group = file["group"]; group.exists()) into.run_as_group = group.text();
    if (const auto level = file["log_level"]; level.exists())
        into.log_level = level.one_of({"debug", "info", "warning", "error", "off"});
    return into;
}

// Follows the keys as far as they are there.
[[noreturn]] void refuse_at(const yaml_entry& at, const bad_setting& wrong, std::size_t depth = 0) {
    if (depth == wrong.keys.size() || !at.exists()) at.refuse(wrong.why);
    refuse_at(at.child(wrong.keys[depth]), wrong, depth + 1);
}

settings checked(const yaml_entry& file) {
    settings made = settings_from(file);
    try {
        check(made);
    } catch (const bad_setting& wrong) {
        refuse_at(file, wrong);
    }
    return made;
}

} // namespace

settings parse_configuration(const std::string& text, const std::string& name) {
    return checked(yaml_entry::from_text(text, name));
}

settings read_configuration(const std::string& path) {
    return checked(yaml_entry::from_file(path));
}

configuration_error place_in_file(const std::string& path, const bad_setting& wrong) {
    try {
        refuse_at(yaml_entry::from_file(path), wrong);
    } catch (const configuration_error& placed) {
        return placed;
    }
}

} // namespace refmail::daemon
