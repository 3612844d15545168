// Reading delivered mail by IMAP; see session_reader.hpp. What came since the last look is fetched, and kept
// as long as somebody may ask for it and the mailbox is the same.
#include "harness/world/imap_client.hpp"
#include "harness/world/session_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <map>

namespace mailspec::world {
namespace {

constexpr std::uint64_t first_look = 50; // the newest messages of a mailbox that was not looked at before
constexpr std::size_t most_messages_kept = 500; // kept
constexpr std::size_t most_octets_kept = 64u << 20;

net::error failed(std::string text) {
    return {net::failure::other, std::move(text)};
}

using session = std::unique_ptr<imap_client>;

struct inbox {
    std::vector<session> idle;        // logged in; more than one if several looked at once
    std::deque<std::string> messages; // the newest last
    std::size_t octets = 0;
    std::uint64_t newest = 0; // UID of the last of them; 0: nothing was fetched yet
    std::uint64_t validity = 0;
};

// What EXAMINE tells of a mailbox.
struct opened_mailbox {
    std::uint64_t exists = 0, validity = 0;
    explicit opened_mailbox(const imap_answer& answer) {
        for (const auto& r : answer.untagged) {
            if (r.is_data("EXISTS")) exists = r.number().value_or(0);
            if (r.code_name() == "UIDVALIDITY" && r.code->size() > 1)
                validity = r.code->at(1).number().value_or(0);
        }
    }
};

class imap_mailbox_reader final : public mailbox_reader {
  public:
    explicit imap_mailbox_reader(reading_service service)
        : service_(std::move(service)) {}

    net::task<net::result<std::vector<std::string>>> find(const mailbox_owner& owner,
                                                          std::string_view token) override {
        auto looked = co_await look(owner);
        // Sessions may have ended since the last look: the server was started again, or was tired of them.
        if (!looked) {
            inboxes_[owner.user].idle.clear();
            looked = co_await look(owner);
        }
        if (!looked)
            co_return std::unexpected(failed(
                fmt::format("the mailbox of {} cannot be read by IMAP: {}", owner.user, looked.error())));
        std::vector<std::string> found;
        for (const auto& message : inboxes_[owner.user].messages)
            if (message.find(token) != message.npos) found.push_back(message);
        co_return found;
    }

    bool carries_nul() const override { return false; } // RFC 9051 §4.3: CHAR8

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
        auto fresh = std::make_unique<imap_client>(std::move(*stream), std::move(how));
        const auto known = co_await fresh->log_in(owner.user, owner.password);
        if (!known) co_return std::unexpected(known.error());
        co_return fresh;
    }

    // Each look opens the mailbox anew: a session need not learn of new messages in any other command (RFC
    // 9051 §7), and the name may stand for another mailbox by now.
    net::task<client_result<void>> look(mailbox_owner owner) {
        auto one = co_await take(owner);
        if (!one) co_return std::unexpected(one.error());
        const auto answer = co_await (*one)->demand("EXAMINE INBOX");
        if (!answer) co_return std::unexpected(answer.error());
        const opened_mailbox opened(*answer);
        auto& box = inboxes_[owner.user];
        if (box.validity != opened.validity) { // RFC 9051 §2.3.1.1: its UIDs are others
            auto idle = std::move(box.idle);
            box = {};
            box.idle = std::move(idle);
            box.validity = opened.validity;
        }
        auto command = fmt::format("UID FETCH {}:* (UID BODY.PEEK[])", box.newest + 1);
        const auto from = opened.exists > first_look ? opened.exists - first_look + 1 : 1;
        if (box.newest == 0) command = fmt::format("FETCH {}:* (UID BODY.PEEK[])", from);
        if (opened.exists > 0) {
            const auto fetched = co_await (*one)->demand(std::move(command));
            if (!fetched) co_return std::unexpected(fetched.error());
            keep(inboxes_[owner.user], *fetched);
        }
        inboxes_[owner.user].idle.push_back(std::move(*one));
        co_return client_result<void>{};
    }

    // In the order of their UIDs, whatever that of the responses. RFC 9051 §9: N:* names the last message
    // even where its UID is less than N.
    static void keep(inbox& box, const imap_answer& fetched) {
        std::map<std::uint64_t, const std::string*> fresh;
        for (const auto& r : fetched.untagged) {
            if (!r.is_data("FETCH") || r.arguments() == r.data.end()) continue;
            const auto& items = r.arguments()->items;
            std::uint64_t uid = 0;
            const std::string* body = nullptr;
            for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
                if (items[i].is_atom("UID")) uid = items[i + 1].number().value_or(0);
                if (items[i].is_atom("BODY[]") && items[i + 1].is_string()) body = &items[i + 1].text;
            }
            if (body && uid > box.newest) fresh[uid] = body;
        }
        for (const auto& [uid, body] : fresh) {
            box.newest = uid;
            box.octets += body->size();
            box.messages.push_back(*body);
        }
        while (box.messages.size() > most_messages_kept ||
               (box.octets > most_octets_kept && box.messages.size() > 1)) {
            box.octets -= box.messages.front().size();
            box.messages.pop_front();
        }
    }

    reading_service service_;
    std::map<std::string, inbox> inboxes_; // by user
};

} // namespace

std::unique_ptr<mailbox_reader> imap_reader(reading_service service) {
    return std::make_unique<imap_mailbox_reader>(std::move(service));
}

} // namespace mailspec::world
