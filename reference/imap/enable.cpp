// ENABLE: RFC 9051 §6.3.1, RFC 5161; what can be enabled: IMAP4rev2, CONDSTORE and QRESYNC (RFC 7162 §3.1,
// §3.2.3), UTF8=ACCEPT (RFC 9755 §3). Ignores all else.
#include "reference/imap/machine.hpp"

namespace refmail::imap {

void machine::do_enable(cursor& c) {
    std::vector<std::string> asked;
    do {
        asked.push_back(c.upper_atom());
    } while (c.take(' '));
    c.end();
    if (c.failed()) return bad(c.why());
    // RFC 5161 §3.1: ENABLED names what this command enabled, and not what was so before.
    std::string enabled;
    const auto enable = [&](bool& mode, std::string_view name) {
        if (!mode) (enabled += ' ') += name;
        mode = true;
    };
    bool condstore = modes_.condstore;
    for (const auto& name : asked) {
        if (name == "IMAP4REV2") enable(modes_.rev2, "IMAP4rev2");
        if (name == "UTF8=ACCEPT") enable(modes_.utf8, "UTF8=ACCEPT");
        if (name == "CONDSTORE") enable(condstore, "CONDSTORE");
        if (name == "QRESYNC") enable(modes_.qresync, "QRESYNC");
    }
    // RFC 9051 §6.3.1: sent even if there is none.
    out_.untagged("ENABLED" + enabled);
    // RFC 7162 §3.2.3: QRESYNC enables CONDSTORE too.
    if (condstore || modes_.qresync) enable_condstore();
    finish(completion::ok("ENABLE done"));
}

} // namespace refmail::imap
