// The clauses of a Received field. RFC 5321 §4.4: from, by, then via, with, id, for, those registered since
// (tls, RFC 8314 §4.3), and a date behind the last semicolon. It reads what real servers write, in any
// order, and leaves judging to the case.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct received_clause {
    std::string name;  // lower case: "from", "by", "via", "with", "id", "for", "tls"
    std::string value; // without comments: "client.example.com", "<a@b.example>"
    std::string text;  // with them: "client.example.com (unknown [127.0.0.1])"
};

struct received_field {
    std::vector<received_clause> clauses; // in order
    std::string date;                     // behind the last semicolon, trimmed; empty when there is none

    const received_clause* find(std::string_view name) const;
};

received_field parse_received(std::string_view unfolded_value);

} // namespace mailspec::wire
