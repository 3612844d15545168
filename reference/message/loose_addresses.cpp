// Addresses as they are met in stored mail, for ENVELOPE: RFC 5322 §3.4 and §4.4, and whatever breaks them.
// Never fails: words are gathered until a sign tells what they were, and what no rule explains becomes part
// of a display name. (header_addresses.cpp is the strict reader.) Time is in proportion to the text.
#include "reference/message/encoded_words.hpp"
#include "reference/message/envelope_data.hpp"
#include "reference/message/header_tokens.hpp"
#include "reference/message/octet_class.hpp"

#include <algorithm>

namespace refmail::message {

namespace {

constexpr std::string_view specials = "()<>[]:;@\\,.\"";

// Words in front of the sign that tells what they are.
struct phrase {
    std::string text;         // as a display name: words with one space where blanks or comments were
    std::string local;        // the last words that only dots join: a local-part, if '@' follows
    std::size_t local_at = 0; // where these begin in `text`
    bool gap = false;         // blanks or a comment behind the last word
    bool dot = false;         // a dot was last

    bool empty() const { return text.empty(); }
    void add(std::string_view word, bool is_dot = false) {
        // RFC 5322 §4.4: blanks may stand around the dots of a local-part.
        const bool continues = is_dot || dot;
        if (gap && !empty()) text += ' ';
        if (gap && !continues) {
            local.clear();
            local_at = text.size();
        }
        text += word;
        local += word;
        gap = false;
        dot = is_dot;
    }
    // What stands in front of the local-part.
    std::string name() const {
        const auto end = text.find_last_not_of(' ', local_at == 0 ? std::string::npos : local_at - 1);
        return local_at == 0 ? std::string() : text.substr(0, end + 1);
    }
};

class address_reader {
  public:
    explicit address_reader(std::string_view body)
        : text_(body) {}
    std::vector<envelope_address> read();

  private:
    char front() const { return text_.empty() ? '\0' : text_.front(); }
    bool take(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    bool skip_blanks(); // and comments, whose last is kept; true if there were any
    bool take_comment();
    std::string take_word();
    phrase take_phrase(std::string_view ends);
    std::string take_domain(char end);
    void read_address();
    void read_angle(envelope_address& into);
    void finish(envelope_address address);
    void finish_without_angle(phrase words);
    void begin_group(phrase name);
    void end_group();

    std::string_view text_;
    std::vector<envelope_address> found_;
    bool in_group_ = false;
    std::string comment_;      // the last one of the address under way
    bool no_comments_ = false; // one was not closed: from there on "(" is a sign like others
};

// The content of a comment, unquoted. False, and nothing taken: it is not closed.
bool address_reader::take_comment() {
    std::string out;
    int depth = 0;
    for (std::size_t i = 0; i < text_.size(); ++i) {
        const char c = text_[i];
        if (c == '\r' || c == '\n') continue;
        if (c == '(' && depth++ == 0) continue;
        if (c == ')' && --depth == 0) {
            text_.remove_prefix(i + 1);
            comment_ = std::move(out);
            return true;
        }
        if (c == '\\' && i + 1 < text_.size()) ++i;
        out += text_[i];
    }
    no_comments_ = true;
    return false;
}

bool address_reader::skip_blanks() {
    const auto before = text_.size();
    while (!text_.empty()) {
        if (is_folding(front()))
            text_.remove_prefix(1);
        else if (front() != '(' || no_comments_ || !take_comment())
            break;
    }
    return text_.size() != before;
}

// An atom, a quoted string without its quotes, or one sign that has no meaning where it is.
std::string address_reader::take_word() {
    if (front() == '"') {
        if (auto quoted = take_quoted_string(text_)) return *quoted;
        std::string rest(text_.substr(1));
        std::erase_if(rest, [](char c) { return c == '\r' || c == '\n'; });
        text_ = {};
        return rest;
    }
    // An encoded word may have any sign in it, by mistake.
    auto size = encoded_word_size(text_);
    if (size == 0) {
        const auto end = std::ranges::find_if(
            text_, [](char c) { return is_folding(c) || specials.find(c) != std::string_view::npos; });
        size = std::max<std::size_t>(1, static_cast<std::size_t>(end - text_.begin()));
    }
    std::string out(text_.substr(0, size));
    text_.remove_prefix(size);
    return out;
}

// Up to one of `ends`, or the end.
phrase address_reader::take_phrase(std::string_view ends) {
    phrase out;
    for (;;) {
        if (skip_blanks()) out.gap = true;
        if (text_.empty() || ends.find(front()) != std::string_view::npos) return out;
        const bool dot = front() == '.';
        out.add(take_word(), dot);
    }
}

// Behind "@": dot-atom, domain-literal, obs-domain, or what stands there up to a blank.
std::string address_reader::take_domain(char end) {
    std::string out;
    bool gap = skip_blanks();
    gap = false;
    while (!text_.empty() && std::string_view("<>,;:").find(front()) == std::string_view::npos &&
           front() != end) {
        const bool dot = front() == '.';
        if (gap && !dot && !out.ends_with('.')) break;
        if (front() == '[') {
            const auto close = std::min(text_.find(']'), text_.size() - 1);
            for (char c : text_.substr(0, close + 1)) {
                if (!is_folding(c)) out += c;
            }
            text_.remove_prefix(close + 1);
        } else {
            out += take_word();
        }
        gap = skip_blanks();
    }
    return out;
}

// Behind "<": [obs-route] addr-spec ">"
void address_reader::read_angle(envelope_address& into) {
    std::string route;
    skip_blanks();
    while (take('<'))
        skip_blanks();
    while (front() == '@') { // obs-route = "@" domain *("," [ "@" domain ]) ":"
        take('@');
        route += (route.empty() ? "@" : ",@") + take_domain('>');
        do
            skip_blanks();
        while (take(','));
        if (take(':')) break;
    }
    auto local = take_phrase("@>,;");
    // RFC 5322 §3.4.1: no blanks within a local-part; where they are, it is all of it.
    if (!local.empty()) into.mailbox = local.text;
    if (take('@')) {
        auto domain = take_domain('>');
        while (!text_.empty() && front() != '>' && front() != ',' && front() != ';')
            domain += take_phrase(">,;").text;
        if (!domain.empty()) into.host = std::move(domain);
    }
    if (!route.empty()) into.route = std::move(route);
    while (take('>'))
        skip_blanks();
}

void address_reader::finish(envelope_address address) {
    // RFC 9051 §7.5.2: NIL would make it a group.
    if (!address.mailbox) address.mailbox = "MISSING_MAILBOX";
    if (!address.host) address.host = "MISSING_DOMAIN";
    // RFC 5322 §3.4: the old way to give a name is a comment behind the address.
    if (!address.name && !comment_.empty()) address.name = comment_;
    found_.push_back(std::move(address));
}

void address_reader::finish_without_angle(phrase words) {
    envelope_address address;
    const auto name = words.name();
    const bool at = take('@');
    // One word alone is a local-part; several are a name.
    if (at || name.empty()) {
        if (!words.local.empty()) address.mailbox = words.local;
        if (!name.empty()) address.name = name;
    } else {
        address.name = words.text;
    }
    if (at) {
        auto domain = take_domain('\0');
        auto behind = take_phrase("<,;");
        if (front() == '<') {
            // "joe@a.test <joe@a.test>": an address for a display name, its quotes forgotten.
            address = {};
            address.name = words.text + "@" + domain + (behind.empty() ? "" : " " + behind.text);
            take('<');
            read_angle(address);
            behind = take_phrase(",;");
        } else if (!domain.empty()) {
            address.host = std::move(domain);
        }
        if (!behind.empty() && !address.name) address.name = behind.text;
    }
    finish(std::move(address));
}

void address_reader::begin_group(phrase name) {
    envelope_address group;
    group.mailbox = name.text;
    found_.push_back(std::move(group));
    in_group_ = true;
}

void address_reader::end_group() {
    found_.emplace_back();
    in_group_ = false;
}

void address_reader::read_address() {
    comment_.clear();
    auto words = take_phrase(in_group_ ? "<@,;" : "<@,;:");
    if (take('<')) {
        envelope_address address;
        if (!words.empty()) address.name = words.text;
        read_angle(address);
        auto behind = take_phrase(",;");
        if (!address.name && !behind.empty()) address.name = behind.text;
        return finish(std::move(address));
    }
    if (!in_group_ && front() == ':') {
        take(':');
        return begin_group(std::move(words));
    }
    if (!words.empty() || front() == '@') finish_without_angle(std::move(words));
}

std::vector<envelope_address> address_reader::read() {
    while (!text_.empty()) {
        read_address();
        if (take(',')) continue;
        // A ';' that ends no group is a separator to some programs.
        if (take(';') && in_group_) end_group();
    }
    if (in_group_) end_group();
    return std::move(found_);
}

} // namespace

std::vector<envelope_address> read_addresses(std::string_view body) {
    return address_reader(body).read();
}

} // namespace refmail::message
