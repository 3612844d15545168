// Writes responses: RFC 9051 §7, §9. The octets gather here until the session sends them. Chooses between
// quoted string and literal so that the grammar holds whatever the octets are. Knows no command.
#pragma once
#include "reference/imap/modes.hpp"
#include "reference/mailbox/trouble.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace refmail::imap {

// How a command ended: what stands behind the tag.
struct completion {
    enum class status { ok, no, bad };
    completion::status status = status::ok;
    std::string code; // without brackets: "APPENDUID 1 5"; empty: none
    std::string text; // for people, never empty
    std::string
        cause; // for the log: what went wrong with the mailbox; empty: nothing that an admin must know

    static completion ok(std::string text, std::string code = {});
    static completion no(std::string text, std::string code = {});
    static completion bad(std::string text, std::string code = {});
    // NO with the response code of RFC 5530 or RFC 9208 for it.
    static completion of(const mailbox::trouble& why);
};

class response_writer {
  public:
    explicit response_writer(const modes& how)
        : how_(how) {}

    // A slice of output: past it a command_run returns from its step.
    static constexpr std::size_t slice = 64 * 1024;
    bool full() const { return out_.size() >= slice; }

    // "* TEXT CRLF"
    void untagged(std::string_view text);
    // "* OK [CODE] text", also NO, BYE: status is the word
    void untagged(std::string_view status, std::string_view code, std::string_view text);
    void tagged(std::string_view tag, const completion& c);

    // Pieces of a response; "* " and CRLF are pieces too.
    void put(std::string_view octets) { out_ += octets; }
    void put(char c) { out_ += c; }
    void number(std::uint64_t n);
    // Quoted where it can be, else a literal. NUL, which no string may hold (RFC 9051 §4.3), becomes %x80.
    void string(std::string_view octets);
    void nstring(const std::optional<std::string>& octets); // NIL or string
    void literal(std::string_view octets);
    // "{N}CRLF": exactly so many octets must follow by put(); for bodies that are sent in slices.
    void literal_header(std::uint64_t size);
    void literal8_header(std::uint64_t size); // "~{N}CRLF" (RFC 9051 §9: NUL may be in it)
    // An atom where it can be one, else a string. Names are UTF-8, '/' between levels; modified UTF-7 unless
    // the client speaks UTF-8.
    void mailbox(std::string_view name);
    // "1:3,7": ascending numbers, runs joined.
    void set(std::span<const std::uint32_t> ascending);

    std::string& octets() { return out_; } // for whoever writes much and fast
    std::string take();

  private:
    void tagged_line(std::string_view tag, std::string_view status, std::string_view code,
                     std::string_view text);

    const modes& how_;
    std::string out_;
};

} // namespace refmail::imap
