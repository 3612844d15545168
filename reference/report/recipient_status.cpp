// Status codes: "the class, the source, the condition".
#include "reference/report/recipient_status.hpp"

#include "reference/message/octet_class.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace refmail::report {

namespace {

// 1*3DIGIT without leading zeros, off the front
bool take_number(std::string_view& text) {
    const auto digits =
        static_cast<std::size_t>(std::ranges::find_if_not(text, message::is_digit) - text.begin());
    if (digits == 0 || digits > 3 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
    return true;
}

bool take_dot(std::string_view& text) {
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
    return true;
}

// The status code at the front: DIGIT "." 1*3DIGIT "." 1*3DIGIT
std::string_view status_at_front(std::string_view text) {
    const auto all = text;
    if (text.empty() || (text.front() != '2' && text.front() != '4' && text.front() != '5')) return {};
    text.remove_prefix(1);
    if (!take_dot(text) || !take_number(text) || !take_dot(text) || !take_number(text)) return {};
    if (!text.empty() && text.front() != ' ' && text.front() != '\n') return {};
    return all.substr(0, all.size() - text.size());
}

// RFC 3464 §2.3.3, "note on action vs. status codes": a temporary trouble that lasted may be "failed".
bool fits(std::string_view status, report::action what) {
    if (status.empty()) return false;
    switch (what) {
    case action::failed: return status.front() != '2';
    case action::delayed: return status.front() == '4';
    case action::delivered:
    case action::relayed:
    case action::expanded: return status.front() == '2';
    }
    return false;
}

// RFC 3461 §6.3 (g): without a specific code, these.
std::string_view general_status(const reported_recipient& r) {
    if (r.action == action::delayed) return "4.0.0";
    if (r.action != action::failed) return "2.0.0";
    return r.who.last_reply.starts_with('4') ? "4.0.0" : "5.0.0";
}

} // namespace

std::string status_of(const reported_recipient& r) {
    const auto own = status_at_front(r.who.status);
    if (own.size() == r.who.status.size() && fits(own, r.action)) return std::string(own);
    const auto& reply = r.who.last_reply;
    const auto told =
        reply.size() > 4 ? status_at_front(std::string_view(reply).substr(4)) : std::string_view();
    return std::string(fits(told, r.action) ? told : general_status(r));
}

std::string_view meaning_of(std::string_view status) {
    // RFC 3463 §3, RFC 7505 §4.2, RFC 6531 §5.1, RFC 8689 §5; the class is left out.
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 26> meanings{{
        {".1.1", "There is no such mailbox at that address."},
        {".1.2", "The domain of the address does not exist, or takes no mail."},
        {".1.3", "The address is not written as an address must be."},
        {".1.6", "The mailbox has moved, and left no new address."},
        {".1.8", "The sender's address was refused."},
        {".1.10", "The domain of the address says that it takes no mail at all."},
        {".2.0", "The mailbox cannot be used."},
        {".2.1", "The mailbox is switched off."},
        {".2.2", "The mailbox is full."},
        {".2.3", "The message is longer than the mailbox takes."},
        {".3.1", "The mail system of the recipient has no room left."},
        {".3.2", "The mail system of the recipient takes no mail at present."},
        {".3.4", "The message is longer than the mail system of the recipient takes."},
        {".4.1", "The mail server of the recipient did not answer."},
        {".4.2", "The connection to the mail server of the recipient broke."},
        {".4.3", "The name of the recipient's mail server could not be looked up."},
        {".4.4", "No way to the mail server of the recipient is known."},
        {".4.6", "The message went round in circles between mail servers."},
        {".4.7", "Delivery was tried for as long as it is, without success."},
        {".6.1", "The mail server of the recipient does not take this kind of content."},
        {".6.3", "The content would have to be converted on the way, and cannot be."},
        {".6.7", "The mail server of the recipient does not take such international addresses."},
        {".7.1", "The mail server of the recipient does not take mail from this sender."},
        {".7.4", "The message asks for protection that the way to the recipient does not offer."},
        {".7.10", "No encrypted way to the recipient is to be had."},
        {".7.30", "The message requires TLS on all of its way, which the recipient's server does not offer."},
    }};
    const auto found = std::ranges::find(meanings, status.substr(std::min<std::size_t>(1, status.size())),
                                         &std::pair<std::string_view, std::string_view>::first);
    return found == meanings.end() ? std::string_view() : found->second;
}

} // namespace refmail::report
