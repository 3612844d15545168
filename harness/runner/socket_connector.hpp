// Cases reach the target over real sockets: one TCP connection a call, to the address that the profile gives
// the service. TLS is the script's doing.
#pragma once
#include "harness/script/case_run.hpp"
#include "net/endpoint.hpp"

#include <map>
#include <string>

namespace mailspec::runner {

class socket_connector : public script::connector {
  public:
    explicit socket_connector(const std::map<std::string, std::string>& services);
    net::task<net::result<net::stream_ptr>> connect(const std::string& service, net::deadline until) override;

  private:
    std::map<std::string, net::endpoint> services_;
};

} // namespace mailspec::runner
