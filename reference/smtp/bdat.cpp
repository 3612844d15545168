// BDAT: RFC 3030 §2; in LMTP, RFC 2033 §4.3. The octets of a chunk are read whatever becomes of them, so the
// dialog stays in step; a refused chunk is dropped as it comes and answered when it is over. The memory it
// takes is that of a piece, however large it says it is.
#include "reference/smtp/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace refmail::smtp {

namespace {

struct bdat_arguments {
    std::uint64_t size = 0;
    bool last = false;
};

// chunk-size [ SP "LAST" ]; 18 digits are more than any message has, and fit 64 bits.
std::optional<bdat_arguments> parse_bdat(std::string_view text) {
    bdat_arguments out;
    const auto number = text.substr(0, text.find(' '));
    text.remove_prefix(number.size());
    if (number.empty() || number.size() > 18) return std::nullopt;
    for (char c : number) {
        if (c < '0' || c > '9') return std::nullopt;
        out.size = out.size * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (text.empty()) return out;
    if (!message::equals_ignoring_case(text, " LAST")) return std::nullopt;
    out.last = true;
    return out;
}

} // namespace

std::optional<refusal> session::machine::why_no_chunk() const {
    if (auto refused = needs_login()) return refused;
    // §2: also for a BDAT behind the last one.
    if (!transaction_) return refusal{503, "5.5.1", "BDAT: send MAIL first"};
    if (!transaction_->has_recipients()) return refusal{503, "5.5.1", "BDAT: no valid recipients"};
    if (transaction_->failed) return refusal{503, "5.5.1", "BDAT: a chunk was refused, send RSET first"};
    const auto before = transaction_->content ? transaction_->content->received() : 0;
    if (chunk_.size > policy_.limits.message_size - std::min(before, policy_.limits.message_size)) {
        return refusal{552, "5.3.4",
                       fmt::format("Message exceeds the maximum of {} octets", policy_.limits.message_size)};
    }
    return std::nullopt;
}

void session::machine::do_bdat(std::string_view arguments) {
    if (!policy_.offer_chunking) return reply(502, "5.5.1", "BDAT is not provided here");
    const auto parsed = parse_bdat(arguments);
    if (!parsed) return reply(501, "5.5.4", "Syntax: BDAT size or BDAT size LAST, of 1 to 18 digits");
    chunk_ = {parsed->size, parsed->size, parsed->last, std::nullopt};
    chunk_.refused = why_no_chunk();
    if (!chunk_.refused && !transaction_->content) {
        transaction_->chunked = true;
        begin_content();
    }
    state_ = state::chunk;
    if (chunk_.left == 0) end_chunk();
}

// False: more octets are needed.
bool session::machine::take_chunk(std::string_view& in) {
    const auto piece =
        in.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(in.size(), chunk_.left)));
    in.remove_prefix(piece.size());
    chunk_.left -= piece.size();
    if (!chunk_.refused) {
        transaction_->content->take_chunk(piece);
        pass_content(false);
    }
    if (chunk_.left > 0) return false;
    end_chunk();
    return true;
}

void session::machine::end_chunk() {
    state_ = state::command;
    if (!chunk_.refused) {
        auto& content = *transaction_->content;
        if (chunk_.last) content.end_chunks();
        pass_content(chunk_.last);
        chunk_.refused = content.refused();
    }
    if (chunk_.refused) return refuse_chunk();
    if (chunk_.last) return end_content();
    reply(250, "2.0.0", fmt::format("{} octets received", chunk_.size));
}

void session::machine::refuse_chunk() {
    const auto refused = *chunk_.refused;
    if (!transaction_ || !transaction_->has_recipients()) {
        // RFC 2033 §4.3: BDAT LAST has a reply for each recipient, and there is none.
        if (policy_.role == role::lmtp && chunk_.last && transaction_) return;
        return reply(refused);
    }
    if (chunk_.last) return refuse_content(refused);
    reply(refused);
    // RFC 3030 §2: from now on only RSET helps.
    transaction_->failed = transaction_->chunked = true;
    if (transaction_->begun && !transaction_->aborted) actions_.push_back(abort_message{refused.text});
    transaction_->aborted = true;
    transaction_->content.reset();
}

} // namespace refmail::smtp
