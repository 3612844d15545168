// An account in memory, for tests of the cores that read mail: its mailboxes, subscriptions and quota. It
// starts with an empty INBOX. It follows reference/mailbox/account.hpp; the names are the caller's to
// normalise.
#pragma once
#include "reference/mailbox/account.hpp"
#include "reference/tests/mailbox/memory_folder.hpp"

#include <set>

namespace mailbox_tests {

class memory_account : public mailbox::account {
  public:
    explicit memory_account(std::string user = "alice")
        : user_(std::move(user)) {
        make("INBOX");
    }

    const std::string& user() const override { return user_; }

    mailbox::result<std::vector<mailbox::entry>> list() override {
        const std::lock_guard hold(*lock_);
        std::map<std::string, mailbox::entry> all;
        const auto at = [&](const std::string& name) -> mailbox::entry& {
            auto& one = all[name];
            if (one.name.empty()) one = {name, false, false, false, {}};
            return one;
        };
        for (const auto& [name, folder] : folders_) {
            at(name).exists = at(name).selectable = true;
            if (const auto uses = uses_.find(name); uses != uses_.end()) at(name).uses = uses->second;
            for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
                at(name.substr(0, slash));
        }
        for (const auto& name : subscribed_)
            at(name).subscribed = true;
        std::vector<mailbox::entry> sorted{all["INBOX"]};
        for (const auto& [name, one] : all)
            if (name != "INBOX") sorted.push_back(one);
        return sorted;
    }

    mailbox::result<std::shared_ptr<mailbox::folder>> open(const std::string& name) override {
        const std::lock_guard hold(*lock_);
        const auto at = folders_.find(name);
        if (at == folders_.end()) return missing();
        return at->second;
    }

    mailbox::result<void> create(const std::string& name, const mailbox::special_uses& uses) override {
        const std::lock_guard hold(*lock_);
        if (auto good = check_name(name); !good) return good;
        if (folders_.contains(name))
            return std::unexpected(trouble{trouble::kind::exists, "there is such a mailbox"});
        static const mailbox::special_uses known{"archive", "drafts", "flagged", "junk", "sent", "trash"};
        for (const auto& use : uses)
            if (!known.contains(use))
                return std::unexpected(trouble{trouble::kind::no_special_use, "unknown use " + use});
        make_parents(name);
        make(name);
        if (!uses.empty()) uses_[name] = uses;
        return {};
    }

    mailbox::result<void> remove(const std::string& name) override {
        const std::lock_guard hold(*lock_);
        if (name == "INBOX") return not_possible("INBOX stays");
        const auto at = folders_.find(name);
        if (at == folders_.end()) {
            if (has_children(name)) return not_possible("there are mailboxes below it");
            return missing();
        }
        at->second->vanish();
        folders_.erase(at);
        uses_.erase(name);
        return {};
    }

    mailbox::result<void> rename(const std::string& from, const std::string& to) override {
        const std::lock_guard hold(*lock_);
        if (auto good = check_name(to); !good) return good;
        if (folders_.contains(to))
            return std::unexpected(trouble{trouble::kind::exists, "there is such a mailbox"});
        if (from == "INBOX") return rename_inbox(to);
        if (to.starts_with(from + "/")) return not_possible("it cannot go below itself");
        if (!folders_.contains(from) && !has_children(from)) return missing();
        make_parents(to);
        std::vector<std::string> names;
        for (const auto& [name, folder] : folders_)
            if (name == from || name.starts_with(from + "/")) names.push_back(name);
        for (const auto& name : names) {
            auto node = folders_.extract(name);
            node.key() = to + name.substr(from.size());
            if (auto uses = uses_.extract(name)) {
                uses.key() = node.key();
                uses_.insert(std::move(uses));
            }
            folders_.insert(std::move(node));
        }
        return {};
    }

    mailbox::result<void> subscribe(const std::string& name, bool on) override {
        const std::lock_guard hold(*lock_);
        if (auto good = check_name(name); !good) return good;
        if (on)
            subscribed_.insert(name);
        else
            subscribed_.erase(name);
        return {};
    }

    mailbox::result<mailbox::appended> append(const std::string& name,
                                              std::vector<mailbox::to_append> messages) override {
        const std::lock_guard hold(*lock_);
        const auto at = folders_.find(name);
        if (at == folders_.end()) return missing();
        auto& folder = *at->second;
        if (auto ok = folder.refused(); !ok) return std::unexpected(ok.error());
        auto after = usage();
        std::vector<mailbox::flag_set> flags;
        for (const auto& one : messages) {
            after.storage_used += one.octets.size();
            ++after.messages_used;
            auto bits = folder.bits_of(one.keywords, true);
            if (!bits) return std::unexpected(bits.error());
            flags.push_back(*bits | one.system_flags);
        }
        if (after.storage_used > after.storage_limit.value_or(~0ull) ||
            after.messages_used > after.message_limit.value_or(~0ull))
            return std::unexpected(trouble{trouble::kind::over_quota, "the quota is used up"});
        mailbox::appended done;
        done.uid_validity = folder.facts_.uid_validity;
        for (std::size_t i = 0; i < messages.size(); ++i)
            done.ids.push_back(folder.add(std::make_shared<octets_in_memory>(std::move(messages[i].octets)),
                                          flags[i], messages[i].received.value_or(now), messages[i].zone));
        folder.tell();
        return done;
    }

    mailbox::result<mailbox::quota_root> quota() override {
        const std::lock_guard hold(*lock_);
        return usage();
    }

    mailbox::result<void> set_quota(std::optional<std::uint64_t> storage,
                                    std::optional<std::uint64_t> messages) override {
        const std::lock_guard hold(*lock_);
        if (!may_set_quota) return not_possible("not this user");
        limits_.storage_limit = storage;
        limits_.message_limit = messages;
        return {};
    }

    // For tests.
    memory_folder& at(const std::string& name) {
        const std::lock_guard hold(*lock_);
        return *folders_.at(name);
    }
    std::int64_t now = 1'700'000'000; // when a message without a time of its own is appended
    bool may_set_quota = true;

  private:
    static std::unexpected<trouble> missing() {
        return std::unexpected(trouble{trouble::kind::missing, "no such mailbox"});
    }
    static std::unexpected<trouble> not_possible(std::string why) {
        return std::unexpected(trouble{trouble::kind::not_possible, std::move(why)});
    }
    static mailbox::result<void> check_name(const std::string& name) {
        const bool bad =
            name.empty() || name.front() == '/' || name.back() == '/' ||
            name.find("//") != std::string::npos || name.size() > 1000 ||
            std::any_of(name.begin(), name.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
        if (bad) return std::unexpected(trouble{trouble::kind::bad_name, "no mailbox may be called so"});
        return {};
    }
    bool has_children(const std::string& name) const {
        const auto after = folders_.lower_bound(name + "/");
        return after != folders_.end() && after->first.starts_with(name + "/");
    }
    memory_folder& make(const std::string& name) {
        return *folders_.emplace(name, std::make_shared<memory_folder>(name, ++validity_, lock_))
                    .first->second;
    }
    void make_parents(const std::string& name) {
        for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
            if (const auto above = name.substr(0, slash); !folders_.contains(above)) make(above);
    }
    mailbox::result<void> rename_inbox(const std::string& to) {
        make_parents(to);
        auto& inbox = *folders_.at("INBOX");
        std::vector<mailbox::uid> all;
        for (const auto& one : inbox.records())
            all.push_back(one.id);
        auto moved = inbox.move_to(make(to), all);
        if (!moved) return std::unexpected(moved.error());
        return {};
    }
    mailbox::quota_root usage() const {
        auto root = limits_;
        for (const auto& [name, folder] : folders_) {
            const auto facts = folder->facts();
            root.storage_used += facts.octets;
            root.messages_used += facts.messages;
        }
        return root;
    }

    const std::string user_;
    const std::shared_ptr<std::recursive_mutex> lock_ = std::make_shared<std::recursive_mutex>();
    std::map<std::string, std::shared_ptr<memory_folder>> folders_;
    std::map<std::string, mailbox::special_uses> uses_;
    std::set<std::string> subscribed_;
    mailbox::quota_root limits_;
    std::uint32_t validity_ = 1'000;
};

} // namespace mailbox_tests
