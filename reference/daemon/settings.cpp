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

[[noreturn]] void refuse(std::string text) {
    throw configuration_error(std::move(text));
}

// A user is a folder name under data/maildir and a local-part, so both must be happy with it.
void check_user(const std::string& user) {
    const bool plain =
        !user.empty() && user.size() <= 64 && std::all_of(user.begin(), user.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        });
    if (!plain || user.front() == '.' || user.back() == '.' || user.find("..") != std::string::npos)
        refuse(fmt::format("account '{}': a user name is made of a-z, 0-9, '-', '_' and '.' between them",
                           user));
}

class name_table {
  public:
    explicit name_table(const settings& s)
        : s_(s) {
        for (const auto& one : s.accounts) {
            check_user(one.user);
            add(one.user, "account");
        }
        for (const auto& [name, targets] : s.aliases)
            add(name, "alias");
        for (const auto& [name, list] : s.lists)
            add(name, "list");
    }

    void check_all() {
        for (const auto& [name, targets] : s_.aliases) {
            if (targets.empty()) refuse(fmt::format("alias '{}' has no target", name));
            follow(name, {});
        }
        for (const auto& [name, list] : s_.lists) {
            if (list.members.empty()) refuse(fmt::format("list '{}' has no members", name));
            follow(name, {});
            if (!list.owner.empty()) follow_target(list.owner, fmt::format("list '{}', owner", name), {});
        }
    }

  private:
    void add(const std::string& name, const char* what) {
        const auto [at, fresh] = kinds_.emplace(name, what);
        if (!fresh) refuse(fmt::format("'{}' is there twice: as {} and as {}", name, at->second, what));
    }

    void follow(const std::string& name, std::vector<std::string> way) {
        if (std::find(way.begin(), way.end(), name) != way.end()) {
            way.push_back(name);
            refuse(fmt::format("a circle of aliases: {}", fmt::join(way, " -> ")));
        }
        way.push_back(name);
        const auto alias = s_.aliases.find(name);
        const auto list = s_.lists.find(name);
        const auto whose = fmt::format("{} '{}'", alias != s_.aliases.end() ? "alias" : "list", name);
        if (alias != s_.aliases.end())
            for (const auto& target : alias->second)
                follow_target(target, whose, way);
        if (list != s_.lists.end())
            for (const auto& member : list->second.members)
                follow_target(member, whose, way);
    }

    void follow_target(const std::string& target, const std::string& whose,
                       const std::vector<std::string>& way) {
        std::string name = message::lower_case(target);
        if (const auto at = name.rfind('@'); at != std::string::npos) {
            if (!message::parse_mailbox(target)) refuse(fmt::format("{}: '{}' is no address", whose, target));
            const auto domain = name.substr(at + 1);
            const bool ours = std::any_of(s_.domains.begin(), s_.domains.end(), [&](const auto& d) {
                return message::equals_ignoring_case(d, domain);
            });
            if (!ours) return;
            name.resize(at);
        }
        name = name.substr(0, name.find('+'));
        if (!kinds_.contains(name))
            refuse(fmt::format("{}: '{}' is no account, alias or list, and no address elsewhere", whose,
                               target));
        follow(name, way);
    }

    const settings& s_;
    std::map<std::string, std::string> kinds_;
};

} // namespace

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
    // RFC 5321 §4.5.1: postmaster is a mailbox everywhere. RFC 2142 §5: so is abuse, by custom.
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
    if (s.domains.empty()) refuse("no domain: who should mail be for?");
    for (const auto& domain : s.domains)
        if (!message::parse_domain(domain)) refuse(fmt::format("domain '{}' is no domain name", domain));
    if (!message::parse_domain(host_name_of(s)))
        refuse(fmt::format("host_name '{}' is no domain name", host_name_of(s)));
    if (s.accounts.empty()) refuse("no accounts: nobody could receive mail");
    if (s.smtp.empty() && s.submission.empty() && s.submissions.empty() && s.lmtp.empty())
        refuse("nothing to listen on");
    if (s.certificate.empty() != s.key.empty()) refuse("tls needs both a certificate and a key");
    name_table(s).check_all();
    for (const auto& one : s.accounts)
        if (one.password.empty() == one.password_hash.empty())
            refuse(fmt::format("account '{}' has no password", one.user));
}

} // namespace refmail::daemon
