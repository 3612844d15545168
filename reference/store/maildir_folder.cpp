// An open mailbox on the disk: opening it, reading messages, and noting, for the next start, what it amounts
// to; see the header.
#include "reference/store/maildir_folder.hpp"

#include "reference/store/file_time.hpp"
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

} // namespace

std::string place_of(const message_row& one) {
    return (one.fresh ? "/new/" : "/cur/") + one.base + one.info;
}

maildir_folder::maildir_folder(const account_parts& parts, std::string name, const std::string& directory)
    : indexed_folder(parts, std::move(name))
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
    if (auto loaded = made->load_as_noted(); !loaded) return std::unexpected(loaded.error());
    if (auto looked = made->refresh(); !looked && looked.error().kind != mailbox::trouble::kind::no_space)
        return std::unexpected(looked.error());
    return made;
}

// If the folders were not touched since a note was made of them, neither files nor rows need be looked at.
mailbox::result<void> maildir_folder::load_as_noted() {
    if (auto loaded = load(); !loaded) return loaded;
    const auto noted = parts_.index->summary_of(box_);
    if (!noted) return std::unexpected(noted.error());
    read_only_ = ::access((path_ + "/cur").c_str(), W_OK) != 0;
    // The watch is there by now: what changes from here on is heard.
    times_[0] = time_of(path_ + "/new");
    times_[1] = time_of(path_ + "/cur");
    times_[2] = nanoseconds_now();
    if (!*noted || (*noted)->fresh_time != times_[0] || (*noted)->seen_time != times_[1]) return need_rows();
    believe(**noted);
    look_at_all_ = false;
    return {};
}

std::string maildir_folder::path() const {
    const std::lock_guard hold(state_);
    return path_;
}

std::string maildir_folder::path_of(const message_row& one) const {
    return path() + place_of(one);
}

// A name may change between the look into memory and the look at the disk: by us, or by another program.
mailbox::result<std::shared_ptr<const mailbox::content>> maildir_folder::open(mailbox::uid id) {
    using kind = enum mailbox::trouble::kind;
    if (auto read = need_rows(); !read) return std::unexpected(read.error());
    for (int attempt = 1;; ++attempt) {
        const auto one = row_of(id);
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

// Nothing may be on its way, and nothing heard that was not looked at. First the times, then what was heard:
// what comes between the two changes the times.
void maildir_folder::note() {
    if (gone_ || read_only_ || !loaded_) return;
    const std::lock_guard nobody_looks(looking_);
    const std::lock_guard nobody_arrives(arrival_);
    const std::lock_guard nobody_changes(change_);
    folder_summary seen = sum_up();
    seen.fresh_time = time_of(path_ + "/new");
    seen.seen_time = time_of(path_ + "/cur");
    const auto at = nanoseconds_now();
    if (may_stand_still(seen.fresh_time, at) || may_stand_still(seen.seen_time, at)) return;
    if (watch_) parts_.store.watches()->catch_up();
    std::vector<name_event> heard;
    {
        const std::lock_guard hold(heard_lock_);
        if (look_at_all_) return;
        if (!watch_ && (times_[0] != seen.fresh_time || times_[1] != seen.seen_time)) return;
        heard = heard_;
    }
    if (std::ranges::any_of(heard, [&](const auto& one) { return is_news(one); })) return;
    account_index::changes rows(*parts_.index);
    rows.note(box_, seen);
    (void)rows.commit(); // at worst the files are looked at, at the next start
}

} // namespace refmail::store
