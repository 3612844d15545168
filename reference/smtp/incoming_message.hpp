// The content of one message on its way in: decoded, its header section edited, its size and shape checked,
// and handed on in pieces. A message that is to be refused is read to its end all the same (the dialog must
// stay in step), but kept no longer.
// Content that comes by BDAT has the same rules but one: what is binary may hold bare CR and LF in its body.
// Documents: RFC 3030; RFC 5321 §2.3.8, §4.1.1.4, §4.5.2, §4.5.3; RFC 1870 §5.
#pragma once
#include "reference/message/header_section.hpp"
#include "reference/smtp/data_decoder.hpp"
#include "reference/smtp/header_editor.hpp"
#include "reference/smtp/policy.hpp"
#include "reference/smtp/reply.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::smtp {

class incoming_message : private message::header_sink {
  public:
    // `trace`: the fields that go on top, ready made. `l` must outlive the message. `binary`:
    // BODY=BINARYMIME.
    incoming_message(const limits& l, std::unique_ptr<header_editor> editor, std::string trace, bool binary);

    // By DATA: takes whole lines off the front of `input`, up to the end of data. True when that has come.
    bool take(std::string_view& input);
    // By BDAT: takes all of it, as it is, wherever it was cut; lines may have any length. end_chunks()
    // follows.
    void take_chunk(std::string_view octets);
    void end_chunks();
    bool header_ended() const { return !in_header_; }
    // RFC 3030 §3: by its BODY parameter, or by its label alone. From header_ended() on.
    bool is_binary() const { return binary_; }

    // Once set it stays: the reply that the end of data will get.
    const std::optional<refusal>& refused() const { return refused_; }

    // Ready octets, at least `least` of them or nothing.
    std::string take_ready(std::size_t least);
    std::uint64_t written() const { return written_; } // octets handed on, trace included
    std::uint64_t received() const { return received_; }

  private:
    void field(const message::header_field& f) override;
    void take_line(std::string_view line);
    void take_header_octets(std::string_view& octets);
    void take_body_octets(std::string_view octets);
    void end_header();
    void check_faults();
    void refuse(refusal r);

    const limits& limits_;
    data_decoder decoder_;
    std::unique_ptr<header_editor> editor_;
    message::header_section header_;
    std::string ready_;
    std::optional<refusal> refused_;
    std::uint64_t received_ = 0; // RFC 1870 §5: with CRLFs, without stuffed dots and the final dot
    std::uint64_t written_ = 0;
    bool in_header_ = true;
    // Of chunks only
    bool binary_;
    bool labelled_binary_ = false;
    std::string held_;             // the beginning of a line of the header section
    bool carriage_return_ = false; // the last octet was CR
};

} // namespace refmail::smtp
