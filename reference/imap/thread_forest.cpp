// REFERENCES in the six steps of RFC 5256 §3, ORDEREDSUBJECT, and how a forest is written.
#include "reference/imap/thread_forest.hpp"

#include <algorithm>
#include <tuple>

namespace refmail::imap {

// Step 1: links between messages, by parents alone; children are found when all links are known.

thread_forest::index thread_forest::node_of(const std::string& id) {
    const auto [it, fresh] = ids_.try_emplace(id, static_cast<index>(nodes_.size()));
    if (fresh) nodes_.emplace_back();
    return it->second;
}

// A message without an ID, or with one that an earlier message has, stands alone.
thread_forest::index thread_forest::node_for(const threaded_message& m) {
    auto at = none;
    if (!m.id.empty()) at = node_of(m.id);
    if (at == none || !nodes_[at].is_dummy()) {
        at = static_cast<index>(nodes_.size());
        nodes_.emplace_back();
    }
    auto& n = nodes_[at];
    n.number = m.number;
    n.order = count_++;
    n.sent = m.sent;
    n.subject = m.subject;
    n.is_reply = m.is_reply;
    return at;
}

// Long ways up are remembered as short ones, so that chains of replies cost no more than many short threads.
thread_forest::index thread_forest::root_of(index at) {
    const auto next = [&](index i) {
        const auto& n = nodes_[i];
        return n.above_is_of == detached_ ? n.above : n.parent;
    };
    auto root = at;
    for (auto up = next(root); up != none; up = next(root)) {
        ++work_;
        root = up;
    }
    while (at != root) {
        const auto up = next(at);
        nodes_[at].above = root;
        nodes_[at].above_is_of = detached_;
        at = up;
    }
    return root;
}

// Unless that would make a loop: what has no parent is above the other if it is the root there.
void thread_forest::link(index parent, index root) {
    if (root_of(parent) != root) nodes_[root].parent = parent;
}

void thread_forest::detach(index at) {
    if (nodes_[at].parent == none) return;
    nodes_[at].parent = none;
    ++detached_;
}

void thread_forest::add_by_references(const threaded_message& m) {
    auto before = none;
    for (const auto& id : m.references) {
        const auto at = node_of(id);
        // (A): what has a parent keeps it.
        if (before != none && nodes_[at].parent == none) link(before, at);
        before = at;
    }
    // (B): the last reference is the parent, whatever others thought.
    const auto own = node_for(m);
    if (before != none && nodes_[own].parent == before) return;
    detach(own);
    if (before != none) link(before, own);
}

void thread_forest::finish_by_references() {
    ids_.clear();
    gather_roots();
    prune();
    sort_all(); // step 4, with the children of dummies
    gather_subjects();
    sort_all(); // step 6
}

// Step 2
void thread_forest::gather_roots() {
    for (index i = 0; i < nodes_.size(); ++i) {
        if (nodes_[i].parent == none)
            roots_.push_back(i);
        else
            nodes_[nodes_[i].parent].children.push_back(i);
    }
}

// Step 3. Children before parents, so that each level is pruned when the one above looks at it.
void thread_forest::prune() {
    std::vector<index> order = roots_;
    for (std::size_t i = 0; i < order.size(); ++i)
        order.insert(order.end(), nodes_[order[i]].children.begin(), nodes_[order[i]].children.end());
    for (auto it = order.rbegin(); it != order.rend(); ++it)
        nodes_[*it].children = without_dummies(nodes_[*it].children);
    // Under the root a dummy stays when it holds several together.
    std::vector<index> roots;
    for (auto at : roots_) {
        const auto& n = nodes_[at];
        if (!n.is_dummy() || n.children.size() > 1)
            roots.push_back(at);
        else if (n.children.size() == 1)
            roots.push_back(n.children.front());
    }
    for (auto at : roots)
        nodes_[at].parent = none; // what was promoted is a root like any other
    roots_ = std::move(roots);
}

std::vector<thread_forest::index> thread_forest::without_dummies(const std::vector<index>& list) const {
    std::vector<index> out;
    for (auto at : list) {
        if (!nodes_[at].is_dummy())
            out.push_back(at);
        else
            out.insert(out.end(), nodes_[at].children.begin(), nodes_[at].children.end());
    }
    return out;
}

const thread_forest::node& thread_forest::first_of(index at) const {
    const auto& n = nodes_[at];
    return n.is_dummy() && !n.children.empty() ? nodes_[n.children.front()] : n;
}

bool thread_forest::before(index a, index b) const {
    const auto &x = first_of(a), &y = first_of(b);
    return std::tie(x.sent, x.order) < std::tie(y.sent, y.order);
}

void thread_forest::sort_siblings(std::vector<index>& list) const {
    std::ranges::sort(list, [&](index a, index b) { return before(a, b); });
}

// Only roots can be dummies, and they look at their first child: children first.
void thread_forest::sort_all() {
    for (auto& n : nodes_)
        if (n.children.size() > 1) sort_siblings(n.children);
    sort_siblings(roots_);
}

// Step 5
void thread_forest::gather_subjects() {
    std::unordered_map<std::string, index> table;
    for (auto at : roots_) { // (B)
        const auto& thread = first_of(at);
        if (thread.subject.empty()) continue;
        const auto [it, fresh] = table.try_emplace(thread.subject, at);
        if (fresh) continue;
        const auto &known = nodes_[it->second], &current = nodes_[at];
        if (!known.is_dummy() && (current.is_dummy() || (known.is_reply && !current.is_reply)))
            it->second = at;
    }
    for (auto at : std::vector<index>(roots_)) { // (C)
        const auto& thread = first_of(at);
        if (thread.subject.empty()) continue;
        auto& entry = table.find(thread.subject)->second;
        if (entry != at) merge(entry, at, entry);
    }
    std::erase_if(roots_, [&](index at) { return nodes_[at].parent != none; });
}

// Whatever is put below another loses its place among the roots by having a parent.
void thread_forest::merge(index known, index current, index& entry) {
    const auto adopt = [&](index parent, index child) {
        nodes_[parent].children.push_back(child);
        nodes_[child].parent = parent;
    };
    if (nodes_[known].is_dummy() && nodes_[current].is_dummy()) {
        for (auto child : std::vector<index>(nodes_[current].children))
            adopt(known, child);
        nodes_[current].children.clear();
        nodes_[current].parent = known; // deleted: nobody's child, and no root
    } else if (nodes_[known].is_dummy() || (nodes_[current].is_reply && !nodes_[known].is_reply)) {
        adopt(known, current);
    } else {
        const auto dummy = static_cast<index>(nodes_.size());
        nodes_.emplace_back();
        adopt(dummy, known);
        adopt(dummy, current);
        roots_.push_back(dummy);
        entry = dummy;
    }
}

thread_forest thread_forest::by_subject(std::vector<threaded_message> messages) {
    thread_forest out;
    std::ranges::stable_sort(messages, [](const auto& a, const auto& b) {
        return std::tie(a.subject, a.sent) < std::tie(b.subject, b.sent);
    });
    auto root = none;
    for (const auto& m : messages) {
        const auto at = static_cast<index>(out.nodes_.size());
        auto& n = out.nodes_.emplace_back();
        n.number = m.number;
        n.order = m.number;
        n.sent = m.sent;
        n.subject = m.subject;
        if (root != none && out.nodes_[root].subject == m.subject) {
            out.nodes_[root].children.push_back(at);
        } else {
            out.roots_.push_back(at);
            root = at;
        }
    }
    out.sort_all();
    return out;
}

// An only child follows its parent; several stand in parentheses each.
void thread_forest::put(std::string& out) const {
    struct siblings {
        const std::vector<index>* list;
        std::size_t next = 0;
    };
    std::vector<siblings> open{{&roots_}};
    while (!open.empty()) {
        auto& level = open.back();
        if (level.next == level.list->size()) {
            open.pop_back();
            if (!open.empty()) out += ')'; // of the message that these are below
            continue;
        }
        out += '(';
        const auto* n = &nodes_[(*level.list)[level.next++]];
        while (!n->is_dummy()) {
            out += std::to_string(n->number);
            if (n->children.size() != 1) break;
            out += ' ';
            n = &nodes_[n->children.front()];
        }
        if (n->children.empty()) {
            out += ')';
            continue;
        }
        if (!n->is_dummy()) out += ' ';
        open.push_back({&n->children});
    }
}

} // namespace refmail::imap
