// See the header.
#include "harness/stress/checkpoint.hpp"

#include "harness/stress/player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailspec::stress {

net::task<world::client_result<counted_mailbox>> count_mailbox(const account_at& where, std::string mailbox) {
    auto client = co_await log_in(where, nullptr);
    if (!client) co_return std::unexpected(client.error());
    const auto name = world::imap_quoted(mailbox);
    const bool condstore = (*client)->offers("CONDSTORE");
    auto command = fmt::format("STATUS {} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN{})", name,
                               condstore ? " HIGHESTMODSEQ" : "");
    const auto told = co_await (*client)->demand(std::move(command));
    if (!told) co_return std::unexpected(told.error());
    const auto opened = co_await (*client)->demand("EXAMINE " + name);
    if (!opened) co_return std::unexpected(opened.error());
    co_await (*client)->log_out();
    counted_mailbox counted;
    counted.status = status_in(*told);
    for (const auto& r : opened->untagged) {
        if (r.is_data("EXISTS")) counted.opened["MESSAGES"] = r.number().value_or(0);
        if (r.code && r.code->size() > 1)
            if (const auto value = (*r.code)[1].number()) counted.opened[r.code_name()] = *value;
    }
    co_return counted;
}

std::vector<std::string> miscounted(const counted_mailbox& counted, const seen_mailbox& now,
                                    const std::string& name) {
    std::vector<std::string> wrong;
    for (const char* item : {"MESSAGES", "UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ"}) {
        const auto told = counted.status.find(item), opened = counted.opened.find(item);
        if (told == counted.status.end() || opened == counted.opened.end()) continue;
        if (told->second != opened->second)
            wrong.push_back(fmt::format("at the end STATUS tells {} {} of {}, and EXAMINE {}", item,
                                        told->second, name, opened->second));
    }
    const auto unseen =
        std::ranges::count_if(now, [](const auto& one) { return !one.second.flags.contains("\\SEEN"); });
    const auto compare = [&](const char* item, std::uint64_t seen) {
        const auto told = counted.status.find(item);
        if (told != counted.status.end() && told->second != seen)
            wrong.push_back(fmt::format("at the end STATUS tells {} {} of {}, and a session sees {}", item,
                                        told->second, name, seen));
    };
    compare("MESSAGES", now.size());
    compare("UNSEEN", static_cast<std::uint64_t>(unseen));
    const auto highest = counted.status.find("HIGHESTMODSEQ");
    for (const auto& [uid, message] : now)
        if (highest != counted.status.end() && highest->second != 0 && message.modseq > highest->second)
            wrong.push_back(fmt::format("at the end STATUS tells HIGHESTMODSEQ {} of {}, and UID {} has {}",
                                        highest->second, name, uid, message.modseq));
    return wrong;
}

} // namespace mailspec::stress
