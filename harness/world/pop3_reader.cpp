// Reading delivered mail by POP3; see session_reader.hpp. A maildrop is a snapshot taken at login, and
// another session may hold it, so each look is a short session of its own; what was read once is kept by its
// unique-id.
#include "harness/world/pop3_client.hpp"
#include "harness/world/session_reader.hpp"

#include <fmt/core.h>

#include <map>

namespace mailspec::world {
namespace {

constexpr std::size_t newest = 50; // of a maildrop, that are looked at

class pop3_mailbox_reader final : public mailbox_reader {
  public:
    explicit pop3_mailbox_reader(reading_service service)
        : service_(std::move(service)) {}

    net::task<net::result<std::vector<std::string>>> find(const mailbox_owner& owner,
                                                          std::string_view token) override {
        auto listed = co_await look(owner);
        if (!listed) {
            net::error failed{net::failure::other, fmt::format("the mailbox of {} cannot be read by POP3: {}",
                                                               owner.user, listed.error())};
            co_return std::unexpected(std::move(failed));
        }
        std::vector<std::string> found;
        for (const auto& id : *listed) {
            const auto& message = known_[owner.user][id];
            if (message.find(token) != message.npos) found.push_back(message);
        }
        co_return found;
    }

    bool keeps_last_line() const override { return false; } // RFC 1939 §3

  private:
    // The unique-ids of what is there, the oldest first; the messages are in known_ by then.
    net::task<client_result<std::vector<std::string>>> look(mailbox_owner owner) {
        const auto until = net::deadline::in(service_.patience);
        auto stream = co_await service_.connect(until);
        if (!stream) co_return std::unexpected(reason(stream.error()));
        pop3_client::settings how;
        how.tls_first = service_.tls_first;
        how.patience = service_.patience;
        pop3_client session(std::move(*stream), std::move(how));
        const auto let_in = co_await session.log_in(owner.user, owner.password);
        if (!let_in) co_return std::unexpected(let_in.error());
        const auto listing = co_await session.demand("UIDL", true);
        if (!listing) co_return std::unexpected(listing.error());
        std::vector<std::string> ids;
        std::map<std::string, std::string> messages;
        const auto& lines = listing->lines;
        for (auto i = lines.size() > newest ? lines.size() - newest : 0; i < lines.size(); ++i) {
            const auto blank = lines[i].find(' ');
            if (blank == std::string::npos) continue;
            auto id = lines[i].substr(blank + 1);
            const auto& known = known_[owner.user];
            if (const auto at = known.find(id); at != known.end()) {
                messages[id] = at->second;
            } else {
                const auto message = co_await session.demand("RETR " + lines[i].substr(0, blank), true);
                if (!message) co_return std::unexpected(message.error());
                messages[id] = message->content;
            }
            ids.push_back(std::move(id));
        }
        known_[owner.user] = std::move(messages); // what is gone is forgotten
        (void)co_await session.demand("QUIT");
        co_return ids;
    }

    reading_service service_;
    std::map<std::string, std::map<std::string, std::string>> known_; // by user and unique-id
};

} // namespace

std::unique_ptr<mailbox_reader> pop3_reader(reading_service service) {
    return std::make_unique<pop3_mailbox_reader>(std::move(service));
}

} // namespace mailspec::world
