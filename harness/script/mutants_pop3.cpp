// Wrong responses of POP3; see mutants.hpp. What a step looks at (a code, a capability, a line, the content)
// is altered by name, so that a mutation says what the case would have missed.
#include "harness/script/mutants.hpp"
#include "harness/wire/octets.hpp"
#include "harness/wire/pop3_response.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace mailspec::script {
namespace {

using pop3_check_kind = suite::pop3_check::kind;
using status = wire::pop3_response::kind;

constexpr std::size_t most_pop3_lines = 12;

class pop3_mutator {
  public:
    pop3_mutator(const judged& step, const recording& from, std::vector<mutant>& all)
        : step_(step)
        , from_(from)
        , all_(all)
        , raw_(from.streams[index()].octets().substr(step.offset, step.length)) {
        const auto first = raw_.substr(0, raw_.find('\n') + 1);
        response_ = wire::parse_pop3_response(raw_, first.size() < raw_.size()).response;
        first_ = std::string(wire::without_line_end(first));
        rest_ = raw_.substr(first.size());
    }

    void run() {
        if (response_.raw.empty()) return;
        statuses();
        codes();
        text();
        if (response_.multi_line) lines();
        if (const auto* e = std::get_if<suite::expect_server>(&step_.by->body))
            for (const auto& tier : e->tiers)
                for (const auto& pattern : tier.any_of)
                    if (const auto* p = std::get_if<suite::pop3_pattern>(&pattern))
                        for (const auto& check : p->checks)
                            capability(check);
        add("bare LF in place of CRLF", first_ + "\n" + rest_);
        add("the response is lost", "", false);
        auto closed = from_;
        closed.streams[index()].cut(step_.offset);
        all_.push_back({"closed instead of the response", false, std::move(closed)});
    }

  private:
    std::size_t index() const { return static_cast<std::size_t>(step_.stream); }

    void add(std::string name, const std::string& raw, bool content = true) {
        if (raw == raw_ || !names_.insert(name).second) return;
        auto changed = from_;
        changed.streams[index()].replace(step_.offset, step_.length, raw);
        all_.push_back({std::move(name), content, std::move(changed)});
    }

    std::string with_lines(const std::vector<std::string>& lines) const {
        auto raw = first_ + "\r\n";
        for (const auto& line : lines)
            raw += (line.starts_with('.') ? "." : "") + line + "\r\n";
        return raw + ".\r\n";
    }

    // Nothing follows -ERR.
    void statuses() {
        const auto text = response_.text.empty() ? "" : " " + response_.text;
        if (response_.what != status::err) add("it becomes -ERR", "-ERR" + text + "\r\n");
        if (response_.what == status::err) add("it becomes +OK", "+OK" + text + "\r\n");
        if (response_.what != status::continuation) add("it becomes a challenge", "+ \r\n");
        if (response_.what == status::continuation) add("it becomes +OK", "+OK\r\n");
        auto small = first_;
        std::ranges::transform(small, small.begin(),
                               [](char c) { return wire::is_upper(c) ? static_cast<char>(c + 32) : c; });
        add("the status is in small letters", small.substr(0, small.find(' ')) +
                                                  first_.substr(std::min(first_.find(' '), first_.size())) +
                                                  "\r\n" + rest_);
    }

    void codes() {
        const auto status_word = first_.substr(0, first_.find(' '));
        if (response_.code.empty())
            return add("it has the response code [SYS/PERM]",
                       fmt::format("{} [SYS/PERM] {}\r\n{}", status_word, response_.text, rest_));
        const auto behind =
            response_.text.substr(std::min(response_.text.find(']') + 1, response_.text.size()));
        add("the response code is dropped",
            fmt::format("{}{}\r\n{}", status_word, behind.empty() ? " no" : behind, rest_));
        for (const char* other : {"SYS/TEMP", "SYS/PERM", "IN-USE", "AUTH"})
            if (response_.code != other)
                add(fmt::format("the response code becomes [{}]", other),
                    fmt::format("{} [{}]{}\r\n{}", status_word, other, behind, rest_));
    }

    // The numbers in the first line, one by one, and its text as a whole.
    void text() {
        const auto status_word = first_.substr(0, first_.find(' '));
        const auto again = [&](const std::string& text) {
            return fmt::format("{} {}\r\n{}", status_word, text, rest_);
        };
        add("the text becomes _", again("_"));
        add("the text is longer than 512 octets", again(response_.text + std::string(520, 'x')));
        const auto& text = response_.text;
        int number = 0;
        for (std::size_t at = 0; at < text.size() && number < 4; ++at) {
            if (!wire::is_digit(text[at])) continue;
            const auto end = std::min(text.find_first_not_of("0123456789", at), text.size());
            auto other = text;
            other[end - 1] = other[end - 1] == '9' ? '1' : static_cast<char>(other[end - 1] + 1);
            add(fmt::format("number {} of the text becomes another", ++number), again(other));
            at = end;
        }
    }

    void lines() {
        const auto& all = response_.lines;
        for (std::size_t i = 0; i < all.size() && i < most_pop3_lines; ++i) {
            auto fewer = all, changed = all;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            add(fmt::format("line {} is lost: {}", i + 1, wire::quoted(all[i], 60)), with_lines(fewer));
            // Its last octet: the end of a number, a name, a word.
            auto& line = changed[i];
            if (line.empty())
                line = "x";
            else
                line.back() = wire::is_digit(line.back())
                                  ? (line.back() == '9' ? '1' : static_cast<char>(line.back() + 1))
                                  : (line.back() == 'x' ? 'y' : 'x');
            add(fmt::format("the end of line {} is altered", i + 1), with_lines(changed));
        }
        auto more = all;
        more.push_back(all.empty() ? "1 1" : all.back());
        add("the last line comes twice", with_lines(more));
        add("all lines are lost", with_lines({}));
        const auto dot = std::ranges::find_if(all, [](const auto& line) { return line.starts_with('.'); });
        if (dot == all.end()) return;
        // A dot that was not stuffed: the line loses it, or ends the response.
        auto bare = all;
        bare[static_cast<std::size_t>(dot - all.begin())].erase(0, 1);
        add("a dot is not stuffed", with_lines(bare));
    }

    void capability(const suite::pop3_check& check) {
        if (check.keyword.empty()) return;
        auto changed = response_.lines;
        const auto names_it = [&](const std::string& line) {
            return wire::same_word(std::string_view(line).substr(0, line.find(' ')), check.keyword);
        };
        if (check.what == pop3_check_kind::lacks) {
            std::erase_if(changed, names_it);
            changed.push_back(check.keyword + (check.text ? " " + check.text->source : ""));
            return add(check.keyword + " is offered", with_lines(changed));
        }
        std::erase_if(changed, names_it);
        add(check.keyword + " is not offered", with_lines(changed));
        for (const char* parameters : {"", " _", " 99999"}) {
            changed = response_.lines;
            for (auto& line : changed)
                if (names_it(line)) line = check.keyword + parameters;
            add(fmt::format("the parameters of {} become {}", check.keyword, wire::quoted(parameters)),
                with_lines(changed));
        }
    }

    const judged& step_;
    const recording& from_;
    std::vector<mutant>& all_;
    std::string raw_, first_, rest_; // first_ without its line end
    wire::pop3_response response_;
    std::set<std::string> names_;
};

} // namespace

void mutate_pop3(const judged& step, const recording& from, std::vector<mutant>& all) {
    pop3_mutator(step, from, all).run();
}

} // namespace mailspec::script
