// What was computed once is remembered by the folder: a message never changes (RFC 9051 §6.4.5).
#include "reference/imap/fetch_value.hpp"

#include "reference/imap/structure_text.hpp"
#include "reference/message/transfer_decoding.hpp"

#include <algorithm>
#include <chrono>

namespace refmail::imap {

namespace {

using result = std::expected<fetched_value, fetch_trouble>;
using what = fetch_item::what;

std::unexpected<fetch_trouble> not_opened(const open_message& m) {
    return std::unexpected(trouble_of(m));
}

fetched_value ready(std::string text) {
    fetched_value v;
    v.text = std::move(text);
    return v;
}

fetched_value literal(std::string octets) {
    auto kept = std::make_shared<const std::string>(std::move(octets));
    fetched_value v;
    v.octets = *kept;
    v.keeps = std::move(kept);
    return v;
}

std::string_view part_of(std::string_view octets, const std::optional<octet_window>& window) {
    if (!window) return octets;
    // RFC 9051 §6.4.5: past the end there is nothing.
    if (window->first >= octets.size()) return {};
    return octets.substr(window->first, window->count);
}

// ENVELOPE, BODY, BODYSTRUCTURE
result remembered_text(what wanted, open_message& m, mailbox::folder& in, const modes& how) {
    const auto form = wanted == what::body ? structure_form::body
                      : how.speaks_utf8()  ? structure_form::extended_utf8
                                           : structure_form::extended;
    const std::string_view aspect = wanted == what::envelope                ? "envelope-1"
                                    : form == structure_form::body          ? "body-1"
                                    : form == structure_form::extended_utf8 ? "structure-utf8-1"
                                                                            : "structure-1";
    if (auto known = in.remembered(m.id(), aspect); known && !known->empty()) return ready(std::move(*known));
    if (!m.open()) return not_opened(m);
    auto text = wanted == what::envelope ? envelope_text(message::read_envelope(m.header()))
                                         : structure_text(m.tree(), m.octets(), form);
    in.remember(m.id(), aspect, text);
    return ready(std::move(text));
}

result section_value(const fetch_item& item, open_message& m) {
    if (!m.open()) return not_opened(m);
    using asked = message::section::what;
    fetched_value v;
    v.keeps = m.content();
    const auto& section = item.section;
    if (section.part.empty() && section.wanted == asked::all) {
        v.octets = m.octets();
    } else if (section.part.empty() && section.wanted == asked::header) {
        v.octets = m.header();
    } else if (section.part.empty() && section.wanted == asked::text) {
        v.octets = m.text();
    } else if (section.part.empty()) {
        v = literal(
            message::pick_fields(m.header(), section.fields, section.wanted == asked::header_fields_not));
    } else {
        auto found = message::find_section(m.tree(), m.octets(), section);
        if (!found) return ready("NIL");
        // The section may be a view of the message, or have a text of its own: both are kept.
        struct kept_section {
            std::shared_ptr<const mailbox::content> content;
            message::section_octets octets;
        };
        auto kept = std::make_shared<const kept_section>(kept_section{m.content(), std::move(*found)});
        v.octets = kept->octets.octets();
        v.keeps = std::move(kept);
    }
    v.octets = part_of(v.octets, item.window);
    return v;
}

// RFC 9051 §7.5.2: BINARY of text has CRLF at the end of each line, whatever was encoded.
std::string with_crlf(std::string text) {
    const auto bare = [&](std::size_t i) { return text[i] == '\n' && (i == 0 || text[i - 1] != '\r'); };
    std::size_t missing = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        missing += bare(i);
    if (missing == 0) return text;
    std::string out;
    out.reserve(text.size() + missing);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (bare(i)) out += '\r';
        out += text[i];
    }
    return out;
}

result binary_value(const fetch_item& item, open_message& m) {
    if (!m.open()) return not_opened(m);
    using kind = message::mime_part::kind;
    fetched_value v;
    v.keeps = m.content();
    const bool size_only = item.wanted == what::binary_size;
    const auto* part = message::find_part(m.tree(), item.section.part);
    if (!part) return ready(size_only ? "0" : "NIL");
    if (item.section.part.empty() || part->holds != kind::leaf) {
        // RFC 3516 §4.3: what has parts is not encoded itself (RFC 2045 §6.4); it is given as it is.
        v.octets = item.section.part.empty() ? m.octets() : part->body.of(m.octets());
    } else {
        const auto encoding = message::transfer_encoding_named(part->encoding);
        if (!encoding) return std::unexpected(fetch_trouble::unknown_cte);
        const auto encoded = part->body.of(m.octets());
        if (*encoding == message::transfer_encoding::none)
            v.octets = encoded;
        else if (size_only && !part->is("text"))
            return ready(std::to_string(message::transfer_decoded_size(*encoding, encoded)));
        else if (auto decoded = message::transfer_decode(*encoding, encoded); part->is("text"))
            v = literal(with_crlf(std::move(decoded)));
        else
            v = literal(std::move(decoded));
    }
    if (size_only) return ready(std::to_string(v.octets.size()));
    v.octets = part_of(v.octets, item.window);
    v.literal8 = v.octets.find('\0') != std::string_view::npos;
    return v;
}

void put_two_digits(std::string& out, unsigned n) {
    out += static_cast<char>('0' + n / 10 % 10);
    out += static_cast<char>('0' + n % 10);
}

} // namespace

fetch_trouble trouble_of(const open_message& not_opened) {
    return not_opened.why().kind == mailbox::trouble::kind::missing ? fetch_trouble::gone
                                                                    : fetch_trouble::failed;
}

bool encoding_is_known(const fetch_item& item, open_message& of) {
    const auto* part = message::find_part(of.tree(), item.section.part);
    return item.section.part.empty() || !part || part->holds != message::mime_part::kind::leaf ||
           message::transfer_encoding_named(part->encoding);
}

std::expected<fetched_value, fetch_trouble> value_of(const fetch_item& item, open_message& of,
                                                     mailbox::folder& in, const modes& how) {
    switch (item.wanted) {
    case what::section: return section_value(item, of);
    case what::binary:
    case what::binary_size: return binary_value(item, of);
    default: return remembered_text(item.wanted, of, in, how);
    }
}

// date-time of RFC 9051 §9 has four digits for the year: times past them are held at the edge.
void put_internal_date(std::string& out, std::int64_t received, int zone_minutes) {
    static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    constexpr std::int64_t earliest = -62135596800, latest = 253402300799; // years 1 and 9999
    const auto local = std::clamp<std::int64_t>(received + zone_minutes * 60LL, earliest, latest);
    const std::chrono::sys_seconds at{std::chrono::seconds(local)};
    const auto midnight = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{midnight};
    const auto seconds = static_cast<unsigned>((at - midnight).count());
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    const auto zone = static_cast<unsigned>(std::abs(zone_minutes));
    out += '"';
    put_two_digits(out, static_cast<unsigned>(date.day()));
    out += '-';
    out += months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3);
    out += '-';
    put_two_digits(out, year / 100);
    put_two_digits(out, year);
    out += ' ';
    put_two_digits(out, seconds / 3600);
    out += ':';
    put_two_digits(out, seconds / 60 % 60);
    out += ':';
    put_two_digits(out, seconds % 60);
    out += zone_minutes < 0 ? " -" : " +";
    put_two_digits(out, zone / 60);
    put_two_digits(out, zone % 60);
    out += '"';
}

} // namespace refmail::imap
