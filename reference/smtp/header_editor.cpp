// The header section at an MTA's door. RFC 5321 §4.4: Received fields stay as they are, where they are;
// Return-Path fields of earlier hops MAY go, so that exactly one is left at delivery.
#include "reference/smtp/header_editor.hpp"

namespace refmail::smtp {

bool delivery_header::is_trace(const message::header_field& f) {
    // RFC 5321 §4.4: who makes the final delivery MAY drop it, who relays "MUST NOT inspect the message
    // data".
    if (f.is("Return-Path")) {
        if (only_relays_) out() += f.raw;
        return true;
    }
    if (!f.is("Received")) return false;
    // RFC 5321 §6.3: counting is how loops are found; the threshold is large, at least 100.
    if (++received_ > most_received_) {
        refuse(554, "5.4.6",
               "Mail loop: more than " + std::to_string(most_received_) + " Received fields in the message");
    }
    out() += f.raw;
    return true;
}

void delivery_header::field(const message::header_field& f) {
    if (!is_trace(f)) out() += f.raw;
}

} // namespace refmail::smtp
