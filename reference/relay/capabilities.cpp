// The lines of an EHLO reply; see the header.
#include "reference/relay/capabilities.hpp"

#include <charconv>

namespace refmail::relay {

namespace {

std::string upper_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
    return out;
}

std::string take_word(std::string_view& text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    const auto word = upper_case(text.substr(0, end));
    text.remove_prefix(end);
    return word;
}

// RFC 1870 §4: a number, or 0, or none: no limit is known. One that nobody can reach is none either.
std::uint64_t size_limit(const std::string& number) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    return error == std::errc{} && end == number.data() + number.size() ? value : 0;
}

} // namespace

capabilities read_capabilities(const reply& ehlo) {
    capabilities offered;
    // RFC 5321 §4.1.1.1: the first line is the server's name, whatever it looks like.
    for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {
        std::string_view rest = ehlo.text(i);
        std::string keyword = take_word(rest);
        // "AUTH=PLAIN" is older than RFC 2554 and still sent beside the right one.
        if (keyword.starts_with("AUTH=")) continue;
        if (keyword == "STARTTLS") offered.starttls = true;
        if (keyword == "PIPELINING") offered.pipelining = true;
        if (keyword == "8BITMIME") offered.eight_bit_mime = true;
        if (keyword == "BINARYMIME") offered.binary_mime = true;
        if (keyword == "CHUNKING") offered.chunking = true;
        if (keyword == "SMTPUTF8") offered.smtputf8 = true; // RFC 6531 §3.1: whatever parameters it has
        if (keyword == "DSN") offered.dsn = true;
        if (keyword == "REQUIRETLS") offered.require_tls = true;
        if (keyword == "SIZE") {
            offered.size = true;
            offered.largest = size_limit(take_word(rest));
        }
        if (keyword == "AUTH") {
            offered.auth = true;
            for (std::string name = take_word(rest); !name.empty(); name = take_word(rest))
                offered.mechanisms.push_back(std::move(name));
        }
    }
    if (!offered.chunking) offered.binary_mime = false; // RFC 3030 §3: only with CHUNKING
    return offered;
}

} // namespace refmail::relay
