// Reading one IMAP response off the front of a buffer; see imap_response.hpp. Tells the three kinds apart
// (RFC 9051 §2.2.2), reads conditions with their code (§7.1) and leaves all data to imap_lexer.
#include "harness/wire/imap_response.hpp"

#include "harness/wire/imap_lexer.hpp"
#include "harness/wire/imap_names.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mailspec::wire {
namespace {

constexpr std::array<std::string_view, 5> conditions = {"OK", "NO", "BAD", "PREAUTH", "BYE"};
constexpr std::size_t tagged_conditions = 3; // the first of them

// "OK" of "ok"; empty: none.
std::string_view condition_of(std::string_view word, std::size_t known) {
    for (std::size_t i = 0; i < known; ++i)
        if (same_word(word, conditions[i])) return conditions[i];
    return {};
}

// RFC 9051 §9: resp-text-code; those with values. Behind any other name stands free text.
bool has_values(std::string_view name) {
    static constexpr auto names = std::to_array<std::string_view>(
        {"APPENDUID", "BADCHARSET", "CAPABILITY", "COPYUID", "HIGHESTMODSEQ", "LONGENTRIES", "MAILBOXID",
         "METADATA", "MODIFIED", "PERMANENTFLAGS", "UIDNEXT", "UIDVALIDITY", "UNSEEN"});
    return std::ranges::any_of(names, [&](auto known) { return same_word(name, known); });
}

class response_reader {
  public:
    explicit response_reader(std::string_view buffer)
        : buffer_(buffer) {}

    parsed_imap run() {
        const auto line_end = buffer_.find('\n');
        if (line_end == std::string_view::npos) {
            result_.wanted = buffer_.size() + 1;
            return std::move(result_);
        }
        const auto line = without_line_end(buffer_.substr(0, line_end + 1));
        if (!recognise(line)) {
            result_.state = imap_state::not_a_response;
            result_.used = line_end + 1;
            result_.response.raw = buffer_.substr(0, result_.used);
        }
        return std::move(result_);
    }

  private:
    bool recognise(std::string_view line) {
        auto& r = result_.response;
        if (line.starts_with("* ") && line.size() > 2) {
            const auto condition = condition_of(first_word(line.substr(2)), conditions.size());
            r.condition = condition;
            if (condition.empty())
                data();
            else
                text(2 + condition.size());
            return true;
        }
        if (line == "+" || line.starts_with("+ ")) {
            r.what = imap_response::kind::continuation;
            text(1);
            return true;
        }
        const auto tag = first_word(line);
        const auto word = first_word(line.substr(std::min(line.size(), tag.size() + 1)));
        const auto condition = condition_of(word, tagged_conditions);
        if (!is_tag(tag) || condition.empty()) return false;
        r.what = imap_response::kind::tagged;
        r.tag = tag;
        r.condition = condition;
        text(tag.size() + 1 + condition.size());
        return true;
    }

    void data() {
        auto& r = result_.response;
        imap_lexer lexer(buffer_, 2, r.deviations);
        r.data = lexer.values();
        finish(lexer);
    }

    // From behind the condition or `+`.
    void text(std::size_t at) {
        auto& r = result_.response;
        imap_lexer lexer(buffer_, at, r.deviations);
        space(lexer, at);
        if (!lexer.at_line_end() && lexer.rest().front() == '[' && code(lexer)) space(lexer, lexer.at());
        if (lexer.incomplete()) return finish(lexer);
        r.text_at = lexer.at();
        r.text = lexer.rest();
        lexer.skip(r.text.size());
        if (const auto cr = r.text.find('\r'); cr != std::string::npos)
            lexer.note("imap-bare-cr", r.text_at + cr,
                       fmt::format("a CR without LF in the text {}", shown(r.text)));
        finish(lexer);
    }

    // RFC 9051 §9: SP follows the condition, `+` and the code, whether or not text does.
    void space(imap_lexer& lexer, std::size_t at) {
        if (!lexer.incomplete() && !lexer.take(' '))
            lexer.note(result_.response.what == imap_response::kind::continuation ? "imap-continuation"
                                                                                  : "imap-text",
                       at, "no space follows");
    }

    // False: what begins with `[` is no code but text (RFC 9051 §9: TEXT-CHAR has brackets too).
    bool code(imap_lexer& lexer) {
        auto& r = result_.response;
        const auto before = r.deviations.size();
        const auto open = lexer.at();
        const auto line = lexer.rest();
        lexer.skip(1);
        auto values = lexer.code_values();
        const bool closed = lexer.take(']');
        if (lexer.incomplete()) return false;
        const bool named = closed && !values.empty() && values.front().is_atom();
        if (!named || !has_values(values.front().text)) {
            r.deviations.resize(before); // free text keeps no rules
            const auto end = line.find(']');
            if (!named && (end == std::string_view::npos || end == 1)) {
                lexer.move_to(open);
                return false;
            }
            if (!named) {
                lexer.move_to(open + end + 1);
                values = free_code(line.substr(1, end - 1), open + 1);
            }
        }
        r.code = std::move(values);
        return true;
    }

    // NAME TEXT, the text one atom whatever is in it.
    static std::vector<imap_value> free_code(std::string_view inside, std::size_t at) {
        std::vector<imap_value> values;
        const auto name = first_word(inside);
        values.push_back({imap_value::kind::atom, std::string(name), {}, at, name.size()});
        if (name.size() < inside.size())
            values.push_back({imap_value::kind::atom,
                              std::string(inside.substr(name.size() + 1)),
                              {},
                              at + name.size() + 1,
                              inside.size() - name.size() - 1});
        return values;
    }

    void finish(imap_lexer& lexer) {
        lexer.line_end();
        if (lexer.incomplete()) {
            result_.wanted = lexer.wanted();
            result_.response = {};
            return;
        }
        result_.state = imap_state::complete;
        result_.used = lexer.at();
        result_.response.raw = buffer_.substr(0, result_.used);
    }

    std::string_view buffer_;
    parsed_imap result_;
};

} // namespace

parsed_imap parse_imap_response(std::string_view buffer) {
    return response_reader(buffer).run();
}

std::string imap_response::name() const {
    if (data.empty()) return {};
    const std::size_t at = data.size() > 1 && data.front().number() ? 1 : 0;
    return data[at].is_atom() ? upper(data[at].text) : std::string();
}

std::optional<std::uint64_t> imap_response::number() const {
    return data.size() > 1 ? data.front().number() : std::nullopt;
}

std::string imap_response::code_name() const {
    return code ? upper(code->front().text) : std::string();
}

bool imap_response::is_data(std::string_view wanted) const {
    return what == kind::untagged && condition.empty() && name() == wanted;
}

std::vector<imap_value>::const_iterator imap_response::arguments() const {
    const std::size_t named = number() ? 2 : 1;
    return data.begin() + static_cast<std::ptrdiff_t>(std::min(data.size(), named));
}

std::vector<std::string> imap_capabilities_of(const imap_response& response) {
    const auto list = [](auto from, auto to) {
        std::vector<std::string> names;
        for (; from != to; ++from)
            if (from->is_atom()) names.push_back(from->text);
        return names;
    };
    if (response.is_data("CAPABILITY")) return list(response.arguments(), response.data.end());
    if (response.code_name() == "CAPABILITY") return list(response.code->begin() + 1, response.code->end());
    return {};
}

} // namespace mailspec::wire
