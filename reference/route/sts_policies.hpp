// The MTA-STS policies of other domains: discovered by DNS, fetched over HTTPS (by whoever is handed in),
// kept in memory and on disk for as long as they say, so that an attacker must have been there from the first
// mail on. RFC 8461 §3.3, §5.1, §10.2. A look-up that fails never stops mail: what is kept holds, or there is
// no policy. Lives on one executor; the small files are written at once, for they are not worth a thread.
#pragma once
#include "reference/dns/asked_once.hpp"
#include "reference/dns/cache.hpp"
#include "reference/route/sts_policy.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace refmail::route {

// GET https://mta-sts.DOMAIN/.well-known/mta-sts.txt: the body, or why there is none. Bounded in time and
// size.
class policy_fetcher {
  public:
    virtual ~policy_fetcher() = default;
    virtual net::task<std::expected<std::string, std::string>> fetch(std::string domain) = 0;
};

struct policies_settings {
    std::string folder; // "": in memory only
    std::size_t most = 10000;
    // For the log: a policy was fetched ("" for why), or could not be.
    std::function<void(const std::string& domain, const std::string& why)> told;
};

class sts_policies final : public policy_source {
  public:
    // Reads the folder; what is broken or expired there is removed.
    sts_policies(const boost::asio::any_io_executor& on, dns::resolver& dns, policy_fetcher& fetcher,
                 dns::seconds_now now, policies_settings how);

    net::task<std::optional<sts_policy>> policy_of(std::string domain) override;

    // RFC 8461 §3.3: what was used lately is fetched anew before it expires, about once a day. To be called
    // every hour or so.
    net::task<void> refresh();

  private:
    struct kept {
        sts_policy policy;
        std::string id;
        std::int64_t fetched = 0, used = 0;
    };
    struct failure {
        std::string id;
        std::int64_t at = 0;
    };
    kept* in_force(const std::string& domain);
    net::task<bool> fetch(std::string domain, std::string id);
    net::task<bool> fetch_now(std::string domain, std::string id);
    void keep(const std::string& domain, kept one, const std::string& text);
    void forget(const std::string& domain);
    void read_folder();
    std::string path_of(const std::string& domain) const; // "": not to be written

    dns::resolver& dns_;
    policy_fetcher& fetcher_;
    dns::seconds_now now_;
    policies_settings how_;
    std::map<std::string, kept> kept_;
    std::map<std::string, failure> failures_;
    dns::asked_once<std::string, bool> under_way_;
};

} // namespace refmail::route
