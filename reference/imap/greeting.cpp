// What is offered and what the line is like: CAPABILITY, NOOP, LOGOUT (RFC 9051 §6.1), ID (RFC 2971),
// STARTTLS (RFC 9051 §6.2.1), COMPRESS (RFC 4978).
#include "reference/imap/machine.hpp"
#include "reference/message/mailbox.hpp"

#include <fmt/format.h>

#include <set>

namespace refmail::imap {

// "CAPABILITY ...": in the response and in the response code. RFC 9051 §7.2.2: not changed by ENABLE.
std::string machine::capabilities() const {
    std::string out = "CAPABILITY IMAP4rev2 IMAP4rev1";
    out += policy_.literal_plus ? " LITERAL+" : " LITERAL-"; // RFC 7888 §5: never both
    out += " SASL-IR ID ENABLE";
    if (!authenticated()) {
        // RFC 9051 §6.2.1: not inside TLS; §6.2.3, §11.7: no password on an open line, unless allowed.
        if (policy_.offer_tls && !facts_.tls) out += " STARTTLS";
        if (!password_is_safe()) return out + " LOGINDISABLED";
        for (const auto name : sasl::mechanism_names())
            (out += " AUTH=") += name;
        return out;
    }
    out += " IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS ESEARCH SEARCHRES LIST-EXTENDED LIST-STATUS MOVE "
           "SPECIAL-USE"
           " CREATE-SPECIAL-USE STATUS=SIZE CONDSTORE QRESYNC SORT ESORT THREAD=ORDEREDSUBJECT "
           "THREAD=REFERENCES "
           "I18NLEVEL=1 "
           "WITHIN"
           " MULTIAPPEND BINARY UTF8=ACCEPT QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE";
    if (policy_.offer_quotaset) out += " QUOTASET";
    if (policy_.offer_compression) out += " COMPRESS=DEFLATE";
    out += fmt::format(" APPENDLIMIT={}", policy_.limits.message_size);
    return out;
}

void machine::do_capability(cursor&) {
    out_.untagged(capabilities());
    finish(completion::ok("CAPABILITY done"));
}

void machine::do_noop(cursor&) {
    if (!selected_) return finish(completion::ok("NOOP done"));
    // RFC 9051 §6.1.2: the client asks for what is new, mail that was delivered a moment ago included.
    run([this](response_writer&) {
        (void)selected_->folder().refresh(); // what cannot be read now is told another time
        return completion::ok("NOOP done");
    });
}

// RFC 9051 §6.1.3: BYE, then the tagged OK, then the end.
void machine::do_logout(cursor&) {
    out_.untagged("BYE", "", "Logging out");
    out_.tagged(tag_, completion::ok("LOGOUT done"));
    end();
}

// RFC 2971 §3.1: NIL, or up to 30 fields with values. Nothing is done with them but for the log.
void machine::do_id(cursor& c) {
    constexpr std::size_t most_fields = 30, longest_name = 30, longest_value = 1024; // RFC 2971 §3.3
    std::string told;
    if (!c.take_word("NIL")) {
        std::set<std::string> names;
        c.open();
        while (!c.failed() && c.peek() != ')') {
            if (!names.empty()) c.space();
            const auto name = c.string();
            c.space();
            const auto value = c.nstring();
            if (c.failed()) break;
            if (name.size() > longest_name) c.fail("a field name is longer than 30 octets");
            if (value && value->size() > longest_value) c.fail("a value is longer than 1024 octets");
            // RFC 2971 §3.3: whatever the letter case.
            if (!names.insert(message::lower_case(name)).second) c.fail("a field stands there twice");
            if (names.size() > most_fields) c.fail("there are more than 30 fields");
            told += fmt::format(" {}=\"{}\"", name, value.value_or("NIL"));
        }
        c.expect_close();
    }
    c.end();
    if (c.failed()) return bad(c.why());
    if (!told.empty()) push(note{"the client is" + told});
    out_.put("* ID (\"name\" ");
    out_.string(policy_.software);
    if (!policy_.version.empty()) {
        out_.put(" \"version\" ");
        out_.string(policy_.version);
    }
    out_.put(")\r\n");
    finish(completion::ok("ID done"));
}

void machine::do_starttls(cursor&) {
    if (facts_.tls) return finish(completion::bad("TLS is active already"));
    if (!policy_.offer_tls) return finish(completion::bad("STARTTLS is not offered here"));
    if (!policy_.tls_ready) return finish(completion::no("TLS is not available just now", "UNAVAILABLE"));
    finish(completion::ok("Begin the TLS negotiation now"));
    push(start_tls{});
    state_ = state::awaiting_tls;
    // RFC 9051 §6.2.1: what stands behind it was put there by somebody in the middle; it has no effect.
    drop_pipelined("STARTTLS");
}

// RFC 9051 §6.2.1: still not authenticated, and nothing that was said in the clear is known any more.
void machine::tls_started() {
    if (state_ != state::awaiting_tls) return;
    facts_.tls = true;
    input_.clear();
    assembly_.abandon();
    state_ = state::command;
    if (shutting_down_) shut_down();
}

void machine::tls_failed() {
    if (state_ != state::awaiting_tls) return;
    end(); // the stream is in no known state: nothing can be said on it
}

void machine::do_compress(cursor& c) {
    const auto mechanism = c.upper_atom();
    c.end();
    if (c.failed()) return bad(c.why());
    if (mechanism != "DEFLATE" || !policy_.offer_compression)
        return finish(completion::bad("There is no such mechanism of compression here"));
    if (compressed_) return finish(completion::bad("Compression is active already", "COMPRESSIONACTIVE"));
    compressed_ = true;
    finish(completion::ok("Compression is active from here on"));
    push(start_compression{});
    state_ = state::awaiting_compression;
    // RFC 4978 §3: nothing may be sent before the OK was seen.
    drop_pipelined("COMPRESS");
}

void machine::drop_pipelined(std::string_view behind) {
    if (!input_.empty())
        push(note{fmt::format("{} octets pipelined behind {} dropped", input_.size(), behind)});
    input_.clear();
}

void machine::compression_started() {
    if (state_ != state::awaiting_compression) return;
    state_ = state::command;
    if (shutting_down_) shut_down();
}

} // namespace refmail::imap
