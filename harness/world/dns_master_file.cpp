// Lines and words of a master file; see the header.
#include "harness/world/dns_master_file.hpp"

#include <fmt/core.h>

namespace mailspec::world {
namespace {

bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

class master_file_reader {
  public:
    master_file_reader(std::string_view text, std::vector<zone_problem>& problems)
        : text_(text)
        , problems_(problems) {}

    std::vector<master_line> lines() {
        while (!text_.empty())
            line();
        if (depth_ > 0) problem(opened_at_, "this `(` is never closed");
        return std::move(lines_);
    }

  private:
    void problem(int line, std::string text) { problems_.push_back({line, std::move(text)}); }

    void line() {
        master_line made;
        made.number = number_;
        made.indented = blank(text_.front());
        bad_ = false;
        while (!text_.empty()) {
            const char c = text_.front();
            if (c == '\n' && depth_ == 0) break;
            if (c == '\n') ++number_;
            if (c == '\n' || blank(c))
                text_.remove_prefix(1);
            else if (c == ';')
                text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
            else if (c == '(' || c == ')')
                parenthesis(c);
            else
                made.words.push_back(word());
        }
        if (!text_.empty()) text_.remove_prefix(1), ++number_;
        if (!made.words.empty() && !bad_) lines_.push_back(std::move(made));
    }

    void parenthesis(char c) {
        text_.remove_prefix(1);
        if (c == '(') {
            if (depth_++ == 0) opened_at_ = number_;
        } else if (depth_ == 0) {
            problem(number_, "`)` without `(`");
            bad_ = true;
        } else {
            --depth_;
        }
    }

    std::string word() {
        const bool quoted = text_.front() == '"';
        std::size_t end = quoted ? 1 : 0;
        while (end < text_.size() && text_[end] != '\n') {
            const char c = text_[end];
            if (c == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n') {
                end += 2;
                continue;
            }
            if (quoted && c == '"') break;
            if (!quoted && (blank(c) || c == ';' || c == '(' || c == ')' || c == '"')) break;
            ++end;
        }
        if (quoted && (end == text_.size() || text_[end] == '\n')) {
            problem(number_, fmt::format("`{}`: the closing `\"` is missing", text_.substr(0, end)));
            bad_ = true;
        } else if (quoted) {
            ++end;
        }
        std::string made(text_.substr(0, end));
        text_.remove_prefix(end);
        return made;
    }

    std::string_view text_;
    std::vector<zone_problem>& problems_;
    std::vector<master_line> lines_;
    int number_ = 1, depth_ = 0, opened_at_ = 1;
    bool bad_ = false;
};

} // namespace

std::string master_line::text() const {
    std::string out;
    for (const auto& word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

std::vector<master_line> read_master_file(std::string_view text, std::vector<zone_problem>& problems) {
    return master_file_reader(text, problems).lines();
}

} // namespace mailspec::world
