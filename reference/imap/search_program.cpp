// Reads search-key, and puts what costs least first. Bombs of NOT, OR and parentheses end in BAD.
#include "reference/imap/search_program.hpp"

#include "reference/message/charset.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace refmail::imap {

namespace {

using what = search_key::what;

// OR within OR within OR: clients write long chains of alternatives so. Parentheses have the cursor's limit.
constexpr int deepest = 500;
// Every one of them may mean that all of a message is read, or all of its header, before others have a turn.
constexpr int most_of_content = 100, most_of_header = 1000;

struct word_key {
    std::string_view word;
    what kind;
    bool negated = false;
    mailbox::flag_set flag = 0;
};
constexpr std::array<word_key, 37> words{{
    {"ALL", what::all},
    {"ANSWERED", what::flags, false, mailbox::flag::answered},
    {"DELETED", what::flags, false, mailbox::flag::deleted},
    {"DRAFT", what::flags, false, mailbox::flag::draft},
    {"FLAGGED", what::flags, false, mailbox::flag::flagged},
    {"SEEN", what::flags, false, mailbox::flag::seen},
    {"UNANSWERED", what::flags, true, mailbox::flag::answered},
    {"UNDELETED", what::flags, true, mailbox::flag::deleted},
    {"UNDRAFT", what::flags, true, mailbox::flag::draft},
    {"UNFLAGGED", what::flags, true, mailbox::flag::flagged},
    {"UNSEEN", what::flags, true, mailbox::flag::seen},
    {"NEW", what::new_messages},
    {"OLD", what::recent, true},
    {"RECENT", what::recent},
    {"KEYWORD", what::keyword},
    {"UNKEYWORD", what::keyword, true},
    {"UID", what::ids},
    {"BEFORE", what::before},
    {"ON", what::on},
    {"SINCE", what::since},
    {"LARGER", what::larger},
    {"SMALLER", what::smaller},
    {"OLDER", what::older},
    {"YOUNGER", what::younger},
    {"MODSEQ", what::modified},
    {"SENTBEFORE", what::sent_before},
    {"SENTON", what::sent_on},
    {"SENTSINCE", what::sent_since},
    {"BCC", what::header},
    {"CC", what::header},
    {"FROM", what::header},
    {"SUBJECT", what::header},
    {"TO", what::header},
    {"HEADER", what::header},
    {"BODY", what::body},
    {"TEXT", what::text},
    {"OR", what::either},
}};

class program_reader {
  public:
    program_reader(cursor& in, search_program& to)
        : in_(in)
        , to_(to) {}

    void set_charset(std::string name) {
        charset_ = std::move(name);
        to_.charset_is_known = message::is_known_charset(*charset_);
    }

    // search-key *(SP search-key)
    search_key keys() {
        search_key all;
        all.kind = what::both;
        do
            add(all, key());
        while (in_.take(' '));
        std::ranges::stable_sort(all.children, {}, &search_key::costliest);
        if (all.children.size() == 1) {
            auto only = std::move(all.children.front());
            return only;
        }
        return all;
    }

  private:
    // (a b) within an AND, or OR a (OR b c): one level.
    static void add(search_key& to, search_key child) {
        if (child.kind != to.kind || child.negated)
            to.children.push_back(std::move(child));
        else
            std::ranges::move(child.children, std::back_inserter(to.children));
    }

    search_key key() {
        // NOT may stand any number of times: counted, not nested.
        bool negated = false;
        while (in_.take_word("NOT")) {
            in_.space();
            negated = !negated;
        }
        auto out = plain_key();
        if (negated) out.negated = !out.negated;
        return out;
    }

    search_key plain_key() {
        if (in_.peek() == '(') {
            in_.open();
            auto out = keys();
            in_.expect_close();
            return out;
        }
        search_key out;
        const char c = in_.peek();
        if ((c >= '0' && c <= '9') || c == '*' || c == '$') {
            out.kind = what::numbers;
            out.set = in_.sequence_set();
            return out;
        }
        const auto word = in_.upper_atom();
        const auto known = std::ranges::find(words, word, &word_key::word);
        if (known == words.end()) {
            if (!in_.failed()) in_.fail("SEARCH knows no " + word);
            return out;
        }
        out.kind = known->kind;
        out.negated = known->negated;
        out.number = known->flag;
        read_argument(out, word);
        return out;
    }

    void read_argument(search_key& out, const std::string& word) {
        switch (out.kind) {
        case what::keyword:
            in_.space();
            out.field = in_.atom();
            break;
        case what::ids:
            in_.space();
            out.set = in_.sequence_set();
            break;
        case what::before:
        case what::on:
        case what::since:
        case what::sent_before:
        case what::sent_on:
        case what::sent_since:
            in_.space();
            out.day = in_.date();
            break;
        case what::larger:
        case what::smaller:
            in_.space();
            out.number = in_.number64();
            break;
        case what::older:
        case what::younger: // RFC 5032 §3: not 0
            in_.space();
            out.number = in_.nz_number();
            break;
        case what::modified: read_mod_sequence(out); break;
        case what::header:
            if (++of_header_ > most_of_header) return in_.fail("too many keys that read the header", "LIMIT");
            in_.space();
            out.field = word == "HEADER" ? in_.astring() : word;
            if (word == "HEADER") in_.space();
            out.sought.emplace(text());
            break;
        case what::body:
        case what::text:
            if (++of_content_ > most_of_content) return in_.fail("too many BODY and TEXT keys", "LIMIT");
            in_.space();
            out.sought.emplace(text());
            break;
        case what::either: read_alternatives(out); break;
        default: break;
        }
    }

    // RFC 7162 §3.1.5: there is one mod-sequence a message, so that names of entries say nothing.
    void read_mod_sequence(search_key& out) {
        in_.space();
        if (in_.at_string()) {
            in_.string();
            in_.space();
            if (!in_.take_word("ALL") && !in_.take_word("PRIV") && !in_.take_word("SHARED"))
                in_.fail("expected all, priv or shared");
            in_.space();
        }
        out.number = in_.mod_sequence();
    }

    void read_alternatives(search_key& out) {
        if (++depth_ > deepest) return in_.fail("too many keys within each other");
        in_.space();
        add(out, key());
        in_.space();
        add(out, key());
        --depth_;
        std::ranges::stable_sort(out.children, {}, &search_key::costliest);
    }

    std::string text() {
        auto octets = in_.astring();
        if (!charset_) return octets; // RFC 9051 §6.4.4: UTF-8
        return message::to_utf8(octets, *charset_).value_or(std::string());
    }

    cursor& in_;
    search_program& to_;
    std::optional<std::string> charset_;
    int depth_ = 0, of_content_ = 0, of_header_ = 0;
};

} // namespace

search_key::what search_key::costliest() const {
    auto most = kind == what::both || kind == what::either ? what::all : kind;
    for (const auto& child : children)
        most = std::max(most, child.costliest());
    return most;
}

bool search_key::has(what wanted) const {
    return kind == wanted || std::ranges::any_of(children, [&](const auto& c) { return c.has(wanted); });
}

search_program read_search_program(cursor& in, const modes& how, bool charset_first) {
    search_program out;
    program_reader reader(in, out);
    const bool named = charset_first || in.take_word("CHARSET");
    if (named) {
        // RFC 9755 §3: all is UTF-8 then.
        if (!charset_first && how.utf8) in.fail("no CHARSET after ENABLE UTF8=ACCEPT: it is UTF-8");
        if (!charset_first) in.space();
        auto name = in.astring();
        if (how.utf8 && !boost::algorithm::iequals(name, "UTF-8"))
            in.fail("no charset but UTF-8 after ENABLE UTF8=ACCEPT");
        if (!in.failed()) reader.set_charset(std::move(name));
        in.space();
    }
    out.key = reader.keys();
    in.end();
    return out;
}

std::string bad_charset_code() {
    std::string out = "BADCHARSET (";
    for (const auto& name : message::common_charsets()) {
        if (out.back() != '(') out += ' ';
        out += name;
    }
    return out + ')';
}

} // namespace refmail::imap
