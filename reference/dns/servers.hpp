// Which name servers to ask when nobody said: the `nameserver` lines of /etc/resolv.conf (resolv.conf(5)).
// Its other lines are not obeyed: a mail server completes no names (RFC 5321 §5.1).
#pragma once
#include "net/endpoint.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace refmail::dns {

// None named: 127.0.0.1, as resolv.conf(5) has it.
std::vector<net::endpoint> servers_in(std::string_view resolv_conf);
std::vector<net::endpoint> system_servers(const std::string& path = "/etc/resolv.conf");

} // namespace refmail::dns
