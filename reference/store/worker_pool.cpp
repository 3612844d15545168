// Threads for work that blocks; see the header.
#include "reference/store/worker_pool.hpp"

namespace refmail::store {

worker_pool::worker_pool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this, &me = sleepers_.emplace_back()] { serve(me); });
}

worker_pool::~worker_pool() {
    finish();
}

void worker_pool::finish() {
    {
        const std::lock_guard hold(lock_);
        ending_ = true;
        for (auto* one : idle_) {
            one->called = true;
            one->woken.notify_one();
        }
        idle_.clear();
    }
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

void worker_pool::post(job work) {
    sleeper* to_wake = nullptr;
    {
        const std::lock_guard hold(lock_);
        waiting_.push_back(std::move(work));
        if (!idle_.empty()) {
            to_wake = idle_.back();
            idle_.pop_back();
            to_wake->called = true;
        }
    }
    if (to_wake) to_wake->woken.notify_one();
}

std::size_t worker_pool::idle() {
    const std::lock_guard hold(lock_);
    return idle_.size();
}

void worker_pool::serve(sleeper& me) {
    std::unique_lock hold(lock_);
    for (;;) {
        if (waiting_.empty()) {
            if (ending_) return;
            me.called = false;
            idle_.push_back(&me);
            me.woken.wait(hold, [&me] { return me.called; });
            continue; // another thread may have taken it meanwhile
        }
        job work = std::move(waiting_.front());
        waiting_.pop_front();
        hold.unlock();
        work();
        work = nullptr; // what it holds goes before the lock is taken again
        hold.lock();
    }
}

} // namespace refmail::store
