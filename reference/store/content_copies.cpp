// COPY and MOVE by content; see the header.
#include "reference/store/content_copies.hpp"

namespace refmail::store {
namespace {

constexpr std::uint64_t octets_at_once = 32 * 1024 * 1024;

} // namespace

mailbox::result<std::vector<mailbox::to_append>> as_appends(mailbox::folder& from,
                                                            std::span<const mailbox::uid> ids) {
    std::vector<mailbox::to_append> all;
    const auto keywords = from.keywords();
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
        for (std::size_t i = 0; i < keywords.size(); ++i)
            if (facts->flags >> (mailbox::flag::first_keyword + i) & 1) one.keywords.push_back(keywords[i]);
        one.received = facts->received;
        one.zone = facts->zone;
        all.push_back(std::move(one));
    }
    return all;
}

mailbox::result<void> in_portions(mailbox::folder& from, std::span<const mailbox::uid> ids,
                                  mailbox::copied& done, const portion_carrier& carry) {
    while (!ids.empty()) {
        std::size_t count = 0;
        for (std::uint64_t octets = 0; count < ids.size() && octets < octets_at_once; ++count)
            if (const auto facts = from.find(ids[count])) octets += facts->octets;
        const auto portion = ids.first(count);
        const auto carried = carry(portion);
        if (!carried) return std::unexpected(carried.error());
        done.uid_validity = carried->uid_validity;
        done.from.insert(done.from.end(), portion.begin(), portion.end());
        done.to.insert(done.to.end(), carried->ids.begin(), carried->ids.end());
        ids = ids.subspan(count);
    }
    return {};
}

mailbox::result<mailbox::copied> copy_by_content(mailbox::folder& from, mailbox::folder& to,
                                                 std::span<const mailbox::uid> ids, const appender& append) {
    mailbox::copied done;
    auto all = in_portions(from, ids, done, [&](auto portion) -> mailbox::result<mailbox::appended> {
        auto messages = as_appends(from, portion);
        if (!messages) return std::unexpected(messages.error());
        return append(std::move(*messages));
    });
    if (all) return done;
    if (!done.to.empty()) (void)to.expunge(done.to, true);
    return std::unexpected(all.error());
}

} // namespace refmail::store
