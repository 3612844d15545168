// What a target offers, asked by name; see the header.
#include "harness/target/target.hpp"

namespace mailspec::target {

bool service_capabilities::offers(std::string_view keyword, std::string_view parameter) const {
    return plain.has(keyword, parameter) || secured.has(keyword, parameter) ||
           logged_in.has(keyword, parameter);
}

} // namespace mailspec::target
