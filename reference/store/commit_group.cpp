// Group commit; see the header.
#include "reference/store/commit_group.hpp"

#include <cerrno>
#include <cstdio>
#include <map>
#include <unistd.h>

namespace refmail::store {

namespace {

// 0, or what errno says.
int carry_out(const placement& p) {
    int failed = 0;
    switch (p.how) {
    case placement::how::rename:
    case placement::how::replace: failed = ::rename(p.from.c_str(), p.to.c_str()); break;
    case placement::how::link: failed = ::link(p.from.c_str(), p.to.c_str()); break;
    case placement::how::remove: failed = ::unlink(p.to.c_str()); break;
    }
    if (failed == 0 || (p.how == placement::how::remove && errno == ENOENT)) return 0;
    return errno;
}

const char* name_of(enum placement::how how) {
    constexpr const char* names[] = {"rename to", "link to", "rename to", "remove"};
    return names[static_cast<int>(how)];
}

} // namespace

void commit_group::place(job& one) {
    for (const auto& p : one.placements) {
        if (const int cause = carry_out(p); cause != 0) {
            one.outcome = disk_failure(cause, name_of(p.how), p.to);
            return take_back(one);
        }
        ++one.placed;
    }
}

// A reader may have seen one of these for a moment, whole. The sender tries again, so it is seen a
// second time then: better doubled than lost, where the disk fails between two names.
void commit_group::take_back(job& one) {
    for (; one.placed > 0; --one.placed) {
        const placement& last = one.placements[one.placed - 1];
        if (last.how == placement::how::rename || last.how == placement::how::link) ::unlink(last.to.c_str());
    }
}

void commit_group::commit(std::vector<job>& batch) {
    std::map<const folder*, result<void>> touched;
    for (auto& one : batch) {
        place(one);
        for (std::size_t i = 0; i < one.placed; ++i)
            touched[one.placements[i].into.get()];
    }
    for (auto& [where, outcome] : touched)
        outcome = where->sync();
    for (auto& one : batch) {
        for (std::size_t i = 0; i < one.placed && one.outcome; ++i)
            one.outcome = touched[one.placements[i].into.get()];
        if (!one.outcome) take_back(one);
        one.finished(one.outcome);
    }
}

void commit_group::submit(std::vector<placement> placements, done finished) {
    std::unique_lock hold(lock_);
    waiting_.push_back(job{std::move(placements), std::move(finished)});
    if (led_) return;
    led_ = true;
    while (!waiting_.empty()) {
        std::vector<job> batch;
        batch.swap(waiting_);
        hold.unlock();
        commit(batch);
        hold.lock();
    }
    led_ = false;
}

} // namespace refmail::store
