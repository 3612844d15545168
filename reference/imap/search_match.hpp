// Does a message match a search program? Looks at what the view knows and at what is remembered of a header
// before it opens the message, and at its header before its body. RFC 9051 §6.4.4; RFC 3501; RFC 5032; RFC
// 7162 §3.1.5. Opens nothing that no key needs; counts what it does, so that long searches can be cut into
// slices.
#pragma once
#include "reference/imap/open_message.hpp"
#include "reference/imap/search_program.hpp"
#include "reference/imap/searched_fields.hpp"
#include "reference/imap/selected_folder.hpp"

namespace refmail::imap {

class search_match {
  public:
    // `program` is kept by the caller. Resolves sets and keywords as they are now.
    search_match(const search_program& program, selected_folder& in, const modes& how);
    ~search_match();

    // RFC 9051 §9: a message number that is not there, the words for BAD.
    const std::optional<std::string>& mistake() const { return mistake_; }

    bool matches(place at);

    // What matches() has done so far, in units of some ten nanoseconds.
    std::uint64_t work() const { return work_; }
    // A message could not be read, other than because it was expunged.
    const std::optional<mailbox::trouble>& trouble() const { return trouble_; }

  private:
    struct bound_key; // a key with its sets resolved
    bound_key bind(const search_key& key);
    void bind_set(bound_key& to);
    bool test(const bound_key& key, place at);
    bool test_plain(const bound_key& key, place at);
    bool test_message(const bound_key& key, place at);
    std::optional<bool> test_fields(const bound_key& key);

    selected_folder& in_;
    const modes& how_;
    std::unique_ptr<bound_key> root_;
    std::optional<std::string> mistake_;
    std::optional<open_message> message_; // the one that is looked at
    std::optional<searched_fields> fields_;
    std::uint64_t work_ = 0;
    std::optional<mailbox::trouble> trouble_;
};

} // namespace refmail::imap
