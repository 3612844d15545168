// What a client switched on: it changes what may be sent to it. RFC 9051 §6.3.1 (ENABLE), RFC 7162 §3.1,
// RFC 6855. Set by ENABLE, and by the commands that enable CONDSTORE by being used (RFC 7162 §3.1).
#pragma once
#include "reference/message/date_time.hpp"

namespace refmail::imap {

struct modes {
    bool rev2 = false;      // ENABLE IMAP4rev2: ESEARCH, no \Recent, names in UTF-8
    bool condstore = false; // MODSEQ in FETCH responses; set by whichever command enables it
    bool qresync = false;   // VANISHED in place of EXPUNGE; implies condstore
    bool utf8 = false;      // UTF8=ACCEPT: strings in UTF-8, quoted too
    message::timestamp now; // when the command came: the cores read no clock

    // RFC 9051 §5.1, RFC 6855 §3: names and quoted strings in UTF-8; modified UTF-7 otherwise.
    bool speaks_utf8() const { return rev2 || utf8; }
};

} // namespace refmail::imap
