#include "reference/relay/seven_bit.hpp"
namespace refmail::relay {
std::expected<std::string, std::string> to_seven_bit(std::string_view) {
    return std::unexpected("x");
}
bool has_eight_bit_header(std::string_view) {
    return true;
}
} // namespace refmail::relay
