// Mail of our own; see the header.
#include "reference/daemon/own_mail.hpp"

#include "reference/daemon/delivery_plan.hpp"
#include "reference/daemon/off_loop.hpp"
#include "reference/message/path.hpp"
#include "reference/store/draft.hpp"

#include <algorithm>

namespace refmail::daemon {
namespace {

using destinations = std::vector<smtp::destination>;

// Empty: nobody here has that address.
destinations destinations_of(const services& shared, const std::string& to) {
    const auto address = message::parse_mailbox(to, {}, message::characters::utf8);
    if (!address) return {};
    auto found = shared.directory.resolve(*address);
    if (found.kind == smtp::resolution::kind::foreign) {
        smtp::destination away;
        away.address = *address;
        return {away};
    }
    return found.destinations;
}

smtp::envelope envelope_of(const own_mail& what, const destinations& to) {
    smtp::envelope e; // the null reverse-path
    e.id = what.id;
    e.smtputf8 = what.smtputf8;
    e.require_tls = what.require_tls;
    const bool eight_bit = std::any_of(what.content.begin(), what.content.end(),
                                       [](char c) { return static_cast<signed char>(c) < 0; });
    if (eight_bit) e.body = smtp::body_type::eight_bit_mime;
    smtp::recipient r;
    r.destinations = to;
    // RFC 3461 §6.1: a notification about a notification is never wanted.
    r.notify.given = r.notify.never = true;
    e.recipients = {r};
    return e;
}

} // namespace

bool stays_here(const services& shared, const std::string& to) {
    const auto found = destinations_of(shared, to);
    return std::all_of(found.begin(), found.end(), [](const auto& d) { return d.is_local(); });
}

net::task<std::expected<posted, std::string>> post(services& shared, boost::asio::any_io_executor on,
                                                   const own_mail& what) {
    posted done;
    const auto to = destinations_of(shared, what.to);
    if (to.empty()) {
        done.nobody = true;
        co_return done;
    }
    const auto envelope = envelope_of(what, to);
    const auto plan = plan_deliveries(envelope, shared.clock.seconds());
    const auto message = std::make_shared<store::draft>(*shared.mail, plan.deliveries);
    message->append(what.content);
    using outcomes = std::vector<store::delivered>;
    std::function<void(std::move_only_function<void(outcomes)>)> start =
        [&](std::move_only_function<void(outcomes)> then) {
            shared.mail->post(
                [message, then = std::move(then)]() mutable { message->commit(true, std::move(then)); });
        };
    const outcomes stored = co_await off_loop<outcomes>(on, start);
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (!stored[i].outcome) co_return std::unexpected(stored[i].outcome.error().text);
        const auto& delivery = message->deliveries()[i];
        if (delivery.user.empty()) done.to_leave.push_back(delivery.entry);
    }
    co_return done;
}

} // namespace refmail::daemon
