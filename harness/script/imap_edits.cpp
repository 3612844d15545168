// Altering responses octet by octet, by their tree; see imap_edits.hpp.
#include "harness/script/imap_edits.hpp"

#include "harness/wire/imap_names.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace mailspec::script {
namespace {

using wire::imap_response;
using wire::imap_value;
using values = std::span<const imap_value>;
using element = suite::imap_pattern;

constexpr std::size_t most_values = 60, most_of_name_shown = 40;

class editor {
  public:
    explicit editor(const imap_response& r)
        : r_(r) {}

    std::vector<imap_edit> run() {
        if (!r_.condition.empty()) conditions();
        if (r_.code) code();
        if (r_.what == imap_response::kind::continuation)
            add("it becomes an untagged OK", "* OK " + (r_.text.empty() ? "_" : r_.text) + "\r\n");
        if (r_.text_at > 0) replace("the text becomes _", r_.text_at, r_.text.size(), "_");
        if (!r_.data.empty()) data();
        auto bare = r_.raw;
        if (bare.ends_with("\r\n")) add("bare LF in place of CRLF", bare.erase(bare.size() - 2, 1));
        return std::move(edits_);
    }

  private:
    void add(std::string name, std::string raw) {
        if (raw != r_.raw) edits_.push_back({std::move(name), std::move(raw)});
    }

    void replace(std::string name, std::size_t offset, std::size_t length, std::string_view with) {
        auto raw = r_.raw;
        add(std::move(name), raw.replace(offset, length, with));
    }

    std::string show(const imap_value& v) const {
        return wire::quoted(std::string_view(r_.raw).substr(v.offset, v.length), most_of_name_shown);
    }

    void conditions() {
        const bool tagged = r_.what == imap_response::kind::tagged;
        const auto at = tagged ? r_.tag.size() + 1 : 2;
        for (const char* other : {"OK", "NO", "BAD", "BYE"})
            if (r_.condition != other && (!tagged || std::string_view(other) != "BYE"))
                replace(fmt::format("{} becomes {}", r_.condition, other), at, r_.condition.size(), other);
        if (tagged) replace("the tag becomes another", 0, r_.tag.size(), "x" + r_.tag);
        if (!r_.code) {
            const auto behind = at + r_.condition.size() + 1;
            if (behind <= r_.raw.size()) replace("it has the response code [ALERT]", behind, 0, "[ALERT] ");
        }
    }

    void code() {
        const auto& all = *r_.code;
        const auto open = all.front().offset - 1;
        const auto close = r_.raw.find(']', all.back().end());
        if (close == std::string::npos) return;
        const auto length = close + 1 - open;
        replace("the response code is dropped", open, length + (r_.raw[close + 1] == ' ' ? 1 : 0),
                r_.text.empty() ? "_" : "");
        replace("the response code becomes [X-OTHER]", open, length, "[X-OTHER]");
        for (const char* other : {"READ-ONLY", "READ-WRITE", "NONEXISTENT", "CANNOT"})
            if (all.size() == 1 && r_.code_name() != other)
                replace(fmt::format("the response code becomes [{}]", other), open, length,
                        fmt::format("[{}]", other));
        for (const auto& v : values(all).subspan(1))
            value(v);
        elements(values(all).subspan(1), 1);
    }

    void data() {
        const std::size_t named = r_.number() ? 1 : 0;
        const auto& name = r_.data[named];
        replace(fmt::format("{} becomes XOTHER", name.text), name.offset, name.length, "XOTHER");
        if (named == 1) value(r_.data[0]);
        const auto arguments = values(r_.data).subspan(named + 1);
        for (const auto& v : arguments)
            value(v);
        elements(arguments, 1);
        const bool words = std::ranges::all_of(arguments, [](auto& v) { return v.is_atom(); });
        if (words && r_.raw.ends_with("\r\n")) {
            const bool numbers = r_.name() == "SEARCH" || r_.name() == "SORT";
            replace("one more value comes at the end", r_.raw.size() - 2, 0, numbers ? " 999" : " XMUTANT");
        }
    }

    void value(const imap_value& v) {
        if (++seen_ > most_values) return;
        if (v.is_list()) return list(v);
        if (v.is_string()) return string(v);
        const auto number = v.number();
        std::string other = number                                 ? fmt::format("{}", *number + 1)
                            : v.is_nil()                           ? "\"x\""
                            : wire::parse_number_set(v.text)       ? v.text + ",999999"
                            : wire::same_word(v.text, "\\Flagged") ? "\\Draft"
                            : v.text.starts_with('\\')             ? "\\Flagged"
                                                                   : "X" + v.text;
        replace(fmt::format("{} becomes {}", show(v), wire::quoted(other, most_of_name_shown)), v.offset,
                v.length, other);
        if (number && *number > 1)
            replace(fmt::format("{} becomes {}", show(v), *number - 1), v.offset, v.length,
                    fmt::format("{}", *number - 1));
    }

    void string(const imap_value& v) {
        replace(fmt::format("{} becomes NIL", show(v)), v.offset, v.length, "NIL");
        const auto as_literal = [&](const std::string& octets) {
            return fmt::format("{}{{{}}}\r\n{}", v.what == imap_value::kind::literal8 ? "~" : "",
                               octets.size(), octets);
        };
        auto other = v.text;
        if (other.empty())
            other = "x";
        else
            other.back() = other.back() == 'x' ? 'y' : 'x';
        replace(fmt::format("the last octet of {} is altered", show(v)), v.offset, v.length,
                as_literal(other));
        if (v.text.size() < 2) return;
        replace(fmt::format("{} lacks its last octet", show(v)), v.offset, v.length,
                as_literal(v.text.substr(0, v.text.size() - 1)));
        other = v.text;
        other.front() = other.front() == 'x' ? 'y' : 'x';
        replace(fmt::format("the first octet of {} is altered", show(v)), v.offset, v.length,
                as_literal(other));
    }

    void list(const imap_value& v) {
        if (!v.items.empty()) replace(fmt::format("{} becomes ()", show(v)), v.offset, v.length, "()");
        const bool fetch = v.items.size() % 2 == 0 && !v.items.empty() && v.items[0].is_atom() &&
                           (r_.name() == "FETCH" || r_.name() == "STATUS") && depth_ == 0;
        ++depth_;
        elements(v.items, fetch ? 2 : 1);
        for (std::size_t i = 0; i < v.items.size(); ++i)
            if (!fetch || i % 2 == 1) value(v.items[i]);
        --depth_;
        const bool words = std::ranges::all_of(v.items, [](auto& i) { return i.is_atom(); });
        if (words && !fetch)
            replace(fmt::format("{} has $Mutant besides", show(v)), v.end() - 1, 0,
                    v.items.empty() ? "$Mutant" : " $Mutant");
    }

    // One after the other is dropped, and the first two change places.
    void elements(values all, std::size_t stride) {
        for (std::size_t i = 0; i < all.size() && i < most_values; i += stride) {
            const auto& last = all[std::min(i + stride, all.size()) - 1];
            auto from = all[i].offset, to = last.end();
            if (i > 0 || (from > 0 && r_.raw[from - 1] == ' '))
                from = r_.raw[from - 1] == ' ' ? from - 1 : from;
            else if (to < r_.raw.size() && r_.raw[to] == ' ')
                ++to;
            replace(fmt::format("{} is dropped", show(all[i])), from, to - from, "");
        }
        if (stride != 1 || all.size() < 2) return;
        const auto& a = all[0];
        const auto& b = all[1];
        const std::string_view raw = r_.raw;
        replace(fmt::format("{} and {} change places", show(a), show(b)), a.offset, b.end() - a.offset,
                fmt::format("{}{}{}", raw.substr(b.offset, b.length), raw.substr(a.end(), b.offset - a.end()),
                            raw.substr(a.offset, a.length)));
    }

    const imap_response& r_;
    std::vector<imap_edit> edits_;
    std::size_t seen_ = 0;
    int depth_ = 0;
};

} // namespace

std::vector<imap_edit> imap_edits_of(const imap_response& response) {
    return editor(response).run();
}

} // namespace mailspec::script
