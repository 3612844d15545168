// Needs; see the header.
#include "harness/runner/needs.hpp"

#include "harness/script/mailbox_keeper.hpp"
#include "harness/suite/step_templates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mailspec::runner {

namespace {

// Does one EHLO reply meet `SIZE 1..999`? The parameter must be a number in the range.
bool in_range(const wire::capability_set& set, const suite::need& n) {
    const auto* found = set.find(n.name);
    if (!found) return false;
    std::uint64_t value = 0;
    const auto& text = found->parameters;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size()) return false;
    return value >= n.range->first && value <= n.range->second;
}

// What a server of IMAP4rev2 has without saying so (RFC 9051 Appendix E, items 2 and 3).
bool is_part_of_rev2(std::string_view capability) {
    static constexpr std::string_view parts[] = {
        "NAMESPACE", "UNSELECT",      "UIDPLUS",     "ESEARCH", "SEARCHRES", "ENABLE",     "IDLE",
        "SASL-IR",   "LIST-EXTENDED", "LIST-STATUS", "MOVE",    "LITERAL-",  "STATUS=SIZE"};
    return std::ranges::find(parts, capability) != std::end(parts);
}

bool offers(const target::service_capabilities& offered, const std::string& name,
            const std::string& parameter) {
    return offered.offers(name, parameter) || (is_part_of_rev2(name) && offered.offers("IMAP4REV2"));
}

bool met(const suite::need& n, const target::service_capabilities& offered) {
    for (const auto& other : n.alternatives)
        if (offers(offered, other, {})) return true;
    if (n.range)
        return in_range(offered.plain, n) || in_range(offered.secured, n) || in_range(offered.logged_in, n);
    return offers(offered, n.name, n.parameter);
}

// The one need in small letters that a probe finds out, and no profile has to state: a suite of ciphers works
// with one kind of key only, so what an RSA suite shows depends on it.
bool is_of_certificate(const suite::need& n) {
    return n.name == "rsa-certificate";
}

// Does a placeholder of the script stand for something in the server's domain? {domain} and {unknown} do;
// addresses of accounts are known by themselves.
bool uses_domain(const std::vector<suite::step>& steps) {
    return std::ranges::any_of(steps, [](const suite::step& s) {
        if (const auto* repeat = std::get_if<suite::repeat_block>(&s.body)) return uses_domain(repeat->steps);
        if (const auto* fragment = std::get_if<suite::fragment_block>(&s.body)) {
            const bool by_value = std::ranges::any_of(fragment->values, [](const auto& v) {
                return v.second.uses("domain") || v.second.uses("unknown");
            });
            return by_value || uses_domain(fragment->steps);
        }
        if (const auto* either = std::get_if<suite::either_block>(&s.body))
            return std::ranges::any_of(either->branches, uses_domain);
        bool used = false;
        suite::for_each_template(s.body, [&](const suite::text_template& text) {
            used = used || text.uses("domain") || text.uses("unknown");
        });
        return used;
    });
}

} // namespace

std::string lacking(const suite::test_case& c, const target::target_info& target) {
    const auto& services = c.services.empty() ? std::vector<std::string>{c.service} : c.services;
    for (const auto& service : services)
        if (!target.services.contains(service))
            return fmt::format(
                "the target has no {0} service (--{0} HOST:PORT, or `services:` of its profile)", service);
    if (target.domain.empty() && uses_domain(c.script))
        return "the domain whose mail the server takes is not known (--domain DOMAIN)";
    if (c.accounts > int(target.accounts.size()))
        return fmt::format("needs {} account{}, the target has {} (--user NAME:PASSWORD, or `accounts:`)",
                           c.accounts, c.accounts == 1 ? "" : "s", target.accounts.size());
    if (c.reads_mail && target.reads_mail_by().empty())
        return "delivered mail cannot be read (--maildir PATH, --imap or --pop3 HOST:PORT, or `mailboxes:` "
               "of "
               "the profile)";
    if (auto why = script::mailbox_keeper::lacking(c, target); !why.empty()) return why;
    if (c.restarts && !target.no_restart.empty())
        return fmt::format("stops the server and starts it again, which mailspec cannot do here: {}",
                           target.no_restart);
    if (!c.world.empty() && !target.no_sending.empty()) return target.no_sending;
    if (c.retries && !target.retries)
        return "the target cannot be made to try again (`retry` or `retries_within` under `sends` of its "
               "profile)";
    if (c.moves_clock && !target.moves_clock)
        return "the target's clock cannot be moved (`clock` under `sends` of its profile)";
    for (const auto& n : c.needs)
        if (!n.capability && !is_of_certificate(n) && target.features.contains(n.name) == n.negative)
            return fmt::format("the profile {} `{}` under features", n.negative ? "states" : "does not state",
                               n.name);
    return {};
}

std::string not_offered(const suite::test_case& c, const capabilities& offered) {
    for (const auto& n : c.needs) {
        if (!n.capability && !is_of_certificate(n)) continue;
        const auto& service = n.service.empty() ? c.service : n.service;
        const auto found = offered.find(service);
        if (is_of_certificate(n)) {
            if (found == offered.end() || (found->second.certificate_key == "RSA") != n.negative) continue;
            const auto& key = found->second.certificate_key;
            return fmt::format("the certificate of {} has {}", service,
                               key.empty() ? "not been seen: TLS was not reached"
                                           : fmt::format("a key of the kind {}", key));
        }
        if (found == offered.end() || met(n, found->second) != n.negative) continue;
        if (n.negative) return fmt::format("{} offers {}", service, n.name);
        return fmt::format("{} does not offer {}", service, n.word);
    }
    return {};
}

} // namespace mailspec::runner
