// Keeping an IMAP dialog in order; see the header.
#include "harness/script/imap_dialog.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

constexpr std::size_t most_octets_shown = 16 * 1024;

} // namespace

std::string imap_dialog::new_tag() {
    // The greeting belongs to no command.
    if (tags_made_ == 0 && tags_.empty())
        window_from_ = possible_from_ = std::max(window_from_, last_taken_end_);
    just_settled_ = false;
    return made(fmt::format("a{}", ++tags_made_));
}

std::string imap_dialog::new_own_tag() {
    return made(fmt::format("h{}", ++own_tags_made_));
}

// What came under that tag before was the answer to nothing.
std::string imap_dialog::made(std::string tag) {
    tagged_.erase(tag);
    return tags_.emplace_back(std::move(tag));
}

void imap_dialog::add(const server_event& event) {
    heard one{event.imap, event.imap ? std::string() : event.raw, event.offset, event.raw.size(), false};
    if (one.response)
        if (auto announced = wire::imap_capabilities_of(*one.response); !announced.empty()) {
            capabilities_ = std::move(announced);
            capabilities_from_ = heard_.size();
        }
    if (one.response && one.response->what == wire::imap_response::kind::tagged)
        tagged_.try_emplace(one.response->tag, heard_.size());
    heard_.push_back(std::move(one));
}

imap_dialog::stretch imap_dialog::octets_of(window w) const {
    const auto end = [](const heard& h) { return h.offset + h.length; };
    if (w.from < w.to) return {heard_[w.from].offset, end(heard_[w.to - 1]) - heard_[w.from].offset};
    if (w.to < heard_.size()) return {heard_[w.to].offset, 0};
    return {heard_.empty() ? 0 : end(heard_.back()), 0};
}

std::string imap_dialog::shown(window w, bool taken_too) const {
    std::string raw;
    for (auto i = w.from; i < w.to && raw.size() < most_octets_shown; ++i) {
        const auto& h = heard_[i];
        if (taken_too || !h.taken) raw += h.response ? h.response->raw : h.raw;
    }
    return raw;
}

std::optional<std::size_t> imap_dialog::tagged(std::string_view tag) const {
    const auto found = tagged_.find(tag);
    return found == tagged_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> imap_dialog::end_of_current() const {
    return tags_.empty() ? std::nullopt : tagged(tags_.front());
}

imap_dialog::window imap_dialog::current_window() const {
    const auto end = end_of_current();
    return {window_from_, end ? std::max(window_from_, *end) : heard_.size()};
}

imap_dialog::window imap_dialog::possible_window() const {
    return {std::min(possible_from_, window_from_), current_window().to};
}

void imap_dialog::settle() {
    const auto end = end_of_current();
    if (!end) return;
    last_ = current_window();
    tags_.erase(tags_.begin());
    // RFC 9051 §5.5: commands that depend on nothing may be completed in another order than they were sent.
    const auto next = end_of_current();
    if (!next || *next > *end) window_from_ = std::max(window_from_, *end + 1);
    if (tags_.empty()) possible_from_ = window_from_;
    take(*end);
    just_settled_ = true;
}

void imap_dialog::settle_own(std::string_view tag) {
    std::erase(tags_, tag);
    const auto end = tagged(tag);
    if (end && tags_.empty()) possible_from_ = window_from_ = std::max(window_from_, *end + 1);
    last_taken_end_ = std::max(last_taken_end_, window_from_);
}

void imap_dialog::take(std::size_t index) {
    heard_[index].taken = true;
    last_taken_end_ = index + 1;
    just_settled_ = false;
}

void imap_dialog::forget_heard() {
    window_from_ = possible_from_ = last_taken_end_ = heard_.size();
    last_ = {window_from_, window_from_};
}

} // namespace mailspec::script
