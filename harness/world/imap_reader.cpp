// Reading delivered mail by IMAP; see session_reader.hpp. What came since the last look is fetched, and kept
// as long as somebody may ask for it.
#include "harness/world/imap_client.hpp"
#include "harness/world/session_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <map>

namespace mailspec::world {
namespace {

constexpr std::uint64_t first_look = 50;   // the newest messages of a mailbox that was not looked at before
constexpr std::size_t most_messages = 500; // kept
constexpr std::size_t most_octets = 64u << 20;

net::error failed(std::string text) {
    return {net::failure::other, std::move(text)};
}

struct session {
    std::unique_ptr<imap_client> client;
    std::uint64_t next_uid = 0; // 0: nothing was fetched yet
    std::uint64_t exists = 0;
};

struct inbox {
    std::vector<session> idle;        // logged in; more than one if several looked at once
    std::deque<std::string> messages; // the newest last
    std::size_t octets = 0;
    std::uint64_t newest = 0; // UID of the last of them
};

class reader final : public mailbox_reader {
  public:
    explicit reader(reading_service service)
        : service_(std::move(service)) {}

    net::task<net::result<std::vector<std::string>>> find(const mailbox_owner& owner,
                                                          std::string_view token) override {
        auto looked = co_await look(owner);
        // A session may have ended since the last look: the server was started again, or was tired of it.
        if (!looked) looked = co_await look(owner);
        if (!looked)
            co_return std::unexpected(failed(
                fmt::format("the mailbox of {} cannot be read by IMAP: {}", owner.user, looked.error())));
        std::vector<std::string> found;
        for (const auto& message : inboxes_[owner.user].messages)
            if (message.find(token) != message.npos) found.push_back(message);
        co_return found;
    }

  private:
    net::task<client_result<session>> take(mailbox_owner owner) {
        auto& idle = inboxes_[owner.user].idle;
        if (!idle.empty()) {
            auto one = std::move(idle.back());
            idle.pop_back();
            co_return one;
        }
        const auto until = net::deadline::in(service_.patience);
        auto stream = co_await service_.connect(until);
        if (!stream) co_return std::unexpected(stream.error().text);
        imap_client::settings how;
        how.tls_first = service_.tls_first;
        how.patience = service_.patience;
        session fresh;
        fresh.client = std::make_unique<imap_client>(std::move(*stream), std::move(how));
        const auto known = co_await fresh.client->log_in(owner.user, owner.password);
        if (!known) co_return std::unexpected(known.error());
        const auto opened = co_await fresh.client->demand("EXAMINE INBOX");
        if (!opened) co_return std::unexpected(opened.error());
        for (const auto& r : opened->untagged)
            if (r.is_data("EXISTS")) fresh.exists = r.number().value_or(0);
        co_return fresh;
    }

    net::task<client_result<void>> look(mailbox_owner owner) {
        auto one = co_await take(owner);
        if (!one) co_return std::unexpected(one.error());
        auto& box = inboxes_[owner.user];
        std::string command = fmt::format("UID FETCH {}:* (UID BODY.PEEK[])", box.newest + 1);
        if (box.newest == 0) {
            const auto noticed = co_await one->client->demand("NOOP");
            if (!noticed) co_return std::unexpected(noticed.error());
            for (const auto& r : noticed->untagged)
                if (r.is_data("EXISTS")) one->exists = r.number().value_or(0);
            const auto from = one->exists > first_look ? one->exists - first_look + 1 : 1;
            command = one->exists == 0 ? "NOOP" : fmt::format("FETCH {}:* (UID BODY.PEEK[])", from);
        }
        const auto fetched = co_await one->client->demand(std::move(command));
        if (!fetched) co_return std::unexpected(fetched.error());
        for (const auto& r : fetched->untagged)
            if (r.is_data("FETCH")) keep(inboxes_[owner.user], r);
        inboxes_[owner.user].idle.push_back(std::move(*one));
        co_return client_result<void>{};
    }

    // RFC 9051 §9: N:* names the last message even where its UID is less than N.
    static void keep(inbox& box, const wire::imap_response& fetch) {
        if (fetch.arguments() == fetch.data.end()) return;
        const auto& items = fetch.arguments()->items;
        std::uint64_t uid = 0;
        const std::string* body = nullptr;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            if (items[i].is_atom("UID")) uid = items[i + 1].number().value_or(0);
            if (items[i].is_atom("BODY[]") && items[i + 1].is_string()) body = &items[i + 1].text;
        }
        if (!body || uid <= box.newest) return;
        box.newest = uid;
        box.octets += body->size();
        box.messages.push_back(*body);
        while (box.messages.size() > most_messages || (box.octets > most_octets && box.messages.size() > 1)) {
            box.octets -= box.messages.front().size();
            box.messages.pop_front();
        }
    }

    reading_service service_;
    std::map<std::string, inbox> inboxes_; // by user
};

} // namespace

std::unique_ptr<mailbox_reader> imap_reader(reading_service service) {
    return std::make_unique<reader>(std::move(service));
}

} // namespace mailspec::world
