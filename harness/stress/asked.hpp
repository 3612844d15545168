// A command of a stress run as far as its answer depends on it, and that answer. Plain values; the player
// makes them, the model of the session judges by them.
#pragma once
#include "harness/stress/choice.hpp"
#include "harness/stress/mailbox_truth.hpp"
#include "harness/wire/imap_response.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mailspec::stress {

// What a SEARCH, SORT or THREAD looks for, where the model knows which messages that is.
struct searched {
    enum class by { all, own_keyword, uids, token, modseq, unknown } key = by::unknown;
    std::string token;        // by::token: that of the subject
    std::uint64_t modseq = 0; // by::modseq: as large or larger
    bool returns = false;     // RETURN (...): with these
    bool min = false, max = false, count = false, list = false, save = false;
    bool by_size = false; // SORT (SIZE)
};

struct asked {
    kind what = kind::noop;
    bool by_uid = false;
    // The messages it names, one by one: sequence numbers or UIDs.
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> items; // FETCH: what each of them is to have, "FLAGS", "BODY[]"
    // STORE
    bool own_keyword = false, adds = false; // of the keyword that this session alone sets
    bool replaces = false, silent = false;
    flag_set flags;
    std::optional<std::uint64_t> unchanged_since;
    std::map<std::uint64_t, std::uint64_t> known_modseq; // by UID: told to any session before it was sent
    // FETCH
    std::optional<std::uint64_t> changed_since;
    bool vanished = false;                  // UID FETCH ... (CHANGEDSINCE n VANISHED)
    std::set<std::uint64_t> gone_before;    // UIDs that were told to be gone when it was sent
    bool marks_seen = false;                // BODY[] without PEEK
    searched search;                        // SEARCH, SORT, THREAD
    std::vector<std::uint64_t> search_uids; // searched::by::uids
    mailbox_truth* opens = nullptr;         // SELECT, EXAMINE; the next four too
    bool read_only = false, resyncs = false;
    std::uint64_t highest_uid = 0, uid_next = 0; // acknowledged or told before the command was sent
    std::uint64_t highest_modseq = 0;            // 0: nothing is known that has to hold
};

struct answered {
    std::string condition; // OK NO BAD
    const std::vector<wire::imap_response>* untagged = nullptr;
    const wire::imap_response* tagged = nullptr;
};

} // namespace mailspec::stress
