// Judges every response of one IMAP connection, whoever asked for it: its form, and whether it may come in
// this state. It follows what the client sent only as far as needed to know which commands are under way;
// once that is no longer certain it judges what needs no such knowledge. An ambient rule never raises a false
// alarm. RFC 9051 §3, §5.2, §7; RFC 7162 §3.
#pragma once
#include "harness/wire/ambient_rules.hpp"
#include "harness/wire/imap_commands.hpp"
#include "harness/wire/imap_mailbox_view.hpp"
#include "harness/wire/imap_response.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

class imap_notes;

class imap_judge {
  public:
    void sent(std::string_view octets);
    void tls_started(); // RFC 9051 §6.2.1: both sides forget what they knew

    // The deviations of the next response: those of its form and those of its place. Offsets into raw.
    std::vector<deviation> judge(const imap_response& response);
    std::vector<deviation> judge_malformed(std::string_view line);
    // The server agreed to STARTTLS: until the handshake it may send TLS records (an alert) too.
    bool tls_due() const { return tls_due_; }
    const rule_set& rules_judged() const { return judged_; }

  private:
    void judge_octets(imap_notes& notes) const;
    void judge_texts(imap_notes& notes, const std::vector<imap_value>& values) const;
    void judge_names(imap_notes& notes) const;
    void judge_greeting(imap_notes& notes);
    void judge_tag(imap_notes& notes);
    void judge_capabilities(imap_notes& notes, const std::vector<std::string>& listed);
    void judge_state(imap_notes& notes);
    void judge_data(imap_notes& notes);
    void judge_fetch(imap_notes& notes);
    void judge_removal(imap_notes& notes);
    void judge_asked_for(imap_notes& notes);
    void follow(const imap_response& response);
    void completed(const imap_command& command, const imap_response& response);

    bool listed(std::string_view capability) const;
    bool enabled(std::string_view capability) const;
    bool utf8_allowed() const;
    bool in_rev2() const;
    imap_mailbox_view* view(); // of the mailbox that data is about; null: none, or nobody knows
    void look_for_opening();

    imap_commands commands_;
    bool greeted_ = false, logged_in_ = false, selected_ = false, under_tls_ = false, tls_due_ = false;
    bool condstore_ = false; // MODSEQ is due with each flag change
    imap_mailbox_view current_;
    std::optional<imap_mailbox_view> opening_;        // while SELECT or EXAMINE is under way
    std::vector<std::string> capabilities_, enabled_; // in capitals
    rule_set judged_;
};

} // namespace mailspec::wire
