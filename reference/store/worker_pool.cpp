// Threads for work that blocks; see the header.
#include "reference/store/worker_pool.hpp"

namespace refmail::store {

worker_pool::worker_pool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] { serve(); });
}

worker_pool::~worker_pool() {
    finish();
}

void worker_pool::finish() {
    {
        const std::lock_guard hold(lock_);
        ending_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

void worker_pool::post(job work) {
    {
        const std::lock_guard hold(lock_);
        waiting_.push_back(std::move(work));
    }
    changed_.notify_one();
}

void worker_pool::serve() {
    std::unique_lock hold(lock_);
    for (;;) {
        changed_.wait(hold, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        job work = std::move(waiting_.front());
        waiting_.pop_front();
        hold.unlock();
        work();
        work = nullptr; // what it holds goes before the lock is taken again
        hold.lock();
    }
}

} // namespace refmail::store
