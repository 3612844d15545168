// The resolver of the daemon; see the header.
#include "reference/dns/stub.hpp"

#include "reference/dns/exchange.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace refmail::dns {

stub_resolver::stub_resolver(const boost::asio::any_io_executor& on, stub_settings how, seconds_now now)
    : executor_(on)
    , how_(std::move(how))
    , cache_(std::move(now))
    , under_way_(on) {}

net::task<answer> stub_resolver::ask(std::string name, record_type type) {
    std::string at = in_small_letters(name);
    if (at.ends_with('.')) at.pop_back();
    answer made;
    made.name = at;
    if (!is_domain_name(at)) {
        made.what = answer::kind::no_name;
        made.why = fmt::format("'{}' is no domain name", name);
        co_return made;
    }
    int aliases = 0;
    bool secure = true;
    std::uint32_t ttl = 0xffffffff;
    for (;;) {
        const auto got = co_await ask_once(at, type);
        // RFC 7672 §2.1.3: one insecure alias makes all that follows insecure.
        secure = secure && got.answer.secure;
        ttl = std::min(ttl, got.answer.ttl);
        aliases += got.aliases;
        made = got.answer;
        made.secure = secure;
        made.ttl = ttl;
        if (got.next.empty()) co_return made;
        if (aliases >= most_aliases || !is_domain_name(got.next)) break;
        at = got.next;
    }
    made.what = answer::kind::no_data;
    made.why = fmt::format("CNAME loop at {}", in_small_letters(name));
    made.records.clear();
    co_return made;
}

net::task<response> stub_resolver::ask_once(std::string name, record_type type) {
    if (auto kept = cache_.find(name, type)) co_return std::move(*kept);
    const key what{name, type};
    std::function<net::task<response>()> ask = [this, name, type] { return ask_servers(name, type); };
    auto got = co_await under_way_.run(what, std::move(ask));
    co_return got;
}

net::task<response> stub_resolver::ask_servers(std::string name, record_type type) {
    exchange asks(executor_, how_, name, type);
    auto got = co_await asks.run();
    cache_.store(name, type, got);
    co_return got;
}

} // namespace refmail::dns
