// Reads fetch-att, section and the modifiers: RFC 9051 §9, RFC 3516 §7, RFC 4466 §2.4.
#include "reference/imap/fetch_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace refmail::imap {

namespace {

using what = fetch_item::what;

struct simple_item {
    std::string_view name;
    what wanted;
};
constexpr std::array<simple_item, 8> simple_items{{
    {"FLAGS", what::flags},
    {"INTERNALDATE", what::internal_date},
    {"RFC822.SIZE", what::size},
    {"UID", what::uid},
    {"MODSEQ", what::mod_sequence},
    {"ENVELOPE", what::envelope},
    {"BODY", what::body},
    {"BODYSTRUCTURE", what::body_structure},
}};

void add(fetch_request& to, fetch_item item) {
    // The same item twice is told once; but a wish to set \Seen is not forgotten.
    for (auto& known : to.items) {
        if (known.name != item.name || known.window.has_value() != item.window.has_value()) continue;
        if (item.window &&
            (known.window->first != item.window->first || known.window->count != item.window->count))
            continue;
        known.sets_seen = known.sets_seen || item.sets_seen;
        return;
    }
    to.items.push_back(std::move(item));
}

void add_simple(fetch_request& to, what wanted) {
    fetch_item item;
    item.wanted = wanted;
    item.name = std::ranges::find(simple_items, wanted, &simple_item::wanted)->name;
    add(to, std::move(item));
}

// RFC 9051 §6.4.5: macros stand alone.
bool add_macro(fetch_request& to, std::string_view word) {
    if (word != "ALL" && word != "FAST" && word != "FULL") return false;
    for (auto w : {what::flags, what::internal_date, what::size})
        add_simple(to, w);
    if (word != "FAST") add_simple(to, what::envelope);
    if (word == "FULL") add_simple(to, what::body);
    return true;
}

// RFC 3501 §6.4.5, gone from RFC 9051: other names for sections of the message.
bool add_rfc822(fetch_request& to, const std::string& word) {
    fetch_item item;
    item.wanted = what::section;
    item.name = word;
    item.sets_seen = true;
    if (word == "RFC822.TEXT") {
        item.section.wanted = message::section::what::text;
    } else if (word == "RFC822.HEADER") {
        item.section.wanted = message::section::what::header;
        item.sets_seen = false;
    } else if (word != "RFC822") {
        return false;
    }
    add(to, std::move(item));
    return true;
}

// header-fld-name as it was sent: an atom if it is one, else quoted.
std::string field_name_text(const std::string& name) {
    const bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return c > 0x20 && c < 0x7F &&
               std::string_view("(){%*\"\\]").find(static_cast<char>(c)) == std::string_view::npos;
    });
    if (plain) return name;
    const modes simple;
    response_writer w(simple);
    w.string(name);
    return w.take();
}

// section-part, from the front of `spec`: "1.2.TEXT" leaves "TEXT".
bool take_part(std::string_view& spec, std::vector<std::uint32_t>& part) {
    while (!spec.empty() && spec.front() >= '0' && spec.front() <= '9') {
        std::uint32_t n = 0;
        const auto [end, wrong] = std::from_chars(spec.data(), spec.data() + spec.size(), n);
        if (wrong != std::errc() || n == 0 || spec.front() == '0') return false;
        part.push_back(n);
        spec.remove_prefix(static_cast<std::size_t>(end - spec.data()));
        if (spec.empty()) return true;
        if (spec.front() != '.' || spec.size() == 1) return false;
        spec.remove_prefix(1);
    }
    return true;
}

void read_header_list(cursor& in, fetch_item& item) {
    in.space();
    in.open();
    item.name += " (";
    do {
        auto name = in.astring();
        if (item.name.back() != '(') item.name += ' ';
        item.name += field_name_text(name);
        item.section.fields.push_back(std::move(name));
    } while (in.take(' '));
    in.expect_close();
    item.name += ')';
}

// Behind "[": section-spec or section-binary, "]", and the window.
void read_section(cursor& in, fetch_item& item, std::string_view spec) {
    using asked = message::section::what;
    item.name += '[';
    item.name += spec;
    if (!take_part(spec, item.section.part)) return in.fail("a part of a message is a number like 1.2.3");
    const bool text_only = item.wanted == what::section;
    auto& wanted = item.section.wanted;
    if (spec.empty())
        wanted = asked::all;
    else if (text_only && spec == "HEADER")
        wanted = asked::header;
    else if (text_only && spec == "HEADER.FIELDS")
        wanted = asked::header_fields;
    else if (text_only && spec == "HEADER.FIELDS.NOT")
        wanted = asked::header_fields_not;
    else if (text_only && spec == "TEXT")
        wanted = asked::text;
    else if (text_only && spec == "MIME" && !item.section.part.empty()) // RFC 9051 §6.4.5.1
        wanted = asked::mime;
    else
        return in.fail("no such section: expected HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT or TEXT, a part "
                       "number, or a part number with one of them or MIME");
    if (wanted == asked::header_fields || wanted == asked::header_fields_not) read_header_list(in, item);
    in.expect(']', "\"]\"");
    item.name += ']';
    if (item.wanted == what::binary_size || !in.take('<')) return;
    octet_window w;
    w.first = in.number64();
    in.expect('.', "\".\" and the number of octets");
    w.count = in.number64();
    if (w.count == 0) in.fail("the number of octets must not be 0");
    in.expect('>', "\">\"");
    item.window = w;
    item.name += '<' + std::to_string(w.first) + '>';
}

void read_item(cursor& in, fetch_request& to) {
    const auto word = in.upper_atom();
    if (in.failed()) return;
    const auto bracket = word.find('[');
    if (bracket == std::string::npos) {
        const auto known = std::ranges::find(simple_items, word, &simple_item::name);
        if (known != simple_items.end()) return add_simple(to, known->wanted);
        if (add_rfc822(to, word)) return;
        return in.fail("FETCH knows no " + word);
    }
    fetch_item item;
    const auto name = std::string_view(word).substr(0, bracket);
    if (name == "BODY" || name == "BODY.PEEK") {
        item.wanted = what::section;
        item.name = "BODY";
        item.sets_seen = name == "BODY";
    } else if (name == "BINARY" || name == "BINARY.PEEK") {
        item.wanted = what::binary;
        item.name = "BINARY";
        item.sets_seen = name == "BINARY";
    } else if (name == "BINARY.SIZE") {
        item.wanted = what::binary_size;
        item.name = "BINARY.SIZE";
    } else {
        return in.fail("FETCH knows no " + std::string(name) + "[]");
    }
    read_section(in, item, std::string_view(word).substr(bracket + 1));
    if (!in.failed()) add(to, std::move(item));
}

void read_items(cursor& in, fetch_request& to) {
    if (in.peek() == '(') {
        in.open();
        do
            read_item(in, to);
        while (in.take(' '));
        in.expect_close();
        return;
    }
    for (std::string_view macro : {"ALL", "FAST", "FULL"})
        if (in.take_word(macro)) {
            add_macro(to, macro);
            return;
        }
    read_item(in, to);
}

void read_modifiers(cursor& in, fetch_request& to, const modes& how, bool by_uid) {
    in.space();
    in.open();
    do {
        if (in.take_word("CHANGEDSINCE")) {
            in.space();
            to.changed_since = in.mod_sequence();
        } else if (in.take_word("VANISHED")) {
            to.vanished = true;
        } else {
            in.fail("expected CHANGEDSINCE or VANISHED, the modifiers of FETCH");
        }
    } while (in.take(' '));
    in.expect_close();
    // RFC 7162 §3.2.6: what VANISHED needs.
    if (!to.vanished) return;
    if (!by_uid) in.fail("VANISHED goes with UID FETCH only");
    if (!how.qresync) in.fail("VANISHED needs ENABLE QRESYNC before");
    if (!to.changed_since) in.fail("VANISHED needs CHANGEDSINCE beside it");
}

} // namespace

bool fetch_request::asks(what w) const {
    return std::ranges::find(items, w, &fetch_item::wanted) != items.end();
}

bool fetch_request::sets_seen() const {
    return std::ranges::any_of(items, &fetch_item::sets_seen);
}

fetch_request read_fetch(cursor& in, const modes& how, bool by_uid) {
    fetch_request out;
    in.space();
    out.messages = in.sequence_set();
    in.space();
    read_items(in, out);
    if (!in.at_end()) read_modifiers(in, out, how, by_uid);
    in.end();
    return out;
}

} // namespace refmail::imap
