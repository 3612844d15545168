// The fields of a header section that is in memory, as views, in their order: RFC 5322 §2.2. For readers of
// stored mail, which must make do with whatever is there: refuses nothing; lines end with LF, CR before it or
// not. (header_section.hpp takes apart what is only coming in.)
#pragma once
#include "reference/message/header_section.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

// How many octets of `text` are its header section: to behind the empty line, or all of it if there is none.
std::size_t header_size(std::string_view text);

class header_fields {
  public:
    explicit header_fields(std::string_view header)
        : rest_(header) {}

    // The next field. A line that is none comes with an empty name; the empty line is the end.
    std::optional<header_field> next();

  private:
    std::string_view rest_;
};

// The body of the first field of this name, unfolded; nothing if there is none.
std::optional<std::string> field_text(std::string_view header, std::string_view name);

// RFC 5322 §2.2.3: without the line ends, and without the blanks at both ends.
std::string unfold(std::string_view body);
// Its body, unfolded, unless there is one already: the first field of a name counts.
void set_once(std::optional<std::string>& to, const header_field& from);

} // namespace refmail::message
