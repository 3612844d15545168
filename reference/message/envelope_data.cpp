// The envelope of a header section: RFC 9051 §7.5.2. The addresses are read in loose_addresses.cpp.
#include "reference/message/envelope_data.hpp"

#include "reference/message/header_fields.hpp"

namespace refmail::message {

namespace {

void add(std::vector<envelope_address>& to, const header_field& from) {
    for (auto& address : read_addresses(from.body()))
        to.push_back(std::move(address));
}

} // namespace

envelope_data read_envelope(std::string_view header) {
    envelope_data out;
    header_fields fields(header);
    while (const auto f = fields.next()) {
        if (f->is("date"))
            set_once(out.date, *f);
        else if (f->is("subject"))
            set_once(out.subject, *f);
        else if (f->is("from"))
            add(out.from, *f);
        else if (f->is("sender"))
            add(out.sender, *f);
        else if (f->is("reply-to"))
            add(out.reply_to, *f);
        else if (f->is("to"))
            add(out.to, *f);
        else if (f->is("cc"))
            add(out.cc, *f);
        else if (f->is("bcc"))
            add(out.bcc, *f);
        else if (f->is("in-reply-to"))
            set_once(out.in_reply_to, *f);
        else if (f->is("message-id"))
            set_once(out.message_id, *f);
    }
    // RFC 9051 §7.5.2: the client is not expected to know how to do this.
    if (out.sender.empty()) out.sender = out.from;
    if (out.reply_to.empty()) out.reply_to = out.from;
    return out;
}

} // namespace refmail::message
