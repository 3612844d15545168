// Replies as octets: RFC 5321 §4.2, with enhanced status codes in front of the text (RFC 2034 §4: the same
// one on each line). Refuses to let anything unprintable into a reply, or a line past 512 octets.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace refmail::smtp {

// A reply that waits until its time comes: what to say at the end of the data, for instance.
struct refusal {
    int code = 554;
    std::string enhanced; // "5.6.0"
    std::string text;
};

// RFC 6531 §3.7.4: UTF-8 only where the client asked for it, by VRFY or EXPN with SMTPUTF8.
enum class reply_text { ascii, utf8 };

// `enhanced` empty: none (greeting, EHLO, HELO, 3yz). Text must not be empty (§4.2: no bare codes).
void write_reply(std::string& out, int code, std::string_view enhanced, std::string_view text);
void write_reply(std::string& out, int code, std::string_view enhanced, std::span<const std::string> lines,
                 reply_text allowed = reply_text::ascii);

} // namespace refmail::smtp
