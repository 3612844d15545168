// The mail for one destination, as the SMTP client takes it: one message after the other, read from the disk
// when its turn has come. Part of the queue runner.
#pragma once
#include "reference/daemon/queue_runner.hpp"

namespace refmail::daemon {

class queue_runner::line final : public job_source {
  public:
    line(queue_runner& all, queue::destination& where)
        : all_(all)
        , where_(where) {}
    ~line() override;

    net::task<std::optional<job>> next() override;
    net::task<net::result<std::unique_ptr<content_reader>>> open(const job& what) override;
    void finished(const job& what, std::vector<relay::outcome> outcomes) override;

    bool has_asked() const { return asked_; }

  private:
    class content;
    net::task<std::optional<job>> job_for(queue::backlog::number which);
    void content_is_under_way(bool now);

    queue_runner& all_;
    queue::destination& where_;
    bool asked_ = false, content_under_way_ = false;
};

} // namespace refmail::daemon
