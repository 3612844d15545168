// Judges every reply of one connection, whoever asked for it. It follows what the client sent only as far
// as needed to know which command a reply answers; once that is no longer certain (line ends of a
// malformed command, octets behind BDAT), it judges form alone rather than guess: an ambient rule never
// raises a false alarm. RFC 5321 §4.2, RFC 2034 §4.
#pragma once
#include "harness/wire/ambient_rules.hpp"
#include "harness/wire/smtp_reply.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

class ambient_judge {
  public:
    explicit ambient_judge(bool lmtp = false);

    void sent(std::string_view octets); // what the client wrote, in order, in any pieces
    void tls_started();                 // RFC 3207 §4.2: both sides forget what they knew

    // The deviations of the next reply: those of its form and those of its place. Offsets into raw.
    std::vector<deviation> judge(const smtp_reply& reply);
    // A line of the server that is no reply at all.
    std::vector<deviation> judge_malformed(std::string_view line);

    // The reply judged last answers EHLO (LHLO), as far as that can be told.
    bool answered_ehlo() const { return answered_ehlo_; }
    // The server agreed to STARTTLS: until the handshake it may send TLS records (an alert) too.
    bool tls_due() const { return tls_due_; }
    const rule_set& rules_judged() const { return judged_; }

  private:
    enum class answer_to { greeting, ehlo, helo, mail, rcpt, data, content, starttls, other };
    enum class reading { commands, content, challenge_response };

    std::size_t longest_line() const;
    void line_sent(std::string_view line);
    void command_sent(std::string_view line);
    void lose_track();
    answer_to next_answer(const smtp_reply& reply, std::vector<deviation>& found);
    void follow(answer_to what, const smtp_reply& reply);
    void judge_octets(answer_to what, const smtp_reply& reply, std::vector<deviation>& found) const;
    void judge_greeting(const smtp_reply& reply, std::vector<deviation>& found);
    void judge_ehlo(const smtp_reply& reply, std::vector<deviation>& found);
    void judge_enhanced(const smtp_reply& reply, std::vector<deviation>& found);
    void held_against(std::string_view rule) { judged_.set(index_of_rule(rule)); }

    bool lmtp_;
    std::deque<answer_to> outstanding_{answer_to::greeting};
    reading mode_ = reading::commands;
    std::string partial_; // a line of ours that is not complete yet
    std::size_t accepted_recipients_ = 0;
    bool certain_ = true;         // outstanding_ is in step with the server
    bool hello_possible_ = false; // not certain, and an answer to EHLO or HELO may come
    bool enhanced_offered_ = false;
    bool answered_ehlo_ = false;
    bool tls_due_ = false;
    bool utf8_asked_ = false; // RFC 6531 §3.7.4.2
    rule_set judged_;
};

} // namespace mailspec::wire
