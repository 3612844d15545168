// Connections to the services of a target over TCP.
#pragma once
#include "harness/script/case_run.hpp"

namespace mailspec::script {

class socket_connector final : public connector {
  public:
    explicit socket_connector(const target::target_info& target)
        : target_(target) {}
    net::task<net::result<net::stream_ptr>> connect(const std::string& service, net::deadline until) override;

  private:
    const target::target_info& target_;
};

} // namespace mailspec::script
