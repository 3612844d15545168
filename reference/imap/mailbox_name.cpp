// Names of mailboxes: decoded, normalised, "INBOX" in capitals wherever it is the first level.
#include "reference/imap/mailbox_name.hpp"

#include "reference/message/modified_utf7.hpp"
#include "reference/message/normal_form.hpp"
#include "reference/message/utf8.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace refmail::imap {

std::optional<std::string> decoded_name(std::string_view octets, bool in_utf8) {
    // RFC 9755 §3: names in UTF-8 are taken from everybody; modified UTF-7 is all ASCII.
    if (!in_utf8 && message::is_ascii(octets)) return message::decode_modified_utf7(octets);
    if (!message::is_utf8(octets)) return std::nullopt;
    return std::string(octets);
}

std::string name_from_wire(std::string_view octets, bool in_utf8) {
    auto decoded = decoded_name(octets, in_utf8);
    if (!decoded) return '\xFF' + std::string(octets);
    auto name = message::in_nfc(std::move(*decoded));
    // RFC 9051 §5.1: INBOX whatever the letter case; its children with it, so that they stay children.
    const auto level = std::string_view(name).substr(0, name.find('/'));
    if (boost::algorithm::iequals(level, "INBOX")) name.replace(0, level.size(), "INBOX");
    return name;
}

std::string name_to_wire(std::string_view name, bool in_utf8) {
    return in_utf8 ? std::string(name) : message::encode_modified_utf7(name);
}

} // namespace refmail::imap
