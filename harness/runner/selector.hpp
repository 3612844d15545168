// One SELECTOR of the command line, and whether a case is meant by it. The grammar, for people, stands in
// docs/verdicts.md:
//   smtp/rfc5321                a folder, a suite or a case: the id begins with these words
//   smtp/**/nested-mail         * within a word, ** for any number of words
//   smtp/rfc5321/4.1.4          cases below smtp/ that cite RFC 5321 section 4.1.4 or what is inside it
//   rfc5321, rfc5321/4.1.4      the same, wherever the case stands
//   rfc5321-4.1.4-14            cases that cite this clause
// Files and folders (./my-suite.yaml) are the loader's business, not a selector's.
#pragma once
#include "harness/suite/requirements.hpp"

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::runner {

class selector {
  public:
    // The error says what is wrong with the text.
    static std::expected<selector, std::string> parse(std::string_view text);

    bool matches(std::string_view id, std::span<const suite::requirement> cited) const;
    const std::string& text() const { return text_; }

    // Written as a path of the file system rather than a selector.
    static bool is_path(std::string_view text);

  private:
    std::string text_;
    std::vector<std::string> words_; // the id must begin with these; patterns
    int rfc_ = 0;                    // and a clause of this document be cited, 0: any
    std::string section_;            // of this section, empty: any
    std::string clause_;             // with this id, empty: any
};

} // namespace mailspec::runner
