// Holds the data of an IMAP response against its grammar: FETCH items, envelopes, body structures, LIST,
// STATUS, search results, response codes. Looks at one response alone; what fits the state of the session is
// imap_judge's. Data with names that it does not know it leaves alone. RFC 9051 §7, §9 and the extensions'
// grammars.
#pragma once
#include "harness/wire/ambient_rules.hpp"
#include "harness/wire/imap_response.hpp"

namespace mailspec::wire {

// Where deviations of one response go, and which rules it was held against.
class imap_notes {
  public:
    imap_notes(const imap_response& response, std::vector<deviation>& found, rule_set& judged)
        : response_(response)
        , found_(found)
        , judged_(judged) {}

    const imap_response& response() const { return response_; }
    void held_against(std::string_view rule) { judged_.set(index_of_rule(rule)); }
    // Each rule once a response: ten items that are wrong in one way are one deviation.
    void note(std::string_view rule, std::size_t offset, std::string text);
    std::string show(const imap_value& value) const; // its octets

  private:
    const imap_response& response_;
    std::vector<deviation>& found_;
    rule_set& judged_;
};

void judge_imap_grammar(imap_notes& notes);

// Parts of it, in files of their own.
void judge_fetch_items(imap_notes& notes, const std::vector<imap_value>& items);
void judge_envelope(imap_notes& notes, const imap_value& envelope);
void judge_body(imap_notes& notes, const imap_value& body, bool extensible);
void judge_flags(imap_notes& notes, const imap_value& list, bool permanent);
void judge_code(imap_notes& notes);

// RFC 9051 §9: number, nz-number (32 bits), number64, mod-sequence-value.
bool is_number(const imap_value& value);
bool is_nz_number(const imap_value& value);
bool is_number64(const imap_value& value);
bool is_astring(const imap_value& value);
bool is_nstring(const imap_value& value);

} // namespace mailspec::wire
