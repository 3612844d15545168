// The resolver of the daemon: asks name servers that recurse for it (a stub, RFC 1034 §5.3.1), over UDP and,
// what does not fit, over TCP (RFC 7766). Each question has a random id and a socket of its own, hence a
// random port; what does not come from the server or does not belong to the question is not believed (RFC
// 5452). A question that is under way is asked once for all who wait. Lives on one executor and never blocks
// it.
#pragma once
#include "net/endpoint.hpp"
#include "reference/dns/asked_once.hpp"
#include "reference/dns/cache.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace refmail::dns {

struct stub_settings {
    std::vector<net::endpoint> servers; // addresses; asked in turn, the first one first
    // Ask for DNSSEC's judgement and believe it: only of servers that are trusted, on a path that is
    // (RFC 7672 §2.1.1, RFC 4035 §4.9.3).
    bool dnssec = false;
    // How long each server gets, round by round. A resolver that has to ask far away itself needs seconds.
    std::vector<std::chrono::milliseconds> rounds{
        std::chrono::milliseconds(1000), std::chrono::milliseconds(2000), std::chrono::milliseconds(3000)};
    std::chrono::milliseconds longest{15000}; // one question, however many servers
};

class stub_resolver final : public resolver {
  public:
    stub_resolver(const boost::asio::any_io_executor& on, stub_settings how, seconds_now now);

    net::task<answer> ask(std::string name, record_type type) override;
    cache& kept() { return cache_; }

  private:
    using key = std::pair<std::string, record_type>;
    net::task<response> ask_once(std::string name, record_type type);
    net::task<response> ask_servers(std::string name, record_type type);

    boost::asio::any_io_executor executor_;
    stub_settings how_;
    cache cache_;
    asked_once<key, response> under_way_;
};

} // namespace refmail::dns
