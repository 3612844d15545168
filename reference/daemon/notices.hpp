// Tells senders what became of their mail, as far as they want to hear it: RFC 3461 §5.2, §6. Which things
// are worth telling the queue knows (queue/schedule.hpp), how they are said report/ knows; here the two meet
// the store.
#pragma once
#include "reference/daemon/own_mail.hpp"
#include "reference/queue/schedule.hpp"
#include "reference/report/notification.hpp"

#include <vector>

namespace refmail::daemon {

struct told {
    bool stored = true;                 // false: the disk refused, and nobody has been told anything
    std::vector<queue::entry> to_leave; // notifications for senders elsewhere, in the queue by now
};

// What is to be told, said and posted. `original`: as for report::compose.
net::task<told> post_report(services& shared, boost::asio::any_io_executor on, queue::entry about,
                            std::vector<report::reported_recipient> recipients, std::string original);

// `about` as it is after the attempt. One notification for all its notices. Nothing is ever said about mail
// with a null reverse-path.
net::task<told> tell_sender(services& shared, boost::asio::any_io_executor on, const queue::entry& about,
                            const std::vector<queue::notice>& notices);

} // namespace refmail::daemon
