// What is under way in an mbox, so that a crash leaves nothing half done: an append, in FOLDER/mbox.append,
// and a rewriting, in FOLDER/mbox.rewrite, which holds the new end of the file. Both are on the disk before
// the mbox is touched. Whoever calls has the locks of the mbox. Other programs may have written behind what a
// crash left: nothing of theirs is ever cut off. See docs/adr/0008-an-mbox-changes-in-its-place.md.
#pragma once
#include "reference/store/mbox_text.hpp"

#include <vector>

namespace refmail::store {

// What an append stands and falls with: rows of an index that give UIDs from `first` on. {0, 0}: nothing, it
// is a delivery.
struct mbox_numbers {
    std::uint32_t validity = 0, first = 0;
};

class mbox_journal {
  public:
    using log = std::function<void(const std::string&)>;
    mbox_journal(std::string folder, log tell)
        : folder_(std::move(folder))
        , tell_(std::move(tell)) {}

    // `text` is about to be written at `offset`, which is the end.
    result<void> begin_append(std::uint64_t offset, const mbox_text& text, const mbox_numbers& numbers) const;
    result<void> end_append() const;

    // What `gone` names is taken out of the file; ascending, one behind the other.
    result<void> remove(int mbox, const std::vector<mbox_extent>& gone) const;

    // After a crash. `decided`: whether the rows are there.
    using question = std::function<bool(const mbox_numbers&)>;
    result<void> mend(int mbox, const question& decided) const;

  private:
    struct source { // octets of an open file
        int file;
        mbox_extent where;
    };
    struct rewriting; // what mbox.rewrite says
    std::string append_path() const { return folder_ + "/mbox.append"; }
    std::string rewrite_path() const { return folder_ + "/mbox.rewrite"; }
    result<void> write_append(const std::string& record) const;
    result<void> mend_append(int mbox, const question& decided) const;
    result<void> begin_rewrite(int mbox, std::uint64_t offset, std::uint64_t end,
                               const std::vector<source>& rest) const;
    result<void> write_rewrite(int mbox, std::uint64_t offset, std::uint64_t end,
                               const std::vector<source>& rest) const;
    result<void> carry_on(int mbox, int record, const rewriting& one) const;
    result<void> mend_rewrite(int mbox) const;
    result<void> set_aside() const;
    void say(const std::string& text) const {
        if (tell_) tell_(text);
    }

    const std::string folder_;
    const log tell_;
};

} // namespace refmail::store
