// Undoes Content-Transfer-Encoding: RFC 2045 §6. By pieces, so that no message is held twice. As tolerant as
// mail programs are: what is no base64 is skipped, a broken "=XY" stays as it is (RFC 2045 §6.7, §6.8).
// Refuses encodings that it does not know: RFC 9051 §7.5.2 has them told, never guessed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

enum class transfer_encoding { none /* 7bit, 8bit, binary */, quoted_printable, base64 };

// By its name, in any letter case; nothing: unknown ([UNKNOWN-CTE]).
std::optional<transfer_encoding> transfer_encoding_named(std::string_view name);

class transfer_decoder {
  public:
    explicit transfer_decoder(transfer_encoding from)
        : from_(from) {}

    void take(std::string_view piece, std::string& out); // appends
    void finish(std::string& out);                       // what was held back

  private:
    void take_base64(std::string_view piece, std::string& out);
    void take_quoted_printable(std::string_view piece, std::string& out);
    bool waits_for(char c) const;
    void end_line(std::string& out);

    transfer_encoding from_;
    std::uint32_t bits_ = 0; // base64: not yet put out
    int bit_count_ = 0;
    bool ended_ = false; // base64: after padding
    std::string line_;   // quoted-printable: since the last character that was surely content
};

std::string transfer_decode(transfer_encoding from, std::string_view octets);
// The size of transfer_decode(), without holding it.
std::uint64_t transfer_decoded_size(transfer_encoding from, std::string_view octets);

} // namespace refmail::message
