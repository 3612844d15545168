// Threads for work that blocks: disk writes, syncs, slow hashes. First come, first served, by the thread that
// was busy last: its caches and its memory are warm, and where there is little to do few threads do it.
// What was posted is done before the pool is gone; jobs must not throw.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace refmail::store {

class worker_pool {
  public:
    using job = std::move_only_function<void()>;

    explicit worker_pool(std::size_t threads);
    ~worker_pool();
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    void post(job work);
    std::size_t idle(); // threads that wait for work
    void finish();      // does what is waiting and ends the threads; what is posted later is dropped

  private:
    struct sleeper { // of a thread
        std::condition_variable woken;
        bool called = false;
    };
    void serve(sleeper& me);

    std::mutex lock_;
    std::deque<sleeper> sleepers_;
    std::vector<sleeper*> idle_; // who was busy last is the last
    std::deque<job> waiting_;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

} // namespace refmail::store
