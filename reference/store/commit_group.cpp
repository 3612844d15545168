// Group commit; see the header.
#include "reference/store/commit_group.hpp"

#include <cerrno>
#include <cstdio>
#include <map>
#include <unistd.h>

namespace refmail::store {

void commit_group::place(job& one) {
    for (const auto& p : one.placements) {
        const bool renames = p.how == placement::how::rename;
        const int failed =
            renames ? ::rename(p.from.c_str(), p.to.c_str()) : ::link(p.from.c_str(), p.to.c_str());
        if (failed != 0) {
            one.outcome = disk_failure(errno, renames ? "rename to" : "link to", p.to);
            return take_back(one);
        }
        ++one.placed;
    }
}

// A reader may have seen one of these for a moment, whole. The sender tries again, so it is seen a
// second time then: better doubled than lost, where the disk fails between two names.
void commit_group::take_back(job& one) {
    for (; one.placed > 0; --one.placed)
        ::unlink(one.placements[one.placed - 1].to.c_str());
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
