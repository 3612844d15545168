// Two generations of texts; see the header.
#include "reference/store/text_memory.hpp"

#include <algorithm>
#include <utility>

namespace refmail::store {
namespace {

// The node of a map, its bucket, and the ends of two blocks of memory.
std::size_t cost_of(const std::string& text) {
    return text.size() + 128;
}

} // namespace

text_memory::text_memory(std::size_t most_octets)
    : most_in_a_generation_(most_octets / 2) {}

std::size_t text_memory::hash::operator()(const place& p) const {
    auto mixed = p.owner * 0x9E3779B97F4A7C15u ^ static_cast<std::uint64_t>(p.mailbox);
    mixed = mixed * 0x9E3779B97F4A7C15u ^ (std::uint64_t{p.aspect} << 32 | p.id);
    return mixed * 0x9E3779B97F4A7C15u >> 7;
}

text_memory::place text_memory::place_of(const key& of) {
    auto at = std::ranges::find(aspects_, of.aspect);
    if (at == aspects_.end()) at = aspects_.emplace(aspects_.end(), of.aspect);
    return {of.owner, of.mailbox, static_cast<std::uint32_t>(at - aspects_.begin()), of.id};
}

std::uint64_t text_memory::new_owner() {
    const std::lock_guard hold(lock_);
    return ++owners_;
}

// What is dropped is given back: it is freed without the lock.
std::optional<text_memory::generation> text_memory::turn_if_full() {
    if (young_.octets <= most_in_a_generation_) return std::nullopt;
    ++turns_;
    return std::exchange(old_, std::exchange(young_, {}));
}

std::optional<std::string> text_memory::find(const key& of) {
    std::optional<generation> dropped;
    const std::lock_guard hold(lock_);
    const auto where = place_of(of);
    if (const auto at = young_.texts.find(where); at != young_.texts.end()) return at->second;
    auto known = old_.texts.extract(where);
    if (known.empty()) return std::nullopt;
    old_.octets -= cost_of(known.mapped());
    young_.octets += cost_of(known.mapped());
    std::string text = known.mapped();
    young_.texts.insert(std::move(known));
    dropped = turn_if_full();
    return text;
}

void text_memory::keep(const key& of, std::string text) {
    std::optional<generation> dropped;
    const std::lock_guard hold(lock_);
    const auto where = place_of(of);
    if (auto former = old_.texts.extract(where); !former.empty()) old_.octets -= cost_of(former.mapped());
    const auto [at, fresh] = young_.texts.try_emplace(where);
    if (!fresh) young_.octets -= cost_of(at->second);
    at->second = std::move(text);
    young_.octets += cost_of(at->second);
    dropped = turn_if_full();
}

std::uint64_t text_memory::turns() {
    const std::lock_guard hold(lock_);
    return turns_;
}

std::size_t text_memory::octets() {
    const std::lock_guard hold(lock_);
    return young_.octets + old_.octets;
}

} // namespace refmail::store
