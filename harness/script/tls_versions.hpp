// Versions of TLS as scripts write them ("1.2") and as the library names them ("TLSv1.2"). Knows no
// connection.
#pragma once
#include "net/tls_options.hpp"

#include <string>
#include <string_view>

namespace mailspec::script {

net::tls_version tls_version_named(std::string_view text); // "1.2"; anything else: any

// "1.2" of "TLSv1.2" and of "1.2": what is behind the v counts, and two of them compare as texts do. "TLSv1"
// is 1.0.
std::string tls_version_number(std::string_view name);

} // namespace mailspec::script
