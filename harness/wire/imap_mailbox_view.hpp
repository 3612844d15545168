// What a client knows of the selected mailbox from what the server has told: how many messages, which UID and
// MODSEQ they have, where it was told. RFC 9051 §2.3.1, §7.5.1; RFC 7162 §3.1, §3.2.10. Judges nothing.
#pragma once
#include "harness/wire/imap_names.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace mailspec::wire {

class imap_mailbox_view {
  public:
    const std::optional<std::uint64_t>& exists() const { return exists_; }
    void exists(std::uint64_t count) { exists_ = count; }
    void expunge(std::uint64_t number);
    void vanished(const number_set& uids); // not EARLIER

    // What contradicts what is known of the UIDs, in a sentence; empty: nothing. Then it is known too.
    std::string learn_uid(std::uint64_t number, std::uint64_t uid);
    bool uid_contradicted() const {
        return changed_;
    } // the last one: of the same message, not of its neighbours
    // The MODSEQ that was known, where it was larger.
    std::optional<std::uint64_t> learn_modseq(std::uint64_t number, std::uint64_t modseq);

    bool has_modseq() const { return !no_modseq_; }
    void no_modseq() { no_modseq_ = true; }

  private:
    template <typename Value>
    static void remove(std::map<std::uint64_t, Value>& known, std::uint64_t number);

    std::optional<std::uint64_t> exists_;
    std::map<std::uint64_t, std::uint64_t> uids_, modseqs_; // by sequence number
    bool no_modseq_ = false;
    bool changed_ = false;
};

} // namespace mailspec::wire
