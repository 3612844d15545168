// Runs the queue: reads what waited at the start, tries what is due, hands it to connections by destination,
// writes down what became of it, tells the sender. Which message is next, and when, is decided in queue/
// (backlog, schedule); how a message is carried is outbound's affair.
// Lives on one executor, with all connections that it opens; disk work is done by the store's threads. Only
// added() may be called from elsewhere.
// What a crash can do: between the host's 250 and our note of it on the disk a message may be sent again
// (RFC 5321 §6.1 accepts that), it is never lost.
#pragma once
#include "net/event.hpp"
#include "reference/daemon/outbound.hpp"
#include "reference/daemon/services.hpp"
#include "reference/queue/backlog.hpp"
#include "reference/route/route.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace refmail::daemon {

class queue_runner {
  public:
    // How the world is reached; tests have their own.
    struct ways {
        std::function<net::task<route::found_route>(std::string domain, route::tls_wish)> find_route;
        std::function<net::task<std::optional<relay::outcome>>(std::vector<route::next_hop>, job_source&)>
            carry;
        // Mail for domains with the same answer shares connections (a smarthost); empty: each by itself.
        std::function<std::string(const std::string& domain)> shared_way;
    };

    queue_runner(services& shared, boost::asio::any_io_executor on, ways out);
    ~queue_runner();

    // From any thread: the entry is on the disk. It is tried at once.
    void added(queue::entry e);

    void begin(std::vector<std::string> ids); // reads these in the background
    net::task<void> until_known();            // all of them are in the backlog
    // The clock was moved, or something else came due: begins what is due.
    void look();
    // No further message is handed out. Transfers whose content is on its way may end.
    void stop();
    // Content is on its way, or an outcome is not on the disk yet: who ends now has mail sent twice.
    bool must_not_end() const { return contents_under_way_ > 0 || settling_ > 0; }

    // By command. The token is alive until what began through it is settled: attempted, written down, the
    // senders told, and that mail attempted, too.
    using token = std::shared_ptr<void>;
    void await_all_due(const token& until); // what is due or under way
    void run_now(queue::backlog::number which, const token& until);
    void run_all_now(const std::string& domain, const token& until); // empty: of all domains
    net::task<void> hold(queue::backlog::number which);
    net::task<void> release(queue::backlog::number which); // it is due at once
    // False: it is under way just now, and nothing was done.
    net::task<bool> remove(queue::backlog::number which);              // nobody is told
    net::task<bool> bounce(queue::backlog::number which, token until); // the sender is told
    net::task<std::optional<queue::entry>> read(queue::backlog::number which);

    const queue::backlog& waiting() const { return backlog_; }

  private:
    class line;                                    // the mail for one destination, as a job_source
    struct round {                                 // of one message: since it came due
        std::shared_ptr<const queue::entry> entry; // as it is on the disk; null: not read yet
        std::vector<queue::attempt> pending;       // not yet written down
        bool attempted = false, unreachable = false, over = false, writing = false;
        std::optional<std::chrono::seconds> clock_offset; // when the attempt began
        bool again = false; // somebody wants it to be tried once more, whatever comes of it now
    };
    using number = queue::backlog::number;

    void spawn(std::function<net::task<void>()> work);
    void accept(std::shared_ptr<const queue::entry> e, token inherited);
    net::task<void> serve(queue::destination& where);
    net::task<std::optional<relay::outcome>> refuse(route::found_route found, line& mail);
    void end_without_attempt(const std::vector<queue::backlog::part>& parts);
    void take_outcomes(number which, std::vector<queue::attempt> outcomes, bool unreachable);
    void lose(number which, const std::string& why);
    net::task<void> settle(number which);
    net::task<bool> write(const queue::entry& e);
    net::task<bool> erase(const std::string& id);
    net::task<store::result<queue::entry>> read_from_disk(std::string id);
    net::task<bool> load(number which); // into its round; false: it has gone
    net::task<void> write_held(number which);
    void forget(number which);
    void close_round(number which, const queue::entry& e);
    queue::backlog::summary summary_of(const queue::entry& e) const;
    std::string destination_of(const queue::entry& e, const std::string& address) const;
    void begin_again_if_due(number which, const token& until);
    queue::seconds_since_1970 unmoved_since(std::chrono::seconds offset_then) const;
    void set_alarm();
    void note(const queue::entry& e, const std::vector<queue::attempt>& outcomes) const;

    services& shared_;
    boost::asio::any_io_executor executor_;
    const ways out_;
    queue::backlog backlog_;
    std::unordered_map<number, round> rounds_;
    // What just came, which saves reading it; and what is newer than on a disk that took no more: there a
    // recipient is still to get what it has.
    std::unordered_map<number, std::shared_ptr<const queue::entry>> fresh_;
    std::optional<movable_clock::alarm> alarm_;
    std::int64_t alarm_at_ = 0;
    std::size_t contents_under_way_ = 0, settling_ = 0;
    std::size_t unread_ = 0; // batches of ids
    net::event all_known_;
    bool stopping_ = false;
};

} // namespace refmail::daemon
