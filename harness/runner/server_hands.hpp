// What the steps `server stop`, `kill` and `start` of a script act on: the running target. After a start the
// connector knows the server's new addresses, and no session to the old one is kept.
#pragma once
#include "harness/runner/socket_connector.hpp"
#include "harness/script/case_run.hpp"
#include "harness/target/running_target.hpp"
#include "harness/world/kept_sessions.hpp"

namespace mailspec::runner {

class server_hands final : public script::server_control {
  public:
    server_hands(target::running_target& target, socket_connector& connector, world::kept_sessions& sessions)
        : target_(target)
        , connector_(connector)
        , sessions_(sessions) {}

    net::task<std::expected<void, std::string>> stop() override;
    net::task<std::expected<void, std::string>> kill() override;
    net::task<std::expected<void, std::string>> start() override;

  private:
    target::running_target& target_;
    socket_connector& connector_;
    world::kept_sessions& sessions_;
};

} // namespace mailspec::runner
