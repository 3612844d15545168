// One client; see the header.
#include "reference/daemon/smtp_connection.hpp"

#include "reference/daemon/delivery_notices.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/notices.hpp"
#include "reference/daemon/off_loop.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <array>

namespace refmail::daemon {
namespace {

constexpr std::size_t refusals_logged = 50; // a session

} // namespace

smtp_connection::smtp_connection(services& shared, const smtp_service& what, net::stream_ptr stream,
                                 boost::asio::any_io_executor on)
    : client_connection(shared, what, std::move(stream), std::move(on))
    , policy_(what.policy)
    , session_end_(net::deadline::in(shared.how.limits.session_time)) {}

net::task<void> smtp_connection::run() {
    const bool admitted = co_await greet();
    if (!admitted) co_return;
    co_await serve();
    note_end();
    co_await part();
}

net::task<bool> smtp_connection::greet() {
    // RFC 5321 §3.8: 421 at any time when the service is not available.
    const std::string sorry = "too many connections, try again later\r\n";
    std::string when_full = fmt::format("421 {} 4.3.2 {}", policy_.host_name, sorry);
    std::string for_address = fmt::format("421 {} 4.7.0 {}", policy_.host_name, sorry);
    const bool admitted = co_await admit(std::move(when_full), std::move(for_address));
    if (!admitted) co_return false;
    smtp::session_facts facts;
    facts.id = id_;
    facts.client_address = address_;
    facts.tls = service_.implicit_tls;
    session_.emplace(policy_, shared_.directory, facts, shared_.clock.local());
    co_return true;
}

net::deadline smtp_connection::read_deadline() const {
    auto until = net::deadline::in(shared_.how.limits.idle).earlier(session_end_);
    if (session_->in_data()) until = until.earlier(message_end_); // also while it is only skipped
    return shutting_down_ ? until.earlier(shutdown_end_) : until;
}

net::task<void> smtp_connection::serve() {
    std::array<char, 16 * 1024> room;
    for (;;) {
        if (shutting_down_ && !told_) {
            told_ = true;
            session_->shut_down();
        }
        const bool goes_on = co_await pump();
        if (!goes_on) co_return;
        // From 354 on, or from each BDAT: the message is announced to begin() when its header section is
        // over.
        const bool in_content = session_->in_data();
        if (in_content && !in_content_) message_end_ = net::deadline::in(shared_.how.limits.message_time);
        in_content_ = in_content;
        const auto until = read_deadline();
        const auto got = co_await read(room, until);
        if (got)
            session_->receive(std::string_view(room.data(), *got), shared_.clock.local());
        else if (got.error().kind == net::failure::timeout) {
            ended_by_ = "timeout";
            session_->timed_out();
        } else if (got.error().kind == net::failure::closed && shutting_down_ && !told_) {
            continue; // woken to be told
        } else {
            ended_by_ = net::name_of(got.error().kind);
            session_->disconnected();
        }
    }
}

net::task<bool> smtp_connection::pump() {
    while (auto wanted = session_->next()) {
        if (auto* chunk = std::get_if<smtp::message_chunk>(&*wanted)) {
            if (beginning_ && beginning_->size() < report::largest_returned) *beginning_ += chunk->octets;
            draft_->append(chunk->octets);
            if (draft_->spill_due()) co_await spill();
        } else if (auto* start = std::get_if<smtp::begin_message>(&*wanted)) {
            begin(*start);
        } else if (auto* dropped = std::get_if<smtp::abort_message>(&*wanted)) {
            spdlog::info(log_line("discarded")
                             .add("session", id_)
                             .add("id", envelope_ ? envelope_->id : "")
                             .add("why", dropped->reason)
                             .text());
            draft_.reset();
        } else if (auto* fact = std::get_if<smtp::note>(&*wanted)) {
            spdlog::info(log_line("note").add("session", id_).add("text", fact->text).text());
        } else {
            const bool goes_on = co_await wait_for(*wanted);
            if (!goes_on) co_return false;
        }
    }
    co_return !session_->closed();
}

net::task<bool> smtp_connection::wait_for(smtp::action& wanted) {
    if (auto* replies = std::get_if<smtp::send>(&wanted)) {
        std::string octets = std::move(replies->octets);
        co_return co_await send_replies(std::move(octets));
    }
    if (std::holds_alternative<smtp::start_tls>(wanted)) {
        const bool secured = co_await upgrade();
        if (secured)
            session_->tls_started(shared_.clock.local());
        else
            session_->tls_failed();
        co_return secured;
    }
    if (auto* asked = std::get_if<smtp::verify_password>(&wanted)) {
        smtp::verify_password credentials = std::move(*asked);
        co_await check_login(std::move(credentials));
        co_return true;
    }
    if (std::holds_alternative<smtp::commit_message>(wanted)) {
        co_await commit();
        co_return true;
    }
    co_return false; // close
}

// What a postmaster is asked about: why was it refused? One line a refusal, up to a number that a
// client bent on filling the disk with them will reach.
void smtp_connection::note_refusals(std::string_view replies) {
    for (std::size_t end; (end = replies.find("\r\n")) != std::string_view::npos;
         replies.remove_prefix(end + 2)) {
        const bool refusal = replies.starts_with('4') || replies.starts_with('5');
        if (!refusal || end < 4 || replies[3] != ' ' || ++refusals_ > refusals_logged) continue;
        spdlog::info(log_line("rejected")
                         .add("session", id_)
                         .add("client", peer_)
                         .add_unless_empty("user", session_ ? session_->user() : "")
                         .add("reply", replies.substr(0, end))
                         .text());
    }
}

net::task<bool> smtp_connection::send_replies(std::string octets) {
    note_refusals(octets);
    const bool sent = co_await write(std::move(octets));
    if (!sent && session_) session_->disconnected();
    co_return sent;
}

net::task<void> smtp_connection::check_login(smtp::verify_password asked) {
    login wanted{asked.mechanism, std::move(asked.user), std::move(asked.password)};
    const auto found = co_await check_password(std::move(wanted));
    auto answer = smtp::password_verdict::good;
    if (!found) {
        const bool wrong = found.error() == authenticator::refusal::wrong;
        answer = wrong ? smtp::password_verdict::bad : smtp::password_verdict::unavailable;
    }
    session_->password_checked(answer, found.value_or(""), shared_.clock.local());
}

void smtp_connection::begin(const smtp::begin_message& wanted) {
    envelope_ = wanted.envelope;
    plan_ = plan_deliveries(*envelope_, shared_.clock.seconds());
    beginning_.reset();
    if (wants_success_reports(*envelope_)) beginning_.emplace();
    const bool binary = envelope_->body == smtp::body_type::binary_mime;
    draft_ = std::make_shared<store::draft>(*shared_.mail, plan_.deliveries, binary);
}

net::task<void> smtp_connection::spill() {
    std::function<void(std::move_only_function<void(bool)>)> start =
        [&](std::move_only_function<void(bool)> then) {
            shared_.mail->post([draft = draft_, then = std::move(then)]() mutable {
                draft->spill();
                then(true);
            });
        };
    co_await off_loop<bool>(executor_, start);
}

net::task<void> smtp_connection::commit() {
    using outcomes = std::vector<store::delivered>;
    const bool one_for_all = policy_.role != smtp::role::lmtp;
    std::function<void(std::move_only_function<void(outcomes)>)> start =
        [&](std::move_only_function<void(outcomes)> then) {
            shared_.mail->post([draft = draft_, one_for_all, then = std::move(then)]() mutable {
                draft->commit(one_for_all, std::move(then));
            });
        };
    const outcomes done = co_await off_loop<outcomes>(executor_, start);
    const auto outcome = verdicts(plan_, done);
    std::string error;
    for (const auto& one : done)
        if (!one.outcome && error.empty()) error = one.outcome.error().text;
    note_message(draft_->size(), outcome, error);
    if (error.empty()) ++messages_;
    for (std::size_t i = 0; i < done.size(); ++i)
        if (const auto& made = draft_->deliveries()[i];
            made.user.empty() && done[i].outcome && shared_.queued)
            shared_.queued(made.entry);
    draft_.reset();
    if (beginning_) co_await tell_of_success(outcome);
    session_->delivered(outcome, shared_.clock.local());
}

// Before the client has its reply: what we answer for includes these (RFC 3461 §5.2.3).
net::task<void> smtp_connection::tell_of_success(const std::vector<smtp::delivery_verdict>& outcome) {
    const auto now = shared_.clock.seconds();
    auto recipients = successes(*envelope_, outcome, now);
    std::string original = std::move(*beginning_);
    beginning_.reset();
    if (recipients.empty()) co_return;
    auto about = entry_about(*envelope_, now);
    const auto told = co_await post_report(shared_, executor_, std::move(about), std::move(recipients),
                                           std::move(original));
    if (shared_.queued)
        for (const auto& entry : told.to_leave)
            shared_.queued(entry);
}

void smtp_connection::note_message(std::uint64_t octets, const std::vector<smtp::delivery_verdict>& outcome,
                                   const std::string& error) const {
    static constexpr const char* names[] = {"stored", "no-space", "failed", "mailbox-full"};
    std::string to, status;
    for (std::size_t i = 0; i < envelope_->recipients.size(); ++i) {
        // A line stays a line that one can read: a thousand recipients are counted.
        if (i < 20) to += (i ? "," : "") + envelope_->recipients[i].address.to_string();
        const std::string mine = names[static_cast<int>(outcome[i])];
        if (i == 0)
            status = mine;
        else if (status != mine)
            status = "mixed";
    }
    bool held = false;
    for (const auto& d : plan_.deliveries)
        held = held || d.user.empty();
    log_line line("message");
    line.add("session", id_).add("id", envelope_->id).add("client", peer_).add("helo", envelope_->helo);
    line.add_unless_empty("user", envelope_->user).add("protocol", envelope_->protocol);
    line.add("from", envelope_->sender.null ? "<>" : envelope_->sender.address.to_string()).add("to", to);
    line.add("recipients", envelope_->recipients.size()).add("size", octets).add("status", status);
    if (held && error.empty()) line.add("queued", "for other hosts");
    line.add_unless_empty("error", error);
    if (error.empty())
        spdlog::info(line.text());
    else
        spdlog::error(line.text());
}

void smtp_connection::note_end() const {
    log_line line("disconnect");
    line.add("session", id_).add("service", service_.name).add("client", peer_);
    line.add_unless_empty("user", session_->user()).add("ended", ended_by_);
    line.add("messages", messages_).add("rejected", refusals_);
    if (spdlog::should_log(spdlog::level::info)) spdlog::info(line.text());
}

} // namespace refmail::daemon
