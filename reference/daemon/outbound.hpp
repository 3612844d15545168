// Carries mail to one destination: connects to its hosts in order, runs the SMTP client (relay/session.hpp)
// over the socket, and says what became of each recipient. Who decides about another attempt is the queue;
// what is said on the wire is the session's affair; where the hosts come from is routing's.
// RFC 5321 §5.1 (hosts in order until one takes it), §4.5.3.2 (time limits), RFC 3207, RFC 7672, RFC 8461.
// Connects to loopback addresses only, unless the settings allow more: mail for any other address is
// deferred with that reason.
#pragma once
#include "net/byte_stream.hpp"
#include "reference/queue/entry.hpp"
#include "reference/relay/outcome.hpp"
#include "reference/relay/session.hpp"
#include "reference/route/next_hop.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace refmail::daemon {

class movable_clock;
class outbound_pulse;

// One message for some recipients of one destination.
struct job {
    std::shared_ptr<const queue::entry> entry;
    std::vector<std::size_t> recipients; // indices into entry->recipients, never empty
};

// The content of a message from its beginning, CRLF line ends, without Return-Path.
class content_reader {
  public:
    virtual ~content_reader() = default;
    // The next piece, of any size (64 KiB is a good one); empty: the end. Reads the disk off the event loop.
    virtual net::task<net::result<std::string>> read() = 0;
};

// Whose mail is carried: implemented by who runs the queue. Called on the executor of serve_destination.
class job_source {
  public:
    virtual ~job_source() = default;
    // The first message, then further ones for the same destination, so that one connection serves them
    // all; nothing: there is none just now, and the connection is closed.
    // (A task: the envelope of a message that waited is read from the disk now.)
    virtual net::task<std::optional<job>> next() = 0;
    // May be called several times for a job: once for each attempt to transfer it.
    virtual net::task<net::result<std::unique_ptr<content_reader>>> open(const job& what) = 0;
    // Once for each job that next() gave out; one outcome for each of job::recipients, in order.
    virtual void finished(const job& what, std::vector<relay::outcome> outcomes) = 0;
};

struct outbound_settings {
    std::string host_name; // ours, for EHLO (RFC 5321 §4.1.4)
    bool anywhere = false; // connect to addresses that are not loopback, too
    // Whom to believe where a certificate must be valid; null: nobody, and such hosts are deferred.
    std::shared_ptr<const net::tls_trust> trust;
    std::chrono::seconds connecting{30}; // to one address
    relay::time_limits times;            // for each reply, by the daemon's clock
    // A connection carries so many messages before it is closed, that all hosts of a destination get some.
    std::size_t messages_per_connection = 100;
    outbound_pulse* pulse = nullptr; // told of each connection's waiting; may be null
};

// Returns when the source has no more mail: nothing; or when no host could be reached: the outcome that the
// last job was finished with (host_at_fault is set), which holds for the destination's other mail as well.
net::task<std::optional<relay::outcome>> serve_destination(const outbound_settings& how,
                                                           std::vector<route::next_hop> hops,
                                                           job_source& mail, movable_clock& time);

} // namespace refmail::daemon
