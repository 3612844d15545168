// A message as a file of a Maildir: its name ("BASE:2,FS"), and its octets with the line ends of the wire.
// Files have LF line ends; what has CR LF or both is served with CR LF as well. A BASE that ends with ",raw"
// holds binary content, served octet by octet, but for encode_binary. Reads whole files; another program may
// cut a mapped one under our hands. https://cr.yp.to/proto/maildir.html, RFC 9051 §2.3.2 (flags), §2.3.4
// (size).
#pragma once
#include "reference/mailbox/message.hpp"
#include "reference/store/disk_error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace refmail::store {

struct file_name {
    std::string_view base, info; // info: from ':' on, "" where there is none
};
file_name split_name(std::string_view name);

// The system flags that the letters of ":2,..." say.
mailbox::flag_set flags_in(std::string_view info);
// `info` with the letters of these flags; letters that mean nothing to us (P, and those of keywords) stay.
std::string info_with(std::string_view info, mailbox::flag_set flags);

constexpr std::string_view raw_mark = ",raw"; // the end of a BASE

// RFC 9051 §4.3.1: NUL does not go over the wire, binary data is encoded. RFC 3516 §6: a server may keep it
// as it came, and tells of it, and serves it, as though it were in base64. What no base64 can take the place
// of stays.
// True: something was encoded. `octets` have the line ends of the wire.
bool encode_binary(std::string& octets);
void make_crlf(std::string& text); // of each bare LF

struct served_message {
    std::string octets;        // CRLF
    std::int64_t received = 0; // the file's time
};
result<served_message> read_message(const std::string& path);

struct message_size {
    std::uint64_t octets = 0; // as served
    std::int64_t received = 0;
};
result<message_size> measure_message(const std::string& path);

// How an appended message is stored: with LF, if the CRLF form can be had back from that; else as it is.
struct stored_form {
    std::string octets;
    bool raw = false; // the name must say so
};
stored_form to_store(std::string octets);

} // namespace refmail::store
