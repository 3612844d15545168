// Tells senders what became of their mail; see the header.
#include "reference/daemon/notices.hpp"

#include "reference/daemon/log_line.hpp"
#include "reference/daemon/off_loop.hpp"
#include "reference/message/message_id.hpp"
#include "reference/store/queue_folder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace refmail::daemon {
namespace {

report::action action_of(enum queue::notice::kind what) {
    switch (what) {
    case queue::notice::kind::failed: return report::action::failed;
    case queue::notice::kind::delayed: return report::action::delayed;
    case queue::notice::kind::relayed: return report::action::relayed;
    case queue::notice::kind::delivered: return report::action::delivered;
    }
    return report::action::failed;
}

std::vector<report::reported_recipient> wanted(const services& shared, const queue::entry& about,
                                               const std::vector<queue::notice>& notices) {
    std::vector<report::reported_recipient> all;
    for (const auto& one : notices) {
        const auto& who = about.recipients.at(one.recipient);
        const auto action = action_of(one.what);
        if (!report::is_wanted(who, action)) continue;
        report::reported_recipient reported;
        reported.who = who;
        reported.action = action;
        if (action == report::action::delayed)
            reported.will_retry_until = queue::gives_up_at(about, shared.how.relay.schedule);
        all.push_back(std::move(reported));
    }
    return all;
}

// As much of the message as a notification may return. What cannot be read any more cannot be returned; the
// sender hears of the failure all the same.
net::task<std::string> original_of(services& shared, boost::asio::any_io_executor on,
                                   const queue::entry& about) {
    std::function<void(std::move_only_function<void(std::string)>)> start =
        [&](std::move_only_function<void(std::string)> then) {
            shared.mail->post([&shared, about, then = std::move(then)]() mutable {
                std::string whole;
                auto file = store::queued_message::open(*shared.mail, about);
                while (file && whole.size() <= report::largest_returned) {
                    auto more = file->read();
                    if (!more || more->empty()) break;
                    whole += *more;
                }
                whole.resize(std::min(whole.size(), report::largest_returned + 1));
                then(std::move(whole));
            });
        };
    co_return co_await off_loop<std::string>(on, start);
}

bool is_ascii(const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
}

} // namespace

net::task<told> post_report(services& shared, boost::asio::any_io_executor on, queue::entry about,
                            std::vector<report::reported_recipient> recipients, std::string original) {
    told done;
    own_mail mail;
    mail.id = shared.new_session_id();
    mail.to = about.sender;
    mail.smtputf8 = !is_ascii(about.sender);
    mail.require_tls = about.require_tls; // RFC 8689 §5
    const auto now = shared.clock.local();
    report::notification what;
    what.reporting_mta = host_name_of(shared.how);
    what.message_id = message::make_message_id(now, mail.id, what.reporting_mta);
    what.boundary = "report-" + mail.id;
    what.now = shared.clock.seconds();
    what.utc_offset_minutes = static_cast<int>(now.offset.count());
    what.about = about;
    what.recipients = std::move(recipients);
    what.way_back_is_eight_bit = stays_here(shared, about.sender);
    mail.content = report::compose(what, original);
    auto stored = co_await post(shared, on, mail);
    log_line line("notice");
    line.add("id", mail.id).add("about", about.id).add("to", about.sender);
    if (!stored) {
        spdlog::error(line.add("error", stored.error()).text());
        done.stored = false;
    } else if (stored->nobody) {
        spdlog::warn(line.add("undeliverable", "there is no such mailbox").text());
    } else {
        spdlog::info(line.add("recipients", what.recipients.size()).text());
        done.to_leave = std::move(stored->to_leave);
    }
    co_return done;
}

net::task<told> tell_sender(services& shared, boost::asio::any_io_executor on, const queue::entry& about,
                            const std::vector<queue::notice>& notices) {
    auto recipients = wanted(shared, about, notices);
    if (recipients.empty()) co_return told{};
    if (about.sender.empty()) {
        // RFC 5321 §6.1: never a notification about a notification. RFC 3461 §6.1: the postmaster can find
        // it in the log.
        for (const auto& one : recipients)
            if (one.action == report::action::failed)
                spdlog::warn(log_line("notice")
                                 .add("about", about.id)
                                 .add("to", "<>")
                                 .add("undeliverable", one.who.address + ": " + one.who.last_reply)
                                 .text());
        co_return told{};
    }
    std::string original = co_await original_of(shared, on, about);
    co_return co_await post_report(shared, on, about, std::move(recipients), std::move(original));
}

} // namespace refmail::daemon
