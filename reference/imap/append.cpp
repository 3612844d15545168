// APPEND: RFC 9051 §6.3.12; RFC 3502 (several messages, all or none); RFC 4315 §3 (APPENDUID); RFC 9755 §4
// (UTF-8 in header fields); RFC 3516 §4.4 (literal8). Literals that are too large were refused before they
// came (input.cpp).
#include "reference/imap/list_response.hpp"
#include "reference/imap/machine.hpp"
#include "reference/message/binary_content.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/message/utf8.hpp"

namespace refmail::imap {

namespace {

bool has_8bit_header(std::string_view octets) {
    return !message::is_ascii(octets.substr(0, message::header_size(octets)));
}

struct given_message {
    mailbox::to_append what;
    bool binary = false; // literal8
};

given_message read_message(cursor& c) {
    given_message given;
    auto& out = given.what;
    c.space();
    if (c.peek() == '(') {
        auto flags = c.flag_list();
        out.system_flags = flags.system;
        out.keywords = std::move(flags.keywords);
        c.space();
    }
    if (c.peek() == '"') {
        const auto when = c.date_time();
        out.received = when.at.time_since_epoch().count();
        out.zone = static_cast<std::int16_t>(when.offset.count());
        c.space();
    }
    out.octets = c.literal_octets(&given.binary);
    return given;
}

completion appended(const mailbox::result<mailbox::appended>& what, const modes& how) {
    if (!what) {
        auto why = completion::of(what.error());
        // RFC 9051 §6.3.12: a hint that CREATE would help.
        if (what.error().kind == mailbox::trouble::kind::missing) why.code = "TRYCREATE";
        return why;
    }
    response_writer code(how);
    code.put("APPENDUID ");
    code.number(what->uid_validity);
    code.put(' ');
    code.set(what->ids);
    return completion::ok("APPEND done", code.take());
}

// RFC 3516 §4.4: what cannot be kept whole is refused, and with it all others (RFC 3502).
std::optional<std::vector<mailbox::to_append>> as_stored(std::vector<given_message> given) {
    std::vector<mailbox::to_append> out;
    for (auto& one : given) {
        if (one.binary) {
            auto text = message::without_binary(one.what.octets);
            if (!text) return std::nullopt;
            one.what.octets = std::move(*text);
        }
        out.push_back(std::move(one.what));
    }
    return out;
}

} // namespace

void machine::do_append(cursor& c) {
    std::optional<std::string> given;
    auto name = c.mailbox(&given);
    auto messages = std::make_shared<std::vector<given_message>>();
    do {
        messages->push_back(read_message(c));
    } while (!c.failed() && !c.at_end());
    if (c.failed()) return bad(c.why());
    for (const auto& [m, binary] : *messages) {
        // RFC 3502: an empty one cancels them all.
        if (m.octets.empty()) return finish(completion::no("An empty message cancels APPEND"));
        // RFC 9755 §4; IMAP4rev2 has UTF-8 in header fields by itself (RFC 9051 §4.3.1).
        if (!modes_.speaks_utf8() && has_8bit_header(m.octets))
            return finish(completion::no("Octets above 127 in a header field need ENABLE UTF8=ACCEPT"));
    }
    run([this, name = std::move(name), given = std::move(given),
         messages = std::move(messages)](response_writer& out) {
        auto to_store = as_stored(std::move(*messages));
        if (!to_store)
            return completion::no("Binary content stands where no base64 can take its place", "UNKNOWN-CTE");
        const auto stored = account_->append(name, std::move(*to_store));
        if (stored && given && modes_.rev2) put_list_response(out, *account_, name, given);
        return appended(stored, modes_);
    });
}

} // namespace refmail::imap
