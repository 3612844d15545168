// The rules about a script: can its claim fail, does it see the server alive after a refusal, do the
// replies that it reads add up with the commands that it sent. Stays silent where a script is too free to
// be counted: a false alarm costs more than a miss, which the run itself would show.
#include "harness/suite/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace mailspec::suite {

namespace {

// Every reply and the end of the connection would do.
bool takes_anything(const expect_server& s) {
    std::set<char> classes;
    std::set<std::string> conditions; // of tagged responses of IMAP
    bool closed = false;
    for (auto& pattern : s.tiers.front().any_of) {
        if (std::holds_alternative<closed_pattern>(pattern)) closed = true;
        if (auto* response = std::get_if<imap_response_pattern>(&pattern);
            response && response->what == imap_response_pattern::kind::tagged && !response->regex &&
            (!response->code || response->code->optional))
            conditions.insert(response->conditions.begin(), response->conditions.end());
        if (auto* reply = std::get_if<reply_pattern>(&pattern);
            reply && reply->checks.empty() && reply->enhanced.empty())
            for (auto& code : reply->codes)
                if (code.ends_with("yz")) classes.insert(code[0]);
    }
    return closed && (classes.size() == 4 || conditions.size() == 3);
}

// Only refusals are a full success.
bool wants_refusal(const expect_server& s) {
    auto refuses = [](const server_pattern& pattern) {
        auto* reply = std::get_if<reply_pattern>(&pattern);
        if (!reply) return std::holds_alternative<closed_pattern>(pattern);
        return std::ranges::all_of(reply->codes, [](auto& code) { return code[0] == '4' || code[0] == '5'; });
    };
    auto& wanted = s.tiers.front().any_of;
    bool replies =
        std::ranges::any_of(wanted, [](auto& p) { return std::holds_alternative<reply_pattern>(p); });
    return replies && std::ranges::all_of(wanted, refuses);
}

void walk(const std::vector<step>& steps, const std::function<void(const step&)>& visit) {
    for (auto& s : steps) {
        visit(s);
        if (auto* block = std::get_if<repeat_block>(&s.body)) walk(block->steps, visit);
        if (auto* block = std::get_if<fragment_block>(&s.body)) walk(block->steps, visit);
        if (auto* block = std::get_if<either_block>(&s.body))
            for (auto& branch : block->branches)
                walk(branch, visit);
    }
}

// Commands that change what the next lines mean, or are answered by more than one reply or none.
bool is_plain_command(const send_line& line) {
    static const std::set<std::string> others = {"DATA", "BDAT", "AUTH", "STARTTLS", "."};
    std::string verb = line.text.source.substr(0, line.text.source.find(' '));
    std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return std::toupper(c); });
    return !others.contains(verb) && line.text.source.find("{CR}") == std::string::npos &&
           line.text.source.find("{LF}") == std::string::npos;
}

bool is_reply_to_command(const step& s, int connection) {
    auto* expected = std::get_if<expect_server>(&s.body);
    if (!expected || s.connection != connection) return false;
    for (auto& tier : expected->tiers)
        for (auto& pattern : tier.any_of) {
            auto* reply = std::get_if<reply_pattern>(&pattern);
            if (!reply || std::ranges::any_of(reply->codes, [](auto& code) { return code[0] == '3'; }))
                return false;
        }
    return true;
}

// Only straight dialogs can be counted: plain commands in one write, read back before anything else happens.
void count_replies(const std::vector<step>& steps, std::vector<finding>& found) {
    auto at = [&](std::size_t i) { return i < steps.size() ? &steps[i] : nullptr; };
    auto is_command = [](const step* s, int connection) {
        auto* line = s ? std::get_if<send_line>(&s->body) : nullptr;
        return line && s->connection == connection && is_plain_command(*line);
    };
    for (std::size_t i = 1; i < steps.size(); ++i) { // the first step meets the greeting
        int connection = steps[i].connection;
        bool starts =
            is_command(&steps[i], connection) && (is_reply_to_command(steps[i - 1], connection) ||
                                                  std::holds_alternative<fragment_block>(steps[i - 1].body));
        if (!starts) continue;
        std::size_t reply = i;
        while (is_command(at(reply), connection))
            ++reply;
        std::size_t next = reply;
        while (at(next) && is_reply_to_command(steps[next], connection))
            ++next;
        auto commands = reply - i, replies = next - reply;
        bool straight = !at(next) || is_command(at(next), connection) ||
                        std::holds_alternative<fragment_block>(steps[next].body);
        if (commands > 1 && replies > 0 && straight && commands != replies)
            found.push_back(
                {severity::warning,
                 {steps[i].at, fmt::format("{} commands go out together here, but {} `S:` follow{}", commands,
                                           replies, replies == 1 ? "s" : "")}});
        i = next - 1;
    }
}

} // namespace

std::vector<finding> lint_script(const test_case& c) {
    std::vector<finding> found;
    bool refused = false, granted = false, looked_again = false;
    walk(c.script, [&](const step& s) {
        auto* call = std::get_if<fragment_block>(&s.body);
        if ((call && call->name == "still-alive") || std::holds_alternative<fresh_connection>(s.body))
            looked_again = true;
        auto* expected = std::get_if<expect_server>(&s.body);
        if (!s.claim) return;
        (expected && wants_refusal(*expected) ? refused : granted) = true;
        if (expected && takes_anything(*expected))
            found.push_back({severity::error,
                             {s.at, fmt::format("the claim `{}` cannot fail: it takes every reply and "
                                                "the end of the connection",
                                                s.source)}});
    });
    if (refused && !granted && !looked_again)
        found.push_back({severity::warning,
                         {c.at, fmt::format("case `{}` wants a refusal but never looks whether the "
                                            "server serves on; end it with `do still-alive`",
                                            c.name)}});
    count_replies(c.script, found);
    return found;
}

} // namespace mailspec::suite
