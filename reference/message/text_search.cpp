// Searching by pieces: what a part holds goes through transfer decoding, charset and search_key() to a finder
// that keeps only as much of what was as a match could begin in.
#include "reference/message/text_search.hpp"

#include "reference/message/charset.hpp"
#include "reference/message/encoded_words.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/message/search_key.hpp"
#include "reference/message/transfer_decoding.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace refmail::message {

namespace {

constexpr std::size_t piece_size = 32 * 1024;

bool contains(std::string_view text, std::string_view key) {
    if (key.empty()) return true;
    // Linear whatever the two are, which std::string_view::find is not.
    return memmem(text.data(), text.size(), key.data(), key.size()) != nullptr;
}

// Looks for a key in a text that comes in pieces.
class piece_finder {
  public:
    explicit piece_finder(std::string_view key)
        : key_(key) {}
    // True once it was found.
    bool take(std::string_view utf8) {
        append_search_key(utf8, window_);
        if (contains(window_, key_)) return true;
        if (window_.size() >= key_.size()) window_.erase(0, window_.size() - (key_.size() - 1));
        return false;
    }

  private:
    std::string_view key_; // not empty
    std::string window_;
};

bool part_body_contains(const mime_part& part, std::string_view message, std::string_view key) {
    transfer_decoder decoder(transfer_encoding_named(part.encoding).value_or(transfer_encoding::none));
    const auto told = part.parameter("charset");
    auto characters = charset_decoder::of(told.empty() ? "us-ascii" : told);
    if (!characters) characters = charset_decoder::of("us-ascii");
    piece_finder finder(key);
    std::string octets, text;
    auto rest = part.body.of(message);
    for (bool last = false; !last;) {
        decoder.take(rest.substr(0, piece_size), octets);
        rest.remove_prefix(std::min(piece_size, rest.size()));
        last = rest.empty();
        if (last) decoder.finish(octets);
        characters->take(octets, text);
        if (last) characters->finish(text);
        if (finder.take(text)) return true;
        octets.clear();
        text.clear();
    }
    return false;
}

bool header_contains(std::string_view header, std::string_view key) {
    header_fields fields(header);
    while (const auto f = fields.next()) {
        auto line = std::string(f->name);
        if (!line.empty()) line += ": ";
        line += decode_encoded_words(unfold(f->name.empty() ? f->raw : f->body()));
        if (contains(search_key(line), key)) return true;
    }
    return false;
}

// The depth of a tree is bounded by mime_limits.
bool tree_contains(const mime_part& part, std::string_view message, std::string_view key, bool headers) {
    if (headers && header_contains(part.header.of(message), key)) return true;
    if (part.holds == mime_part::kind::leaf)
        return (part.is("text") || part.is("message")) && part_body_contains(part, message, key);
    return std::ranges::any_of(
        part.children, [&](const auto& child) { return tree_contains(child, message, key, headers); });
}

} // namespace

search_text::search_text(std::string_view utf8)
    : key_(search_key(utf8)) {}

bool search_text::is_in(std::string_view searched_text) const {
    return contains(searched_text, key_);
}

std::string searched_text(const header_field& field) {
    return search_key(decode_encoded_words(unfold(field.body())));
}

bool field_contains(std::string_view header, std::string_view field_name, const search_text& sought) {
    header_fields fields(header);
    while (const auto f = fields.next()) {
        if (!f->is(field_name)) continue;
        if (sought.is_empty() || sought.is_in(searched_text(*f))) return true;
    }
    return false;
}

bool body_contains(const mime_part& message_tree, std::string_view message, const search_text& sought) {
    return sought.is_empty() || tree_contains(message_tree, message, sought.key(), false);
}

bool text_contains(const mime_part& message_tree, std::string_view message, const search_text& sought) {
    return sought.is_empty() || tree_contains(message_tree, message, sought.key(), true);
}

} // namespace refmail::message
