// The remembered text is a list of sized fields; see the header.
#include "reference/imap/header_facts.hpp"

#include "reference/imap/sized_fields.hpp"
#include "reference/message/base_subject.hpp"
#include "reference/message/date_time.hpp"
#include "reference/message/encoded_words.hpp"
#include "reference/message/envelope_data.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/message/message_ids.hpp"
#include "reference/message/search_key.hpp"

#include <charconv>

namespace refmail::imap {

namespace {

constexpr std::string_view aspect = "threading-1";
// Of more than these only the nearest ones, which are last: a header of a megabyte is not a conversation.
constexpr std::size_t most_references = 1000;
// What stands behind so many octets decides no order, and is kept for each message that is sorted.
constexpr std::size_t longest_text = 1000;

std::string cut(std::string text) {
    if (text.size() > longest_text) text.resize(longest_text);
    return text;
}

std::string first_mailbox(const std::vector<message::envelope_address>& list) {
    if (list.empty() || !list.front().mailbox) return {};
    return cut(message::search_key(*list.front().mailbox));
}

header_facts read(std::string_view header) {
    header_facts out;
    if (const auto date = message::field_text(header, "Date"))
        if (const auto sent = message::read_sent_date(*date)) out.sent = sent->at.time_since_epoch().count();
    const auto envelope = message::read_envelope(header);
    const auto base = message::base_subject(envelope.subject.value_or(""));
    out.subject = cut(message::search_key(base.text));
    out.is_reply = base.is_reply_or_forward;
    out.from = first_mailbox(envelope.from);
    out.to = first_mailbox(envelope.to);
    out.cc = first_mailbox(envelope.cc);
    auto ids = message::read_thread_ids(header);
    out.id = std::move(ids.own);
    out.references = std::move(ids.references);
    // RFC 5322 §2.1.1: no line is that long.
    const auto is_no_id = [](const std::string& id) { return id.size() > longest_text; };
    if (out.id && is_no_id(*out.id)) out.id.reset();
    std::erase_if(out.references, is_no_id);
    if (out.references.size() > most_references)
        out.references.erase(out.references.begin(), out.references.end() - most_references);
    return out;
}

} // namespace

std::string to_text(const header_facts& facts) {
    std::string out;
    const auto add = [&](std::string_view field) { add_sized(out, field); };
    add(facts.sent ? std::to_string(*facts.sent) : std::string());
    add(facts.subject);
    add(facts.is_reply ? "reply" : "");
    add(facts.from);
    add(facts.to);
    add(facts.cc);
    add(facts.id ? '<' + *facts.id : std::string()); // an empty one is not a missing one
    for (const auto& r : facts.references)
        add(r);
    return out;
}

std::optional<header_facts> header_facts_from(std::string_view text) {
    std::string_view fields[7];
    for (auto& f : fields) {
        const auto field = take_sized(text);
        if (!field) return std::nullopt;
        f = *field;
    }
    header_facts out;
    if (!fields[0].empty()) {
        std::int64_t sent = 0;
        if (std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), sent).ec != std::errc())
            return std::nullopt;
        out.sent = sent;
    }
    out.subject = fields[1];
    out.is_reply = !fields[2].empty();
    out.from = fields[3];
    out.to = fields[4];
    out.cc = fields[5];
    if (!fields[6].empty()) out.id = fields[6].substr(1);
    while (!text.empty()) {
        const auto reference = take_sized(text);
        if (!reference) return std::nullopt;
        out.references.emplace_back(*reference);
    }
    return out;
}

std::optional<header_facts> header_facts_of(mailbox::folder& in, mailbox::uid id) {
    if (const auto known = in.remembered(id, aspect))
        if (auto facts = header_facts_from(*known)) return facts;
    open_message m(in, id);
    if (!m.open()) return std::nullopt;
    auto facts = read(m.header());
    in.remember(id, aspect, to_text(facts));
    return facts;
}

} // namespace refmail::imap
