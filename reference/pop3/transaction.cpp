// What can be done with messages: RFC 1939 §5 to §7. Numbers and sizes are those of the login, whatever
// happens to the mailbox meanwhile; what is gone is answered with -ERR.
#include "reference/pop3/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace refmail::pop3 {
namespace {

// RFC 1939 §4: decimal. What is more than 64 bits is more than there can be: `most`.
std::optional<std::uint64_t> number_from(std::string_view text, std::uint64_t most) {
    const bool digits =
        !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} ? value : most;
}

constexpr std::size_t listing_slice = 32 * 1024;

} // namespace

// The index of a message that is there; else -ERR has been said.
std::optional<std::size_t> session::machine::message_number(std::string_view text) {
    const auto number = number_from(text, UINT64_MAX);
    if (!number) {
        err("a message number is needed");
        return std::nullopt;
    }
    if (*number == 0 || *number > maildrop_->messages().size()) {
        err("no such message");
        return std::nullopt;
    }
    const std::size_t index = *number - 1;
    if (maildrop_->messages()[index].deleted) {
        err(fmt::format("message {} is deleted", *number));
        return std::nullopt;
    }
    return index;
}

void session::machine::do_stat(std::string_view arguments) {
    if (!arguments.empty()) return err("STAT takes no argument");
    ok(fmt::format("{} {}", maildrop_->count(), maildrop_->octets()));
}

void session::machine::do_list(std::string_view arguments) {
    list(arguments, fmt::format("{} messages ({} octets)", maildrop_->count(), maildrop_->octets()),
         [](const maildrop::message& one) { return std::to_string(one.octets); });
}

void session::machine::do_uidl(std::string_view arguments) {
    list(arguments, "unique-id listing follows",
         [this](const maildrop::message& one) { return maildrop_->unique_id(one); });
}

void session::machine::list(std::string_view arguments, std::string_view first_line,
                            std::function<std::string(const maildrop::message&)> fact) {
    if (!arguments.empty()) {
        if (const auto index = message_number(arguments))
            ok(fmt::format("{} {}", *index + 1, fact(maildrop_->messages()[*index])));
        return;
    }
    ok(first_line);
    listing_ = listing{std::move(fact), 0};
}

void session::machine::fill_listing() {
    auto& out = replies();
    const auto& messages = maildrop_->messages();
    auto& next = listing_->next;
    for (; next < messages.size() && out.size() < listing_slice; ++next)
        if (!messages[next].deleted)
            out += fmt::format("{} {}\r\n", next + 1, listing_->fact(messages[next]));
    if (next < messages.size()) return;
    out += ".\r\n";
    listing_.reset();
}

void session::machine::do_retr(std::string_view arguments) {
    if (const auto index = message_number(arguments)) begin_message(*index, std::nullopt);
}

void session::machine::do_top(std::string_view arguments) {
    const auto blank = std::min(arguments.find(' '), arguments.size());
    const auto lines = number_from(arguments.substr(std::min(blank + 1, arguments.size())), UINT64_MAX);
    if (!lines) return err("syntax: TOP message lines"); // RFC 1939 §7: both, and no negative number
    if (const auto index = message_number(arguments.substr(0, blank))) begin_message(*index, lines);
}

void session::machine::begin_message(std::size_t index, std::optional<std::uint64_t> body_lines) {
    wanted_message_ = index;
    wanted_lines_ = body_lines;
    awaited_ = awaited::message;
}

// On a worker thread.
void session::machine::open_message() {
    awaited_ = awaited::nothing;
    auto read = maildrop_->read(maildrop_->messages()[wanted_message_]);
    if (!read) {
        const bool gone = read.error().kind == mailbox::trouble::kind::missing;
        return err(read.error(), gone ? "the message is gone" : "the message cannot be read");
    }
    if (!*read) return err("[SYS/TEMP] the message cannot be read");
    auto made = std::make_unique<transfer>(std::move(*read), wanted_lines_);
    // RFC 6856 §5: the client may ask again in UTF-8 mode.
    if (!utf8_ && made->needs_utf8())
        return err("[UTF8] the message has a header in UTF-8, issue UTF8 first");
    made->mask_header();
    ok(fmt::format("{} octets", made->octets()));
    transfer_ = std::move(made);
    if (transfer_->step(replies())) transfer_.reset();
}

void session::machine::do_dele(std::string_view arguments) {
    const auto index = message_number(arguments);
    if (!index) return;
    maildrop_->mark(*index);
    ok(fmt::format("message {} deleted", *index + 1));
}

void session::machine::do_rset(std::string_view arguments) {
    if (!arguments.empty()) return err("RSET takes no argument");
    maildrop_->unmark_all();
    ok(fmt::format("{} messages ({} octets)", maildrop_->count(), maildrop_->octets()));
}

// On a worker thread. RFC 1939 §6: removed, unlocked, then told; also that it failed.
void session::machine::update() {
    const auto left = maildrop_->count();
    const auto done = maildrop_->update();
    maildrop_.reset();
    if (done)
        ok(fmt::format("{} POP3 server signing off, {} messages left", policy_.host_name, left));
    else
        err(done.error(), "some deleted messages were not removed");
    say_goodbye();
}

} // namespace refmail::pop3
