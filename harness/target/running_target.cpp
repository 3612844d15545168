// Stopping what was started; see the header.
#include "harness/target/running_target.hpp"

#include <system_error>

namespace mailspec::target {

namespace {
using namespace std::chrono_literals;
constexpr auto patience_for_stop = 30s; // a mail server may want to finish what it has taken
constexpr auto patience_for_term = 5s;
} // namespace

std::string running_target::death() {
    if (!server_ || server_->running()) return {};
    if (daemonised_ && server_->succeeded()) return {};
    return server_->ending();
}

std::string running_target::log_tail() const {
    return log_.empty() ? std::string{} : tail_of(log_);
}

void running_target::stop() {
    if (!stop_command_.empty() && server_) {
        const process::settings how{stop_command_, work_, log_, false};
        if (auto stopping = process::start(how)) {
            (*stopping)->wait(patience_for_stop);
            server_->wait(patience_for_term);
        }
        stop_command_.clear();
    }
    if (server_) server_->stop(patience_for_term);
    server_.reset();
    if (remove_work_) {
        std::error_code ignored; // a file of another user's stays behind, in the folder for temporary files
        std::filesystem::remove_all(work_, ignored);
        remove_work_ = false;
    }
}

} // namespace mailspec::target
