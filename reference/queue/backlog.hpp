// What waits to leave, in memory: for each message a small record (its entry stays on the disk until it is
// due), for each destination a line in which messages that are due stand until a connection takes them.
// Decides who is next, so that one destination that is slow or down holds up nobody else; knows no socket,
// no file and no clock. One thread.
// A message that is due is in a round: a part for each of its destinations, each attempted (or put off,
// where the destination is known to be down) before the message waits again.
#pragma once
#include "reference/queue/schedule.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace refmail::queue {

// Where messages go together, over connections that they share.
struct destination {
    std::string name; // the key that it was given as
    // RFC 5321 §4.5.4.1: hosts that could not be reached are remembered, not tried for each message again.
    seconds_since_1970 down_until = 0;
    attempt down_because;
    std::uint32_t forgiven = 0; // how often it was to be tried all the same: what was found out before is old

    struct place {
        std::uint32_t number, round;
    };
    std::deque<place> line;        // backlog's own, as is the rest
    std::size_t connections = 0;   // open, or being opened
    std::size_t expected = 0;      // of these, those that have not taken anything yet
    std::size_t mentions = 0;      // in records
    bool wants_connection = false; // stands in backlog::wanting_
};

class backlog {
  public:
    struct limits {
        std::size_t connections = 100, per_destination = 20;
    };
    explicit backlog(limits most)
        : most_(most) {}

    using number = std::uint32_t; // a message's, until it is removed

    struct summary {
        std::string id;
        std::vector<std::string> destinations; // of the recipients that wait; none twice
        seconds_since_1970 next_attempt = 0;
        seconds_since_1970 tells_at = 0; // see schedule.hpp
        bool held = false;
    };
    struct part {
        backlog::number number = 0;
        destination* where = nullptr;
    };

    // False: it is known already.
    bool add(const summary& one);
    std::optional<number> find(std::string_view id) const;
    std::size_t size() const { return by_id_.size(); }
    std::vector<number> all() const; // oldest number first

    // Begins a round for each message whose time has come. Returned are the parts whose destination is
    // down: they stand in no line, and the caller ends them, with an outcome or by putting them off.
    std::vector<part> wake(seconds_since_1970 now);
    std::vector<part> make_due(number which, seconds_since_1970 now); // its time has come by command
    std::optional<seconds_since_1970> next_wake();                    // nothing: nobody waits for a time

    // The next destination that deserves one more connection; it counts as open from now on.
    destination* connect_next();
    std::optional<number> take(destination& where, bool first_of_connection);
    void connection_ended(destination& where, bool asked); // asked: it has called take()
    // Its whole line comes back as wake() does. What comes later does so, too, until then.
    std::vector<part> mark_down(destination& where, seconds_since_1970 until, attempt because);
    void forget_down(std::string_view name);

    void take_part(number which); // one that stands in no line is in somebody's hands: end_part() follows
    // True: it was the round's last part. The message stays busy, and no other round begins, until wait(),
    // wait_put_off() or remove().
    bool end_part(number which); // one that was taken
    bool put_off_part(number which, seconds_since_1970 until);
    // After the round: wait again, or go for good.
    void wait(number which, const summary& as);
    void wait_put_off(number which); // nothing was attempted: until the time that put_off_part() gave
    void remove(number which);

    void hold(number which);    // no round any more; one that has begun ends for what no connection has
    void unhold(number which);  // takes it back, where nothing has come of it
    void release(number which); // due at once
    void occupy(number which);  // busy with something else than a round

    const std::string& id(number which) const { return records_[which].id; }
    bool is_busy(number which) const { return records_[which].busy; }
    bool has_parts(number which) const { return records_[which].parts > 0; }
    bool is_under_way(number which) const { return records_[which].taken > 0; }
    bool is_held(number which) const { return records_[which].held; }
    seconds_since_1970 next_attempt(number which) const { return records_[which].next_attempt; }
    seconds_since_1970 tells_at(number which) const { return records_[which].tells_at; }
    std::vector<const destination*> destinations(number which) const;

    // Alive until the message waits again or is gone: who wants to know keeps a weak_ptr, or a deleter.
    void attach(number which, std::shared_ptr<void> token);
    std::shared_ptr<void> token(number which) const { return records_[which].token; }

  private:
    struct record {
        std::string id; // empty: free
        destination* first = nullptr;
        std::vector<destination*> others;
        seconds_since_1970 next_attempt = 0, tells_at = 0, put_off_until = 0;
        std::uint32_t round = 0; // counts, so that a place in a line is known to be stale
        std::uint32_t parts = 0; // of the round, not yet ended
        std::uint32_t taken = 0; // of these, those that a connection has
        bool held = false, busy = false;
        std::shared_ptr<void> token;
    };
    struct alarm {
        seconds_since_1970 at;
        backlog::number number;
        // The earliest on top; of equal ones the one that came first.
        bool operator<(const alarm& other) const {
            return at != other.at ? at > other.at : number > other.number;
        }
    };

    template <class Action>
    void for_each_destination(const record& r, Action action) const;
    void mention(record& r, const std::vector<std::string>& names);
    void forget_destinations(record& r);
    void let_go(destination& where);
    void set_alarm(number which);
    bool is_stale(const alarm& a) const;
    void rest(record& r, number which);
    void begin_round(number which, seconds_since_1970 now, std::vector<part>& down);
    void want_connection(destination& where);

    const limits most_;
    std::deque<record> records_;
    std::vector<number> free_;
    std::unordered_map<std::string_view, number> by_id_; // views into the records
    std::vector<alarm> alarms_;                          // a heap; some are out of date
    std::unordered_map<std::string, std::unique_ptr<destination>> destinations_;
    std::deque<destination*> wanting_;
    std::size_t connections_ = 0;
};

} // namespace refmail::queue
