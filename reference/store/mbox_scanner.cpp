// Finds the messages of an mbox; see the header.
#include "reference/store/mbox_scanner.hpp"

#include "reference/store/mbox_from_line.hpp"

namespace refmail::store {
namespace {

constexpr std::size_t digested_at_once = 16 * 1024;

} // namespace

mbox_scanner::mbox_scanner(std::uint64_t offset)
    : at_(offset)
    , sink_([this](std::string_view line) {
        digest(line);
        auto& octets = found_.messages.back().octets;
        octets += line.size() + (line.ends_with("\r\n") ? 0 : 1) - (is_quoted_from(line) ? 1 : 0);
    }) {}

void mbox_scanner::feed(std::string_view octets) {
    while (!octets.empty()) {
        const auto end = octets.find('\n');
        if (end == std::string_view::npos) {
            rest_ += octets;
            return;
        }
        if (rest_.empty()) {
            take(octets.substr(0, end + 1));
        } else {
            rest_ += octets.substr(0, end + 1);
            take(rest_);
            rest_.clear();
        }
        octets.remove_prefix(end + 1);
    }
}

mbox_contents mbox_scanner::finish() {
    if (!rest_.empty()) take(rest_);
    end_message();
    return std::move(found_);
}

void mbox_scanner::take(std::string_view line) {
    ++line_;
    if (line.starts_with("From ")) {
        if (const auto begun = parse_from_line(line.substr(0, line.find_last_not_of("\r\n") + 1))) {
            end_message();
            begin_message(begun->when);
            at_ += line.size();
            return;
        }
        found_.doubtful.push_back(at_);
    }
    at_ += line.size();
    if (lines_) return lines_->take(line, sink_);
    if (found_.foreign || line == "\n" || line == "\r\n") return;
    found_.foreign = std::string(line.substr(0, 60));
    found_.foreign_line = line_;
}

void mbox_scanner::begin_message(std::int64_t when) {
    auto& fresh = found_.messages.emplace_back();
    fresh.offset = at_;
    fresh.received = when;
    lines_.emplace();
}

void mbox_scanner::end_message() {
    if (!lines_) return;
    auto& ended = found_.messages.back();
    ended.length = at_ - ended.offset;
    ended.letters = lines_->letters();
    digest_.add(to_digest_);
    to_digest_.clear();
    ended.identity = digest_.take();
    lines_.reset();
}

void mbox_scanner::digest(std::string_view octets) {
    to_digest_ += octets;
    if (to_digest_.size() < digested_at_once) return;
    digest_.add(to_digest_);
    to_digest_.clear();
}

} // namespace refmail::store
