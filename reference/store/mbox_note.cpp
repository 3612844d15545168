// Where the messages of an mbox lie, noted in the index at an orderly end: as long as nobody has touched the
// file since, it need not be looked through at the next start. See mbox_folder.hpp.
#include "reference/store/file_time.hpp"
#include "reference/store/mbox_folder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace refmail::store {
namespace {

// Numbers with a space or a line end behind each.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end == text.data() + text.size()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return number;
}

std::string text_of(const mbox_stamp& stamp, const std::string& tail) {
    return fmt::format("{} {} {} {} {} {}", stamp.device, stamp.number, stamp.size, stamp.written,
                       stamp.changed, tail);
}

} // namespace

void mbox_folder::note() {
    const std::lock_guard mine(turn_);
    const std::lock_guard one_at_a_time(change_);
    const auto now = file_->look();
    std::string places;
    {
        const std::lock_guard hold(state_);
        if (again_ || !left_.empty() || now.number == 0 || !(now == stamp_)) return;
        if (may_stand_still(stamp_.written, nanoseconds_now())) return;
        for (const auto& [id, where] : at_)
            fmt::format_to(std::back_inserter(places), "{} {} {}\n", id, where.offset, where.length);
    }
    account_index::changes change(*parts_.index);
    change.note_mbox(box_, text_of(stamp_, tail_), places);
    (void)change.commit(); // at worst the file is looked through, at the next start
}

void mbox_folder::believe_note() {
    const auto noted = parts_.index->mbox_note_of(box_);
    if (!noted || !*noted || !left_.empty()) return;
    const auto now = file_->look();
    const auto& said = (*noted)->stamp;
    std::string tail = said.substr(std::min(said.rfind(' ') + 1, said.size()));
    if (said != text_of(now, tail)) return;
    extents known;
    for (std::string_view text = (*noted)->places; !text.empty();) {
        const auto id = take_number(text), offset = take_number(text), length = take_number(text);
        if (!id || !offset || !length || *offset > now.size || *length > now.size - *offset) return;
        known[static_cast<mailbox::uid>(*id)] = {*offset, *length};
    }
    const std::lock_guard hold(state_);
    const auto& rows = table_.records();
    if (known.size() != rows.size() ||
        !std::ranges::all_of(rows, [&](const auto& one) { return known.contains(one.id); }))
        return;
    at_ = std::move(known);
    stamp_ = now;
    tail_ = std::move(tail);
    again_ = false;
}

} // namespace refmail::store
