// What the steps `retry` and `clock advance` of a script act on: refmaild's control port, the commands of the
// target's profile, or, where the server tries again all the time by itself, patience.
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/target/running_target.hpp"

namespace mailspec::runner {

class time_hands final : public script::time_control {
  public:
    explicit time_hands(target::running_target& target)
        : target_(target) {}

    net::task<std::expected<void, std::string>> retry(std::string zone) override;
    std::chrono::milliseconds patience() const override;
    net::task<std::expected<void, std::string>> advance(std::chrono::seconds by) override;

  private:
    target::running_target& target_;
};

} // namespace mailspec::runner
