// A resolver that answers from a table, and remembers what it was asked: "example.test MX" ...
#pragma once
#include "net/run.hpp"
#include "reference/dns/message.hpp"
#include "reference/route/route.hpp"
#include "reference/route/sts_policy.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <map>
#include <string>
#include <vector>

namespace tables {

using namespace refmail;
using dns::answer;
using dns::record_type;
using route::found_route;
using route::routing;
using route::tls_level;

// Everything that is said of a name and type, and how.
class table final : public dns::resolver {
  public:
    bool secure = false; // everything, unless a line says otherwise
    std::vector<std::string> asked;

    table& mx(const std::string& name, int preference, const std::string& host) {
        return add(name, record_type::mx, dns::mx_data{static_cast<std::uint16_t>(preference), host});
    }
    table& a(const std::string& name, const std::string& address) {
        return add(name, address.find(':') == std::string::npos ? record_type::a : record_type::aaaa,
                   address);
    }
    table& txt(const std::string& name, const std::string& text) { return add(name, record_type::txt, text); }
    table& tlsa(const std::string& name, int usage, int selector, int matching, const std::string& data) {
        const auto octet = [](int n) { return static_cast<std::uint8_t>(n); };
        return add(name, record_type::tlsa,
                   dns::tlsa_data{octet(usage), octet(selector), octet(matching), data});
    }
    table& cname(const std::string& name, const std::string& target) {
        aliases[name] = target;
        return *this;
    }
    // That name, and what leads there, is not secure although the rest is.
    table& insecure(const std::string& name) {
        insecure_names.push_back(name);
        return *this;
    }
    table& fails(const std::string& name, record_type type) {
        failing.push_back(name + " " + dns::type_name(type));
        return *this;
    }
    table& exists(const std::string& name) {
        names.push_back(name);
        return *this;
    }
    void forget() { records.clear(); }

    net::task<answer> ask(std::string name, record_type type) override {
        asked.push_back(name + " " + dns::type_name(type));
        answer made;
        made.secure = secure;
        made.name = name;
        for (int i = 0; aliases.contains(made.name); ++i) {
            take_security(made);
            if (type == record_type::cname) {
                made.what = answer::kind::found;
                made.records = {aliases[name]};
                co_return made;
            }
            made.name = aliases[made.name];
            if (i < 10) continue;
            made.what = answer::kind::no_data;
            made.why = "CNAME loop at " + name;
            co_return made;
        }
        take_security(made);
        for (const auto& one : failing)
            if (one == made.name + " " + dns::type_name(type)) {
                made.what = answer::kind::unavailable;
                made.secure = false;
                made.why = "the name server says SERVFAIL";
                co_return made;
            }
        const auto found = records.find({made.name, type});
        if (found != records.end()) {
            made.what = answer::kind::found;
            made.records = found->second;
            co_return made;
        }
        made.what = knows(made.name) ? answer::kind::no_data : answer::kind::no_name;
        made.why = knows(made.name) ? made.name + " has no " + dns::type_name(type) + " record"
                                    : "there is no domain " + made.name;
        co_return made;
    }

  private:
    std::map<std::pair<std::string, record_type>, std::vector<dns::record_data>> records;
    std::map<std::string, std::string> aliases;
    std::vector<std::string> insecure_names, failing, names;

    table& add(const std::string& name, record_type type, dns::record_data data) {
        records[{name, type}].push_back(std::move(data));
        return *this;
    }
    bool knows(const std::string& name) const {
        for (const auto& one : names)
            if (one == name) return true;
        for (const auto& [key, data] : records)
            if (key.first == name || key.first.ends_with("." + name)) return true;
        return false;
    }
    void take_security(answer& made) const {
        for (const auto& one : insecure_names)
            if (one == made.name) made.secure = false;
    }
};

class policies final : public route::policy_source {
  public:
    std::map<std::string, route::sts_policy> all;
    std::vector<std::string> asked;
    net::task<std::optional<route::sts_policy>> policy_of(std::string domain) override {
        asked.push_back(domain);
        const auto found = all.find(domain);
        std::optional<route::sts_policy> policy;
        if (found != all.end()) policy = found->second;
        co_return policy;
    }
};

inline found_route find(table& dns, const routing& how, const std::string& domain,
                        route::tls_wish wish = route::tls_wish::usual) {
    found_route found;
    net::run([&]() -> net::task<void> { found = co_await route::find_route(domain, dns, how, wish); });
    return found;
}

// No randomness: the first of the rest, so that equals come in the reverse of the order of their records.
inline routing plain() {
    routing how;
    how.own_names = {"mail.example.test"};
    how.own_addresses = {"127.0.0.1"};
    how.random_below = [](std::size_t n) { return n - 1; };
    return how;
}

inline const char* name_of(tls_level level) {
    switch (level) {
    case tls_level::none: return "none";
    case tls_level::opportunistic: return "opportunistic";
    case tls_level::required: return "required";
    case tls_level::verified: return "verified";
    case tls_level::dane: return "dane";
    }
    return "?";
}

// "10 mx.a.test 127.1.1.1,::1 | 20 ..." or "failed 5.1.2: why"
inline std::string told(const found_route& found) {
    if (found.what != found_route::kind::hops)
        return fmt::format("{} {}: {}", found.what == found_route::kind::failed ? "failed" : "deferred",
                           found.status, found.why);
    std::string text;
    for (const auto& hop : found.hops)
        text += fmt::format("{}{} {} {}", text.empty() ? "" : " | ", hop.preference, hop.host,
                            fmt::join(hop.addresses, ","));
    return text;
}

} // namespace tables
