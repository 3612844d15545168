// DATA, the content, and the reply to it: RFC 5321 §4.1.1.4, §4.2.5, §4.4; RFC 2033 §4.2 for LMTP's replies.
// Puts the Received field on top. The content goes out in pieces of some 64 KiB; nobody holds a whole
// message. 250 is said only after delivered(): the message is safe then, and ours to answer for.
#include "reference/message/trace.hpp"
#include "reference/smtp/machine.hpp"
#include "reference/smtp/submission_header.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace refmail::smtp {

namespace {

// Large enough that a 10 KiB message is one piece, small enough for thousands of sessions.
constexpr std::size_t piece = 64 * 1024;

} // namespace

void session::machine::do_data(std::string_view arguments) {
    if (!arguments.empty()) return reply(501, "5.5.4", "DATA takes no argument");
    if (refuse_before_auth()) return;
    if (!transaction_) return reply(503, "5.5.1", "DATA: send MAIL first");
    // RFC 2033 §4.2: MUST be 503 in LMTP; RFC 5321 §3.3 leaves 503 or 554.
    // RFC 3030 §2: not in one transaction with BDAT; §3: not for BINARYMIME.
    if (transaction_->chunked)
        return reply(503, "5.5.1", "DATA: the message has begun by BDAT, send RSET first");
    if (transaction_->envelope().body == body_type::binary_mime)
        return reply(503, "5.5.1", "DATA: binary content comes by BDAT only");
    if (!transaction_->has_recipients()) return reply(503, "5.5.1", "DATA: no valid recipients");
    reply(354, "", "Start mail input; end with <CRLF>.<CRLF>");
    begin_content();
    announce_content();
    state_ = state::data;
}

void session::machine::begin_content() {
    const auto& e = transaction_->envelope();
    message::received_facts facts;
    facts.helo = e.helo;
    facts.client_address = e.client_address;
    facts.server_name = policy_.host_name;
    facts.protocol = e.protocol;
    facts.id = e.id;
    // RFC 5321 §4.4, §7.2: more than one recipient must not learn of each other.
    if (e.recipients.size() == 1 && !e.recipients.front().address.domain.empty()) {
        facts.only_recipient = e.recipients.front().address.to_string();
    }
    facts.when = now_;

    std::unique_ptr<header_editor> editor;
    if (policy_.role == role::submission) {
        editor =
            std::make_unique<submission_header>(policy_, directory_, transaction_->share_envelope(), now_);
    } else {
        const bool some_stay = std::ranges::any_of(e.recipients, [](const recipient& r) {
            return std::ranges::any_of(r.destinations, &destination::is_local);
        });
        editor = std::make_unique<delivery_header>(policy_.limits.received_fields, !some_stay);
    }
    transaction_->content = std::make_unique<incoming_message>(
        policy_.limits, std::move(editor), message::received_field(facts), e.body == body_type::binary_mime);
}

void session::machine::announce_content() {
    actions_.push_back(begin_message{transaction_->share_envelope()});
    transaction_->begun = true;
}

// What is ready of the content goes on; `all`: nothing more comes.
void session::machine::pass_content(bool all) {
    auto& content = *transaction_->content;
    // By BDAT the header section may yet say that it is binary; who keeps the message learns that first.
    if (!transaction_->begun && content.header_ended()) {
        if (content.is_binary()) transaction_->is_binary();
        announce_content();
    }
    if (content.refused() && transaction_->begun && !transaction_->aborted) {
        transaction_->aborted = true;
        actions_.push_back(abort_message{content.refused()->text});
    }
    if (!transaction_->begun) return;
    if (auto octets = content.take_ready(all ? 1 : piece); !octets.empty())
        actions_.push_back(message_chunk{std::move(octets)});
}

// False: more octets are needed.
bool session::machine::take_content(std::string_view& in) {
    auto& content = *transaction_->content;
    const bool ended = content.take(in);
    pass_content(ended);
    if (ended) end_content();
    return ended;
}

void session::machine::end_content() {
    const auto& content = *transaction_->content;
    if (!content.refused()) {
        actions_.push_back(commit_message{content.written()});
        state_ = state::awaiting_delivery;
        return;
    }
    refuse_content(*content.refused());
}

void session::machine::refuse_content(const refusal& why) {
    const refusal refused = why; // it may live in what is destroyed below
    if (transaction_->begun && !transaction_->aborted) actions_.push_back(abort_message{refused.text});
    reply(refused);
    if (policy_.role == role::lmtp) {
        // RFC 2033 §4.2, §4.3: one reply for each accepted RCPT. It stays one error.
        const auto recipients = transaction_->envelope().recipients.size();
        for (std::size_t i = 1; i < recipients; ++i)
            write_reply(replies(), refused.code, refused.enhanced, refused.text);
    }
    transaction_.reset();
    state_ = state::command;
    if (shutting_down_) shut_down();
}

void session::machine::reply_to_content(std::size_t index, delivery_verdict verdict) {
    const auto& e = transaction_->envelope();
    const auto whom =
        policy_.role == role::lmtp ? "<" + e.recipients[index].address.to_string() + ">: " : std::string();
    switch (verdict) {
    case delivery_verdict::stored:
        return reply(250, "2.0.0", fmt::format("{}Message {} accepted", whom, e.id));
    case delivery_verdict::no_space:
        return reply(452, "4.3.1", whom + "Insufficient system storage, try again later");
    case delivery_verdict::mailbox_full: return reply(452, "4.2.2", whom + "Mailbox full, try again later");
    case delivery_verdict::failed: break;
    }
    reply(451, "4.3.0", whom + "Local error in processing, try again later");
}

void session::machine::delivered(const std::vector<delivery_verdict>& verdicts, message::timestamp now) {
    now_ = now;
    if (state_ != state::awaiting_delivery) return;
    const auto recipients = transaction_->envelope().recipients.size();
    auto verdict_of = [&](std::size_t i) {
        return i < verdicts.size() ? verdicts[i] : delivery_verdict::failed;
    };
    if (policy_.role == role::lmtp) {
        for (std::size_t i = 0; i < recipients; ++i)
            reply_to_content(i, verdict_of(i));
    } else {
        // RFC 5321 §4.4: stored for some of them MUST be OK.
        const bool any = std::ranges::find(verdicts, delivery_verdict::stored) != verdicts.end();
        reply_to_content(0, any ? delivery_verdict::stored : verdict_of(0));
    }
    transaction_.reset();
    state_ = state::command;
    if (shutting_down_) return shut_down();
    go_on();
}

} // namespace refmail::smtp
