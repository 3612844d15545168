// Who lives here; see the header.
#include "reference/daemon/local_directory.hpp"

#include "reference/message/path.hpp"
#include "reference/message/utf8.hpp"
#include "reference/route/a_label.hpp"

#include <algorithm>

namespace refmail::daemon {

using smtp::destination;
using smtp::resolution;

namespace {

// "relayed.*.test" stands for relayed.a.test and relayed.b.test.
bool stands_for(std::string_view pattern, std::string_view domain) {
    for (;;) {
        const auto wanted = pattern.substr(0, pattern.find('.')), label = domain.substr(0, domain.find('.'));
        if (wanted != "*" && wanted != label) return false;
        const bool pattern_ends = wanted.size() == pattern.size(),
                   domain_ends = label.size() == domain.size();
        if (pattern_ends || domain_ends) return pattern_ends && domain_ends;
        pattern.remove_prefix(wanted.size() + 1);
        domain.remove_prefix(label.size() + 1);
    }
}

} // namespace

local_directory::local_directory(const settings& s)
    : backed_up_(s.relay.backup_for)
    , first_domain_(s.domains.front())
    , host_name_(host_name_of(s)) {
    for (const auto& domain : s.domains)
        domains_.insert(message::lower_case(domain));
    // RFC 1123 §5.2.17: a host accepts mail for its own addresses as domain literals.
    for (const auto* endpoints : {&s.smtp, &s.submission, &s.submissions, &s.lmtp})
        for (const auto& e : *endpoints)
            domains_.insert(e.host.find(':') == std::string::npos
                                ? "[" + e.host + "]"
                                : "[ipv6:" + message::lower_case(e.host) + "]");
    for (const auto& one : s.accounts) {
        const person p{one.user, one.full_name};
        people_.emplace(one.user, p);
        for (const auto& more : one.addresses)
            people_.emplace(message::lower_case(more.substr(0, more.rfind('@'))), p);
    }
    aliases_.insert(s.aliases.begin(), s.aliases.end());
    lists_.insert(s.lists.begin(), s.lists.end());
}

// RFC 6531 §3.2: the same domain, be it written in U-labels or, as in the settings, in A-labels.
bool local_directory::is_ours(std::string_view domain) const {
    if (message::is_ascii(domain)) return domains_.contains(message::lower_case(domain));
    const auto a_labels = route::to_a_labels(domain);
    return a_labels && domains_.contains(message::lower_case(*a_labels));
}

bool local_directory::is_backed_up(std::string_view domain) const {
    const auto name =
        backed_up_.empty() || domain.starts_with('[') ? std::nullopt : route::to_a_labels(domain);
    return name &&
           std::ranges::any_of(backed_up_, [&](const auto& pattern) { return stands_for(pattern, *name); });
}

destination local_directory::destination_for(const person& p, std::string_view detail) const {
    destination d;
    d.user = p.user;
    d.detail = detail;
    d.address.local_part = detail.empty() ? p.user : p.user + "+" + std::string(detail);
    d.address.domain = first_domain_;
    d.full_name = p.full_name;
    return d;
}

resolution local_directory::resolve(const message::mailbox& address) const {
    // Only <postmaster> comes without a domain: RFC 5321 §4.5.1.
    if (address.domain.empty()) return resolve_local(address.local_part, first_domain_);
    if (is_ours(address.domain)) return resolve_local(address.local_part, address.domain);
    // RFC 3461 §9.3: postmaster at the name that stands in our reports, and in their From field, is valid.
    if (message::is_postmaster(address.local_part) &&
        message::equals_ignoring_case(address.domain, host_name_))
        return resolve_local(address.local_part, first_domain_);
    resolution r;
    r.kind = resolution::kind::foreign;
    r.backed_up = is_backed_up(address.domain);
    r.address = address;
    destination away;
    away.address = address;
    r.destinations.push_back(std::move(away));
    return r;
}

resolution local_directory::resolve_local(std::string_view local_part, std::string domain) const {
    const std::string name = message::lower_case(local_part);
    const auto parts = message::split_sub_address(name);
    resolution r;
    r.address.local_part = name;
    r.address.domain = std::move(domain);
    for (const std::string_view key : {std::string_view(name), parts.user}) {
        if (const auto list = lists_.find(key); list != lists_.end()) {
            r.kind = resolution::kind::list;
            for (const auto& member : list->second.members)
                expand(member, r.destinations);
            r.owner = mailbox_of(list->second.owner.empty() ? "postmaster" : list->second.owner);
            return r;
        }
        if (aliases_.contains(key)) {
            r.kind = resolution::kind::alias;
            expand_name(key, r.destinations);
            return r;
        }
        if (const auto person = people_.find(key); person != people_.end()) {
            r.kind = resolution::kind::mailbox;
            const bool whole = key.size() == name.size();
            r.destinations.push_back(destination_for(person->second, whole ? "" : parts.detail));
            return r;
        }
    }
    r.kind = resolution::kind::unknown;
    return r;
}

message::mailbox local_directory::mailbox_of(const std::string& target) const {
    if (const auto parsed = message::parse_mailbox(target, {}, message::characters::utf8);
        parsed && !parsed->domain.empty())
        return *parsed;
    message::mailbox m;
    m.local_part = target;
    m.domain = first_domain_;
    return m;
}

void local_directory::expand(const std::string& target, std::vector<destination>& into) const {
    const auto address = mailbox_of(target);
    if (is_ours(address.domain)) return expand_name(address.local_part, into);
    destination away;
    away.address = address;
    const bool there =
        std::any_of(into.begin(), into.end(), [&](const auto& d) { return d.address == address; });
    if (!there) into.push_back(std::move(away));
}

// check() has made sure that this ends.
void local_directory::expand_name(std::string_view local_part, std::vector<destination>& into) const {
    const std::string name = message::lower_case(local_part);
    const auto parts = message::split_sub_address(name);
    for (const std::string_view key : {std::string_view(name), parts.user}) {
        const auto alias = aliases_.find(key);
        const auto list = lists_.find(key);
        const auto person = people_.find(key);
        if (alias != aliases_.end())
            for (const auto& target : alias->second)
                expand(target, into);
        else if (list != lists_.end())
            for (const auto& member : list->second.members)
                expand(member, into);
        else if (person != people_.end()) {
            const bool whole = key.size() == name.size();
            const auto d = destination_for(person->second, whole ? "" : parts.detail);
            const bool there =
                std::any_of(into.begin(), into.end(), [&](const auto& e) { return e.user == d.user; });
            if (!there) into.push_back(d);
        } else
            continue;
        return;
    }
}

// RFC 5321 §3.5.1: VRFY may be asked with a name; a part of a full name will do, if it is clear.
resolution local_directory::find(std::string_view name) const {
    resolution r = resolve_local(name, first_domain_);
    if (r.kind != resolution::kind::unknown) return r;
    const std::string wanted = message::lower_case(name);
    for (const auto& [local_part, p] : people_) {
        if (local_part != p.user) continue;
        const std::string padded = " " + message::lower_case(p.full_name) + " ";
        if (wanted.empty() || padded.find(" " + wanted + " ") == std::string::npos) continue;
        r.destinations.push_back(destination_for(p, ""));
    }
    if (r.destinations.empty()) return r;
    r.kind = r.destinations.size() == 1 ? resolution::kind::mailbox : resolution::kind::ambiguous;
    r.address = r.destinations.front().address;
    return r;
}

// His own addresses, and aliases that lead to him. Not lists: what a list sends has its own sender.
bool local_directory::may_send_as(std::string_view user, const message::mailbox& sender) const {
    const auto r = resolve(sender);
    if (r.kind != resolution::kind::mailbox && r.kind != resolution::kind::alias) return false;
    return std::any_of(r.destinations.begin(), r.destinations.end(),
                       [&](const auto& d) { return d.user == user; });
}

message::mailbox local_directory::address_of(std::string_view user) const {
    message::mailbox m;
    m.local_part = user;
    m.domain = first_domain_;
    return m;
}

std::string local_directory::login_name(std::string_view given) const {
    const auto at = given.rfind('@');
    if (at != std::string_view::npos && is_ours(given.substr(at + 1))) given = given.substr(0, at);
    return message::lower_case(given);
}

} // namespace refmail::daemon
