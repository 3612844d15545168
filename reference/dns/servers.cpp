// Which name servers to ask; see the header.
#include "reference/dns/servers.hpp"

#include <fstream>
#include <sstream>

namespace refmail::dns {

std::vector<net::endpoint> servers_in(std::string_view resolv_conf) {
    std::vector<net::endpoint> servers;
    std::istringstream lines{std::string(resolv_conf)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string keyword, address;
        if (!(words >> keyword >> address) || keyword != "nameserver") continue;
        if (net::is_address_literal(address)) servers.push_back({address, 53});
    }
    if (servers.empty()) servers.push_back({"127.0.0.1", 53});
    return servers;
}

std::vector<net::endpoint> system_servers(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return servers_in(text.str());
}

} // namespace refmail::dns
