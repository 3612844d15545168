// Texts about messages that were asked for lately, of all accounts, within so many octets of memory. What was
// not asked for longest goes first, roughly: there are two generations, and a text that is asked for gets
// into the younger one. What is on the disk is account_index's; nothing is lost with a text. Thread-safe.
#pragma once
#include "reference/mailbox/message.hpp"

#include <array>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace refmail::store {

class text_memory {
  public:
    struct key {
        std::uint64_t owner = 0;  // see new_owner()
        std::int64_t mailbox = 0; // which the owner gives to no other one later
        mailbox::uid id = 0;
        std::string_view aspect;
    };
    // `most_octets`: of texts and of what it takes to find them.
    explicit text_memory(std::size_t most_octets);

    std::uint64_t new_owner();
    std::optional<std::string> find(const key& of);
    void keep(const key& of, std::string text);
    // How often the older generation was dropped. What was kept or found is there until that happened twice.
    std::uint64_t turns();
    std::size_t octets();

  private:
    struct place {
        std::uint64_t owner;
        std::int64_t mailbox;
        std::uint32_t aspect, id;
        bool operator==(const place&) const = default;
    };
    struct hash {
        std::size_t operator()(const place& p) const;
    };
    struct generation {
        std::unordered_map<place, std::string, hash> texts;
        std::size_t octets = 0;
    };
    place place_of(const key& of);
    std::optional<generation> turn_if_full();

    const std::size_t most_in_a_generation_;
    std::mutex lock_;
    std::vector<std::string> aspects_; // a handful
    std::uint64_t owners_ = 0, turns_ = 0;
    generation young_, old_;
};

} // namespace refmail::store
