// A recursive-descent reader of RFC 5322 §3.4 and §4.4. Display names are read and forgotten.
// What an address is becomes clear only at the sign behind the words: '@' makes them a local-part,
// '<' a display name, ':' the name of a group.
// Refuses octets above 127 in addresses (RFC 6532 is not offered), lets them pass in display names.
#include "reference/message/header_addresses.hpp"

#include "reference/message/header_tokens.hpp"

#include <utility>

namespace refmail::message {

namespace {

class list_reader {
  public:
    explicit list_reader(std::string_view body)
        : body_(body)
        , text_(body) {}
    parsed<std::vector<mailbox>> read();

  private:
    struct words {
        std::string as_local_part;
        int count = 0;
        bool is_local_part = true; // word *("." word), and ASCII
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

    std::string_view body_;
    std::string_view text_;
    std::vector<mailbox> found_;
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
            if (c < 32 || c > 126) out.is_local_part = false; // char is signed or not: 8-bit fails both ways
        }
        // Two words with no dot between them are a phrase, never a local-part.
        if (!dot_before) out.is_local_part = false;
        out.as_local_part += word;
        out.count += 1;
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
        auto label = take_atom(text_);
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
    found_.push_back({std::move(local.as_local_part), std::move(*host)});
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
    if (!take('@')) return fail("address without a domain");
    if (auto done = finish(std::move(*local)); !done) return done;
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
    return fail(front->count > 0 ? "address without a domain" : "address expected");
}

parsed<std::vector<mailbox>> list_reader::read() {
    for (;;) {
        if (!blank()) return fail("comment without its ')'");
        if (take(',')) continue; // obs-addr-list has empty elements
        if (text_.empty()) break;
        if (auto one = address(false); !one) return std::unexpected(one.error());
        if (!text_.empty() && text_.front() != ',') return fail("',' expected between addresses");
    }
    if (!any_) return fail("no address");
    return std::move(found_);
}

} // namespace

parsed<std::vector<mailbox>> parse_address_list(std::string_view body) {
    return list_reader(body).read();
}

} // namespace refmail::message
