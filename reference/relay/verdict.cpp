// Replies as outcomes; see the header.
#include "reference/relay/verdict.hpp"

#include <fmt/core.h>

namespace refmail::relay {

namespace {

// RFC 5321 §4.2.2, §4.2.3 read with RFC 3463 §3 (and RFC 5248 §2.4): as far as a code says more than its
// class. What it does not say is X.0.0, "the only undefined code", and nothing is guessed.
std::string status_for(int code, stage at) {
    const bool address = at == stage::rcpt;
    switch (code) {
    case 421: return "4.3.2";
    case 450: return address ? "4.2.0" : "4.0.0";
    case 451: return "4.3.0";
    case 452: return "4.3.1";
    case 454: return "4.7.0";
    case 455: return "4.5.4";
    case 500: return "5.5.2";
    case 501: return "5.5.4";
    case 502:
    case 503: return "5.5.1";
    case 504: return "5.5.4";
    case 521: return "5.3.2"; // RFC 7504 §3
    case 530: return "5.7.0"; // RFC 4954 §6
    case 550: return address ? "5.1.0" : "5.0.0";
    case 551: return "5.1.6";
    case 552: return address ? "5.2.2" : "5.3.4";
    case 553: return address ? "5.1.3" : at == stage::mail ? "5.1.7" : "5.0.0";
    case 555: return "5.5.4";
    case 556: return "5.1.10"; // RFC 7504 §4
    default: return fmt::format("{}.0.0", code / 100);
    }
}

} // namespace

const char* name_of(stage s) {
    switch (s) {
    case stage::greeting: return "the connection";
    case stage::hello: return "EHLO";
    case stage::starttls: return "STARTTLS";
    case stage::auth: return "AUTH";
    case stage::mail: return "MAIL";
    case stage::rcpt: return "RCPT";
    case stage::data: return "DATA";
    case stage::content: return "the message";
    }
    return "";
}

outcome refusal(const reply& r, stage at, const peer& who) {
    outcome made;
    made.what = r.permanent() ? outcome::what::failed : outcome::what::deferred;
    made.status = !r.enhanced.empty() ? r.enhanced : status_for(r.code, at);
    made.host = who.host;
    made.address = who.address;
    made.reply = r.printable();
    made.why = fmt::format("{} was refused", name_of(at));
    return made;
}

outcome no_answer(std::string status, std::string why, const peer& who) {
    outcome made;
    made.status = std::move(status);
    made.host = who.host;
    made.address = who.address;
    made.why = std::move(why);
    made.host_at_fault = made.elsewhere = true;
    return made;
}

} // namespace refmail::relay
