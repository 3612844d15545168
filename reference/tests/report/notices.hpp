// A notification about one failed recipient, for tests to change; and a reader of what compose() made of it.
#pragma once
#include "reference/report/notification.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace notices {

namespace report = refmail::report;
namespace queue = refmail::queue;

inline constexpr queue::seconds_since_1970 noon = 1795348800; // Sun, 22 Nov 2026 12:00:00 +0000

inline constexpr std::string_view original = "From: Joe <joe@example.test>\r\n"
                                             "Subject: hello\r\n"
                                             "Message-ID: <m1@example.test>\r\n"
                                             "\r\n"
                                             "Hello.\r\n";

report::reported_recipient recipient(std::string address, report::action what = report::action::failed);
report::notification notification(std::vector<report::reported_recipient> recipients = {
                                      recipient("ann@remote.test")});

// A message taken apart at its boundary.
struct parts {
    std::string header;               // of the message
    std::vector<std::string> headers; // of each part, and
    std::vector<std::string> bodies;
};
parts take_apart(const std::string& message);
parts composed(const report::notification& n, std::string_view original = notices::original);
bool contains(std::string_view text, std::string_view what);

} // namespace notices
