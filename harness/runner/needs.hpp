// What a case cannot do without, held against what the target has. A lack is a skip with a reason that says
// what to add, never a verdict about the server.
#pragma once
#include "harness/suite/test_case.hpp"
#include "harness/target/target.hpp"

#include <map>
#include <string>

namespace mailspec::runner {

using capabilities = std::map<std::string, target::service_capabilities>; // by service

// What can be said before asking the server: services, accounts, a way to read mail, features, whether it can
// be restarted.
std::string lacking(const suite::test_case& c, const target::target_info& target);

// What its services do not offer by EHLO, CAPABILITY or CAPA (or offer, for `not`), nor show in their
// certificates.
std::string not_offered(const suite::test_case& c, const capabilities& offered);

} // namespace mailspec::runner
