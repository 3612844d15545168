// What the DNS has said and still holds: RFC 1034 §4.3.4 and RFC 2308 for what is not there. Bounded in size;
// what was not used for longest goes first. Failures are never kept: who asks again shall ask the server.
// Time is the daemon's, handed in: it can be moved. Lives on one executor.
#pragma once
#include "reference/dns/message.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace refmail::dns {

using seconds_now = std::function<std::int64_t()>; // since 1970, UTC

struct cache_limits {
    std::size_t octets = 4 << 20; // about 10,000 answers of the usual size
    // RFC 1035 lets a record live for 68 years, a mistake of an hour should not. RFC 2308 §5: one to three
    // hours for what is not there.
    std::uint32_t longest = 86400, longest_negative = 3 * 3600;
};

class cache {
  public:
    explicit cache(seconds_now now, cache_limits limits = {});

    // With the time that is left as its TTL.
    std::optional<response> find(const std::string& name, record_type type);
    void store(const std::string& name, record_type type, const response& what);
    std::size_t octets() const { return octets_; }
    void clear();

  private:
    using key = std::pair<std::string, record_type>;
    struct kept {
        cache::key key;
        response what;
        std::int64_t stored = 0, until = 0;
        std::size_t octets = 0;
    };
    void drop(std::list<kept>::iterator one);

    seconds_now now_;
    cache_limits limits_;
    std::list<kept> by_use_; // the latest first
    std::map<key, std::list<kept>::iterator> by_name_;
    std::size_t octets_ = 0;
};

} // namespace refmail::dns
