// One pass over the content: decoder, then header section or body, then the piece that is ready to leave.
// RFC 5321 §4.3.2 allows 552, 554, 451, 452, 450 and 550 at the end of the data; content that breaks the line
// rules gets 554 5.6.0, too much of it 552 5.3.4.
#include "reference/smtp/incoming_message.hpp"

#include "reference/message/header_tokens.hpp"
#include "reference/message/mailbox.hpp"

namespace refmail::smtp {

incoming_message::incoming_message(const limits& l, std::unique_ptr<header_editor> editor, std::string trace,
                                   bool binary)
    : limits_(l)
    , decoder_(l.text_line)
    , editor_(std::move(editor))
    , header_(*this)
    , ready_(std::move(trace))
    , binary_(binary) {
    editor_->write_to(ready_);
}

void incoming_message::refuse(refusal r) {
    if (!refused_) refused_ = std::move(r);
    ready_.clear();
    ready_.shrink_to_fit();
}

void incoming_message::check_faults() {
    switch (decoder_.first_fault()) {
    case data_decoder::fault::none: break;
    // RFC 5321 §2.3.8: conforming clients send CR and LF only as CRLF. Passing such content on is how mail
    // is smuggled past servers that see line ends where we do not.
    case data_decoder::fault::bare_cr:
        return refuse({554, "5.6.0", "Message refused: bare CR in its content"});
    case data_decoder::fault::bare_lf:
        return refuse({554, "5.6.0", "Message refused: bare LF in its content"});
    case data_decoder::fault::line_too_long:
        return refuse({554, "5.6.0",
                       "Message refused: line longer than " + std::to_string(limits_.text_line) + " octets"});
    }
    if (received_ > limits_.message_size) {
        refuse({552, "5.3.4",
                "Message exceeds the maximum of " + std::to_string(limits_.message_size) + " octets"});
    } else if (header_.size() > limits_.header_section) {
        refuse(
            {554, "5.6.0",
             "Header section exceeds the maximum of " + std::to_string(limits_.header_section) + " octets"});
    } else if (editor_->refused()) {
        refuse(*editor_->refused());
    }
}

void incoming_message::end_header() {
    in_header_ = false;
    binary_ = binary_ || labelled_binary_;
    header_.finish();
    editor_->end(header_.ended_badly());
}

void incoming_message::take_line(std::string_view line) {
    if (in_header_) {
        if (header_.take(line)) return;
        end_header();
    }
    ready_ += line;
}

void incoming_message::field(const message::header_field& f) {
    if (f.is("Content-Transfer-Encoding")) {
        auto body = f.body();
        labelled_binary_ =
            message::skip_cfws(body) && message::equals_ignoring_case(message::take_atom(body), "binary");
    }
    editor_->field(f);
}

// Lines of the header section, pieced together. Bare CR and LF are refused here, binary or not: a field that
// holds them would be two fields to the next who reads it.
void incoming_message::take_header_octets(std::string_view& octets) {
    while (in_header_ && !octets.empty() && !refused_) {
        const auto lf = octets.find('\n');
        held_ += octets.substr(0, lf == std::string_view::npos ? lf : lf + 1);
        octets.remove_prefix(lf == std::string_view::npos ? octets.size() : lf + 1);
        if (held_.size() > limits_.header_section) {
            refuse({554, "5.6.0",
                    "Header section exceeds the maximum of " + std::to_string(limits_.header_section) +
                        " octets"});
        }
        if (!held_.ends_with('\n')) return;
        if (!held_.ends_with("\r\n")) return refuse({554, "5.6.0", "Message refused: bare LF in its header"});
        if (held_.find('\r') != held_.size() - 2)
            return refuse({554, "5.6.0", "Message refused: bare CR in its header"});
        take_line(held_);
        held_.clear();
    }
}

void incoming_message::take_body_octets(std::string_view octets) {
    ready_ += octets;
    if (binary_) return;
    // RFC 3030 §2: text MUST have CRLF line ends by BDAT, too.
    for (auto rest = octets; !rest.empty();) {
        if (carriage_return_ && rest.front() != '\n')
            return refuse({554, "5.6.0", "Message refused: bare CR in its content"});
        if (carriage_return_) rest.remove_prefix(1);
        carriage_return_ = false;
        const auto at = rest.find_first_of("\r\n");
        if (at == std::string_view::npos) return;
        if (rest[at] == '\n') return refuse({554, "5.6.0", "Message refused: bare LF in its content"});
        carriage_return_ = true;
        rest.remove_prefix(at + 1);
    }
}

void incoming_message::take_chunk(std::string_view octets) {
    if (refused_) return;
    received_ += octets.size();
    take_header_octets(octets);
    if (!in_header_ && !refused_) take_body_octets(octets);
    if (!refused_) check_faults();
}

void incoming_message::end_chunks() {
    if (refused_) return;
    if (carriage_return_) return refuse({554, "5.6.0", "Message refused: bare CR in its content"});
    if (in_header_) {
        // A field gets the end that it lacks; a body needs none.
        const bool is_field = !held_.empty() && header_.take(held_ + "\r\n");
        end_header();
        if (!is_field) ready_ += held_;
        held_.clear();
    }
    check_faults();
}

bool incoming_message::take(std::string_view& input) {
    std::string_view line;
    for (;;) {
        switch (decoder_.next(input, line)) {
        case data_decoder::result::more: check_faults(); return false;
        case data_decoder::result::end:
            if (!refused_ && in_header_) end_header();
            check_faults();
            return true;
        case data_decoder::result::line:
            if (refused_) break;
            received_ += line.size();
            take_line(line);
            check_faults();
            break;
        }
    }
}

std::string incoming_message::take_ready(std::size_t least) {
    if (refused_ || ready_.size() < least) return {};
    std::string out;
    out.swap(ready_);
    written_ += out.size();
    return out;
}

} // namespace refmail::smtp
