// See the header.
#include "harness/runner/case_order.hpp"

#include "harness/script/mailbox_keeper.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace mailspec::runner {

namespace {

constexpr char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr unsigned letter_count = sizeof letters - 1;

// Also inside fragments and blocks, where the same numbers go on.
void collect(const std::vector<suite::step>& steps, std::set<int>& numbers, bool& counts_messages) {
    for (const auto& s : steps) {
        numbers.insert(s.connection);
        if (const auto* mail = std::get_if<suite::expect_delivered>(&s.body))
            counts_messages = counts_messages || mail->negative || mail->times;
        if (const auto* repeat = std::get_if<suite::repeat_block>(&s.body))
            collect(repeat->steps, numbers, counts_messages);
        if (const auto* fragment = std::get_if<suite::fragment_block>(&s.body))
            collect(fragment->steps, numbers, counts_messages);
        if (const auto* either = std::get_if<suite::either_block>(&s.body))
            for (const auto& branch : either->branches)
                collect(branch, numbers, counts_messages);
    }
}

constexpr std::uint64_t many_steps = 150;

std::uint64_t turns_of(const std::vector<suite::step>& steps) {
    std::uint64_t turns = 0;
    for (const auto& s : steps) {
        if (const auto* repeat = std::get_if<suite::repeat_block>(&s.body))
            turns += repeat->times * turns_of(repeat->steps);
        else if (const auto* fragment = std::get_if<suite::fragment_block>(&s.body))
            turns += turns_of(fragment->steps);
        else
            ++turns;
    }
    return turns;
}

} // namespace

// Not std::shuffle: its result differs between standard libraries, and a seed is quoted in reports.
void shuffle(case_list& cases, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (std::size_t left = cases.size(); left > 1; --left)
        std::swap(cases[left - 1], cases[random() % left]);
}

bool takes_long(const suite::test_case& c) {
    return turns_of(c.script) >= many_steps;
}

int connections_of(const suite::test_case& c) {
    std::set<int> numbers;
    bool counts_messages = false;
    collect(c.script, numbers, counts_messages);
    const bool kept = script::mailbox_keeper::wanted(c);
    return std::max(1, int(numbers.size())) + (counts_messages ? 1 : 0) + (kept ? 1 : 0);
}

token_source::token_source() {
    std::random_device random;
    prefix_ = letters[random() % 26]; // a token is also the first label of a domain name
    while (prefix_.size() < 8)
        prefix_ += letters[random() % letter_count];
}

std::string token_source::next() {
    std::string word = prefix_;
    unsigned rest = count_++;
    for (int i = 0; i < 4; ++i, rest /= letter_count)
        word += letters[rest % letter_count];
    return word;
}

} // namespace mailspec::runner
