// Part numbers and part specifiers; see the header. RFC 9051 §6.4.5.1.
#include "reference/message/section.hpp"

#include "reference/message/header_fields.hpp"
#include "reference/message/mailbox.hpp"

#include <algorithm>

namespace refmail::message {

namespace {

// Whose parts are numbered behind this one's number; null: it has none.
const mime_part* container_of(const mime_part& part) {
    switch (part.holds) {
    case mime_part::kind::leaf: return nullptr;
    case mime_part::kind::multipart: return &part;
    case mime_part::kind::message: return &part.embedded();
    }
    return nullptr;
}

// The message whose HEADER and TEXT are meant: the message itself, or the one embedded in a part.
const mime_part* message_at(const mime_part& tree, const section& asked) {
    if (asked.part.empty()) return &tree;
    const auto* part = find_part(tree, asked.part);
    return part && part->holds == mime_part::kind::message ? &part->embedded() : nullptr;
}

} // namespace

const mime_part* find_part(const mime_part& message_tree, const std::vector<std::uint32_t>& part) {
    const auto* at = &message_tree;
    const auto* container = &message_tree;
    for (const auto number : part) {
        if (!container) return nullptr;
        if (container->holds == mime_part::kind::multipart) {
            if (number == 0 || number > container->children.size()) return nullptr;
            at = &container->children[number - 1];
        } else {
            // RFC 9051 §6.4.5.1: every message has a part 1.
            if (number != 1) return nullptr;
            at = container;
        }
        container = container_of(*at);
    }
    return at;
}

std::optional<section_octets> find_section(const mime_part& message_tree, std::string_view message,
                                           const section& asked) {
    using enum section::what;
    if (asked.wanted == all && asked.part.empty()) return section_octets(message);
    if (asked.wanted == all || asked.wanted == mime) {
        if (asked.part.empty()) return std::nullopt;
        const auto* part = find_part(message_tree, asked.part);
        if (!part) return std::nullopt;
        return section_octets((asked.wanted == mime ? part->header : part->body).of(message));
    }
    const auto* of = message_at(message_tree, asked);
    if (!of) return std::nullopt;
    if (asked.wanted == text) return section_octets(of->body.of(message));
    const auto its_header = of->header.of(message);
    if (asked.wanted == header) return section_octets(its_header);
    return section_octets(pick_fields(its_header, asked.fields, asked.wanted == header_fields_not));
}

std::string pick_fields(std::string_view header, const std::vector<std::string>& names, bool others) {
    std::string out;
    // Names are many when a client wants to keep us busy.
    std::vector<std::string> wanted;
    for (const auto& name : names)
        wanted.push_back(lower_case(name));
    std::ranges::sort(wanted);
    std::size_t fields_end = 0;
    message::header_fields fields(header);
    while (const auto f = fields.next()) {
        fields_end += f->raw.size();
        const bool named = std::ranges::binary_search(wanted, lower_case(f->name));
        if (named != others) out += f->raw;
    }
    // RFC 9051 §6.4.5.1: the empty line is in all header fetches, except where the message has none.
    return out += header.substr(fields_end);
}

} // namespace refmail::message
