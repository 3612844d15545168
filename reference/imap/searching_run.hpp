// What SEARCH, SORT and THREAD have in common: they look for messages, slice by slice. RFC 9051 §6.4.4;
// RFC 7162 §3.1.5 (MODSEQ enables CONDSTORE), §3.2.10.2 (when expunges may be told). What is then done with
// the messages is theirs.
#pragma once
#include "reference/imap/message_run.hpp"
#include "reference/imap/search_match.hpp"
#include "reference/imap/search_result.hpp"

namespace refmail::imap {

class searching_run : public message_run {
  protected:
    searching_run(selected_folder& in, modes& how, bool by_uid, search_program program);

    // The search is over; what to do with it. Called until it is true, `places` the first time only.
    virtual bool found(response_writer& out, std::vector<place> places) = 0;
    virtual void refused() {}

    bool with_mod_sequence() const { return with_mod_sequence_; }

  private:
    bool work(response_writer& out) final;

    const search_program program_;
    const bool with_mod_sequence_;
    std::optional<search_match> match_;
    place next_ = 0;
    std::vector<place> places_;
    bool searched_ = false;
};

} // namespace refmail::imap
