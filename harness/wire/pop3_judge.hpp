// Judges every response of one POP3 connection, whoever asked for it. It follows what the client sent only as
// far as needed to know which command a response answers: without that nobody knows where it ends. Once that
// is no longer certain it judges form alone rather than guess. RFC 1939 §3, RFC 2449 §5 to §8, RFC 5034 §4.
#pragma once
#include "harness/wire/ambient_rules.hpp"
#include "harness/wire/pop3_response.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

class pop3_judge {
  public:
    void sent(std::string_view octets); // what the client wrote, in order, in any pieces
    void tls_started();                 // RFC 2595 §4: both sides forget what they knew

    // Lines follow the next response, if it is +OK.
    bool lines_follow() const;
    bool tls_due() const { return tls_due_; }

    std::vector<deviation> judge(const pop3_response& response);
    std::vector<deviation> judge_malformed(std::string_view line);
    const rule_set& rules_judged() const { return judged_; }

  private:
    enum class answer_to { greeting, capa, list, list_one, uidl, uidl_one, lines, stls, auth, stat, other };

    void line_sent(std::string_view line);
    void held_against(std::string_view rule) { judged_.set(index_of_rule(rule)); }
    void judge_listing(answer_to what, const pop3_response& response, std::vector<deviation>& found);
    void judge_capa(const pop3_response& response, std::vector<deviation>& found);
    void judge_codes(const pop3_response& response, std::vector<deviation>& found);

    std::deque<answer_to> outstanding_{answer_to::greeting};
    std::string partial_;     // a line of ours that is not complete yet
    bool challenged_ = false; // the next line of ours answers a challenge
    bool tls_due_ = false;
    bool dropped_ = true; // nothing that we sent in front of a handshake may still be answered behind it
    bool codes_offered_ = false; // RESP-CODES
    bool utf8_asked_ = false;    // RFC 6856 §2.1
    rule_set judged_;
};

} // namespace mailspec::wire
