// A mailbox in memory, for tests of the cores that read mail: simple, and right in what folder.hpp promises.
// Nothing lasts, nothing blocks. All folders of an account share one lock. It follows
// reference/mailbox/folder.hpp and knows no document of its own.
#pragma once
#include "reference/mailbox/folder.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>

namespace mailbox_tests {

namespace mailbox = refmail::mailbox;
using mailbox::trouble;

struct octets_in_memory : mailbox::content {
    explicit octets_in_memory(std::string all)
        : text(std::move(all)) {}
    std::string_view octets() const override { return text; }
    std::string text;
};

inline bool same_keyword(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

class memory_folder : public mailbox::folder {
  public:
    memory_folder(std::string name, std::uint32_t validity, std::shared_ptr<std::recursive_mutex> lock)
        : lock_(std::move(lock))
        , name_(std::move(name)) {
        facts_.uid_validity = validity;
    }

    const std::string& name() const override { return name_; }

    mailbox::folder_facts facts() override {
        const std::lock_guard hold(*lock_);
        mailbox::folder_facts now = facts_;
        for (const auto& [id, one] : messages_) {
            ++now.messages;
            now.octets += one.facts.octets;
            if (!(one.facts.flags & mailbox::flag::seen)) ++now.unseen;
            if (!(one.facts.flags & mailbox::flag::deleted)) continue;
            ++now.deleted;
            now.deleted_octets += one.facts.octets;
        }
        return now;
    }

    std::vector<mailbox::record> records() override { return since(0).changed; }

    std::optional<mailbox::record> find(mailbox::uid id) override {
        const std::lock_guard hold(*lock_);
        const auto at = messages_.find(id);
        if (at == messages_.end()) return std::nullopt;
        return at->second.facts;
    }

    mailbox::folder_changes since(mailbox::mod_sequence known) override {
        const std::lock_guard hold(*lock_);
        mailbox::folder_changes changes;
        for (const auto& [id, one] : messages_)
            if (one.facts.modified > known) changes.changed.push_back(one.facts);
        for (const auto& [when, id] : gone_)
            if (when > known) changes.vanished.push_back(id);
        std::sort(changes.vanished.begin(), changes.vanished.end());
        changes.highest = facts_.highest;
        return changes;
    }

    bool is_there() override { return there_; }

    mailbox::result<void> refresh() override {
        const std::lock_guard hold(*lock_);
        return refused();
    }

    std::vector<std::string> keywords() override {
        const std::lock_guard hold(*lock_);
        return keywords_;
    }

    mailbox::result<mailbox::flag_set> bits_of(std::span<const std::string> keywords, bool create) override {
        const std::lock_guard hold(*lock_);
        mailbox::flag_set bits = 0;
        for (const auto& wanted : keywords) {
            auto at = std::find_if(keywords_.begin(), keywords_.end(),
                                   [&](const auto& known) { return same_keyword(known, wanted); });
            if (at == keywords_.end()) {
                if (!create) continue;
                if (keywords_.size() >= most_keywords)
                    return std::unexpected(trouble{trouble::kind::limit, "no room for another keyword"});
                at = keywords_.insert(at, wanted);
            }
            bits |= mailbox::flag_set{1} << (mailbox::flag::first_keyword + (at - keywords_.begin()));
        }
        return bits;
    }

    mailbox::result<std::shared_ptr<const mailbox::content>> open(mailbox::uid id) override {
        const std::lock_guard hold(*lock_);
        if (auto ok = refused(); !ok) return std::unexpected(ok.error());
        const auto at = messages_.find(id);
        if (at == messages_.end()) return std::unexpected(trouble{trouble::kind::missing, "no such message"});
        ++opened;
        return at->second.content;
    }

    std::optional<std::string> remembered(mailbox::uid id, std::string_view aspect) override {
        const std::lock_guard hold(*lock_);
        const auto at = messages_.find(id);
        if (at == messages_.end()) return std::nullopt;
        const auto known = at->second.remembered.find(aspect);
        if (known == at->second.remembered.end()) return std::nullopt;
        return known->second;
    }

    void remember(mailbox::uid id, std::string_view aspect, std::string text) override {
        const std::lock_guard hold(*lock_);
        if (const auto at = messages_.find(id); at != messages_.end())
            at->second.remembered[std::string(aspect)] = std::move(text);
    }

    mailbox::result<mailbox::flags_stored> store_flags(std::span<const mailbox::uid> ids,
                                                       const mailbox::flag_change& change) override {
        const std::lock_guard hold(*lock_);
        if (auto ok = refused(); !ok) return std::unexpected(ok.error());
        mailbox::flags_stored done;
        bool any = false;
        for (const auto id : ids) {
            const auto at = messages_.find(id);
            if (at == messages_.end()) {
                done.missing.push_back(id);
                continue;
            }
            auto& facts = at->second.facts;
            if (change.unchanged_since && facts.modified > *change.unchanged_since) {
                done.modified.push_back(id);
                continue;
            }
            using how = enum mailbox::flag_change::how;
            const auto wanted = change.how == how::replace ? change.flags
                                : change.how == how::add   ? facts.flags | change.flags
                                                           : facts.flags & ~change.flags;
            if (wanted != facts.flags) {
                if (!any) ++facts_.highest;
                any = true;
                facts.flags = wanted;
                facts.modified = facts_.highest;
            }
            done.changed.push_back(facts);
        }
        if (any) tell();
        return done;
    }

    mailbox::result<std::vector<mailbox::uid>> expunge(std::span<const mailbox::uid> ids,
                                                       bool even_undeleted) override {
        const std::lock_guard hold(*lock_);
        if (auto ok = refused(); !ok) return std::unexpected(ok.error());
        std::vector<mailbox::uid> went;
        for (const auto id : ids) {
            const auto at = messages_.find(id);
            if (at == messages_.end()) continue;
            if (!even_undeleted && !(at->second.facts.flags & mailbox::flag::deleted)) continue;
            if (went.empty()) ++facts_.highest;
            gone_.emplace_back(facts_.highest, id);
            messages_.erase(at);
            went.push_back(id);
        }
        if (!went.empty()) tell();
        return went;
    }

    mailbox::result<mailbox::copied> copy_to(mailbox::folder& to,
                                             std::span<const mailbox::uid> ids) override {
        const std::lock_guard hold(*lock_);
        auto& there = dynamic_cast<memory_folder&>(to);
        for (const auto* one : {this, &there})
            if (auto ok = one->refused(); !ok) return std::unexpected(ok.error());
        mailbox::copied done;
        done.uid_validity = there.facts_.uid_validity;
        for (const auto id : ids) // all or none
            if (!messages_.contains(id))
                return std::unexpected(trouble{trouble::kind::missing, "no such message"});
        for (const auto id : ids) {
            const message one = messages_.at(id);
            auto flags = translated(one.facts.flags, there);
            if (!flags) return std::unexpected(flags.error());
            done.from.push_back(id);
            done.to.push_back(there.add(one.content, *flags, one.facts.received, one.facts.zone));
        }
        if (!ids.empty()) there.tell();
        return done;
    }

    mailbox::result<mailbox::copied> move_to(mailbox::folder& to,
                                             std::span<const mailbox::uid> ids) override {
        const std::lock_guard hold(*lock_);
        auto done = copy_to(to, ids);
        if (!done) return done;
        if (auto went = expunge(ids, true); !went) return std::unexpected(went.error());
        return done;
    }

    mailbox::uid recent_from(bool claim) override {
        const std::lock_guard hold(*lock_);
        const auto first = facts_.first_recent;
        if (claim) facts_.first_recent = facts_.uid_next;
        return first;
    }

    watch on_change(std::function<void()> changed) override {
        const std::lock_guard hold(*lock_);
        auto handle = std::make_shared<std::function<void()>>(std::move(changed));
        watches_.push_back(handle);
        return handle;
    }

    mailbox::result<std::shared_ptr<void>> lock_exclusively() override {
        const std::lock_guard hold(*lock_);
        if (!exclusive_.expired())
            return std::unexpected(trouble{trouble::kind::in_use, "another session has it"});
        auto handle = std::make_shared<int>(0);
        exclusive_ = handle;
        return std::shared_ptr<void>(handle);
    }

    // For tests: a message that "another program" or a delivery brought.
    mailbox::uid put(std::string octets, mailbox::flag_set flags = 0, std::int64_t received = 0,
                     std::int16_t zone = 0) {
        const std::lock_guard hold(*lock_);
        const auto id = add(std::make_shared<octets_in_memory>(std::move(octets)), flags, received, zone);
        tell();
        return id;
    }
    // What every call that can fail says from now on; nullopt: no trouble.
    void refuse_with(std::optional<trouble> what) {
        const std::lock_guard hold(*lock_);
        refusal_ = std::move(what);
    }
    void vanish() {
        there_ = false;
        const std::lock_guard hold(*lock_);
        tell();
    }
    void change_validity(std::uint32_t to) {
        const std::lock_guard hold(*lock_);
        facts_.uid_validity = to;
    }
    void set_read_only(bool on) {
        const std::lock_guard hold(*lock_);
        facts_.read_only = on;
    }
    std::size_t most_keywords = mailbox::flag::most_keywords;
    std::atomic<int> opened = 0; // how often open() gave content

  private:
    friend class memory_account;
    struct message {
        mailbox::record facts;
        std::shared_ptr<const mailbox::content> content;
        std::map<std::string, std::string, std::less<>> remembered;
    };

    mailbox::result<void> refused() const {
        if (refusal_) return std::unexpected(*refusal_);
        return {};
    }

    mailbox::result<mailbox::flag_set> translated(mailbox::flag_set flags, memory_folder& there) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < keywords_.size(); ++i)
            if (flags >> (mailbox::flag::first_keyword + i) & 1) names.push_back(keywords_[i]);
        auto bits = there.bits_of(names, true);
        if (bits) *bits |= flags & mailbox::flag::system;
        return bits;
    }

    mailbox::uid add(std::shared_ptr<const mailbox::content> octets, mailbox::flag_set flags,
                     std::int64_t received, std::int16_t zone) {
        message one;
        one.facts.id = facts_.uid_next++;
        one.facts.flags = flags;
        one.facts.modified = ++facts_.highest;
        one.facts.octets = octets->octets().size();
        one.facts.received = received;
        one.facts.zone = zone;
        one.content = std::move(octets);
        const auto id = one.facts.id;
        messages_.emplace(id, std::move(one));
        return id;
    }

    void tell() {
        for (auto at = watches_.begin(); at != watches_.end();) {
            if (const auto alive = at->lock()) {
                (*alive)();
                ++at;
            } else {
                at = watches_.erase(at);
            }
        }
    }

    const std::shared_ptr<std::recursive_mutex> lock_;
    const std::string name_;
    mailbox::folder_facts facts_;
    std::map<mailbox::uid, message> messages_;
    std::vector<std::pair<mailbox::mod_sequence, mailbox::uid>> gone_;
    std::vector<std::string> keywords_;
    std::list<std::weak_ptr<std::function<void()>>> watches_;
    std::weak_ptr<void> exclusive_;
    std::optional<trouble> refusal_;
    std::atomic<bool> there_ = true;
};

} // namespace mailbox_tests
