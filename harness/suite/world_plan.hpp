// What a case wants around the server under test: a zone of the DNS and remote hosts, as written in the
// keys `dns` and `hosts` of a case, checked for form but not yet filled in (addresses and the token differ
// from run to run). Plain data; docs/suite-language.md, "The world around the server", is the manual.
#pragma once
#include "harness/suite/source_pos.hpp"
#include "harness/suite/text_template.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::suite {

struct step;

struct zone_line {
    text_template text; // a record, or a $DIRECTIVE
    source_pos at;
};
struct zone_plan {
    std::vector<zone_line> lines;
    std::string source; // as written, for `show`
    // Some of its names are below mailspec.test and the same in every run (`away.mailspec.test.`): another
    // case may have them, too, at the same time.
    bool has_fixed_names = false;
};

// A reply of a host: its octets with CRLF, or silence; then, perhaps, the end of the connection.
struct host_answer {
    enum class end { stays, closes, resets };
    std::optional<text_template> octets; // nullopt: says nothing
    end then = end::stays;
};

// By what a reply is chosen: the n-th command of a connection gets the n-th, all further ones the last.
using host_answers = std::vector<host_answer>;

struct host_certificate {
    enum class kind { none, valid, wrong_name, expired, self_signed, untrusted, broken };
    kind what = kind::none;
    std::vector<text_template> names; // instead of NAME.{zone}
};

// How a host behaves on one connection. What is not written comes from the stock.
struct host_behaviour {
    enum class protocol { smtp, lmtp, https };
    std::string stock = "accepts"; // a word of the manual's table; `defers 2 times` is two `defers` and more
    protocol speaks = protocol::smtp;
    std::optional<std::vector<text_template>> offers;
    std::map<std::string, host_answers> answers; // "greeting", "RCPT", "message" ...
    std::vector<std::pair<text_template, host_answers>> recipient_answers; // RCPT <ADDRESS>
    host_certificate tls;
    std::string tls_version; // "1.2": at most
    std::string auth;        // "user:password"; empty: none
    std::chrono::milliseconds delay{0};
    std::vector<step> script; // empty: none
    // https
    std::optional<text_template> policy, location;
    std::string content_type = "text/plain";
    int status = 200;

    bool listens() const { return stock != "off"; }
};

struct host_plan {
    std::string name;
    std::vector<host_behaviour> connections; // the n-th for the n-th connection; never empty
    source_pos at;
};

struct world_plan {
    std::optional<zone_plan> dns; // nullopt with hosts: the zone that leads to the first of them
    std::vector<host_plan> hosts; // as written
    std::string hosts_source;     // for `show`
    bool empty() const { return !dns && hosts.empty(); }
    bool has_fixed_names() const { return dns && dns->has_fixed_names; }
};

} // namespace mailspec::suite
