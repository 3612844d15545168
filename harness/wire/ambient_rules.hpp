// The ambient rules: what every octet of a server is held against, whether or not a script names it. The
// table is what `list`, `coverage` and the reports know of them; ambient_judge.hpp applies those of replies,
// dsn_rules.hpp those of delivery status notifications (dsn-...). A rule's name is stable: results are
// reported as <protocol>/ambient/<short name>. RFC 5321 §4.2, RFC 2034 §4, RFC 3464 §2.
#pragma once
#include <bitset>
#include <span>
#include <string_view>

namespace mailspec::wire {

struct ambient_rule {
    std::string_view name;                          // "reply-bare-lf"
    std::string_view title;                         // what a conforming server does, in one line
    std::string_view section;                       // "RFC 5321 §2.3.8"
    std::string_view level;                         // MUST, SHOULD
    std::span<const std::string_view> requirements; // ids of the ledger; none: no row has it

    std::string_view protocol() const;   // "smtp", "imap", "pop3", by what the name begins with
    std::string_view short_name() const; // without the protocol
};

std::span<const ambient_rule> ambient_rules(); // in the order of reports
const ambient_rule* find_ambient_rule(std::string_view name);

// Which rules something was held against: bit i is ambient_rules()[i].
using rule_set = std::bitset<160>;
std::size_t index_of_rule(std::string_view name); // a name of the table; throws std::out_of_range otherwise

} // namespace mailspec::wire
