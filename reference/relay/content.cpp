// The content on its way: DATA with stuffed dots (RFC 5321 §4.1.1.4, §4.5.2) or BDAT in chunks (RFC 3030 §2),
// converted before if need be (RFC 6152 §3), and what the host says to it: once, or with LMTP once for each
// recipient that was taken (RFC 2033 §4.2).
#include "reference/relay/machine.hpp"
#include "reference/relay/mime_entity.hpp"
#include "reference/relay/seven_bit.hpp"

#include <fmt/core.h>

#include <utility>

namespace refmail::relay {

namespace {

constexpr std::size_t piece_size = 256 * 1024; // of converted content
constexpr std::size_t largest_unsent = 32 * 1024;

outcome unsendable(std::string status, std::string why, const peer& who) {
    outcome made;
    made.what = outcome::what::failed;
    made.status = std::move(status);
    made.host = who.host;
    made.address = who.address;
    made.why = "the message cannot be sent there: " + std::move(why);
    return made;
}

} // namespace

void session::machine::content(std::string_view octets) {
    if (state_ == state::gathering) {
        if (gathered_.size() + octets.size() > settings_.convertible) {
            transaction_->settle_rest(unsendable("5.6.3", "it is too large to be converted", settings_.peer));
            return finish();
        }
        gathered_ += octets;
        const bool header_is_there = gathered_.starts_with("\r\n") || gathered_.contains("\r\n\r\n");
        if (first_ == reading::header && header_is_there) return look_at_header();
        actions_.push_back(read_content{});
    } else if (state_ == state::content)
        send_piece(octets);
}

void session::machine::content_ended() {
    if (state_ == state::gathering)
        first_ == reading::header ? look_at_header() : convert();
    else if (state_ == state::content)
        send_end();
}

void session::machine::content_failed(std::string why) {
    if (!transaction_ || (state_ != state::gathering && state_ != state::content)) return;
    outcome ours;
    ours.status = "4.3.0";
    ours.why = "the message could not be read: " + std::move(why);
    transaction_->settle_rest(ours);
    if (state_ == state::gathering) return finish();
    end_transaction(ours);
    close(); // what is begun must not be ended: half a message is none
}

void session::machine::look_at_header() {
    const auto header = read_entity(gathered_);
    const bool is_mime = header.has_mime_version;
    // RFC 3030 §3: "binary" that nobody declared is taken and SHOULD be returned, not mended and sent on.
    const bool is_binary = is_mime && header.encoding == "binary";
    gathered_.clear();
    first_ = reading::nothing;
    state_ = state::envelope;
    if (is_mime && !is_binary) return start_round();
    transaction_->settle_rest(unsendable("5.6.3",
                                         is_binary ? "it is binary, and was not declared as BINARYMIME"
                                                   : "it has 8-bit text and is no MIME message",
                                         settings_.peer));
    finish();
}

void session::machine::convert() {
    const auto& e = transaction_->entry();
    std::optional<outcome> refused;
    // RFC 6531 §3.2: header fields in UTF-8 go to hosts with SMTPUTF8 only; X.6.9 is RFC 6531 §3.5's.
    if (e.smtputf8 && !choices_.utf8 && has_eight_bit_header(gathered_))
        refused =
            unsendable("5.6.9", "its header needs SMTPUTF8, which the host does not offer", settings_.peer);
    const bool to_convert =
        e.body == queue::entry::body::binary_mime || (e.has_eight_bit && !offered_.eight_bit_mime);
    if (!refused && to_convert) {
        auto converted = to_seven_bit(gathered_);
        if (converted)
            gathered_ = std::move(*converted);
        else
            refused =
                unsendable("5.6.3",
                           fmt::format("the host takes no {}, and {}",
                                       e.body == queue::entry::body::binary_mime ? "BINARYMIME" : "8BITMIME",
                                       converted.error()),
                           settings_.peer);
        choices_.content = transport::seven_bit;
        if (!gathered_.ends_with("\r\n")) gathered_ += "\r\n"; // RFC 5321 §4.1.1.4
        choices_.size = gathered_.size();
    }
    state_ = state::envelope;
    if (refused) transaction_->settle_rest(*refused);
    if (refused || !is_acceptable()) return finish();
    start_round();
}

void session::machine::on_data(const reply& r) {
    if (r.intermediate()) {
        if (!transaction_->accepted().empty()) return start_content();
        // A message would go to somebody that we know nothing of.
        if (out_of_step_) {
            end_transaction(no_answer("4.5.0", "the host took recipients without MAIL", settings_.peer));
            return close();
        }
        // RFC 2920 §3.1: DATA went along and was taken, but nobody is to have it: "the client SMTP should
        // send a single dot".
        return send_line(".\r\n", command::nothing);
    }
    reset_due_ = true;
    // What is said to DATA concerns the message, for whomever it is.
    if (!transaction_->accepted().empty()) {
        const auto refused = refusal(r, stage::data, settings_.peer);
        transaction_->settle_accepted(refused);
        transaction_->settle_rest(refused);
    }
    round_over(false);
}

void session::machine::start_content() {
    state_ = state::content;
    // RFC 6152 §3: whatever the queue believes of the content, 8-bit goes to 8BITMIME only.
    stuffing_.emplace(!offered_.eight_bit_mime);
    held_.clear();
    unsent_.clear();
    if (first_ == reading::nothing) {
        actions_.push_back(read_content{true});
        return;
    }
    for (std::string_view rest = gathered_; !rest.empty() && state_ == state::content;) {
        send_piece(rest.substr(0, piece_size));
        rest.remove_prefix(std::min(piece_size, rest.size()));
    }
    if (state_ == state::content) send_end();
}

void session::machine::send_piece(std::string_view piece) {
    if (choices_.content == transport::binary) {
        // A chunk is held back until it is known whether it is the last one.
        const bool first = held_.empty();
        if (!first) send_chunk(false);
        held_ = piece;
        if (first) actions_.push_back(read_content{});
        return;
    }
    // A small message leaves in one piece, final dot included.
    if (const auto fault = stuffing_->add(piece, unsent_)) return break_off(*fault);
    if (unsent_.size() >= largest_unsent) flush();
    if (first_ == reading::nothing) actions_.push_back(read_content{});
}

void session::machine::flush() {
    actions_.push_back(send{std::exchange(unsent_, {})});
    ++waits_;
}

void session::machine::send_end() {
    if (choices_.content == transport::binary)
        send_chunk(true);
    else {
        if (const auto fault = stuffing_->finish(unsent_)) return break_off(*fault);
        flush();
    }
    transaction_->ended_content = true;
    state_ = state::verdict;
    if (!settings_.lmtp) return awaited_.push_back({command::end});
    for (const auto position : transaction_->accepted())
        awaited_.push_back({command::end, position});
}

// RFC 3030 §2: the chunk's exact size, and its octets straight behind the line.
void session::machine::send_chunk(bool last) {
    actions_.push_back(send{fmt::format("BDAT {}{}\r\n", held_.size(), last ? " LAST" : "") + held_});
    held_.clear();
    ++waits_;
    if (!last) awaited_.push_back({command::chunk});
}

void session::machine::on_chunk(const reply& r) {
    if (r.positive()) {
        actions_.push_back(read_content{});
        return;
    }
    // RFC 3030 §2: no further BDAT for this message, and RSET before anything else.
    const auto refused = refusal(r, stage::content, settings_.peer);
    transaction_->settle_accepted(refused);
    transaction_->settle_rest(refused);
    reset_due_ = true;
    round_over(false);
}

outcome session::machine::taken(const reply& r) const {
    outcome made;
    // RFC 3461 §5.2.2: a host without DSN will tell nobody; RFC 2033: LMTP delivers.
    const bool for_good = offered_.dsn || settings_.lmtp;
    made.what = for_good ? outcome::what::delivered : outcome::what::relayed;
    made.status = r.enhanced.empty() ? "2.0.0" : r.enhanced;
    made.host = settings_.peer.host;
    made.address = settings_.peer.address;
    made.reply = r.printable();
    made.why = "the host took the message";
    return made;
}

void session::machine::on_end(const reply& r, std::size_t position) {
    const auto told = r.positive() ? taken(r) : refusal(r, stage::content, settings_.peer);
    if (settings_.lmtp) {
        transaction_->settle(position, told);
        if (!awaited_.empty()) return;
        transaction_->ended_content = false;
        ++messages_;
        return round_over(true);
    }
    ++messages_;
    transaction_->ended_content = false;
    transaction_->settle_accepted(told);
    if (!r.positive()) transaction_->settle_rest(told);
    if (choices_.content == transport::binary && !r.positive()) reset_due_ = true;
    round_over(r.positive());
}

// Some of it is sent already: the connection's end is the only way to take it back.
void session::machine::break_off(dot_stuffing::fault why) {
    const bool eight_bit = why == dot_stuffing::fault::eight_bit;
    end_transaction(unsendable(eight_bit ? "5.6.3" : "5.6.0", words_for(why), settings_.peer));
    close();
}

} // namespace refmail::relay
