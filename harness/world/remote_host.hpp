// A remote host on its socket: listens, and plays smtp_host to everyone who connects; the n-th connection
// finds the n-th behaviour, all further ones the last. What happens is told to an observer, and kept in
// sessions. No peer makes it throw, and none keeps it alive: close() ends all connections.
#pragma once
#include "harness/world/smtp_host.hpp"
#include "net/event.hpp"
#include "net/listener.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::world {

// What the connections of a case's hosts are told to, on the loop, as it happens.
class host_observer {
  public:
    virtual ~host_observer() = default;
    virtual void opened(const host_session& s) = 0;
    virtual void received(const host_session& s, std::string_view octets) = 0;
    virtual void written(const host_session& s, std::string_view octets) = 0; // also when there were none
    virtual void secured(const host_session& s, const net::result<net::tls_facts>& outcome) = 0;
    virtual void requested(const host_session& s, std::string_view line) = 0; // of a policy host
    virtual void ended(const host_session& s, bool reset) = 0;
    virtual void left(const host_session& s, bool reset) = 0; // by the host
};

// What all hosts of a case share.
struct host_log {
    static constexpr std::size_t most_sessions = 1000; // who connects again then is reset
    explicit host_log(const net::executor& on)
        : changed(on) {}
    std::deque<host_session> sessions; // in the order in which they began; they stay where they are
    host_counts counts;
    std::map<std::string, std::size_t> released; // by host: how many of its holds may end
    net::event changed;
    host_observer* observer = nullptr; // null: nobody looks any more
};

class remote_host {
  public:
    // How one connection is carried out: on its stream, writing down into the session.
    using service = std::function<net::task<void>(net::byte_stream&, host_session&, std::size_t number)>;

    // `behaviours`: one at least.
    static std::unique_ptr<remote_host> smtp(const net::executor& on, std::unique_ptr<net::listener> at,
                                             std::string name, std::vector<host_behaviour> behaviours,
                                             std::shared_ptr<host_log> log);
    // A policy host on the same terms.
    static std::unique_ptr<remote_host> policy(const net::executor& on, std::unique_ptr<net::listener> at,
                                               std::string name, service how, std::shared_ptr<host_log> log);
    ~remote_host(); // closes
    void close();

  private:
    struct impl;
    explicit remote_host(std::shared_ptr<impl> made);
    static std::unique_ptr<remote_host> serving(std::shared_ptr<impl> made, const net::executor& on);
    std::shared_ptr<impl> impl_;
};

// The reading and writing around an smtp_host, until the connection is over. For streams that are there
// already.
net::task<void> serve_smtp_host(net::byte_stream& stream, smtp_host& host, const host_behaviour& behaviour,
                                host_session& session, host_log& log);

} // namespace mailspec::world
