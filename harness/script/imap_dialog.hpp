// What was said on one IMAP connection so far, put in order for the steps that look at it: the commands with
// their tags, all responses, which of them belong to which command, and which a step has taken already. It
// reads and sends nothing, and compares nothing; docs/suite-mailboxes.md, "Expecting".
#pragma once
#include "harness/script/server_event.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::script {

class imap_dialog {
  public:
    struct heard {
        std::shared_ptr<const wire::imap_response> response; // null: a line that is none
        std::string raw;                                     // of such a line
        std::size_t offset = 0;                              // into all that the server sent
        std::size_t length = 0;
        bool taken = false; // by a step
        bool is(wire::imap_response::kind kind) const { return response && response->what == kind; }
    };
    struct window { // of responses, by index
        std::size_t from = 0, to = 0;
    };

    // The next tag of a command, which is outstanding from here on: a1, a2 ... The same in each run.
    std::string new_tag();
    // A command of the harness's own, under a tag that no script has: h1, h2 ...
    std::string new_own_tag();
    void add(const server_event& event);

    const std::vector<heard>& all() const { return heard_; }
    // Where they stand in all that the server sent; of none: where the next one begins.
    struct stretch {
        std::size_t offset = 0, length = 0;
    };
    stretch octets_of(window w) const;
    // Octets of responses, for people: not more than some KiB of them.
    std::string shown(window w, bool taken_too = true) const;
    heard& at(std::size_t index) { return heard_[index]; }

    // The oldest command whose tagged response no step has met; empty: none.
    std::string current() const { return tags_.empty() ? "" : tags_.front(); }
    // Its tagged response, if that came.
    std::optional<std::size_t> end_of_current() const;
    // The first with that tag since it was made: a command has one end, whatever else the server says.
    std::optional<std::size_t> tagged(std::string_view tag) const;
    // What came since the command before was completed, up to the tagged response of the current one.
    window current_window() const;
    // The same, and what came earlier but may have been meant for the current one: RFC 9051 §5.5 lets a
    // server mix its answers to commands that were sent without waiting.
    window possible_window() const;
    // What belonged to the command that a step met the end of last.
    window last_window() const { return last_; }
    // Nothing was sent or met since that end: `not` and `count` are about that command.
    bool just_settled() const { return just_settled_; }

    // A step met the tagged response of the current command: the command is over.
    void settle();
    // A step met this response; `then` looks behind it.
    void take(std::size_t index);
    std::size_t last_taken_end() const { return last_taken_end_; }
    // A command of the harness's own is over; what it brought is no step's business.
    void settle_own(std::string_view tag);
    // Nothing that came so far is any step's business.
    void forget_heard();
    bool any_command() const { return tags_made_ > 0; } // of the script
    std::string newest() const { return tags_.empty() ? "" : tags_.back(); }

    // What was announced last, by a CAPABILITY response or code; null: nothing was.
    const std::vector<std::string>* capabilities() const { return capabilities_ ? &*capabilities_ : nullptr; }
    std::size_t capabilities_from() const { return capabilities_from_; } // index of that response
    void forget_capabilities() { capabilities_.reset(); }

  private:
    std::string made(std::string tag);

    std::vector<heard> heard_;
    std::vector<std::string> tags_;                          // outstanding, in order
    std::map<std::string, std::size_t, std::less<>> tagged_; // index of the response, by tag
    unsigned tags_made_ = 0, own_tags_made_ = 0;
    std::size_t window_from_ = 0, possible_from_ = 0, last_taken_end_ = 0, capabilities_from_ = 0;
    window last_;
    bool just_settled_ = false;
    std::optional<std::vector<std::string>> capabilities_;
};

} // namespace mailspec::script
