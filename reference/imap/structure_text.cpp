// Depth is bounded by the tree's own limit (mime_limits), so recursion is safe.
#include "reference/imap/structure_text.hpp"

#include "reference/imap/response.hpp"

namespace refmail::imap {

namespace {

using message::envelope_address;
using message::mime_parameter;
using message::mime_part;

// Strings as a client gets them that enabled nothing: legal for all.
class text_writer {
  public:
    text_writer()
        : out_(plain_) {}

    text_writer& raw(std::string_view text) {
        out_.put(text);
        return *this;
    }
    text_writer& string(std::string_view octets) {
        out_.string(octets);
        return *this;
    }
    text_writer& nstring(const std::optional<std::string>& octets) {
        out_.nstring(octets);
        return *this;
    }
    text_writer& number(std::uint64_t n) {
        out_.number(n);
        return *this;
    }
    std::string take() { return out_.take(); }

  private:
    modes plain_;
    response_writer out_;
};

void put_addresses(text_writer& out, const std::vector<envelope_address>& list) {
    if (list.empty()) {
        out.raw("NIL");
        return;
    }
    out.raw("(");
    for (const auto& a : list) {
        out.raw("(").nstring(a.name).raw(" ").nstring(a.route).raw(" ");
        out.nstring(a.mailbox).raw(" ").nstring(a.host).raw(")");
    }
    out.raw(")");
}

void put_envelope(text_writer& out, const message::envelope_data& e) {
    out.raw("(").nstring(e.date).raw(" ").nstring(e.subject);
    for (const auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) {
        out.raw(" ");
        put_addresses(out, *list);
    }
    out.raw(" ").nstring(e.in_reply_to).raw(" ").nstring(e.message_id).raw(")");
}

class structure_writer {
  public:
    structure_writer(std::string_view message, structure_form form)
        : message_(message)
        , form_(form) {}

    void put(const mime_part& part) {
        out_.raw("(");
        if (part.holds == mime_part::kind::multipart)
            put_multipart(part);
        else
            put_single(part);
        out_.raw(")");
    }
    std::string take() { return out_.take(); }

  private:
    bool extended() const { return form_ != structure_form::body; }

    void put_multipart(const mime_part& part) {
        for (const auto& child : part.children)
            put(child);
        out_.raw(" ").string(part.subtype);
        if (!extended()) return;
        out_.raw(" ");
        put_parameters(part.parameters);
        put_common_extension(part);
    }

    void put_single(const mime_part& part) {
        out_.string(part.type).raw(" ").string(part.subtype).raw(" ");
        put_parameters(part.parameters);
        out_.raw(" ").nstring(part.id).raw(" ").nstring(part.description);
        out_.raw(" ").string(part.encoding).raw(" ").number(part.body.size());
        if (part.holds == mime_part::kind::message) {
            out_.raw(" ");
            put_envelope(out_, message::read_envelope(part.embedded().header.of(message_)));
            out_.raw(" ");
            put(part.embedded());
            out_.raw(" ").number(part.lines);
        } else if (part.is("text")) {
            out_.raw(" ").number(part.lines);
        }
        if (!extended()) return;
        out_.raw(" ").nstring(part.md5);
        put_common_extension(part);
    }

    // body-fld-dsp, body-fld-lang, body-fld-loc
    void put_common_extension(const mime_part& part) {
        if (part.disposition) {
            out_.raw(" (").string(part.disposition->type).raw(" ");
            put_parameters(part.disposition->parameters);
            out_.raw(")");
        } else {
            out_.raw(" NIL");
        }
        if (part.languages.empty()) {
            out_.raw(" NIL");
        } else {
            std::string_view before = " (";
            for (const auto& language : part.languages) {
                out_.raw(before).string(language);
                before = " ";
            }
            out_.raw(")");
        }
        out_.raw(" ").nstring(part.location);
    }

    void put_parameters(const std::vector<mime_parameter>& list) {
        if (list.empty()) {
            out_.raw("NIL");
            return;
        }
        std::string_view before = "(";
        for (const auto& p : list) {
            const bool encoded = form_ != structure_form::extended_utf8 && !p.extended.empty();
            out_.raw(before).string(p.name).raw(" ").string(encoded ? p.extended : p.value);
            before = " ";
        }
        out_.raw(")");
    }

    std::string_view message_;
    structure_form form_;
    text_writer out_;
};

} // namespace

std::string envelope_text(const message::envelope_data& of) {
    text_writer out;
    put_envelope(out, of);
    return out.take();
}

std::string structure_text(const mime_part& tree, std::string_view message, structure_form form) {
    structure_writer out(message, form);
    out.put(tree);
    return out.take();
}

} // namespace refmail::imap
