// What a folder does by its other operations unless it knows better; see the header.
#include "reference/mailbox/folder.hpp"

#include <algorithm>

namespace refmail::mailbox {
namespace {

struct records_now : record_list {
    const std::vector<record>& all() const override { return records; }
    std::vector<record> records;
};

} // namespace

// The facts first: what changes before the records are taken is learned once more, and never missed.
folder_look folder::look() {
    folder_look seen;
    seen.facts = facts();
    auto list = std::make_shared<records_now>();
    list->records = records();
    const auto& all = list->records;
    seen.facts.messages = static_cast<std::uint32_t>(all.size());
    if (!all.empty()) seen.facts.uid_next = std::max(seen.facts.uid_next, all.back().id + 1);
    const auto unseen =
        std::find_if(all.begin(), all.end(), [](const auto& one) { return !(one.flags & flag::seen); });
    if (unseen != all.end()) seen.first_unseen = static_cast<std::uint32_t>(unseen - all.begin()) + 1;
    seen.records = std::move(list);
    return seen;
}

} // namespace refmail::mailbox
