// COPY and MOVE by content; see the header.
#include "reference/store/content_copies.hpp"

namespace refmail::store {

mailbox::result<std::vector<mailbox::to_append>> as_appends(indexed_folder& from,
                                                            std::span<const mailbox::uid> ids) {
    std::vector<mailbox::to_append> all;
    for (const auto id : ids) {
        const auto content = from.open(id);
        const auto facts = from.find(id);
        if (!content) return std::unexpected(content.error());
        if (!facts) // RFC 2180 §4.4.1
            return std::unexpected(
                mailbox::trouble{mailbox::trouble::kind::missing, "a message is there no more"});
        mailbox::to_append one;
        one.octets = (*content)->octets();
        one.system_flags = facts->flags & mailbox::flag::system;
        one.keywords = from.keywords_in(facts->flags);
        one.received = facts->received;
        one.zone = facts->zone;
        all.push_back(std::move(one));
    }
    return all;
}

mailbox::result<void> in_portions(mailbox::folder& from, std::span<const mailbox::uid> ids,
                                  std::size_t most_octets, const portion_carrier& carry) {
    while (!ids.empty()) {
        std::size_t count = 0;
        for (std::uint64_t octets = 0; count < ids.size() && octets < most_octets; ++count)
            if (const auto facts = from.find(ids[count])) octets += facts->octets;
        if (auto carried = carry(ids.first(count)); !carried) return carried;
        ids = ids.subspan(count);
    }
    return {};
}

} // namespace refmail::store
