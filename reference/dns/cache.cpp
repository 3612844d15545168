// What the DNS has said; see the header.
#include "reference/dns/cache.hpp"

#include <algorithm>

namespace refmail::dns {
namespace {

std::size_t size_of(const response& what) {
    std::size_t octets = 256 + 2 * what.answer.name.size() + what.next.size() + what.answer.why.size();
    for (const auto& one : what.answer.records) {
        octets += sizeof one;
        if (const auto* text = std::get_if<std::string>(&one)) octets += text->size();
        if (const auto* mx = std::get_if<mx_data>(&one)) octets += mx->host.size();
        if (const auto* tlsa = std::get_if<tlsa_data>(&one)) octets += tlsa->association.size();
    }
    return octets;
}

} // namespace

cache::cache(seconds_now now, cache_limits limits)
    : now_(std::move(now))
    , limits_(limits) {}

std::optional<response> cache::find(const std::string& name, record_type type) {
    const auto at = by_name_.find({name, type});
    if (at == by_name_.end()) return std::nullopt;
    const auto now = now_();
    // A clock that was set back makes nothing live longer.
    if (now >= at->second->until || now < at->second->stored) {
        drop(at->second);
        return std::nullopt;
    }
    by_use_.splice(by_use_.begin(), by_use_, at->second);
    response what = at->second->what;
    what.answer.ttl = static_cast<std::uint32_t>(at->second->until - now);
    return what;
}

void cache::store(const std::string& name, record_type type, const response& what) {
    // An alias whose target is to be asked for has no outcome yet, and still holds.
    const bool is_alias = !what.next.empty();
    if (!is_alias && what.answer.what == answer::kind::unavailable) return;
    const bool found = what.answer.what == answer::kind::found || is_alias;
    const auto ttl = std::min(what.answer.ttl, found ? limits_.longest : limits_.longest_negative);
    const auto octets = size_of(what) + name.size();
    if (const auto old = by_name_.find({name, type}); old != by_name_.end()) drop(old->second);
    // RFC 1035 §3.2.1: a TTL of zero is for this question only.
    if (ttl == 0 || octets > limits_.octets / 4) return;
    const auto now = now_();
    by_use_.push_front({{name, type}, what, now, now + ttl, octets});
    by_name_[{name, type}] = by_use_.begin();
    octets_ += octets;
    while (octets_ > limits_.octets)
        drop(std::prev(by_use_.end()));
}

void cache::drop(std::list<kept>::iterator one) {
    octets_ -= one->octets;
    by_name_.erase(one->key);
    by_use_.erase(one);
}

void cache::clear() {
    by_use_.clear();
    by_name_.clear();
    octets_ = 0;
}

} // namespace refmail::dns
