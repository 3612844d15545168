// `$FAULT NAME TYPE WHAT [FIRST N | AFTER N]` of a zone: what is answered instead (docs/suite-world.md,
// "Its DNS"). Plain data and its grammar; dns_answering carries it out.
#pragma once
#include "harness/world/dns_name.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

namespace mailspec::world {

struct dns_fault {
    enum class kind {
        servfail,
        refused,
        nxdomain,
        formerr,
        notimp,
        nodata,
        timeout,
        delay,
        truncate,
        truncate_broken,
        wrong_id,
        wrong_name,
        garbage,
        lame,
        bogus,
        as
    };
    kind what = kind::servfail;
    dns_name name; // a wildcard: all names below its parent
    std::uint16_t type = 0;
    bool any_type = false;
    std::chrono::milliseconds delay{0};
    dns_name other;           // as: whose records are given instead
    std::optional<int> first; // for so many questions only
    int after = 0;            // not for the first so many

    bool concerns(const dns_name& asked, std::uint16_t asked_type) const;
};

// The words behind `$FAULT`; on error: a sentence.
std::expected<dns_fault, std::string> read_fault(std::span<const std::string> words, const dns_name& origin);

} // namespace mailspec::world
