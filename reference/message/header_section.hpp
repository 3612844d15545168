// Takes a message line by line and tells header fields from body: RFC 5322 §2.2, §3.5.
// Streaming: holds one field at a time, however long the message. Judges nothing inside a field.
// Lines come complete, with their CRLF; a field is handed out when the line after it is known.
#pragma once
#include <string>
#include <string_view>

namespace refmail::message {

// A view of one field; valid while the call lasts.
struct header_field {
    std::string_view name;         // without the colon, nor the blanks that obs-fields put before it
    std::string_view raw;          // all of it: name, colon, folded lines, the last CRLF
    std::string_view body() const; // behind the colon
    bool is(std::string_view other_name) const; // field names know no letter case
};

class header_sink {
  public:
    virtual ~header_sink() = default;
    virtual void field(const header_field& f) = 0;
};

class header_section {
  public:
    explicit header_section(header_sink& to)
        : to_(to) {}

    // True: the line belongs to the header section. False: the section ended before this line, which is
    // the empty line that separates, or the first one that is no field (ended_badly() tells which).
    bool take(std::string_view line);
    // The message is over; gives out the last field.
    void finish();

    bool ended_badly() const { return ended_badly_; }
    std::size_t size() const { return size_; } // octets taken so far

  private:
    void flush();

    header_sink& to_;
    std::string held_; // the field that may yet be continued
    std::size_t name_size_ = 0;
    std::size_t size_ = 0;
    bool ended_badly_ = false;
};

} // namespace refmail::message
