// The terminals of RFC 9051 §9, one after the other. Dates are in cursor_dates.cpp.
#include "reference/imap/cursor.hpp"

#include "reference/imap/mailbox_name.hpp"
#include "reference/message/utf8.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace refmail::imap {

namespace {

// RFC 9051 §9: parentheses within parentheses; clients need three, bombs have thousands.
constexpr int deepest = 50;

constexpr std::string_view atom_specials = "(){ %*\"\\]";

constexpr bool is_atom_char(char c) {
    return c > 0x20 && c < 0x7F && atom_specials.find(c) == std::string_view::npos;
}
constexpr bool is_astring_char(char c) {
    return is_atom_char(c) || c == ']';
}
constexpr bool is_list_char(char c) {
    return is_astring_char(c) || c == '%' || c == '*';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct system_flag {
    std::string_view name;
    mailbox::flag_set bit;
};
constexpr std::array<system_flag, 5> system_flags{{{"Answered", mailbox::flag::answered},
                                                   {"Flagged", mailbox::flag::flagged},
                                                   {"Deleted", mailbox::flag::deleted},
                                                   {"Seen", mailbox::flag::seen},
                                                   {"Draft", mailbox::flag::draft}}};

} // namespace

cursor::cursor(command_text& of, bool names_in_utf8, std::size_t at)
    : of_(of)
    , names_in_utf8_(names_in_utf8)
    , at_(at) {}

void cursor::fail(std::string words, std::string code) {
    if (!wrong_) wrong_ = bad_syntax{at_, std::move(words), std::move(code)};
}

char cursor::peek() const {
    return failed() || at_end() ? '\0' : of_.text[at_];
}

bool cursor::take(char c) {
    if (failed() || at_end() || of_.text[at_] != c) return false;
    ++at_;
    return true;
}

bool cursor::take_text(std::string_view text) {
    if (failed() || !boost::algorithm::istarts_with(std::string_view(of_.text).substr(at_), text))
        return false;
    at_ += text.size();
    return true;
}

bool cursor::take_word(std::string_view word) {
    const auto begin = at_;
    if (!take_text(word)) return false;
    if (at_end() || !is_atom_char(of_.text[at_])) return true;
    at_ = begin;
    return false;
}

void cursor::expect(char c, std::string_view what) {
    if (!take(c)) fail("expected " + std::string(what));
}

void cursor::end() {
    if (!failed() && !at_end()) fail("expected the end of the command");
}

void cursor::open() {
    expect('(', "\"(\"");
    if (++depth_ > deepest) fail("too many parentheses within each other");
}

bool cursor::close() {
    if (!take(')')) return false;
    --depth_;
    return true;
}

void cursor::expect_close() {
    if (!close()) fail("expected \")\"");
}

const literal* cursor::literal_here() const {
    const auto l = std::ranges::lower_bound(of_.literals, at_, {}, &literal::text_begin);
    return l != of_.literals.end() && l->text_begin == at_ ? &*l : nullptr;
}

bool cursor::at_string() const {
    return !failed() && !at_end() && (of_.text[at_] == '"' || literal_here());
}

std::string_view cursor::word_of(bool (*belongs)(char)) {
    const auto begin = at_;
    while (!failed() && !at_end() && belongs(of_.text[at_]))
        ++at_;
    return std::string_view(of_.text).substr(begin, at_ - begin);
}

std::string_view cursor::atom() {
    const auto word = word_of([](char c) { return is_atom_char(c); });
    if (word.empty()) fail("expected an atom");
    return word;
}

std::string cursor::upper_atom() {
    return boost::algorithm::to_upper_copy(std::string(atom()), std::locale::classic());
}

std::string cursor::astring() {
    if (at_string()) return string();
    const auto word = word_of([](char c) { return is_astring_char(c); });
    if (word.empty()) fail("expected an atom or a string");
    return std::string(word);
}

std::string cursor::quoted() {
    const auto begin = at_;
    std::string out;
    expect('"', "a string");
    while (!failed() && !at_end()) {
        auto c = of_.text[at_];
        if (c == '"') {
            ++at_;
            // RFC 9051 §4.3.1: UTF-8 is accepted, other octets above 127 are not.
            if (!message::is_utf8(out)) {
                at_ = begin;
                fail("a quoted string holds octets that are not UTF-8: send a literal");
            }
            return out;
        }
        if (c == '\r' || c == '\n' || c == '\0') break;
        if (c == '\\') {
            c = at_ + 1 < of_.text.size() ? of_.text[at_ + 1] : '\0';
            // RFC 9051 §9: only quoted-specials are escaped.
            if (c != '"' && c != '\\') break;
            ++at_;
        }
        out += c;
        ++at_;
    }
    fail(at_end() ? "a quoted string has no end" : "a quoted string cannot hold this");
    return {};
}

std::string cursor::string() {
    const auto* here = failed() ? nullptr : literal_here();
    if (!here) return quoted();
    if (here->binary) {
        // RFC 3516: literal8 is for messages alone.
        fail("a binary literal cannot be used here");
    } else if (here->octets.find('\0') != std::string::npos) {
        fail("a literal holds a NUL"); // RFC 9051 §9: CHAR8
    }
    if (failed()) return {};
    at_ = here->text_end;
    return here->octets;
}

std::optional<std::string> cursor::nstring() {
    if (take_word("NIL")) return std::nullopt;
    if (!at_string()) fail("expected a string or NIL");
    return string();
}

std::string cursor::literal_octets(bool* binary) {
    auto* here = failed() ? nullptr : const_cast<literal*>(literal_here());
    if (!here) {
        fail("expected a literal");
        return {};
    }
    if (!here->binary && here->octets.find('\0') != std::string::npos) {
        fail("a literal holds a NUL");
        return {};
    }
    if (binary) *binary = here->binary;
    at_ = here->text_end;
    return std::move(here->octets);
}

mailbox::flag_set cursor::flag_bit_or_keyword(std::string& keyword) {
    const auto begin = at_;
    const bool is_system = take('\\');
    const auto name = word_of([](char c) { return is_atom_char(c); });
    if (name.empty()) fail("expected a flag");
    if (failed()) return 0;
    if (!is_system) {
        keyword = name;
        return 0;
    }
    for (const auto& f : system_flags) {
        if (boost::algorithm::iequals(f.name, name)) return f.bit;
    }
    const auto words = "no client can set \\" + std::string(name); // \Recent among them
    at_ = begin;
    fail(words);
    return 0;
}

named_flags cursor::flags_until(char end) {
    named_flags out;
    if (peek() == end) return out;
    do {
        std::string keyword;
        out.system |= flag_bit_or_keyword(keyword);
        if (!keyword.empty()) out.keywords.push_back(std::move(keyword));
    } while (take(' '));
    return out;
}

named_flags cursor::flag_list() {
    open();
    auto out = flags_until(')');
    expect_close();
    return out;
}

named_flags cursor::flags() {
    if (peek() == '(') return flag_list();
    if (at_end()) fail("expected flags");
    return flags_until('\0');
}

std::uint64_t cursor::digits(std::uint64_t most, std::string_view what) {
    const auto begin = at_;
    std::uint64_t n = 0;
    while (!failed() && !at_end() && is_digit(of_.text[at_])) {
        const auto digit = static_cast<std::uint64_t>(of_.text[at_] - '0');
        if (n > (most - digit) / 10) {
            at_ = begin;
            fail("a number is too large");
            return 0;
        }
        n = n * 10 + digit;
        ++at_;
    }
    if (at_ == begin) fail("expected " + std::string(what));
    return failed() ? 0 : n;
}

std::uint32_t cursor::number() {
    return static_cast<std::uint32_t>(digits(std::numeric_limits<std::uint32_t>::max(), "a number"));
}

std::uint32_t cursor::nz_number() {
    if (peek() == '0') fail("a number must not be or begin with 0 here");
    return number();
}

std::uint64_t cursor::number64() {
    return digits(std::numeric_limits<std::int64_t>::max(), "a number");
}

std::uint64_t cursor::mod_sequence() {
    return digits(std::numeric_limits<std::int64_t>::max(), "a mod-sequence");
}

std::uint32_t cursor::seq_number() {
    if (take('*')) return imap::sequence_set::star;
    if (peek() == '0' || !is_digit(peek())) fail("expected a set of message numbers");
    return number();
}

sequence_set cursor::sequence_set() {
    imap::sequence_set out;
    if (take('$')) {
        out.saved = true;
        return out;
    }
    do {
        number_range r;
        r.first = r.last = seq_number();
        if (take(':')) r.last = seq_number();
        out.ranges.push_back(r);
    } while (take(','));
    return out;
}

std::string cursor::mailbox(std::optional<std::string>* denormalized) {
    if (!at_string() && !is_astring_char(peek())) fail("expected a mailbox name");
    const auto octets = astring();
    if (failed()) return {};
    auto name = name_from_wire(octets, names_in_utf8_);
    if (denormalized) {
        auto given = decoded_name(octets, names_in_utf8_);
        if (given && *given != name && !message::is_ascii(name)) *denormalized = std::move(*given);
    }
    return name;
}

std::string cursor::rest() {
    auto out = failed() ? std::string() : of_.text.substr(at_);
    if (!failed()) at_ = of_.text.size();
    return out;
}

std::string cursor::list_mailbox() {
    if (at_string()) return string();
    const auto word = word_of([](char c) { return is_list_char(c); });
    if (word.empty()) fail("expected a mailbox name with or without wildcards");
    return std::string(word);
}

} // namespace refmail::imap
