// Reads the arguments of one complete command, left to right: the terminals of RFC 9051 §9.
// The first mistake sticks: from then on every reader gives an empty value, take() says false, and failed()
// is true; so a command reads all its arguments and asks once:
//
//     auto set = c.sequence_set(); c.space(); auto to = c.mailbox(); c.end();
//     if (c.failed()) return std::unexpected(c.why());
//
// A loop runs only while a take() succeeds, hence ends. Refuses what the grammar refuses: NUL, controls in
// quoted strings, numbers past their 32 or 63 bits, bad modified UTF-7.
#pragma once
#include "reference/imap/command_text.hpp"
#include "reference/imap/sequence_set.hpp"
#include "reference/mailbox/message.hpp"
#include "reference/message/date_time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::imap {

struct bad_syntax {
    std::size_t at = 0; // octets into the command line
    std::string text;   // "expected a mailbox name": for the BAD response
    std::string code;   // a response code for it, mostly none
};

struct named_flags {
    mailbox::flag_set system = 0; // \Seen ... as bits; \Recent and \Extensions are refused
    std::vector<std::string> keywords;
};

class cursor {
  public:
    // RFC 9051 §5.1: names in UTF-8, else in modified UTF-7. `of` must outlive the cursor; literal_octets()
    // takes from it.
    cursor(command_text& of, bool names_in_utf8, std::size_t at = 0);

    bool failed() const { return wrong_.has_value(); }
    const bad_syntax& why() const { return *wrong_; }
    void fail(std::string words, std::string code = {}); // here; the first one counts
    std::size_t at() const { return at_; }

    bool at_end() const { return at_ >= of_.text.size(); }
    char peek() const; // '\0' at the end and after a mistake
    bool take(char c); // if it is next
    // If this word (any letter case) is next and ends there: behind it stands no octet of an atom.
    bool take_word(std::string_view word);

    void expect(char c, std::string_view what); // fail("expected WHAT")
    void space() { expect(' ', "a space"); }
    void end();   // nothing may follow
    void open();  // "(", and not too deep
    bool close(); // takes ')' if it is next
    void expect_close();

    // If these octets (any letter case) are next, whatever follows: "BODY" of "BODY[TEXT]".
    bool take_text(std::string_view text);

    // A word of atom characters as it stands; empty only when it failed. "[" is an atom character: section()
    // in FETCH looks for words by itself.
    std::string_view atom();
    std::string upper_atom(); // in capitals, for comparing
    std::string astring();
    std::string string(); // quoted or literal
    std::optional<std::string> nstring();
    bool at_string() const;                                      // a quoted string or a literal is next
    mailbox::flag_set flag_bit_or_keyword(std::string& keyword); // one flag
    named_flags flags();     // "(...)", or, as STORE allows, flags without parentheses
    named_flags flag_list(); // "(...)" only

    std::uint32_t number(); // 0 .. 2^32-1
    std::uint32_t nz_number();
    std::uint64_t number64();          // 0 .. 2^63-1 (RFC 9051 §9)
    std::uint64_t mod_sequence();      // 0 .. 2^63-1 (RFC 7162: mod-sequence-valzer)
    imap::sequence_set sequence_set(); // "1,3:*" or "$"
    // UTF-8 in NFC, "INBOX" in capitals. `denormalized`: the name as it was given, if that was not NFC
    // (RFC 9051 §6.3.9.7, OLDNAME).
    std::string mailbox(std::optional<std::string>* denormalized = nullptr);
    std::string list_mailbox();     // a pattern, decoded: wildcards and all
    std::chrono::sys_days date();   // 1-Feb-1994, quoted or not
    message::timestamp date_time(); // "01-Feb-1994 10:00:00 +0100"

    std::string rest(); // all that is left: AUTHENTICATE's initial response

    // APPEND's message: a literal or literal8, moved out; nothing else will do.
    std::string literal_octets(bool* binary = nullptr);

  private:
    std::string_view word_of(bool (*belongs)(char));
    std::string quoted();
    named_flags flags_until(char end);
    std::uint64_t digits(std::uint64_t most, std::string_view what);
    std::uint32_t seq_number();
    int some_digits(int least, int most);
    std::chrono::sys_days month_and_year(int day);
    const literal* literal_here() const;

    command_text& of_;
    bool names_in_utf8_;
    std::size_t at_;
    int depth_ = 0; // open parentheses, see open()
    std::optional<bad_syntax> wrong_;
};

} // namespace refmail::imap
