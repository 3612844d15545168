// What other programs did to a Maildir, and deliveries: heard from the kernel, or seen by looking; see
// maildir_folder.hpp. A name that is missing from one reading of a folder proves nothing, for it may have
// been renamed meanwhile: only after a second reading is a message gone. https://cr.yp.to/proto/maildir.html
#include "reference/store/file_time.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace refmail::store {
namespace {

// Deliveries in the order in which they came: names begin with the seconds, and ours go on with the rest.
bool came_before(const message_row& a, const message_row& b) {
    const auto seconds = [](const std::string& base) {
        long long n = 0;
        for (const char c : base) {
            if (c < '0' || c > '9' || n > 99'999'999'999) break;
            n = n * 10 + (c - '0');
        }
        return n;
    };
    const auto first = seconds(a.base), other = seconds(b.base);
    if (first != other) return first < other;
    return a.base < b.base;
}

// What cannot be read is not empty: messages that are not seen there are not gone.
template <class Seen>
mailbox::result<void> read_folder(const std::string& path, const Seen& seen) {
    DIR* folder = ::opendir(path.c_str());
    if (!folder && errno == ENOENT) return {};
    if (!folder) return std::unexpected(trouble_of(disk_failure(errno, "read", path).error()));
    for (;;) {
        errno = 0;
        const dirent* one = ::readdir(folder);
        if (!one) break;
        if (one->d_name[0] != '.' && (one->d_type == DT_REG || one->d_type == DT_UNKNOWN)) seen(one->d_name);
    }
    const int cause = errno;
    ::closedir(folder);
    if (cause != 0) return std::unexpected(trouble_of(disk_failure(cause, "read", path).error()));
    return {};
}

bool is_missing(const std::string& path) {
    return ::access(path.c_str(), F_OK) != 0 && errno == ENOENT;
}

} // namespace

void maildir_folder::heard(name_event event) {
    if (event.name.starts_with('.')) return;
    const std::lock_guard hold(heard_lock_);
    heard_.push_back(std::move(event));
}

void maildir_folder::heard_too_much() {
    const std::lock_guard hold(heard_lock_);
    look_at_all_ = true;
}

// new/ first: what is moved to cur/ meanwhile is found there.
mailbox::result<maildir_folder::listing> maildir_folder::list_files() const {
    listing all;
    const std::string maildir = path();
    {
        const std::lock_guard hold(state_);
        all.reserve(table_.records().size() + 100);
    }
    for (const bool fresh : {true, false}) {
        auto read = read_folder(maildir + (fresh ? "/new" : "/cur"), [&](std::string_view name) {
            const auto [base, info] = split_name(name);
            all.insert_or_assign(std::string(base), listed{std::string(info), fresh});
        });
        if (!read) return std::unexpected(read.error());
    }
    return all;
}

// Most of what we hear we did ourselves.
bool maildir_folder::is_news(const name_event& event) const {
    const auto [base, info] = split_name(event.name);
    const std::lock_guard hold(state_);
    if (in_flight_.contains(base)) return false;
    const auto known = table_.find(base);
    if (!known) return event.came;
    const bool its_place = known->fresh == event.fresh && known->info == info;
    return event.came != its_place;
}

// Without a watch: the times of the folders, which may stand still for a tick of the clock after a change.
bool maildir_folder::times_changed() {
    const std::string maildir = path();
    const std::int64_t fresh = time_of(maildir + "/new"), seen = time_of(maildir + "/cur");
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::lock_guard hold(heard_lock_);
    const bool same = times_[0] == fresh && times_[1] == seen;
    const bool sure = std::max(fresh, seen) + a_second / 20 < times_[2];
    if (same && sure) return false;
    times_[0] = fresh;
    times_[1] = seen;
    times_[2] = nanoseconds(now);
    return true;
}

std::vector<name_event> maildir_folder::take_heard(bool& everything) {
    if (watch_)
        parts_.store.watches()->catch_up();
    else
        everything = times_changed();
    const std::lock_guard hold(heard_lock_);
    everything = everything || look_at_all_;
    look_at_all_ = false;
    return std::exchange(heard_, {});
}

mailbox::result<void> maildir_folder::refresh() {
    if (gone_) return {};
    const std::lock_guard wait_for_who_looks(looking_); // what it heard is taken over when we return
    bool everything = false;
    auto events = take_heard(everything);
    if (!everything && events.empty()) return {};
    if (auto read = need_rows(); !read) return read;
    std::erase_if(events, [&](const auto& one) { return !is_news(one); });
    if (!everything && events.empty()) return {};

    const std::lock_guard alone(arrival_);
    std::erase_if(events, [&](const auto& one) { return !is_news(one); });
    mailbox::result<differences> found;
    if (!everything) found = look_into(events, everything);
    if (everything) {
        if (is_missing(path() + "/cur")) {
            gone_ = true;
            tell();
            return {};
        }
        found = look_at_all();
    }
    auto done = found ? take_over(std::move(*found)) : std::unexpected(found.error());
    if (!done) heard_too_much(); // again, the next time
    return done;
}

mailbox::result<maildir_folder::differences> maildir_folder::look_at_all() const {
    const auto all = list_files();
    if (!all) return std::unexpected(all.error());
    auto found = compare(*all);
    if (found.gone.empty()) return found;
    const auto later = list_files(); // perhaps only renamed while we read
    if (!later) return std::unexpected(later.error());
    auto again = compare(*later);
    std::erase_if(found.gone, [&](const auto& one) {
        return std::none_of(again.gone.begin(), again.gone.end(),
                            [&](const auto& other) { return other.facts.id == one.facts.id; });
    });
    again.gone = std::move(found.gone);
    return again;
}

// Only what the events speak of. `unclear`: a message may be gone, which a look at everything must show.
maildir_folder::differences maildir_folder::look_into(const std::vector<name_event>& events,
                                                      bool& unclear) const {
    differences found;
    std::set<std::string, std::less<>> seen;
    const std::string maildir = path();
    for (auto event = events.rbegin(); event != events.rend(); ++event) { // the latest is the truest
        const auto [base, info] = split_name(event->name);
        if (!event->came) {
            unclear = unclear || !seen.contains(base);
            continue;
        }
        const std::string where = maildir + (event->fresh ? "/new/" : "/cur/") + event->name;
        struct stat facts {};
        if (::stat(where.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
            unclear = unclear || !seen.contains(base);
            continue;
        }
        if (!seen.emplace(base).second) continue;
        message_row one;
        {
            const std::lock_guard hold(state_);
            const auto known = table_.find(base);
            if (known) one = *known;
        }
        one.base = base;
        one.info = info;
        one.fresh = event->fresh;
        (one.facts.id == 0 ? found.come : found.changed).push_back(std::move(one));
    }
    return found;
}

maildir_folder::differences maildir_folder::compare(const listing& all) const {
    differences found;
    const std::lock_guard hold(state_);
    table_.each([&](const std::string& base, const file_place& known, const mailbox::record& facts) {
        const auto at = all.find(base);
        if (at != all.end() && at->second.fresh == known.fresh && at->second.info == known.info) return;
        message_row one{facts, base, known.info, known.fresh};
        if (at == all.end()) return found.gone.push_back(std::move(one));
        one.info = at->second.info;
        one.fresh = at->second.fresh;
        found.changed.push_back(std::move(one));
    });
    for (const auto& [base, where] : all) {
        if (table_.contains(base) || in_flight_.contains(base)) continue;
        message_row one;
        one.base = base;
        one.info = where.info;
        one.fresh = where.fresh;
        found.come.push_back(std::move(one));
    }
    return found;
}

// Under arrival_.
mailbox::result<void> maildir_folder::take_over(differences found) {
    if (!found.changed.empty() || !found.gone.empty()) {
        if (auto done = take_over_changes(found); !done) return done;
        tell();
    }
    if (found.come.empty()) return {};
    std::sort(found.come.begin(), found.come.end(), came_before);
    return number_new(std::move(found.come));
}

mailbox::result<void> maildir_folder::take_over_changes(const differences& found) {
    const std::lock_guard one_at_a_time(change_);
    row_changes wanted;
    wanted.lasting = false;
    for (const auto& seen : found.changed) {
        auto now = table_.find(seen.facts.id);
        if (!now || place_of(*now) == place_of(seen)) continue;   // we were quicker,
        if (::access(path_of(seen).c_str(), F_OK) != 0) continue; // or another program
        now->info = seen.info;
        now->fresh = seen.fresh;
        now->facts.flags =
            (now->facts.flags & ~mailbox::flag::system) | (seen.fresh ? 0 : flags_in(seen.info));
        wanted.changed.push_back(std::move(*now));
    }
    for (const auto& seen : found.gone) {
        auto now = table_.find(seen.facts.id);
        if (now && is_missing(path_of(*now))) wanted.gone.push_back(std::move(*now));
    }
    if (wanted.changed.empty() && wanted.gone.empty()) return {};
    return apply(wanted);
}

mailbox::result<void> maildir_folder::number_new(message_rows come) {
    job mine;
    for (auto& one : come) {
        const auto size = measure_message(path_of(one));
        if (!size && size.error().kind == disk_error::kind::no_means)
            return std::unexpected(trouble_of(size.error()));
        if (!size) continue; // gone again, or not to be read: it is looked at once more when it changes
        one.facts.octets = size->octets;
        one.facts.received = size->received;
        one.facts.flags = one.fresh ? 0 : flags_in(one.info);
        arriving there;
        there.row = std::move(one);
        mine.messages.push_back(std::move(there));
    }
    if (mine.messages.empty()) return {};
    job* const jobs[] = {&mine};
    commit_jobs(jobs);
    return mine.outcome;
}

} // namespace refmail::store
