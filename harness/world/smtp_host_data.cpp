// Messages: by DATA up to the final dot (RFC 5321 §4.1.1.4, §4.5.2), by BDAT in chunks (RFC 3030 §2), and
// the replies to them, one a recipient on LMTP (RFC 2033 §4.2); see smtp_host.hpp.
#include "harness/wire/dot_stuffing.hpp"
#include "harness/wire/octets.hpp"
#include "harness/world/smtp_host.hpp"

#include <algorithm>
#include <charconv>

namespace mailspec::world {

namespace {

constexpr std::size_t largest_message = 66u << 20;

} // namespace

// Only CRLF, a dot, CRLF ends a message; the CRLF may be that of the DATA command.
bool smtp_host::take_data() {
    std::size_t end = 0, after = 3;
    if (!unread_.starts_with(".\r\n")) {
        end = unread_.find("\r\n.\r\n", searched_);
        if (end == std::string::npos) {
            searched_ = unread_.size() < 4 ? 0 : unread_.size() - 4;
            if (unread_.size() <= largest_message) return false;
            unread_.clear(); // RFC 5321 §4.5.3.1.10: more than anybody needs
            say(text("552", "5.3.4", "too much mail data"));
            if (!closed_) close_with(action::close);
            return false;
        }
        end += 2;
        after = end + 3;
    }
    searched_ = 0;
    auto& mail = transaction();
    mail.wire = unread_.substr(0, end);
    mail.content = wire::dot_unstuffed(mail.wire);
    unread_.erase(0, after);
    reading_ = reading::command;

    host_command command;
    command.line = ".";
    command.verb = "message";
    command.ahead = std::exchange(data_began_, false);
    command.secured = secured_;
    session_.commands.push_back(std::move(command));
    ahead_ = reply_due_ = true;
    if (closed_) return true;
    unanswered_.push_back(session_.commands.size() - 1);
    message_replies_ = replies_due_to_message();
    if (scripted())
        hold_against_script(mail.wire, true);
    else if (!session_.failed && !mute_ && (behaviour_.script.empty() || serving_))
        message_came();
    return true;
}

std::size_t smtp_host::replies_due_to_message() const {
    if (!behaviour_.lmtp || session_.mails.empty()) return 1;
    return std::max<std::size_t>(1, session_.mails.back().recipients.size());
}

void smtp_host::message_came() {
    message_taken_ = 0;
    const auto due = message_replies_ = replies_due_to_message();
    // What is written for BDAT goes for the last chunk too, unless there is a reply to messages.
    const bool by_chunk = std::exchange(last_chunk_, false) && behaviour_.answers.contains("BDAT") &&
                          !behaviour_.answers.contains("message");
    for (std::size_t i = 0; i < due && !closed_; ++i)
        give(reply_to(by_chunk ? "BDAT" : "message", ""));
}

// On LMTP a recipient whose reply is no 2yz has not got it.
void smtp_host::settle_message(const std::string& reply) {
    auto& command = session_.commands[unanswered_.front()];
    command.reply += reply;
    auto& mail = session_.mails.back();
    const bool taken = reply.starts_with('2');
    if (behaviour_.lmtp && !taken && message_taken_ < mail.recipients.size()) {
        const auto at = mail.recipients.begin() + static_cast<std::ptrdiff_t>(message_taken_);
        mail.refused.push_back(std::move(*at));
        mail.recipients.erase(at);
    } else {
        ++message_taken_;
    }
    if (taken && !mail.complete) {
        mail.complete = true;
        mail.order = ++counts_.mails;
    }
    if (message_replies_ > 1) {
        --message_replies_;
        return;
    }
    message_taken_ = 0;
    in_transaction_ = false;
    unanswered_.pop_front();
}

// ---- RFC 3030 §2: BDAT chunk-size [LAST] ---------------------------------------------------------

void smtp_host::begin_chunk(const std::string& argument) {
    std::size_t size = 0;
    const auto [end, code] = std::from_chars(argument.data(), argument.data() + argument.size(), size);
    const bool number = code == std::errc{} && size <= largest_message;
    if (!number) return; // answered as a command that is not understood
    last_chunk_ =
        wire::upper(std::string_view(argument).substr(static_cast<std::size_t>(end - argument.data()))) ==
        " LAST";
    chunk_left_ = size;
    reading_ = reading::chunk;
}

bool smtp_host::take_chunk() {
    auto& mail = transaction();
    const auto size = std::min(chunk_left_, unread_.size());
    if (mail.wire.size() < largest_message) {
        mail.wire.append(unread_, 0, size);
        mail.content.append(unread_, 0, size);
    }
    unread_.erase(0, size);
    chunk_left_ -= size;
    if (chunk_left_ > 0) return false;
    reading_ = reading::command;
    finish_chunk();
    return true;
}

// The last chunk is answered as a message is.
void smtp_host::finish_chunk() {
    if (closed_ || mute_ || session_.failed || unanswered_.empty()) return;
    const bool stock = behaviour_.script.empty() || serving_;
    if (!last_chunk_) {
        if (stock) answer("BDAT", "");
        return;
    }
    host_command message;
    message.line = ".";
    message.verb = "message";
    message.secured = secured_;
    // One reply settles both: BDAT LAST has none of its own.
    unanswered_.pop_back();
    session_.commands.push_back(std::move(message));
    unanswered_.push_back(session_.commands.size() - 1);
    message_replies_ = replies_due_to_message();
    if (stock) message_came();
}

} // namespace mailspec::world
