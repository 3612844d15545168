// Group commit: files that are written and synced get their lasting names together. Renaming is
// cheap, making the names last is a journal write; so whoever comes while one is under way is taken
// along by the next. There is no thread here: the first submitter leads until nobody waits.
// All placements of a job succeed, or none stays (what was replaced or removed does not come back).
#pragma once
#include "reference/store/file.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace refmail::store {

struct placement {
    enum class how {
        rename,
        link,
        replace, // rename over a file that may be there: nothing to take back
        remove,  // the file `to`, which need not be there any more; `from` is empty
    };
    std::string from; // synced before
    std::string to;
    std::shared_ptr<const folder> into; // the folder of `to`
    placement::how how = how::rename;
};

class commit_group {
  public:
    using done = std::move_only_function<void(result<void>)>;

    // Blocks when it leads. `finished` is called once, from this thread or from the leader's, after
    // the names last (or were taken back).
    void submit(std::vector<placement> placements, done finished);

  private:
    struct job {
        std::vector<placement> placements;
        done finished;
        std::size_t placed = 0;
        result<void> outcome;
    };
    static void place(job& one);
    static void take_back(job& one);
    static void commit(std::vector<job>& batch);

    std::mutex lock_;
    std::vector<job> waiting_;
    bool led_ = false;
};

} // namespace refmail::store
