// What refmaild says when it is ready: a JSON line for programs, a page for people.
#pragma once
#include "reference/daemon/outgoing_mail.hpp"
#include "reference/daemon/server.hpp"
#include "reference/daemon/services.hpp"

#include <string>

namespace refmail::daemon {

// {"domain":..., "accounts":[{"user","address","password"}], "services":{"smtp":"127.0.0.1:PORT",...},
//  "certificate":PATH, "data":DIR, "maildir":"DIR/maildir/{user}", "control":"127.0.0.1:PORT"};
// passwords and the control port only where there are any.
std::string ready_json(const services& shared, const server& running, const outgoing_mail& outgoing);
std::string ready_text(const services& shared, const server& running, const outgoing_mail& outgoing);

} // namespace refmail::daemon
