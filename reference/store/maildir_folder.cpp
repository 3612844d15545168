// An open mailbox on the disk: opening it, and what is answered from memory; see the header.
#include "reference/store/maildir_folder.hpp"

#include "reference/store/mail_store.hpp"

#include <algorithm>
#include <unistd.h>

namespace refmail::store {
namespace {

constexpr std::size_t large = 64 * 1024; // smaller ones are read again sooner than found

struct octets_of_file : mailbox::content {
    explicit octets_of_file(std::string all)
        : text(std::move(all)) {}
    std::string_view octets() const override { return text; }
    std::string text;
};

// RFC 9051 §2.3.2: keywords are compared without regard to case.
bool same_keyword(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

std::string place_of(const message_row& one) {
    return (one.fresh ? "/new/" : "/cur/") + one.base + one.info;
}

maildir_folder::maildir_folder(const account_parts& parts, std::string name, const std::string& directory)
    : parts_(parts)
    , name_(std::move(name))
    , path_(parts.root + (directory.empty() ? "" : "/" + directory)) {}

maildir_folder::~maildir_folder() {
    if (to_settle_.empty() || gone_) return;
    account_index::changes rows(*parts_.index);
    for (const auto id : to_settle_)
        rows.settled(box_, id);
    (void)rows.commit();
}

mailbox::result<std::shared_ptr<maildir_folder>>
maildir_folder::open(const account_parts& parts, const std::string& name, const std::string& directory) {
    auto made = std::make_shared<maildir_folder>(parts, name, directory);
    if (auto* watches = parts.store.watches()) made->watch_ = watches->watch(made->path_, made);
    if (auto loaded = made->load(); !loaded) return std::unexpected(loaded.error());
    if (auto looked = made->refresh(); !looked && looked.error().kind != mailbox::trouble::kind::no_space)
        return std::unexpected(looked.error());
    return made;
}

std::string maildir_folder::path() const {
    const std::lock_guard hold(state_);
    return path_;
}

std::string maildir_folder::path_of(const message_row& one) const {
    return path() + place_of(one);
}

mailbox::result<void> maildir_folder::usable() {
    using kind = enum mailbox::trouble::kind;
    if (gone_) return std::unexpected(mailbox::trouble{kind::missing, name_ + " is there no more"});
    if (read_only_)
        return std::unexpected(mailbox::trouble{kind::not_possible, name_ + " is not ours to write"});
    return need_rows();
}

std::vector<std::string> maildir_folder::keywords() {
    const std::lock_guard hold(state_);
    return keywords_;
}

mailbox::result<mailbox::flag_set> maildir_folder::bits_of(std::span<const std::string> keywords,
                                                           bool create) {
    const std::lock_guard one_at_a_time(change_);
    std::vector<std::string> all = this->keywords();
    const auto before = all.size();
    mailbox::flag_set bits = 0;
    for (const auto& wanted : keywords) {
        auto at = std::find_if(all.begin(), all.end(),
                               [&](const auto& known) { return same_keyword(known, wanted); });
        if (at == all.end()) {
            if (!create) continue;
            if (all.size() >= mailbox::flag::most_keywords)
                return std::unexpected(
                    mailbox::trouble{mailbox::trouble::kind::limit,
                                     name_ + " has 59 keywords, and no room for " + wanted.substr(0, 100)});
            at = all.insert(all.end(), wanted);
        }
        bits |= mailbox::flag_set{1} << (mailbox::flag::first_keyword + (at - all.begin()));
    }
    if (all.size() == before) return bits;
    if (auto ok = usable(); !ok) return std::unexpected(ok.error());
    account_index::changes change(*parts_.index);
    for (auto i = before; i < all.size(); ++i)
        change.add_keyword(box_, static_cast<int>(i), all[i]);
    if (auto done = change.commit(); !done) return std::unexpected(done.error());
    const std::lock_guard hold(state_);
    keywords_ = std::move(all);
    return bits;
}

// A name may change between the look into memory and the look at the disk: by us, or by another program.
mailbox::result<std::shared_ptr<const mailbox::content>> maildir_folder::open(mailbox::uid id) {
    using kind = enum mailbox::trouble::kind;
    if (auto read = need_rows(); !read) return std::unexpected(read.error());
    for (int attempt = 1;; ++attempt) {
        std::optional<message_row> one;
        {
            const std::lock_guard hold(state_);
            one = table_.find(id);
        }
        if (!one) return std::unexpected(mailbox::trouble{kind::missing, "the message is there no more"});
        if (auto known = shared(id)) return known;
        auto read = read_message(path_of(*one));
        if (!read && read.error().kind == disk_error::kind::missing && attempt <= 3) {
            heard_too_much();
            if (auto looked = refresh(); !looked) return std::unexpected(looked.error());
            continue;
        }
        if (!read) return std::unexpected(trouble_of(read.error()));
        auto content = std::make_shared<const octets_of_file>(std::move(read->octets));
        if (content->text.size() >= large) share(id, content);
        return content;
    }
}

// What several sessions read at once is held once; a message never changes.
std::shared_ptr<const mailbox::content> maildir_folder::shared(mailbox::uid id) const {
    const std::lock_guard hold(state_);
    const auto at = being_read_.find(id);
    return at == being_read_.end() ? nullptr : at->second.lock();
}

void maildir_folder::share(mailbox::uid id, const std::shared_ptr<const mailbox::content>& content) {
    const std::lock_guard hold(state_);
    std::erase_if(being_read_, [](const auto& one) { return one.second.expired(); });
    being_read_[id] = content;
}

// What memory still has of a message that went says nothing.
std::optional<std::string> maildir_folder::remembered(mailbox::uid id, std::string_view aspect) {
    if (gone_ || !find(id)) return std::nullopt;
    return parts_.index->remembered(box_.id, id, aspect);
}

void maildir_folder::remember(mailbox::uid id, std::string_view aspect, std::string text) {
    if (!gone_ && find(id)) parts_.index->remember(box_.id, id, aspect, std::move(text));
}

mailbox::uid maildir_folder::recent_from(bool claim) {
    const std::lock_guard one_at_a_time(change_);
    mailbox_row box = box_;
    const auto first = box.first_recent;
    if (!claim || first == box.next) return first;
    box.first_recent = box.next;
    account_index::changes change(*parts_.index);
    change.save(box);
    (void)change.commit(); // at worst they are recent once more
    const std::lock_guard hold(state_);
    box_.first_recent = box.first_recent;
    return first;
}

mailbox::folder::watch maildir_folder::on_change(std::function<void()> changed) {
    return users_.on_change(std::move(changed));
}

void maildir_folder::tell() {
    users_.tell();
}

mailbox::result<std::shared_ptr<void>> maildir_folder::lock_exclusively() {
    return users_.lock_exclusively(name_);
}

void maildir_folder::renamed(const std::string& directory, std::uint32_t validity) {
    const std::lock_guard hold(state_);
    path_ = parts_.root + "/" + directory;
    box_.validity = validity;
}

void maildir_folder::removed() {
    {
        const std::scoped_lock alone(arrival_, change_);
        gone_ = true;
    }
    tell();
}

} // namespace refmail::store
