// The list of mechanisms. RFC 4422 §3.1: names are upper case letters, digits, hyphen, underscore; they are
// recognised in any letter case here, as RFC 4954 §8 wants.
// PLAIN is mandatory for SMTP (RFC 4954 §4); LOGIN is not standardised but old clients know no other.
#include "reference/sasl/mechanism.hpp"

#include <algorithm>

namespace refmail::sasl {

std::unique_ptr<mechanism> make_mechanism(std::string_view name) {
    std::string upper(name);
    std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    if (upper == "PLAIN") return make_plain();
    if (upper == "LOGIN") return make_login();
    return nullptr;
}

const std::vector<std::string_view>& mechanism_names() {
    static const std::vector<std::string_view> names{"PLAIN", "LOGIN"};
    return names;
}

} // namespace refmail::sasl
