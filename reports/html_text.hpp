// Text and octets in HTML: escaped, with what stands for an octet (\r, \x00) set apart from what was sent.
#pragma once
#include "reports/result.hpp"

#include <string>
#include <string_view>

namespace reports {

std::string html_text(std::string_view visible);   // & < > " and ' escaped; `visible` is from escape.hpp
std::string html_octets(std::string_view escaped); // the same; \r \n \t \xHH in <i>, \\ as one backslash

// "RFC 5321 §4.1.4" as a link to that section; anything else as text.
std::string html_section(std::string_view section);

// The style and the script of the page, and what comes before and behind its content.
std::string html_page(std::string_view title, std::string_view content);

} // namespace reports
