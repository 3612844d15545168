// `refmaild route DOMAIN`: asks the DNS and the policies as mail would, and tells an administrator where it
// would go, in which order, and what each host must prove. Sends nothing.
#pragma once
#include "reference/daemon/settings.hpp"
#include "reference/route/next_hop.hpp"

#include <string>

namespace refmail::daemon {

// Prints; exit code 0: there is a way; 1: there is none, or not now.
int show_route(const settings& how, const std::string& domain);

std::string route_text(const std::string& domain, const route::found_route& found);

} // namespace refmail::daemon
