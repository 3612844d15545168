// What a service offers, asked before the run: greeting, EHLO (LHLO on lmtp), STARTTLS where it stands in
// the reply, EHLO again; those in which mail is read are probe_reading's. Judges nothing; cases do that. RFC
// 5321 §4.1.1.1, RFC 3207 §4.2, RFC 2033 §4.1.
#pragma once
#include "harness/target/target.hpp"
#include "net/byte_stream.hpp"

#include <chrono>
#include <expected>
#include <string>

namespace mailspec::target {

// The error is a sentence without the address: "connection refused", "it greets with `421 ...`". A server
// that refuses all sessions (554, RFC 5321 §3.1) offers nothing.
net::task<std::expected<service_capabilities, std::string>>
probe_service(std::string service, std::string address, std::chrono::milliseconds patience,
              const account* account = nullptr); // to log in with, where mail is read

// Is the service up: does it greet with 220, or with 554 (with * OK, with +OK)? What `ready:` waits for.
net::task<std::expected<void, std::string>> greets(std::string service, std::string address,
                                                   std::chrono::milliseconds patience);

} // namespace mailspec::target
