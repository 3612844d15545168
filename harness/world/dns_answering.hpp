// Question octets in, answer octets out: what the DNS of a run says, zones and faults considered. Behaves as
// the resolver that a mail server asks: it follows aliases, and says AD where a zone counts as secure.
// Sans-I/O: delays and closings are told, not done. RFC 1034 §4.3, RFC 1035 §4, RFC 2308, RFC 4592, RFC 6891.
#pragma once
#include "harness/world/dns_zone.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::world {

struct dns_question {
    std::string name; // lower case, no last dot; the root is "."
    std::string type; // "MX"
    bool over_tcp = false, dnssec = false, edns = false;
    std::string answered; // "NOERROR", "SERVFAIL", "nothing" ...
    std::string records;  // the first few of the answer, for people
    std::chrono::steady_clock::time_point at;
};

struct dns_reply {
    std::vector<std::string> messages; // in order; empty: silence
    std::chrono::milliseconds delay{0};
    bool closes = false;               // over TCP: the connection ends instead
    std::optional<dns_question> asked; // without `at`; nullopt: no question could be read
    int zone = 0;                      // whose question it was, see add(); 0: nobody's
};

class dns_answering {
  public:
    dns_answering();
    ~dns_answering();

    int add(std::shared_ptr<const dns_zone> zone); // a number above 0
    void remove(int zone);

    dns_reply answer(std::string_view octets, bool over_tcp);

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace mailspec::world
