// Paths, mailboxes and domains in commands: a cursor that walks the grammar of RFC 5321 §4.1.2.
// Strict: no blanks, no missing brackets, no underscore in a domain. A source route is read (it MUST be
// accepted) and dropped (it SHOULD be ignored). Offsets in errors count from the start of the argument.
#include "reference/message/path.hpp"

#include "reference/message/utf8.hpp"

#include <algorithm>
#include <utility>

namespace refmail::message {

namespace {

bool is_let_dig(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

class cursor {
  public:
    cursor(std::string_view text, const size_limits& limits, characters allowed)
        : text_(text)
        , limits_(limits)
        , allowed_(allowed) {}

    std::size_t offset() const { return at_; }
    std::string_view rest() const { return text_.substr(at_); }
    bool at_end() const { return at_ == text_.size(); }
    bool next_is(char c) const { return !at_end() && text_[at_] == c; }
    bool take(char c) {
        if (!next_is(c)) return false;
        ++at_;
        return true;
    }
    // UTF8-non-ascii of RFC 6532 §3.1, where it is allowed
    bool take_beyond_ascii() {
        auto rest = text_.substr(at_);
        if (allowed_ != characters::utf8 || rest.empty() || static_cast<unsigned char>(rest.front()) < 0x80)
            return false;
        if (!take_code_point(rest)) return false;
        at_ = text_.size() - rest.size();
        return true;
    }
    std::unexpected<parse_error> fail(std::string what) const { return fail_at(at_, std::move(what)); }
    static std::unexpected<parse_error> fail_at(std::size_t where, std::string what) {
        return std::unexpected(parse_error{where, std::move(what)});
    }

    parsed<std::string> local_part();
    parsed<std::string> quoted_string();
    parsed<std::string> dot_string();
    parsed<std::string> domain();
    parsed<std::string> address_literal();
    parsed<message::mailbox> mailbox();
    parsed<bool> source_route();

  private:
    std::string_view text_;
    const size_limits& limits_;
    characters allowed_;
    std::size_t at_ = 0;
};

parsed<std::string> cursor::quoted_string() {
    std::string out;
    const auto start = at_++;
    for (; !at_end(); ++at_) {
        // RFC 6531 §3.3: qtextSMTP =/ UTF8-non-ascii, and no quoted-pairSMTP
        const auto before = at_;
        while (take_beyond_ascii()) {
        }
        out += text_.substr(before, at_ - before);
        if (at_end()) break;
        char c = text_[at_];
        if (c == '"') {
            ++at_;
            return out;
        }
        if (c == '\\') {
            if (++at_ == text_.size()) break;
            c = text_[at_];
        }
        // qtextSMTP and quoted-pairSMTP are printable ASCII and space, nothing else
        if (c < 32 || c > 126) return fail("character not allowed in a quoted string");
        out += c;
    }
    return fail_at(start, "quoted string without its closing quote");
}

parsed<std::string> cursor::dot_string() {
    const auto start = at_;
    for (;;) {
        const auto atom = at_;
        while (!at_end() && (is_atext(text_[at_]) ? ++at_ > 0 : take_beyond_ascii())) {
        }
        if (at_ == atom) {
            return fail(at_ == start ? "local-part missing or beginning with a character not allowed"
                                     : "a dot must stand between two atoms of a local-part");
        }
        if (!next_is('.')) return std::string(text_.substr(start, at_ - start));
        ++at_;
    }
}

parsed<std::string> cursor::local_part() {
    const auto start = at_;
    auto out = next_is('"') ? quoted_string() : dot_string();
    if (out && at_ - start > limits_.local_part) {
        return fail_at(start, "local-part longer than " + std::to_string(limits_.local_part) + " octets");
    }
    return out;
}

// Domain = sub-domain *("." sub-domain); sub-domain = Let-dig [Ldh-str], or a U-label (RFC 6531 §3.3), of
// which more is asked when it is looked up.
parsed<std::string> cursor::domain() {
    const auto start = at_;
    for (;;) {
        const auto label = at_;
        while (!at_end() && (is_let_dig(text_[at_]) || text_[at_] == '-' ? ++at_ > 0 : take_beyond_ascii())) {
        }
        if (next_is('_')) return fail("underscore is not allowed in a domain");
        if (at_ == label) return fail(at_ == start ? "domain missing" : "empty label in a domain");
        if (text_[label] == '-') return fail_at(label, "a label of a domain must not begin with a hyphen");
        if (text_[at_ - 1] == '-') return fail_at(at_ - 1, "a label of a domain must not end with a hyphen");
        if (!take('.')) break;
    }
    if (at_ - start > limits_.domain) {
        return fail_at(start, "domain longer than " + std::to_string(limits_.domain) + " octets");
    }
    return std::string(text_.substr(start, at_ - start));
}

parsed<std::string> cursor::address_literal() {
    const auto start = at_;
    auto close = text_.find(']', at_);
    if (close == std::string_view::npos) return fail("address literal without its ']'");
    at_ = close + 1;
    auto literal = parse_address_literal(text_.substr(start, at_ - start));
    if (!literal) return fail_at(start + literal.error().offset, literal.error().what);
    return literal;
}

parsed<message::mailbox> cursor::mailbox() {
    auto local = local_part();
    if (!local) return std::unexpected(local.error());
    if (!take('@')) return fail("'@' and a domain expected after the local-part");
    auto host = next_is('[') ? address_literal() : domain();
    if (!host) return std::unexpected(host.error());
    return message::mailbox{std::move(*local), std::move(*host)};
}

// A-d-l ":" where A-d-l = At-domain *("," At-domain). True when there was one.
parsed<bool> cursor::source_route() {
    if (!next_is('@')) return false;
    do {
        if (!take('@')) return fail("'@' expected in a source route");
        if (auto host = domain(); !host) return std::unexpected(host.error());
    } while (take(','));
    if (!take(':')) return fail("':' expected after a source route");
    return true;
}

// Path = "<" [ A-d-l ":" ] Mailbox ">"
parsed<forward_path> take_path(std::string_view& text, const size_limits& limits, characters allowed) {
    cursor c(text, limits, allowed);
    if (!c.take('<')) return c.fail("'<' expected before the address");
    auto routed = c.source_route();
    if (!routed) return std::unexpected(routed.error());
    auto box = c.mailbox();
    if (!box) return std::unexpected(box.error());
    if (!c.take('>')) return c.fail("'>' expected after the address");
    if (c.offset() > limits.path) {
        return cursor::fail_at(0, "path longer than " + std::to_string(limits.path) + " octets");
    }
    text = c.rest();
    return forward_path{std::move(*box), *routed};
}

template <class T>
parsed<T> whole(const cursor& c, parsed<T> value) {
    if (value && !c.at_end()) return c.fail("text behind the address");
    return value;
}

} // namespace

bool is_atext(char c) {
    return is_let_dig(c) ||
           (c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos);
}

parsed<reverse_path> take_reverse_path(std::string_view& text, const size_limits& limits,
                                       characters allowed) {
    if (text.starts_with("<>")) {
        text.remove_prefix(2);
        return reverse_path{};
    }
    auto path = take_path(text, limits, allowed);
    if (!path) return std::unexpected(path.error());
    return reverse_path{false, std::move(path->address)};
}

parsed<forward_path> take_forward_path(std::string_view& text, const size_limits& limits,
                                       characters allowed) {
    if (text.starts_with("<>")) return std::unexpected(parse_error{1, "the null path is for MAIL only"});
    // RFC 5321 §4.1.1.3: "<Postmaster>", in any letter case, needs no domain.
    constexpr std::size_t postmaster = 12;
    if (text.size() >= postmaster && equals_ignoring_case(text.substr(0, postmaster), "<postmaster>")) {
        forward_path path{mailbox{std::string(text.substr(1, postmaster - 2)), {}}};
        text.remove_prefix(postmaster);
        return path;
    }
    return take_path(text, limits, allowed);
}

parsed<mailbox> parse_mailbox(std::string_view text, const size_limits& limits, characters allowed) {
    cursor c(text, limits, allowed);
    auto box = c.mailbox();
    return whole(c, std::move(box));
}

parsed<std::string> parse_domain(std::string_view text, const size_limits& limits, characters allowed) {
    cursor c(text, limits, allowed);
    auto host = c.domain();
    return whole(c, std::move(host));
}

parsed<std::string> parse_string(std::string_view text, characters allowed) {
    const size_limits limits;
    cursor c(text, limits, allowed);
    if (c.next_is('"')) {
        auto quoted = c.quoted_string();
        return whole(c, std::move(quoted));
    }
    const bool utf8 = allowed == characters::utf8 && is_utf8(text);
    auto bad = std::ranges::find_if_not(
        text, [&](char one) { return is_atext(one) || (utf8 && static_cast<unsigned char>(one) > 127); });
    if (text.empty()) return c.fail("argument missing");
    if (bad != text.end()) {
        return cursor::fail_at(static_cast<std::size_t>(bad - text.begin()),
                               "character not allowed in an atom");
    }
    return std::string(text);
}

} // namespace refmail::message
