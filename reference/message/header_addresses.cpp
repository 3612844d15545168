// A recursive-descent reader of RFC 5322 §3.4 and §4.4. Display names are read and forgotten.
// What an address is becomes clear only at the sign behind the words: '@' makes them a local-part,
// '<' a display name, ':' the name of a group.
// Octets above 127 may stand in display names, and in addresses where the caller allows UTF-8 (RFC 6532
// §3.2).
#include "reference/message/header_addresses.hpp"

#include "reference/message/header_tokens.hpp"
#include "reference/message/utf8.hpp"

#include <utility>

namespace refmail::message {

namespace {

class list_reader {
  public:
    list_reader(std::string_view body, characters allowed)
        : body_(body)
        , text_(body)
        , utf8_(allowed == characters::utf8 && is_utf8(body)) {}
    parsed<bool> read();

    std::vector<mailbox> found;
    bool completing = false;
    std::vector<std::size_t> missing; // with `completing`: offsets

  private:
    struct words {
        std::string as_local_part;
        int count = 0;
        bool is_local_part = true; // word *("." word), of octets that are allowed
        std::size_t end = 0;       // the offset behind the last word
    };

    bool blank() { return skip_cfws(text_); }
    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    std::unexpected<parse_error> fail(std::string what) const {
        return std::unexpected(parse_error{body_.size() - text_.size(), std::move(what)});
    }

    parsed<words> take_words();
    parsed<std::string> domain();
    parsed<bool> address(bool in_group);
    parsed<bool> angle_address();
    parsed<bool> group();
    parsed<bool> finish(words local);
    bool may_be_completed(const words& local);

    std::string_view body_;
    std::string_view text_;
    bool utf8_;
    bool any_ = false; // an address or a group was there
};

// Words and dots up to the sign that tells what they are.
parsed<list_reader::words> list_reader::take_words() {
    words out;
    bool dot_before = true; // as if: a local-part must not begin with a dot
    for (;;) {
        if (!blank()) return fail("comment without its ')'");
        if (take('.')) {
            out.is_local_part = out.is_local_part && !dot_before;
            out.as_local_part += '.';
            dot_before = true;
            continue;
        }
        std::string word;
        if (text_.starts_with('"')) {
            auto quoted = take_quoted_string(text_);
            if (!quoted) return fail("quoted string without its closing quote");
            word = std::move(*quoted);
        } else {
            word = take_atom(text_, true);
            if (word.empty()) break;
        }
        for (char c : word) {
            const auto octet = static_cast<unsigned char>(c);
            if (octet < 32 || octet == 127 || (octet > 127 && !utf8_)) out.is_local_part = false;
        }
        // Two words with no dot between them are a phrase, never a local-part.
        if (!dot_before) out.is_local_part = false;
        out.as_local_part += word;
        out.count += 1;
        out.end = body_.size() - text_.size();
        dot_before = false;
    }
    if (dot_before) out.is_local_part = false;
    return out;
}

// dot-atom / domain-literal / obs-domain
parsed<std::string> list_reader::domain() {
    if (!blank()) return fail("comment without its ')'");
    if (text_.starts_with('[')) {
        auto literal = take_domain_literal(text_);
        if (!literal) return fail("broken domain literal");
        return *literal;
    }
    std::string out;
    for (;;) {
        auto label = take_atom(text_, utf8_);
        if (label.empty()) return fail("domain expected");
        out += label;
        if (!blank()) return fail("comment without its ')'");
        if (!take('.')) return out;
        out += '.';
        if (!blank()) return fail("comment without its ')'");
    }
}

// "@" domain behind a local-part
parsed<bool> list_reader::finish(words local) {
    if (!local.is_local_part) return fail("words in front of '@' are no local-part");
    auto host = domain();
    if (!host) return std::unexpected(host.error());
    found.push_back({std::move(local.as_local_part), std::move(*host)});
    return true;
}

// A local-part alone
bool list_reader::may_be_completed(const words& local) {
    if (!completing || local.count == 0 || !local.is_local_part) return false;
    missing.push_back(local.end);
    return true;
}

// "<" [obs-route] addr-spec ">", the "<" already taken
parsed<bool> list_reader::angle_address() {
    if (!blank()) return fail("comment without its ')'");
    while (take('@')) { // obs-route = "@" domain *("," [ "@" domain ]) ":"
        if (auto hop = domain(); !hop) return std::unexpected(hop.error());
        while (take(',')) {
            if (!blank()) return fail("comment without its ')'");
        }
        if (take(':')) break;
    }
    auto local = take_words();
    if (!local) return std::unexpected(local.error());
    if (take('@')) {
        if (auto done = finish(std::move(*local)); !done) return done;
    } else if (!text_.starts_with('>') || !may_be_completed(*local)) {
        return fail("address without a domain");
    }
    if (!blank() || !take('>')) return fail("'>' expected after the address");
    if (!blank()) return fail("comment without its ')'");
    return true;
}

// group-list ";", the name and the ":" already taken
parsed<bool> list_reader::group() {
    for (;;) {
        if (!blank()) return fail("comment without its ')'");
        if (take(',')) continue;
        if (take(';')) break;
        if (text_.empty()) return fail("';' expected at the end of a group");
        if (auto one = address(true); !one) return one;
        if (!text_.empty() && text_.front() != ',' && text_.front() != ';')
            return fail("',' or ';' expected");
    }
    if (!blank()) return fail("comment without its ')'");
    return true;
}

parsed<bool> list_reader::address(bool in_group) {
    auto front = take_words();
    if (!front) return std::unexpected(front.error());
    any_ = true;
    if (take('<')) return angle_address();
    if (front->count > 0 && take('@')) return finish(std::move(*front));
    if (front->count > 0 && take(':')) {
        if (in_group) return fail("a group must not hold another");
        return group();
    }
    const bool over = text_.empty() || text_.front() == ',' || (in_group && text_.front() == ';');
    if (over && may_be_completed(*front)) return true;
    return fail(front->count > 0 ? "address without a domain" : "address expected");
}

parsed<bool> list_reader::read() {
    for (;;) {
        if (!blank()) return fail("comment without its ')'");
        if (take(',')) continue; // obs-addr-list has empty elements
        if (text_.empty()) break;
        if (auto one = address(false); !one) return std::unexpected(one.error());
        if (!text_.empty() && text_.front() != ',') return fail("',' expected between addresses");
    }
    if (!any_) return fail("no address");
    return true;
}

} // namespace

parsed<std::vector<mailbox>> parse_address_list(std::string_view body, characters allowed) {
    list_reader reader(body, allowed);
    if (auto read = reader.read(); !read) return std::unexpected(read.error());
    return std::move(reader.found);
}

parsed<std::vector<std::size_t>> find_missing_domains(std::string_view body, characters allowed) {
    list_reader reader(body, allowed);
    reader.completing = true;
    if (auto read = reader.read(); !read) return std::unexpected(read.error());
    return std::move(reader.missing);
}

} // namespace refmail::message
