// Mail that refmaild writes itself: delivery status notifications. Always under the null reverse-path (RFC
// 5321 §6.1, RFC 3461 §6.1), to one address: into mailboxes here, or into the queue.
#pragma once
#include "reference/daemon/services.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <expected>
#include <string>
#include <vector>

namespace refmail::daemon {

struct own_mail {
    std::string id;      // unique for ever; the queue's, if it must leave
    std::string to;      // the address as the queue has it
    std::string content; // CRLF line ends
    bool smtputf8 = false, require_tls = false;
};

struct posted {
    bool nobody = false;                // there is no such mailbox here: it went nowhere
    std::vector<queue::entry> to_leave; // in the queue by now, on the disk
};

// Will it stay here? Then 8-bit octets are safe in it.
bool stays_here(const services& shared, const std::string& to);

// Waits for the disk off the event loop `on`. The error is for the log: nothing was stored.
net::task<std::expected<posted, std::string>> post(services& shared, boost::asio::any_io_executor on,
                                                   const own_mail& what);

} // namespace refmail::daemon
