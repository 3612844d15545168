// The administrator's routes, as the configuration file and the command line have them: a smarthost for all
// mail, next hops for domains, TLS that must be. What they mean, reference/route says; docs/reference.md
// tells how they are written.
#pragma once
#include "reference/daemon/settings.hpp"
#include "reference/daemon/yaml_entry.hpp"

#include <string>

namespace refmail::daemon {

// relay.smarthost, relay.routes, relay.dane, relay.also_known_as, relay.backup_for
void read_routes(const yaml_entry& relay, relay_settings& into);

// --smarthost 'smtp:[host]:587', --smarthost-login user:password, --route 'domain=smtp:[host]'; empty: none.
void take_smarthost(const std::string& to, const std::string& login, relay_settings& into);
void take_route(const std::string& text, relay_settings& into);
void take_own_name(const std::string& text, relay_settings& into); // --also-known-as
void take_backup(const std::string& text, relay_settings& into);   // --backup-for

} // namespace refmail::daemon
