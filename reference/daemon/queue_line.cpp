// The mail for one destination; see the header.
#include "reference/daemon/queue_line.hpp"

#include "reference/daemon/off_loop.hpp"
#include "reference/store/queue_folder.hpp"

namespace refmail::daemon {
namespace {

using came = queue::attempt::came;

queue::attempt attempt_from(std::size_t recipient, const relay::outcome& o) {
    queue::attempt a;
    a.recipient = recipient;
    switch (o.what) {
    case relay::outcome::what::delivered: a.what = came::reported_elsewhere; break;
    case relay::outcome::what::relayed: a.what = came::relayed; break;
    case relay::outcome::what::deferred: a.what = came::deferred; break;
    case relay::outcome::what::failed: a.what = came::failed; break;
    }
    a.host = o.host;
    a.reply = o.reply.empty() ? o.why : o.reply;
    a.status = o.status;
    return a;
}

} // namespace

class queue_runner::line::content final : public content_reader {
  public:
    content(queue_runner& all, store::queued_message file)
        : all_(all)
        , file_(std::move(file)) {}

    net::task<net::result<std::string>> read() override {
        using piece = store::result<std::string>;
        std::function<void(std::move_only_function<void(piece)>)> start =
            [&](std::move_only_function<void(piece)> then) {
                all_.shared_.mail->post([this, then = std::move(then)]() mutable { then(file_.read()); });
            };
        auto got = co_await off_loop<piece>(all_.executor_, start);
        if (!got) co_return std::unexpected(net::error{net::failure::other, got.error().text});
        co_return std::move(*got);
    }

  private:
    queue_runner& all_;
    store::queued_message file_;
};

queue_runner::line::~line() {
    content_is_under_way(false);
}

void queue_runner::line::content_is_under_way(bool now) {
    if (now != content_under_way_) now ? ++all_.contents_under_way_ : --all_.contents_under_way_;
    content_under_way_ = now;
}

net::task<std::optional<job>> queue_runner::line::next() {
    for (;;) {
        if (all_.stopping_) co_return std::nullopt;
        const auto which = all_.backlog_.take(where_, !asked_);
        asked_ = true;
        if (!which) co_return std::nullopt;
        auto made = co_await job_for(*which);
        if (made) co_return made;
    }
}

// Nothing: the message is not there any more, or cannot be read.
net::task<std::optional<job>> queue_runner::line::job_for(queue::backlog::number which) {
    if (auto& began = all_.rounds_[which].clock_offset; !began) began = all_.shared_.clock.offset();
    const bool there = co_await all_.load(which);
    if (!there) co_return std::nullopt;
    job made;
    made.entry = all_.rounds_[which].entry;
    const auto& recipients = made.entry->recipients;
    for (std::size_t i = 0; i < recipients.size(); ++i)
        if (recipients[i].state == queue::recipient::state::waiting &&
            all_.destination_of(*made.entry, recipients[i].address) == where_.name)
            made.recipients.push_back(i);
    if (!made.recipients.empty()) co_return made;
    all_.take_outcomes(which, {}, false); // the entry was changed on the disk by somebody else
    co_return std::nullopt;
}

net::task<net::result<std::unique_ptr<content_reader>>> queue_runner::line::open(const job& what) {
    using opened = store::result<store::queued_message>;
    content_is_under_way(true);
    auto* mail = all_.shared_.mail.get();
    const auto entry = what.entry;
    std::function<void(std::move_only_function<void(std::shared_ptr<opened>)>)> start =
        [&](std::move_only_function<void(std::shared_ptr<opened>)> then) {
            mail->post([mail, entry, then = std::move(then)]() mutable {
                then(std::make_shared<opened>(store::queued_message::open(*mail, *entry)));
            });
        };
    auto file = co_await off_loop<std::shared_ptr<opened>>(all_.executor_, start);
    if (!*file) co_return std::unexpected(net::error{net::failure::other, file->error().text});
    co_return std::make_unique<content>(all_, std::move(**file));
}

void queue_runner::line::finished(const job& what, std::vector<relay::outcome> outcomes) {
    content_is_under_way(false);
    const auto which = all_.backlog_.find(what.entry->id);
    if (!which) return;
    std::vector<queue::attempt> attempts;
    bool unreachable = false;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        attempts.push_back(attempt_from(what.recipients[i], outcomes[i]));
        unreachable = unreachable || outcomes[i].host_at_fault;
    }
    all_.take_outcomes(*which, std::move(attempts), unreachable);
}

} // namespace refmail::daemon
