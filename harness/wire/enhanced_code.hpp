// Enhanced status codes, RFC 2034 §4 and RFC 3463 §2: class "." subject "." detail.
#pragma once
#include <string>
#include <string_view>

namespace mailspec::wire {

// "2.1.0" of "2.1.0 Originator ok"; empty when the text does not begin with a well-formed one that is
// followed by a space or stands alone.
std::string_view enhanced_code_of(std::string_view text);

// It begins like one ("5.7 no", "5.1.1000", "250.1.1", "5.1.1."), but is none: a slip rather than prose.
bool nearly_enhanced_code(std::string_view text);

// Pattern "5.1.1", "5.1.z", "5.y.z": a letter stands for any number.
bool enhanced_code_is(std::string_view code, std::string_view pattern);

} // namespace mailspec::wire
