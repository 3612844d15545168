// Names of mailboxes as folders of a Maildir++; see the header.
#include "reference/store/folder_name.hpp"

#include "reference/message/modified_utf7.hpp"
#include "reference/message/normal_form.hpp"
#include "reference/message/utf8.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace refmail::store {
namespace {

constexpr std::string_view dot = "&AC4-"; // '.' in modified UTF-7, though it has no need to be written so
constexpr std::size_t longest = 240; // the folder is renamed before it is removed; file systems end at 255
constexpr std::size_t most_levels = 50;

std::unexpected<mailbox::trouble> bad(std::string why) {
    return std::unexpected(mailbox::trouble{mailbox::trouble::kind::bad_name, std::move(why)});
}

bool is_control(char c) {
    return (c >= 0 && c < ' ') || c == 0x7f;
}

std::string encode_level(std::string_view level) {
    const std::string encoded = message::encode_modified_utf7(level);
    std::string made;
    for (const char c : encoded)
        if (c == '.')
            made += dot;
        else
            made += c;
    return made;
}

// Between its dots, which some programs write as such.
std::optional<std::string> decode_modified(std::string_view level) {
    std::string made;
    for (;;) {
        const auto at = level.find(dot);
        const auto piece = message::decode_modified_utf7(level.substr(0, at));
        if (!piece) return std::nullopt;
        made += *piece;
        if (at == std::string_view::npos) return made;
        made += '.';
        level.remove_prefix(at + dot.size());
    }
}

// What is no modified UTF-7 is meant as it stands there.
std::optional<std::string> decode_level(std::string_view level) {
    auto name = decode_modified(level).value_or(std::string(level));
    if (!message::is_utf8(name) || name.contains('/')) return std::nullopt;
    const bool ascii = message::is_ascii(name);
    name = message::in_nfc(std::move(name));
    if (message::is_ascii(name) != ascii) return std::nullopt; // it would pass for another
    return name;
}

} // namespace

mailbox::result<std::string> directory_of(const std::string& name) {
    if (name == "INBOX") return "";
    if (name.empty()) return bad("a mailbox name is empty");
    if (!message::is_utf8(name)) return bad("a mailbox name is no UTF-8");
    if (std::any_of(name.begin(), name.end(), is_control)) return bad("a mailbox name has a control in it");
    std::string made;
    std::size_t levels = 0;
    for (std::string_view rest = name;;) {
        const auto slash = rest.find('/');
        const auto level = rest.substr(0, slash);
        if (level.empty()) return bad("a mailbox name has an empty level: " + name);
        made += '.' + encode_level(level);
        if (++levels > most_levels) return bad("a mailbox name has more than 50 levels");
        if (made.size() > longest) return bad("a mailbox name is too long: more than 240 octets on the disk");
        if (slash == std::string_view::npos) return made;
        rest.remove_prefix(slash + 1);
    }
}

std::optional<std::string> name_of(std::string_view directory) {
    if (directory.empty()) return "INBOX";
    if (directory.front() != '.' || directory == "." || directory == "..") return std::nullopt;
    std::string name;
    for (std::string_view rest = directory.substr(1);;) {
        const auto border = rest.find('.');
        const auto level = decode_level(rest.substr(0, border));
        if (!level) return std::nullopt;
        if (!name.empty()) name += '/';
        name += *level;
        if (border == std::string_view::npos) break;
        rest.remove_prefix(border + 1);
    }
    // RFC 9051 §5.1: "inbox" means INBOX, and what is below it is below INBOX.
    const auto first = std::min(name.find('/'), name.size());
    if (boost::algorithm::iequals(name.substr(0, first), "INBOX")) name.replace(0, first, "INBOX");
    if (name == "INBOX" || !directory_of(name)) return std::nullopt;
    return name;
}

bool may_be_written_otherwise(std::string_view name) {
    return name.contains('&') || name.starts_with("INBOX/") || !message::is_ascii(name);
}

} // namespace refmail::store
