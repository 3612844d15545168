// What one session must see of its selected mailbox: sequence numbers and their UIDs, flags and mod-sequences
// as told, and that each answer has what was asked for. It is given each command with its complete answer and
// says, in sentences, what in it cannot be. No I/O. RFC 9051 §2.3.1, §5.2, §7.4.1, §7.5.1; RFC 7162 §3.
#pragma once
#include "harness/stress/choice.hpp"
#include "harness/stress/mailbox_truth.hpp"
#include "harness/wire/imap_response.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::stress {

// A command as far as its answer depends on it.
struct asked {
    kind what = kind::noop;
    bool by_uid = false;
    std::vector<std::uint64_t> numbers; // the messages it names, one by one: sequence numbers or UIDs
    std::vector<std::string> items;     // FETCH: what each of them is to have, "FLAGS", "BODY[]"
    // STORE or SEARCH KEYWORD of the keyword that this session alone sets; SEARCH: `adds` is true.
    bool own_keyword = false, adds = false;
    mailbox_truth* opens = nullptr;   // SELECT
    std::uint64_t highest_uid = 0;    // acknowledged in that mailbox before the command was sent
    std::uint64_t highest_modseq = 0; // told by then
};

struct answered {
    std::string condition; // OK NO BAD
    const std::vector<wire::imap_response>* untagged = nullptr;
    const wire::imap_response* tagged = nullptr;
};

class session_model {
  public:
    explicit session_model(std::string own_keyword)
        : own_(std::move(own_keyword)) {}

    // What is wrong with the answer; empty: nothing. Afterwards the model is as the server told.
    std::vector<std::string> heard(const asked& command, const answered& answer);
    void left() { messages_.clear(), truth_ = nullptr; } // CLOSE

    bool selected() const { return truth_ != nullptr; }
    mailbox_truth* truth() const { return truth_; }
    const std::string& own_keyword() const { return own_; }
    std::uint64_t size() const { return messages_.size(); }
    std::uint64_t uid_of(std::uint64_t number) const { return messages_[number - 1].uid; } // 0: not known
    std::optional<std::pair<std::uint64_t, std::uint64_t>>
    unknown() const; // messages without a UID, from, to

    seen_mailbox seen() const;             // those with a UID and flags
    std::vector<std::string> owed() const; // what was asked for and never came, of messages still there

  private:
    struct message {
        std::uint64_t uid = 0, modseq = 0;
        std::optional<flag_set> flags;
        std::optional<bool> own;       // has the session's keyword, as its own commands had it
        std::vector<std::string> told; // items of this answer
        std::string owed;
    };
    using responses = std::vector<wire::imap_response>;

    void say(std::string wrong);
    void take(const asked& command, const wire::imap_response& r);
    void exists(std::uint64_t count);
    void expunge(const asked& command, std::uint64_t number);
    void fetch(const wire::imap_response& r);
    void learn_uid(std::uint64_t number, std::uint64_t uid);
    bool certain(const message& m) const;
    void learn_flags(message& m);
    void learn_body(message& m, const std::string& item, const wire::imap_value& value);
    void search(const asked& command, const wire::imap_response& r);
    void code(const asked& command, const wire::imap_response& r);
    void finish(const asked& command, const answered& answer);
    void finish_store(const asked& command, bool ok);
    message* named(const asked& command, std::uint64_t number);

    std::string own_;
    mailbox_truth* truth_ = nullptr;
    std::vector<message> messages_; // by sequence number, from 1
    std::vector<std::string> wrong_;
    bool searched_ = false;
};

} // namespace mailspec::stress
