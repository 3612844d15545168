// What refmaild is set up to be; see the header.
#include "reference/daemon/settings.hpp"

#include "reference/daemon/configuration_error.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/message/path.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace refmail::daemon {
namespace {

using keys = std::vector<std::string>;

[[noreturn]] void refuse(keys where, const std::string& subject, std::string why) {
    throw bad_setting(std::move(where), subject, std::move(why));
}

constexpr std::string_view optional_extensions[] = {"DSN",        "SMTPUTF8", "CHUNKING", "BINARYMIME",
                                                    "REQUIRETLS", "COMPRESS", "LITERAL+", "UTF8"};

// A user is a folder name under data/maildir and a local-part, so both must be happy with it.
bool is_user_name(const std::string& user) {
    const bool plain =
        !user.empty() && user.size() <= 64 && std::all_of(user.begin(), user.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        });
    return plain && user.front() != '.' && user.back() != '.' && user.find("..") == std::string::npos;
}

bool is_ours(const settings& s, std::string_view domain) {
    return std::any_of(s.domains.begin(), s.domains.end(),
                       [&](const auto& d) { return message::equals_ignoring_case(d, domain); });
}

void check_relay(const settings& s) {
    for (std::size_t i = 0; i < s.relay.dns.size(); ++i)
        if (!net::is_address_literal(s.relay.dns[i].host) || s.relay.dns[i].port == 0)
            refuse({"relay", "dns", std::to_string(i + 1)}, "dns",
                   fmt::format("'{}' is no address of a name server; write 127.0.0.1:53",
                               to_string(s.relay.dns[i])));
    const auto& plan = s.relay.schedule;
    if (plan.longest_retry < plan.first_retry)
        refuse({"queue", "longest_retry"}, "longest_retry", "is shorter than first_retry");
    // RFC 5321 §4.5.4.1: the give-up time is 4 to 5 days in general; what ends before the first retry is no
    // queue.
    if (plan.give_up_after < plan.first_retry)
        refuse({"queue", "give_up_after"}, "give_up_after", "is shorter than first_retry");
    // Who can reach it can delete mail and move the clock: nobody from elsewhere.
    if (s.control && !net::is_loopback(s.control->host))
        refuse({"control"}, "control",
               fmt::format("'{}' is not an address of this machine alone; write 127.0.0.1:{}",
                           to_string(*s.control), s.control->port));
}

// Every name that mail can be for: each is one thing, and leads somewhere.
class name_table {
  public:
    explicit name_table(const settings& s)
        : s_(s) {
        for (std::size_t i = 0; i < s.accounts.size(); ++i)
            add_account(s.accounts[i], std::to_string(i + 1));
        for (const auto& [name, targets] : s.aliases)
            add_bare(name, "alias", {"aliases", name});
        for (const auto& [name, list] : s.lists)
            add_bare(name, "list", {"lists", name});
    }

    void check_all() {
        for (const auto& [name, targets] : s_.aliases) {
            if (targets.empty()) refuse({"aliases", name}, fmt::format("alias '{}'", name), "has no target");
            follow(name, {});
        }
        for (const auto& [name, list] : s_.lists) {
            if (list.members.empty())
                refuse({"lists", name}, fmt::format("list '{}'", name), "has no members");
            follow(name, {});
            if (!list.owner.empty())
                follow_target(list.owner, {"lists", name, "owner"}, fmt::format("list '{}', owner", name),
                              {});
        }
    }

  private:
    void add(const std::string& name, const char* what, keys where) {
        const auto [at, fresh] = kinds_.emplace(name, what);
        if (!fresh)
            refuse(std::move(where), "",
                   fmt::format("'{}' is there twice: as {} and as {}", name, at->second, what));
    }

    void add_bare(const std::string& name, const char* what, keys where) {
        if (name.find('@') != std::string::npos)
            refuse(std::move(where), fmt::format("{} '{}'", what, name),
                   "write the name in front of the '@' only; it holds for all domains");
        add(name, what, std::move(where));
    }

    void add_account(const account& one, const std::string& number) {
        const std::string subject = fmt::format("account '{}'", one.user);
        if (!is_user_name(one.user))
            refuse({"accounts", number, "user"}, subject,
                   "a user name is made of a-z, 0-9, '-', '_' and '.' between them");
        add(one.user, "account", {"accounts", number, "user"});
        const keys where{"accounts", number, "addresses"};
        for (const auto& more : one.addresses) {
            const auto at = more.rfind('@');
            const bool whole = at != std::string::npos;
            const auto name = message::lower_case(more.substr(0, at));
            if (name.empty() || (whole && !message::parse_mailbox(more, {}, message::characters::utf8)))
                refuse(where, subject, fmt::format("'{}' is no address", more));
            if (whole && !is_ours(s_, more.substr(at + 1)))
                refuse(where, subject, fmt::format("'{}' is not in one of the domains", more));
            if (name != one.user) add(name, "address", where);
        }
    }

    void follow(const std::string& name, std::vector<std::string> way) {
        const auto alias = s_.aliases.find(name);
        const auto list = s_.lists.find(name);
        if (std::find(way.begin(), way.end(), name) != way.end()) {
            way.push_back(name);
            refuse({alias != s_.aliases.end() ? "aliases" : "lists", name}, "",
                   fmt::format("a circle of aliases: {}", fmt::join(way, " -> ")));
        }
        way.push_back(name);
        if (alias != s_.aliases.end())
            for (const auto& target : alias->second)
                follow_target(target, {"aliases", name}, fmt::format("alias '{}'", name), way);
        if (list != s_.lists.end())
            for (const auto& member : list->second.members)
                follow_target(member, {"lists", name, "members"}, fmt::format("list '{}'", name), way);
    }

    void follow_target(const std::string& target, const keys& where, const std::string& whose,
                       const std::vector<std::string>& way) {
        std::string name = message::lower_case(target);
        if (const auto at = name.rfind('@'); at != std::string::npos) {
            if (!message::parse_mailbox(target, {}, message::characters::utf8))
                refuse(where, whose, fmt::format("'{}' is no address", target));
            if (!is_ours(s_, name.substr(at + 1))) return;
            name.resize(at);
        }
        name = name.substr(0, name.find('+'));
        if (!kinds_.contains(name))
            refuse(where, whose,
                   fmt::format("'{}' is no account, alias or list, and no address elsewhere", target));
        follow(name, way);
    }

    const settings& s_;
    std::map<std::string, std::string> kinds_;
};

} // namespace

bool offers(const settings& s, std::string_view extension) {
    return std::none_of(s.without.begin(), s.without.end(), [&](const std::string& one) {
        return message::equals_ignoring_case(one, extension);
    });
}

std::string mbox_path_of(const settings& s) {
    if (!s.mbox.on) return "";
    return s.mbox.path.empty() ? s.data + "/mbox/{user}" : s.mbox.path;
}

std::string host_name_of(const settings& s) {
    return s.host_name.empty() ? "mail." + s.domains.front() : s.host_name;
}

void complete_with_defaults(settings& s) {
    if (s.accounts.empty()) {
        account alice{"alice", "", "alice-pw", "Alice Example", {}};
        account bob{"bob", "", "bob-pw", "Bob Example", {}};
        s.accounts = {alice, bob};
    }
    const auto taken = [&s](const std::string& name) {
        return s.aliases.contains(name) || s.lists.contains(name) ||
               std::any_of(s.accounts.begin(), s.accounts.end(),
                           [&](const account& a) { return a.user == name; });
    };
    // RFC 5321 §4.5.1: postmaster is a mailbox everywhere. RFC 2142 §4: so is abuse, by custom.
    for (const char* role : {"postmaster", "abuse"})
        if (!taken(role)) s.aliases[role] = {s.accounts.front().user};
    if (!taken("team")) {
        mailing_list team;
        for (const auto& one : s.accounts)
            if (team.members.size() < 2) team.members.push_back(one.user);
        team.owner = "postmaster";
        s.lists["team"] = team;
    }
}

void check(const settings& s) {
    if (s.domains.empty()) refuse({"domains"}, "", "no domain: who should mail be for?");
    for (const auto& domain : s.domains)
        if (!message::parse_domain(domain))
            refuse({"domains"}, "", fmt::format("domain '{}' is no domain name", domain));
    if (!message::parse_domain(host_name_of(s)))
        refuse({"host_name"}, "", fmt::format("host_name '{}' is no domain name", host_name_of(s)));
    for (const auto& one : s.without)
        if (std::none_of(std::begin(optional_extensions), std::end(optional_extensions),
                         [&](std::string_view known) { return message::equals_ignoring_case(known, one); }))
            refuse({"without"}, "--without",
                   fmt::format("'{}' is no extension that can be left out; those are {}", one,
                               fmt::join(optional_extensions, ", ")));
    if (s.accounts.empty()) refuse({"accounts"}, "", "no accounts: nobody could receive mail");
    if (s.smtp.empty() && s.submission.empty() && s.submissions.empty() && s.lmtp.empty() && s.imap.empty() &&
        s.imaps.empty() && s.pop3.empty() && s.pop3s.empty())
        refuse({"listen"}, "", "nothing to listen on");
    if (s.certificate.empty() != s.key.empty()) refuse({"tls"}, "", "tls needs both a certificate and a key");
    // RFC 4954 §9: no fewer than three failed logins before the connection is dropped.
    if (s.smtp_limits.auth_failures < 3)
        refuse({"limits", "auth_failures"}, "", "RFC 4954 asks for 3 at least");
    if (s.run_as_user.empty() && !s.run_as_group.empty())
        refuse({"group"}, "", "means nothing without a user to become");
    check_relay(s);
    name_table(s).check_all();
    for (std::size_t i = 0; i < s.accounts.size(); ++i) {
        const auto& one = s.accounts[i];
        if (one.password.empty() == one.password_hash.empty())
            refuse({"accounts", std::to_string(i + 1), "password"}, fmt::format("account '{}'", one.user),
                   "has no password");
    }
}

} // namespace refmail::daemon
