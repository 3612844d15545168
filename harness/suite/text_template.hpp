// Text with placeholders, `MAIL FROM:<{sender}>`, parsed but not yet filled in: values differ from run to
// run. Holds octets, not characters: nothing here assumes UTF-8. Expansion is script/expansion's. Follows
// docs/suite-language.md, "Placeholders".
#pragma once
#include "harness/suite/source_pos.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mailspec::suite {

struct text_template;

struct literal_piece {
    std::string octets;
};
struct variable_piece {
    std::string name; // "sender", "recipient2", "n"
};
struct capability_piece {
    std::string keyword;   // {cap:SIZE+1}
    std::int64_t plus = 0; // 0 when nothing is added
};
struct repeat_piece {
    std::uint64_t times = 0;
    std::shared_ptr<text_template> text;
};
struct base64_piece {
    std::shared_ptr<text_template> text;
};
struct fill_piece {
    std::uint64_t line_length = 0; // CRLF included
};
struct host_piece { // {address:mx}, {reverse:mx}, {tlsa:mx 2 0 1}: of the world around the server
    enum class kind { address, reverse, tlsa };
    kind what = kind::address;
    std::string host;
    std::string argument; // tlsa: "", "wrong", "2 0 1"
};
const char* name_of(host_piece::kind what); // "address"

// {literal:TEXT}, {literal+:TEXT}, {literal8:TEXT}: an IMAP literal, its length before it (RFC 9051 §4.3).
struct imap_literal_piece {
    bool binary = false;  // literal8: ~{n}
    bool at_once = false; // non-synchronizing: {n+}, no continuation is awaited
    std::shared_ptr<text_template> text;
};
struct fixture_piece { // {fixture:plain}: the octets of suites/fixtures/plain.eml; {size:plain}: how many
    std::string name;
    bool size = false;
};
struct bound_piece {      // {$uid}: what an expectation has bound
    std::string name;     // "uid"
    std::int64_t add = 0; // {$uid+1}, {$uid-1}: of a number
};

using template_piece =
    std::variant<literal_piece, variable_piece, capability_piece, repeat_piece, base64_piece, fill_piece,
                 host_piece, imap_literal_piece, fixture_piece, bound_piece>;

struct text_template {
    std::string source; // as written, for reports
    std::vector<template_piece> pieces;

    std::vector<std::string> variables() const; // in order, also inside nested pieces
    bool uses(std::string_view variable) const;
    std::vector<host_piece> hosts() const;     // the same, of hosts
    std::vector<std::string> fixtures() const; // and of fixtures
    std::vector<std::string> bound() const;    // names of which {$NAME} speaks

    // Compiled once (special_members.cpp): what the compiler would write in each file is most of its work
    // there.
    text_template();
    text_template(const text_template&);
    text_template(text_template&&) noexcept;
    text_template& operator=(const text_template&);
    text_template& operator=(text_template&&) noexcept;
    ~text_template();
};

// How backslashes and braces are read.
enum class template_kind {
    plain,  // C: lines and values: no backslash escapes
    quoted, // "..." with \r \n \t \0 \\ \" \xHH (the quotes already taken off)
    regex,  // ~...~: backslashes untouched; `{` opens a placeholder only before a letter
};

// An expression that matches these octets and no others.
std::string as_regex(std::string_view octets);

// On error: the offset in `source` and what was expected.
struct template_error {
    std::size_t offset;
    std::string text;
};
std::expected<text_template, template_error> parse_template(std::string_view source, template_kind kind);

} // namespace mailspec::suite
