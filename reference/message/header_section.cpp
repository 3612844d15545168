// Fields, folded lines, and where they end: RFC 5322 §2.2, §2.2.3, §4.5 (blanks before the colon).
// Keeps the octets of a field as they came.
#include "reference/message/header_section.hpp"

#include "reference/message/mailbox.hpp"

namespace refmail::message {

namespace {

// How long the field name at the front is; 0 if the line begins no field.
std::size_t field_name_size(std::string_view line) {
    std::size_t size = 0;
    while (size < line.size() && line[size] > 32 && line[size] < 127 && line[size] != ':')
        ++size;
    auto colon = line.find_first_not_of(" \t", size);
    return colon != std::string_view::npos && line[colon] == ':' ? size : 0;
}

} // namespace

std::string_view header_field::body() const {
    return raw.substr(raw.find(':') + 1);
}

bool header_field::is(std::string_view other_name) const {
    return equals_ignoring_case(name, other_name);
}

bool header_section::take(std::string_view line) {
    const bool continues = !held_.empty() && (line.starts_with(' ') || line.starts_with('\t'));
    const auto name_size = continues ? 0 : field_name_size(line);
    if (!continues) {
        flush();
        if (name_size == 0) {
            ended_badly_ = line != "\r\n";
            return false;
        }
        name_size_ = name_size;
    }
    held_ += line;
    size_ += line.size();
    return true;
}

void header_section::flush() {
    if (held_.empty()) return;
    to_.field({std::string_view(held_).substr(0, name_size_), held_});
    held_.clear();
}

void header_section::finish() {
    flush();
}

} // namespace refmail::message
