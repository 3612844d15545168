// Hears from the kernel (inotify) which names came and went in the folders of open mailboxes: one descriptor
// and one thread for a store. It looks into no folder. Other hosts' changes on a shared file system are not
// heard. Where the kernel has no more watches to give, folders look at the clock of their files instead.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace refmail::store {

struct name_event {
    bool fresh = false; // in new/, else in cur/
    bool came = false;  // or went
    std::string name;
};

class watched_files {
  public:
    virtual ~watched_files() = default;
    // Neither may block, nor call back into the watch.
    virtual void heard(name_event event) = 0;
    virtual void heard_too_much() = 0; // names may be missing, or the folder itself went
    virtual void wake() = 0;           // from the thread of the watch, behind the events that it read
};

class file_watch {
  public:
    static std::unique_ptr<file_watch> start(); // nullptr: the kernel gives none
    ~file_watch();

    void stop(); // nobody is woken any more
    // Until the handle is dropped, which must be before the watch is. nullptr: no more watches.
    std::shared_ptr<void> watch(const std::string& maildir, const std::weak_ptr<watched_files>& who);
    // The same for one file: it is written, comes, goes or is replaced, and so is the lock beside it
    // (NAME.lock).
    std::shared_ptr<void> watch_file(const std::string& path, const std::weak_ptr<watched_files>& who);
    // What happened before this call was heard when it returns.
    void catch_up();

  private:
    struct sink {
        std::weak_ptr<watched_files> who;
        bool fresh;
        std::uint64_t id;
        std::string only; // a name and its lock in a folder of other files; empty: all that is in it
    };
    using woken = std::vector<std::shared_ptr<watched_files>>;
    file_watch(int events, int ending);
    int add(const std::string& path, const sink& to);
    void remove(int number, std::uint64_t id);
    void serve();
    woken take_events();
    void hand_over(const char* octets, std::size_t size, woken& touched);

    const int events_, ending_;
    std::mutex lock_;
    // By the kernel's number of the watch: one a folder, whoever watches it.
    std::map<int, std::vector<sink>> sinks_;
    std::uint64_t last_id_ = 0;
    std::thread thread_;
};

} // namespace refmail::store
