// Readers of delivered mail that log in as the mailbox's owner, for targets whose Maildir nobody shows us: by
// IMAP (a session a mailbox is kept open) or by POP3 (a session a look). They judge nothing. RFC 9051 §6.4.5,
// RFC 1939 §5.
#pragma once
#include "harness/world/mailbox.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace mailspec::world {

struct reading_service {
    std::function<net::task<net::result<net::stream_ptr>>(net::deadline)> connect;
    bool tls_first = false; // imaps, pop3s
    std::chrono::milliseconds patience{10000};
};

std::unique_ptr<mailbox_reader> imap_reader(reading_service service);
std::unique_ptr<mailbox_reader> pop3_reader(reading_service service);

} // namespace mailspec::world
