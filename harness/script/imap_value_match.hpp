// Elements of an IMAP pattern against values of a response: one against one, in order, as a set, or by name.
// Says what does not fit where it does not, innermost first. Which of these a response wants is imap_match's.
// docs/suite-mailboxes.md, "Expecting".
#pragma once
#include "harness/script/imap_match.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mailspec::script {

// How a string of a response is compared, by its place in the grammar.
enum class imap_role {
    exact,   // octet by octet
    keyword, // whatever its case: media types, encodings
    mailbox, // decoded, atom or string
    astring, // octet by octet, atom or string
};

class imap_value_matcher {
  public:
    using patterns = std::span<const suite::imap_pattern>;
    using values = std::span<const wire::imap_value>;
    using roles = std::function<imap_role(std::size_t index)>;
    // Matches the value that belongs to a name.
    using by_name =
        std::function<bool(const std::string& name, const suite::imap_pattern&, const wire::imap_value&)>;

    imap_value_matcher(const wire::imap_response& response, const imap_match_context& context)
        : response_(response)
        , context_(context) {}

    bool value(const suite::imap_pattern& pattern, const wire::imap_value& value,
               imap_role role = imap_role::exact);
    bool in_order(patterns wanted, values found, const roles& role = {});
    // Each element another value; none may be left over unless `...` is among them. `flags`: \Recent may.
    bool as_set(patterns wanted, values found, imap_role role = imap_role::exact, bool flags = false);
    // As numbers: 1:3 is 1 2 3.
    bool as_numbers(patterns wanted, values found);
    // NAME value pairs; further ones may be there. `stride`: values a name, 1 unless it is a list of triples.
    bool as_pairs(patterns wanted, values found, const by_name& match, std::size_t stride = 1);
    // RFC 9051 §7.5.2: a body structure, with and without extension data.
    bool as_body(const suite::imap_pattern& pattern, const wire::imap_value& found);

    std::string fill(const suite::text_template& text); // a placeholder without a value is trouble()
    bool found(const suite::text_template& regex, std::string_view octets);

    // Where it did not fit: `FLAGS: ` in front of what was said before.
    bool within(std::string_view place);
    bool unfit(std::string why);
    const std::string& why() const { return why_; }
    const std::string& trouble() const { return trouble_; }
    int score() const { return score_; } // elements that fit
    const bound_names& bound() const { return bound_; }

  private:
    bool word(const suite::imap_pattern& pattern, const wire::imap_value& value, imap_role role);
    bool string(const suite::imap_pattern& pattern, const wire::imap_value& value, imap_role role);
    bool variable(const suite::imap_pattern& pattern, const wire::imap_value& value);
    bool compared(const suite::imap_pattern& pattern, const wire::imap_value& value);
    const std::string* bound_to(const std::string& name) const; // null: to nothing yet
    bool order_from(patterns wanted, values found, std::size_t at, const roles& role);
    bool part(const suite::imap_pattern& pattern, const wire::imap_value& found);
    bool parameters(const suite::imap_pattern& pattern, const wire::imap_value& found);
    bool disposition(patterns wanted, values found);
    std::string show(const wire::imap_value& value) const;

    const wire::imap_response& response_;
    const imap_match_context& context_;
    bound_names bound_;
    std::string why_, trouble_;
    int score_ = 0;
};

std::string describe(const suite::imap_pattern& pattern); // as written, nearly

} // namespace mailspec::script
