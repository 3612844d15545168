// What a service in which mail is read offers, asked before the run: its capabilities at the greeting, under
// TLS, and after a login, for a server may announce others in each state. Judges nothing; cases do that. RFC
// 9051 §6.1.1, RFC 2449 §5.
#pragma once
#include "harness/target/target.hpp"
#include "net/byte_stream.hpp"

#include <chrono>
#include <expected>
#include <string>

namespace mailspec::target {

bool is_reading_service(std::string_view service); // imap imaps pop3 pop3s

// As probe_service and greets of probe.hpp. `account`: to log in with; null: there is none. A login that
// fails is no error: the list is shorter then.
net::task<std::expected<service_capabilities, std::string>> probe_reading(std::string service,
                                                                          std::string address,
                                                                          std::chrono::milliseconds patience,
                                                                          const account* account);
net::task<std::expected<void, std::string>> reading_greets(std::string service, std::string address,
                                                           std::chrono::milliseconds patience);

} // namespace mailspec::target
