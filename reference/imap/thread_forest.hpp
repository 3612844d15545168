// Conversations: messages as trees, made by the two algorithms of RFC 5256 §3. Knows of messages only what is
// put in; recursion is nowhere, so that a chain of a million replies is no bomb.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace refmail::imap {

struct threaded_message {
    std::uint32_t number = 0; // as it is shown: number or UID
    std::int64_t sent = 0;    // RFC 5256 §2.2
    std::string subject;      // base subject, comparable
    bool is_reply = false;
    std::string id; // normalised; empty: none
    std::vector<std::string> references;
};

class thread_forest {
  public:
    // In the order of the mailbox.
    void add_by_references(const threaded_message& m);
    void finish_by_references();
    // What add_by_references() has done so far: links followed.
    std::uint64_t work() const { return work_; }
    std::size_t size() const { return nodes_.size(); } // messages, and others that they refer to

    static thread_forest by_subject(std::vector<threaded_message> messages);

    // "(1)(2 3 (4)(5))": RFC 5256 §4 (thread-list)
    void put(std::string& out) const;

  private:
    using index = std::uint32_t;
    static constexpr index none = 0xFFFFFFFF;
    struct node {
        std::uint32_t number = 0; // 0: a dummy, of which only the ID is known
        std::uint32_t order = 0;  // in the mailbox
        std::int64_t sent = 0;
        std::string subject;
        bool is_reply = false;
        index parent = none;
        index above = none; // some ancestor, in step 1; true while `above_is_of` is detached_
        std::uint32_t above_is_of = 0;
        std::vector<index> children;
        bool is_dummy() const { return number == 0; }
    };

    index node_of(const std::string& id);
    index node_for(const threaded_message& m);
    index root_of(index at);
    void link(index parent, index root);
    void detach(index at);

    void gather_roots();
    void prune();
    std::vector<index> without_dummies(const std::vector<index>& list) const;
    void gather_subjects();
    void merge(index table_entry, index current, index& table);
    const node& first_of(index at) const; // the node, or a dummy's first child
    bool before(index a, index b) const;
    void sort_siblings(std::vector<index>& list) const;
    void sort_all();

    std::vector<node> nodes_;
    std::unordered_map<std::string, index> ids_;
    std::vector<index> roots_;
    std::uint32_t count_ = 0;
    std::uint32_t detached_ = 1; // rises when a message is taken from its parent
    std::uint64_t work_ = 0;
};

} // namespace refmail::imap
