// What is remembered of messages: found in memory first, read from the index many at a time, written to it
// now and then; see account_index.hpp. Losing it is harmless, so that nothing here fails, and what a disk
// has altered is lost: it goes to clients as it stands.
#include "reference/store/account_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <zlib.h>

namespace refmail::store {
namespace {

constexpr std::size_t most_to_write = 500;
// Who asks for one message's text asks for the next ones', too: of so many UIDs.
constexpr mailbox::uid read_at_a_time = 500;
constexpr std::size_t most_stretches = 32; // sessions read at different places
constexpr std::size_t check_digits = 8;

// In front of each text in the index: CRC-32 of what it is about and of itself, as SQLite has none.
std::string check_of(mailbox::uid id, std::string_view aspect, std::string_view text) {
    const auto about = fmt::format("{} {} ", id, aspect);
    const auto add = [](auto crc, std::string_view octets) {
        return crc32_z(crc, reinterpret_cast<const Bytef*>(octets.data()), octets.size());
    };
    return fmt::format("{:08x}", add(add(0ul, about), text));
}

} // namespace

std::optional<std::string> account_index::remembered(std::int64_t mailbox, mailbox::uid id,
                                                     std::string_view aspect) {
    const text_memory::key key{owner_, mailbox, id, aspect};
    if (auto text = memory_->find(key)) return text;
    const std::lock_guard hold(lock_);
    if (const auto at = to_remember_.find({mailbox, id, std::string(aspect)}); at != to_remember_.end())
        return at->second;
    if (was_read_ahead(mailbox, id, aspect)) return std::nullopt; // there is none
    read_ahead(mailbox, id, aspect);
    return memory_->find(key);
}

bool account_index::was_read_ahead(std::int64_t mailbox, mailbox::uid id, std::string_view aspect) {
    const auto turns = memory_->turns();
    return std::ranges::any_of(read_ahead_, [&](const stretch& one) {
        return one.mailbox == mailbox && one.first <= id && id - one.first < read_at_a_time &&
               one.aspect == aspect && turns - one.turns < 2;
    });
}

void account_index::read_ahead(std::int64_t mailbox, mailbox::uid id, std::string_view aspect) {
    read_ahead_.push_back({mailbox, id, std::string(aspect), memory_->turns()});
    if (read_ahead_.size() > most_stretches) read_ahead_.pop_front();
    db_->each("SELECT uid, text FROM remembered WHERE mailbox = ? AND uid >= ? AND uid < ? AND aspect = ?",
              {mailbox, id, std::int64_t{id} + read_at_a_time, aspect}, [&](const database::row& r) {
                  const auto about = static_cast<mailbox::uid>(r.number(0));
                  const auto stored = r.text(1);
                  const auto text = stored.substr(std::min(stored.size(), check_digits));
                  if (stored.starts_with(check_of(about, aspect, text)))
                      memory_->keep({owner_, mailbox, about, aspect}, std::string(text));
              });
}

void account_index::remember(std::int64_t mailbox, mailbox::uid id, std::string_view aspect,
                             std::string text) {
    memory_->keep({owner_, mailbox, id, aspect}, text);
    const std::lock_guard hold(lock_);
    to_remember_[{mailbox, id, std::string(aspect)}] = std::move(text);
    if (to_remember_.size() >= most_to_write) write_remembered();
}

void account_index::write_remembered() {
    if (to_remember_.empty()) return;
    db_->begin();
    for (const auto& [key, text] : to_remember_) {
        const auto checked = check_of(key.id, key.aspect, text) + text;
        db_->run("INSERT OR REPLACE INTO remembered(mailbox, aspect, uid, text)"
                 " SELECT mailbox, ?, uid, ? FROM message WHERE mailbox = ? AND uid = ?",
                 {key.aspect, checked, key.mailbox, key.id});
    }
    (void)db_->commit();
    to_remember_.clear();
}

} // namespace refmail::store
