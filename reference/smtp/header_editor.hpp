// What a server does to the header section of a message on its way in: nothing, as far as it can.
// delivery_header: drops Return-Path fields, for the one of this delivery (RFC 5321 §4.4), and counts
// Received fields against loops (§6.3). It never judges a field: §3.3 forbids refusing mail over its header.
// submission_header (RFC 6409 §8) does more and is in submission_header.hpp.
#pragma once
#include "reference/message/header_section.hpp"
#include "reference/smtp/reply.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace refmail::smtp {

class header_editor : public message::header_sink {
  public:
    // Where accepted fields go; set before the first field comes.
    void write_to(std::string& out) { out_ = &out; }

    // The header section is over. `ended_badly`: not by an empty line, but by a line that is no field.
    virtual void end(bool ended_badly) = 0;

    const std::optional<refusal>& refused() const { return refused_; }

  protected:
    std::string& out() { return *out_; }
    void refuse(int code, std::string enhanced, std::string text) {
        if (!refused_) refused_ = refusal{code, std::move(enhanced), std::move(text)};
    }

  private:
    std::string* out_ = nullptr;
    std::optional<refusal> refused_;
};

class delivery_header : public header_editor {
  public:
    // `only_relays`: no copy stays here.
    explicit delivery_header(std::size_t most_received, bool only_relays = false)
        : most_received_(most_received)
        , only_relays_(only_relays) {}
    void field(const message::header_field& f) override;
    void end(bool) override {}

  protected:
    // True: the field is dealt with here, whatever the role.
    bool is_trace(const message::header_field& f);

  private:
    std::size_t most_received_;
    bool only_relays_;
    std::size_t received_ = 0;
};

} // namespace refmail::smtp
