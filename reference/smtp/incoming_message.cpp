// One pass over the content: decoder, then header section or body, then the piece that is ready to leave.
// RFC 5321 §4.3.2 allows 552, 554, 451, 452, 450 and 550 at the end of the data; content that breaks the line
// rules gets 554 5.6.0, too much of it 552 5.3.4.
#include "reference/smtp/incoming_message.hpp"

namespace refmail::smtp {

incoming_message::incoming_message(const limits& l, std::unique_ptr<header_editor> editor, std::string trace)
    : limits_(l)
    , decoder_(l.text_line)
    , editor_(std::move(editor))
    , header_(*editor_)
    , ready_(std::move(trace)) {
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
