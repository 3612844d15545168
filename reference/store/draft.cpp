// One message on its way to the disk; see the header.
#include "reference/store/draft.hpp"

#include "reference/queue/file.hpp"
#include "reference/store/mbox_delivery.hpp"
#include "reference/store/message_file.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <unistd.h>

namespace refmail::store {

// What commit() waits for: several jobs of the commit group, each for one delivery or for all.
struct draft::round {
    std::shared_ptr<draft> self; // the temporary files go when nobody needs them
    std::vector<delivered> results;
    std::atomic<std::size_t> missing{0};
    draft::done finished;

    void one_done() {
        if (--missing != 0) return;
        for (std::size_t i = 0; i < results.size(); ++i)
            if (results[i].outcome && !self->deliveries_[i].user.empty())
                self->store_.delivered_to(self->deliveries_[i].user);
        for (auto& one : self->plans_)
            one.room.reset(); // it is counted when somebody looks
        finished(std::move(results));
    }
};

draft::draft(mail_store& store, std::vector<delivery> deliveries, bool binary)
    : store_(store)
    , deliveries_(std::move(deliveries))
    , binary_(binary) {}

draft::~draft() {
    for (const auto& path : leftovers_)
        ::unlink(path.c_str());
}

// Each LF comes behind a CR that is dropped; a CR at the end of a piece is held until we see.
void draft::append(std::string_view octets) {
    if (octets.empty()) return;
    wire_size_ += octets.size();
    has_eight_bit_ = has_eight_bit_ || std::any_of(octets.begin(), octets.end(),
                                                   [](char c) { return static_cast<signed char>(c) < 0; });
    const std::size_t before = content_.size();
    if (binary_) {
        content_.append(octets);
        size_ += octets.size();
        return;
    }
    if (carriage_return_ && octets.front() != '\n') content_ += '\r';
    carriage_return_ = false;
    for (std::size_t cr; (cr = octets.find('\r')) != std::string_view::npos; octets.remove_prefix(cr + 1)) {
        content_.append(octets.substr(0, cr));
        if (cr + 1 == octets.size())
            carriage_return_ = true;
        else if (octets[cr + 1] != '\n')
            content_ += '\r';
    }
    content_.append(octets);
    size_ += content_.size() - before;
}

bool draft::spill_due() const {
    return content_.size() >= store_.how().memory_per_message;
}

std::string draft::tmp_path_for(std::size_t index) const {
    const std::string name = store_.new_name();
    const auto& mailbox = plans_[index].mailbox;
    return mailbox ? mailbox->tmp_path(name) : store_.queue_path() + "/tmp/" + name;
}

dev_t draft::device_for(std::size_t index) const {
    const auto& mailbox = plans_[index].mailbox;
    return mailbox ? mailbox->fresh()->device() : store_.queue()->device();
}

void draft::open_mailboxes() {
    if (!plans_.empty()) return;
    plans_.resize(deliveries_.size());
    for (std::size_t i = 0; i < deliveries_.size(); ++i) {
        if (deliveries_[i].user.empty()) continue;
        auto opened = store_.mailbox_of(deliveries_[i].user);
        if (opened)
            plans_[i].mailbox = *opened;
        else
            plans_[i].outcome = std::unexpected(opened.error());
    }
}

// The file in the tmp folder of the delivery that needs it first; others link to it.
void draft::plan_copy(std::size_t index) {
    plan& wanted = plans_[index];
    if (!wanted.outcome) return;
    const std::string& first_line = deliveries_[index].first_line;
    for (std::size_t c = 0; c < copies_.size(); ++c) {
        if (copies_[c].first_line != first_line || copies_[c].device != device_for(index)) continue;
        wanted.copy = c;
        ++copies_[c].used_by;
        return;
    }
    copy fresh;
    fresh.first_line = first_line;
    fresh.device = device_for(index);
    fresh.used_by = 1;
    auto made = file::create(tmp_path_for(index));
    if (made) {
        leftovers_.push_back(made->path());
        fresh.file.emplace(std::move(*made));
    } else {
        fresh.outcome = std::unexpected(made.error());
    }
    wanted.copy = copies_.size();
    copies_.push_back(std::move(fresh));
}

void draft::plan_copies() {
    if (!copies_.empty()) return;
    open_mailboxes();
    for (std::size_t i = 0; i < plans_.size(); ++i)
        plan_copy(i);
}

void draft::spill() {
    plan_copies();
    if (!copies_.empty() && copies_[0].outcome) {
        copy& first = copies_[0];
        if (!spilled_) content_.insert(0, first.first_line);
        first.outcome = first.file->append(content_);
    }
    spilled_ = true;
    content_.clear();
}

void draft::write_copy(copy& one) {
    const bool is_first = &one == &copies_[0];
    if (one.outcome && !spilled_)
        one.outcome = one.file->append(one.first_line + content_);
    else if (one.outcome && is_first)
        one.outcome = one.file->append(content_);
    else if (one.outcome) {
        const copy& whole = copies_[0]; // written before the others
        one.outcome = whole.outcome;
        if (one.outcome) one.outcome = one.file->append(one.first_line);
        if (one.outcome) one.outcome = one.file->append_from(*whole.file, whole.first_line.size());
    }
    if (one.outcome) one.outcome = one.file->sync();
}

// The envelope is the entry: it gets its name after the message has its own.
void draft::plan_entry(std::size_t index, placement message) {
    plan& wanted = plans_[index];
    queue::entry& entry = deliveries_[index].entry;
    entry.size = wire_size_;
    entry.has_eight_bit = has_eight_bit_;
    const std::string base = store_.queue_path() + "/" + entry.id;
    message.to = base + ".message";
    message.into = store_.queue();
    auto made = file::create(tmp_path_for(index));
    if (made) {
        leftovers_.push_back(made->path());
        wanted.outcome = made->append(to_json(entry));
        if (wanted.outcome) wanted.outcome = made->sync();
        wanted.path = base + ".envelope";
        wanted.placements = {message, {made->path(), wanted.path, store_.queue()}};
    } else {
        wanted.outcome = std::unexpected(made.error());
    }
}

void draft::plan_placements(std::size_t index) {
    plan& wanted = plans_[index];
    if (!wanted.outcome) return;
    copy& source = copies_[wanted.copy];
    wanted.outcome = source.outcome;
    if (!wanted.outcome) return;
    placement message;
    message.from = source.file->path();
    message.how = source.used_by > 1 ? placement::how::link : placement::how::rename;
    if (!wanted.mailbox) return plan_entry(index, message);
    auto room = store_.room_for(deliveries_[index].user, wire_size_ + deliveries_[index].first_line.size());
    if (!room) wanted.outcome = std::unexpected(room.error());
    if (!room) return;
    wanted.room = std::move(*room);
    if (const auto mbox = store_.mbox_of(deliveries_[index].user)) {
        wanted.path = mbox->path();
        return;
    }
    wanted.path = wanted.mailbox->new_path(store_.new_name() + std::string(binary_ ? raw_mark : ""));
    message.to = wanted.path;
    message.into = wanted.mailbox->fresh();
    wanted.placements = {message};
}

// In the order of the users: two messages for the same ones never wait for each other.
void draft::append_to_mboxes(bool one_for_all) {
    std::map<std::pair<std::string, std::size_t>, std::vector<std::size_t>> together;
    for (std::size_t i = 0; i < plans_.size(); ++i)
        if (plans_[i].outcome && plans_[i].mailbox && plans_[i].placements.empty())
            together[{deliveries_[i].user, one_for_all ? 0 : i}].push_back(i);
    for (const auto& [user_and_turn, these] : together) {
        std::vector<std::string> paths;
        for (const auto i : these)
            paths.push_back(copies_[plans_[i].copy].file->path());
        auto held = append_to_mbox(store_, user_and_turn.first, paths, binary_);
        plan& first = plans_[these.front()];
        if (held)
            first.mbox = std::move(*held);
        else
            first.outcome = std::unexpected(held.error());
        if (!one_for_all) settle_mbox(first, first.outcome);
        if (!held && one_for_all) return;
    }
}

void draft::settle_mbox(plan& one, const result<void>& outcome) {
    if (!one.mbox) return;
    if (outcome)
        one.mbox->keep();
    else
        one.mbox->take_back();
    one.mbox.reset();
}

void draft::commit(bool one_for_all, done finished) {
    if (carriage_return_) content_ += '\r';
    plan_copies();
    for (auto& one : copies_)
        write_copy(one);
    for (std::size_t i = 0; i < plans_.size(); ++i)
        plan_placements(i);
    append_to_mboxes(one_for_all);

    auto waiting = std::make_shared<round>();
    waiting->self = shared_from_this();
    waiting->finished = std::move(finished);
    result<void> first_failure;
    for (const auto& p : plans_) {
        waiting->results.push_back(delivered{p.outcome, p.path});
        if (first_failure && !p.outcome) first_failure = p.outcome;
    }
    if (one_for_all)
        submit_together(waiting, first_failure);
    else
        submit_each(waiting);
}

void draft::submit_together(const std::shared_ptr<round>& waiting, const result<void>& first_failure) {
    waiting->missing = 1;
    auto settle = [waiting](result<void> outcome) {
        for (auto& one : waiting->results)
            one.outcome = outcome;
        for (auto& one : waiting->self->plans_)
            waiting->self->settle_mbox(one, outcome);
        waiting->one_done();
    };
    if (!first_failure || plans_.empty()) return settle(first_failure);
    std::vector<placement> all;
    for (auto& p : plans_)
        std::move(p.placements.begin(), p.placements.end(), std::back_inserter(all));
    store_.commits().submit(std::move(all), settle);
}

void draft::submit_each(const std::shared_ptr<round>& waiting) {
    waiting->missing = plans_.size() + 1; // one more: nothing ends before all are submitted
    for (std::size_t i = 0; i < plans_.size(); ++i) {
        if (!plans_[i].outcome) {
            waiting->one_done();
            continue;
        }
        auto settle = [waiting, i](result<void> outcome) {
            waiting->results[i].outcome = std::move(outcome);
            waiting->one_done();
        };
        store_.commits().submit(std::move(plans_[i].placements), settle);
    }
    waiting->one_done();
}

} // namespace refmail::store
