// What a client has sent on an IMAP connection, as far as its tagged responses are still to come: tags,
// verbs, literals stepped over, DONE and SASL responses told apart from commands. Once it can no longer be
// certain how a server reads the octets it says so, rather than guess. RFC 9051 §2.2.1, §4.3, §6.3.13.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct imap_command {
    std::string tag;
    std::string verb; // in capitals; of UID FETCH: "UID FETCH"
    std::string line; // up to its first literal or line end, in capitals

    bool is(std::string_view word) const { return verb == word; }
};

class imap_commands {
  public:
    void sent(std::string_view octets);
    void continuation(); // a `+`
    // A tagged response, whatever its condition; the command that it completes, if it is one that was sent.
    std::optional<imap_command> completed(std::string_view tag);
    void tls_started();

    const std::vector<imap_command>& outstanding() const { return outstanding_; }
    bool any(std::string_view verb) const; // among the outstanding
    // Octets that make a command may have been sent, but how the server reads them is anyone's guess.
    bool certain() const { return certain_; }
    // The client is amid a line that awaits `+`, or amid one that has no end yet.
    bool awaits_continuation() const;

  private:
    enum class reading { line, literal, response };
    void line_sent(std::string_view line);
    void command_sent(std::string_view line);
    void ends_in_literal(std::string_view line);
    void lose_track() { certain_ = false; }

    std::vector<imap_command> outstanding_;
    reading mode_ = reading::line;
    std::string partial_;            // a line that has no end yet
    std::uint64_t literal_left_ = 0; // octets
    bool continues_ = false;         // the next line goes on with the command behind a literal
    std::string refusable_;          // tag of the command whose synchronizing literal is not asked for yet
    bool asked_ = false;             // by a `+`, since the last command
    bool certain_ = true;
};

} // namespace mailspec::wire
