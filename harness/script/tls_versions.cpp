// See the header.
#include "harness/script/tls_versions.hpp"

#include <algorithm>

namespace mailspec::script {

net::tls_version tls_version_named(std::string_view text) {
    if (text == "1.0") return net::tls_version::tls1_0;
    if (text == "1.1") return net::tls_version::tls1_1;
    if (text == "1.2") return net::tls_version::tls1_2;
    if (text == "1.3") return net::tls_version::tls1_3;
    return net::tls_version::any;
}

std::string tls_version_number(std::string_view name) {
    std::string number(name.substr(std::min(name.find_first_of("0123456789"), name.size())));
    return number.find('.') == std::string::npos ? number + ".0" : number;
}

} // namespace mailspec::script
