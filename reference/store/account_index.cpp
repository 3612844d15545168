// What the mail folders of an account cannot say themselves: reading it; see the header. Changes:
// index_changes.cpp. What is remembered of messages: index_remembered.cpp.
#include "reference/store/account_index.hpp"

#include "reference/store/file.hpp"
#include "reference/store/index_schema.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace refmail::store {
namespace {

namespace fs = std::filesystem;
constexpr const char* index_name = "/refmaild.index";
constexpr std::size_t memory_of_its_own = 1024 * 1024;
// In this process, by any index: one that is removed with its folder and made anew in the same second goes
// on.
std::atomic<std::uint32_t> highest_given = 0;

std::uint32_t now() {
    using namespace std::chrono;
    return static_cast<std::uint32_t>(duration_cast<seconds>(system_clock::now().time_since_epoch()).count());
}

std::uint32_t promised_validity(const std::string& root) {
    std::uint32_t highest = 0;
    std::ifstream(root + "/refmaild.validity") >> highest;
    return highest;
}

std::optional<std::uintmax_t> size_of(const std::string& path) {
    std::error_code missing;
    const auto size = fs::file_size(path, missing);
    if (missing) return std::nullopt;
    return size;
}

void set_aside(const std::string& path, const account_index::log& tell, const std::string& why) {
    const std::string aside = fmt::format("{}.broken-{}", path, now());
    std::error_code ignored;
    fs::rename(path, aside, ignored);
    for (const char* part : {"-wal", "-shm", "-marked"})
        fs::remove(path + part, ignored);
    if (tell) tell(fmt::format("{}: it is set aside as {}, and the mailboxes get new UIDs", why, aside));
}

} // namespace

mailbox::trouble trouble_of(const disk_error& e) {
    using kind = enum mailbox::trouble::kind;
    return {e.kind == disk_error::kind::no_space  ? kind::no_space
            : e.kind == disk_error::kind::missing ? kind::missing
            : e.kind == disk_error::kind::in_use  ? kind::in_use
                                                  : kind::failed,
            e.text};
}

disk_error disk_error_of(const mailbox::trouble& t) {
    using kind = enum mailbox::trouble::kind;
    return {t.kind == kind::no_space     ? disk_error::kind::no_space
            : t.kind == kind::over_quota ? disk_error::kind::over_quota
            : t.kind == kind::in_use     ? disk_error::kind::in_use
                                         : disk_error::kind::failed,
            t.text};
}

mailbox::result<std::shared_ptr<account_index>> account_index::open(const std::string& root, const log& tell,
                                                                    std::shared_ptr<text_memory> memory) {
    if (!memory) memory = std::make_shared<text_memory>(memory_of_its_own);
    const std::string path = root + index_name;
    if (size_of(path + "-marked")) set_aside(path, tell, path + " was found damaged");
    for (int attempt = 1;; ++attempt) {
        std::shared_ptr<account_index> made(new account_index);
        made->root_ = root;
        made->tell_ = tell;
        made->memory_ = memory;
        made->owner_ = memory->new_owner();
        // An index may have been lost with validities of this second in it; an empty file is none.
        if (size_of(path).value_or(0) == 0)
            made->least_validity_ = std::max({now(), promised_validity(root), highest_given.load()}) + 1;
        auto opened = database::open(path);
        std::string why;
        if (opened) {
            made->db_ = std::move(*opened);
            auto prepared = made->prepare();
            if (prepared) return made;
            why = prepared.error().text;
            const bool useless = made->db_->is_broken() || is_foreign(*made->db_);
            made->db_.reset();
            if (!useless) return std::unexpected(trouble_of(prepared.error()));
        } else {
            why = opened.error().text;
            if (!why.contains("not a database") && !why.contains("malformed"))
                return std::unexpected(trouble_of(opened.error()));
        }
        if (attempt == 2) return std::unexpected(mailbox::trouble{mailbox::trouble::kind::corrupt, why});
        set_aside(path, tell, why);
    }
}

account_index::~account_index() {
    const std::lock_guard hold(lock_);
    if (!db_) return;
    write_remembered();
    db_->begin();
    note_end(*db_);
    (void)db_->commit();
}

result<void> account_index::prepare() {
    db_->begin();
    make_schema(*db_);
    note_start(*db_);
    return db_->commit();
}

bool account_index::is_damaged() {
    const std::lock_guard hold(lock_);
    return db_->is_broken();
}

// Found damaged while in use: whoever opens it next makes it anew. UIDs that are in use stay until then.
mailbox::trouble account_index::why() {
    return told(db_->failure().value_or(disk_error{}));
}

mailbox::trouble account_index::told(const disk_error& e) {
    mailbox::trouble cause = trouble_of(e);
    if (db_->is_broken()) {
        cause.kind = mailbox::trouble::kind::corrupt;
        std::ofstream(root_ + index_name + std::string("-marked")) << cause.text << '\n';
        if (tell_) tell_(cause.text);
    }
    return cause;
}

mailbox::result<std::optional<mailbox_row>> account_index::mailbox_named(const std::string& name) {
    const std::lock_guard hold(lock_);
    std::optional<mailbox_row> found;
    const bool read =
        db_->each("SELECT id, validity, next, highest, first_recent, forgotten, messages, octets"
                  " FROM mailbox WHERE name = ?",
                  {name}, [&](const database::row& r) {
                      mailbox_row box;
                      box.id = r.number(0);
                      box.validity = static_cast<std::uint32_t>(r.number(1));
                      box.next = static_cast<mailbox::uid>(r.number(2));
                      box.highest = static_cast<mailbox::mod_sequence>(r.number(3));
                      box.first_recent = static_cast<mailbox::uid>(r.number(4));
                      box.forgotten = static_cast<mailbox::mod_sequence>(r.number(5));
                      box.messages = static_cast<std::uint64_t>(r.number(6));
                      box.octets = static_cast<std::uint64_t>(r.number(7));
                      found = box;
                  });
    if (!read) return std::unexpected(why());
    return found;
}

namespace {

message_row message_in(const database::row& r) {
    message_row one;
    one.facts.id = static_cast<mailbox::uid>(r.number(0));
    one.facts.flags = static_cast<mailbox::flag_set>(r.number(1));
    one.facts.modified = static_cast<mailbox::mod_sequence>(r.number(2));
    one.facts.octets = static_cast<std::uint64_t>(r.number(3));
    one.facts.received = r.number(4);
    one.facts.zone = static_cast<std::int16_t>(r.number(5));
    one.base = r.text(6);
    one.info = r.text(7);
    one.fresh = r.number(8) != 0;
    return one;
}

} // namespace

mailbox::result<std::vector<message_row>> account_index::messages_of(std::int64_t mailbox) {
    const std::lock_guard hold(lock_);
    std::vector<message_row> all;
    const bool read =
        db_->each("SELECT uid, flags, modified, octets, received, zone, base, info, fresh FROM message"
                  " WHERE mailbox = ? ORDER BY uid",
                  {mailbox}, [&](const database::row& r) { all.push_back(message_in(r)); });
    if (!read) return std::unexpected(why());
    return all;
}

mailbox::result<std::vector<std::pair<mailbox::mod_sequence, mailbox::uid>>>
account_index::vanished_from(std::int64_t mailbox) {
    const std::lock_guard hold(lock_);
    std::vector<std::pair<mailbox::mod_sequence, mailbox::uid>> all;
    const bool read = db_->each("SELECT modified, uid FROM vanished WHERE mailbox = ? ORDER BY modified, uid",
                                {mailbox}, [&](const database::row& r) {
                                    all.emplace_back(r.number(0), static_cast<mailbox::uid>(r.number(1)));
                                });
    if (!read) return std::unexpected(why());
    return all;
}

mailbox::result<std::optional<folder_summary>> account_index::summary_of(const mailbox_row& box) {
    const std::lock_guard hold(lock_);
    std::optional<folder_summary> found;
    const bool read = db_->each(
        "SELECT fresh_time, seen_time, messages, unseen, deleted, first_unseen, octets, deleted_octets"
        " FROM summary WHERE mailbox = ? AND next = ? AND highest = ?",
        {box.id, box.next, box.highest}, [&](const database::row& r) {
            const auto count = [&](int column) { return static_cast<std::uint32_t>(r.number(column)); };
            found = folder_summary{r.number(0),
                                   r.number(1),
                                   count(2),
                                   count(3),
                                   count(4),
                                   count(5),
                                   static_cast<std::uint64_t>(r.number(6)),
                                   static_cast<std::uint64_t>(r.number(7))};
        });
    if (!read) return std::unexpected(why());
    return found;
}

mailbox::result<std::optional<account_index::mbox_note>> account_index::mbox_note_of(const mailbox_row& box) {
    const std::lock_guard hold(lock_);
    std::optional<mbox_note> found;
    const bool read =
        db_->each("SELECT stamp, places FROM mbox_note WHERE mailbox = ? AND next = ? AND highest = ?",
                  {box.id, box.next, box.highest}, [&](const database::row& r) {
                      found = mbox_note{std::string(r.text(0)), std::string(r.text(1))};
                  });
    if (!read) return std::unexpected(why());
    return found;
}

mailbox::result<std::vector<std::string>> account_index::keywords_of(std::int64_t mailbox) {
    const std::lock_guard hold(lock_);
    std::vector<std::string> all;
    const bool read = db_->each("SELECT bit, name FROM keyword WHERE mailbox = ? ORDER BY bit", {mailbox},
                                [&](const database::row& r) { all.emplace_back(r.text(1)); });
    if (!read) return std::unexpected(why());
    return all;
}

mailbox::result<std::set<std::string>> account_index::subscriptions() {
    const std::lock_guard hold(lock_);
    std::set<std::string> all;
    if (!db_->each("SELECT name FROM subscription", {},
                   [&](const database::row& r) { all.emplace(r.text(0)); }))
        return std::unexpected(why());
    return all;
}

mailbox::result<std::map<std::string, mailbox::special_uses>> account_index::special_uses() {
    const std::lock_guard hold(lock_);
    std::map<std::string, mailbox::special_uses> all;
    if (!db_->each("SELECT mailbox.name, what FROM special_use JOIN mailbox ON mailbox.id = mailbox", {},
                   [&](const database::row& r) { all[std::string(r.text(0))].emplace(r.text(1)); }))
        return std::unexpected(why());
    return all;
}

mailbox::result<std::vector<std::string>> account_index::mailbox_names() {
    const std::lock_guard hold(lock_);
    std::vector<std::string> all;
    if (!db_->each("SELECT name FROM mailbox ORDER BY name", {},
                   [&](const database::row& r) { all.emplace_back(r.text(0)); }))
        return std::unexpected(why());
    return all;
}

mailbox::result<mailbox::quota_root> account_index::usage() {
    const std::lock_guard hold(lock_);
    mailbox::quota_root root;
    if (!db_->each("SELECT sum(messages), sum(octets) FROM mailbox", {}, [&](const database::row& r) {
            root.messages_used = static_cast<std::uint64_t>(r.number(0));
            root.storage_used = static_cast<std::uint64_t>(r.number(1));
        }))
        return std::unexpected(why());
    return root;
}

mailbox::result<std::optional<quota_limits>> account_index::limits() {
    const std::lock_guard hold(lock_);
    std::optional<quota_limits> found;
    const bool read = db_->each("SELECT storage, messages FROM quota", {}, [&](const database::row& r) {
        found.emplace();
        if (r.number(0) >= 0) found->storage = static_cast<std::uint64_t>(r.number(0));
        if (r.number(1) >= 0) found->messages = static_cast<std::uint64_t>(r.number(1));
    });
    if (!read) return std::unexpected(why());
    return found;
}

mailbox::result<std::optional<std::pair<std::string, std::string>>> account_index::renaming() {
    const std::lock_guard hold(lock_);
    std::optional<std::pair<std::string, std::string>> found;
    const bool read = db_->each("SELECT before, after FROM renaming", {}, [&](const database::row& r) {
        found.emplace(std::string(r.text(0)), std::string(r.text(1)));
    });
    if (!read) return std::unexpected(why());
    return found;
}

mailbox::result<std::vector<arrival>> account_index::arrivals() {
    const std::lock_guard hold(lock_);
    std::vector<arrival> all;
    const bool read = db_->each(
        "SELECT m.uid, m.flags, m.modified, m.octets, m.received, m.zone, m.base, m.info, m.fresh, b.name,"
        " a.origin FROM arrival a JOIN message m ON m.mailbox = a.mailbox AND m.uid = a.uid"
        " JOIN mailbox b ON b.id = a.mailbox ORDER BY a.mailbox, a.uid",
        {}, [&](const database::row& r) {
            all.push_back({std::string(r.text(9)), message_in(r), std::string(r.text(10))});
        });
    if (!read) return std::unexpected(why());
    return all;
}

mailbox::result<void> account_index::sync() {
    if (auto synced = db_->sync(); !synced) return std::unexpected(trouble_of(synced.error()));
    return {};
}

// Greater than any that this name had before, or any name before the index was lost (RFC 9051 §2.3.1.1).
std::uint32_t account_index::new_validity(const std::string& name) {
    std::uint32_t least = std::max(now(), least_validity_);
    db_->each("SELECT validity FROM former WHERE name = ?", {name}, [&](const database::row& r) {
        least = std::max(least, static_cast<std::uint32_t>(r.number(0)) + 1);
    });
    if (least > now()) promise_validity(least);
    for (auto highest = highest_given.load();
         least > highest && !highest_given.compare_exchange_weak(highest, least);) {
    }
    return least;
}

// Ahead of the clock: who loses the index must not fall behind it.
void account_index::promise_validity(std::uint32_t highest) {
    if (promised_validity(root_) >= highest) return;
    const std::string fresh = root_ + "/tmp" + "/refmaild.validity";
    ::unlink(fresh.c_str());
    auto made = file::create(fresh);
    if (!made || !made->append(fmt::format("{}\n", highest)) || !made->sync()) return;
    if (::rename(fresh.c_str(), (root_ + "/refmaild.validity").c_str()) != 0) return;
    if (auto above = folder::open(root_)) (void)(*above)->sync();
}

} // namespace refmail::store
