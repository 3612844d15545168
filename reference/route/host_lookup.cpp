// The addresses of a host; see the header.
#include "reference/route/host_lookup.hpp"

#include "net/endpoint.hpp"

#include <algorithm>

namespace refmail::route {
namespace {

// "This host" (RFC 1122 §3.2.1.3): a connection there reaches ourselves, whoever sent us there.
bool is_nowhere(const std::string& address) {
    return address.starts_with("0.") || address == "::" || address == "255.255.255.255" ||
           address.starts_with("::ffff:0.");
}

void add_addresses(const dns::answer& from, host_facts& into) {
    for (const auto& record : from.records) {
        const auto* address = std::get_if<std::string>(&record);
        if (!address || is_nowhere(*address)) continue;
        if (std::ranges::find(into.addresses, *address) == into.addresses.end())
            into.addresses.push_back(*address);
    }
}

} // namespace

net::task<host_facts> look_up_host(std::string host, dns::resolver& dns) {
    host_facts facts;
    facts.name = host;
    if (net::is_address_literal(host)) {
        facts.what = host_facts::kind::found;
        facts.addresses = {host};
        co_return facts;
    }
    const auto four = co_await dns.ask(host, dns::record_type::a);
    // RFC 8020: where there is no name, there is nothing of any type.
    auto six = four;
    if (four.what != dns::answer::kind::no_name) six = co_await dns.ask(host, dns::record_type::aaaa);
    add_addresses(four, facts);
    add_addresses(six, facts);
    if (!facts.addresses.empty()) {
        facts.what = host_facts::kind::found;
        facts.name = four.what == dns::answer::kind::found ? four.name : six.name;
        const auto is_secure = [](const dns::answer& one) {
            return one.what != dns::answer::kind::found || one.secure;
        };
        facts.secure = is_secure(four) && is_secure(six);
        co_return facts;
    }
    // RFC 5321 §5.1, RFC 7672 §2.1.2: what could not be told is not the same as what is not there.
    const bool four_untold = four.what == dns::answer::kind::unavailable;
    if (four_untold || six.what == dns::answer::kind::unavailable) {
        facts.what = host_facts::kind::unavailable;
        facts.why = four_untold ? four.why : six.why;
        co_return facts;
    }
    const bool found = four.what == dns::answer::kind::found || six.what == dns::answer::kind::found;
    if (found)
        facts.why = host + " has no address that leads anywhere";
    else if (four.what == dns::answer::kind::no_name || four.why.starts_with("CNAME loop"))
        facts.why = four.why;
    else
        facts.why = host + " has no address";
    co_return facts;
}

} // namespace refmail::route
