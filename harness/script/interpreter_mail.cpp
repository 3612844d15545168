// `expect delivered`: waiting for mail, and for its absence; see interpreter.hpp. What a message must be
// like is checked in message_checks.cpp.
#include "harness/script/interpreter.hpp"
#include "harness/script/message_checks.hpp"
#include "harness/wire/mime.hpp"
#include "harness/wire/octets.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

std::string copies(std::size_t n) {
    return n == 1 ? "1 copy" : fmt::format("{} copies", n);
}

auto at_least(std::size_t number) {
    return [number](const std::vector<std::string>& messages) { return messages.size() >= number; };
}

// Differs from the case's token, and does not contain it, so the message is not found in its place.
std::string token_of_last_message(const std::string& token, int number) {
    return fmt::format("last{}-{}-{}", number, token.substr(0, token.size() / 2),
                       token.substr(token.size() / 2));
}

} // namespace

world::mailbox_owner interpreter::owner_of(const std::string& address) const {
    for (const auto* accounts : {&environment_.accounts, &environment_.target.accounts})
        for (const auto& a : *accounts)
            if (wire::same_word(a.address, address)) return {a.user, a.password, a.address};
    return {address.substr(0, address.rfind('@')), {}, address};
}

interpreter::result interpreter::expect_delivered(const suite::step& s, const suite::expect_delivered& e) {
    if (!environment_.mailboxes) co_return troubled("there is no way to read delivered mail on this target");
    const auto place = place_of(s.connection);
    const auto address =
        e.recipient ? values_.octets(*e.recipient, place) : values_.value("recipient", place);
    if (!address) co_return troubled(address.error());
    auto owner = owner_of(*address);
    if (e.negative || e.times) co_return co_await wait_past_mail(s, e, std::move(owner));
    co_return co_await wait_for_mail(s, e, std::move(owner));
}

// Looks again and again until so many messages are there or the time is over.
net::task<net::result<std::vector<std::string>>>
interpreter::look(world::mailbox_owner owner, std::string token, net::deadline until,
                  std::function<bool(const messages&)> enough) {
    auto wait = first_wait;
    for (;;) {
        auto found = co_await environment_.mailboxes->find(owner, token);
        if (!found) co_return found;
        if (enough(*found) || environment_.timeless || until.passed()) {
            outcome_.looks.push_back({owner.address, token, *found});
            co_return found;
        }
        const auto next = net::deadline::in(wait).earlier(until);
        co_await net::sleep_until(next);
        wait = std::min(wait * 2, longest_wait);
    }
}

void interpreter::look_at(std::string raw, int stream) {
    message_ = wire::parse_message(raw);
    message_stream_ = stream;
    if (stream < 0) judged_report(raw, std::nullopt);
    wire_.reset();
    outcome_.deliveries.push_back(std::move(raw));
}

interpreter::result interpreter::wait_for_mail(const suite::step& s, const suite::expect_delivered& e,
                                               world::mailbox_owner owner) {
    const auto until = net::deadline::in(e.within).earlier(limit_);
    auto found = co_await look(owner, environment_.token, until, at_least(1));
    if (!found) co_return troubled(found.error().text);
    if (found->empty())
        co_return does_not_hold(fmt::format("a message for {}", owner.address),
                                fmt::format("none within {}", describe(e.within)));
    outcome_.steps.push_back({judged::what::mailbox, &s, s.claim, -1, outcome_.looks.size() - 1, 0});
    look_at(std::move(found->front()));
    co_return holds();
}

// Sends a message of ours, and waits until it is there.
interpreter::result interpreter::outlast(world::mailbox_owner owner, std::chrono::milliseconds within,
                                         net::deadline until) {
    const auto token = token_of_last_message(environment_.token, ++last_messages_);
    const auto sent = co_await send_last_message(owner.address, token);
    if (!sent) co_return troubled("cannot send the message that ends the wait for mail: " + sent.error());
    const auto found = co_await look(owner, token, until, at_least(1));
    if (!found) co_return troubled(found.error().text);
    if (found->empty())
        co_return troubled(fmt::format("the message that ends the wait for mail did not arrive within {}",
                                       describe(within)));
    co_return holds();
}

// That no more will come can only be said once a later message of ours has arrived. Servers deliver several
// at a time and owe no order, so a second one follows the first: what is still missing had all the time of
// another delivery.
interpreter::result interpreter::wait_past_mail(const suite::step& s, const suite::expect_delivered& e,
                                                world::mailbox_owner owner) {
    const auto until = net::deadline::in(e.within).earlier(limit_);
    const auto wanted = static_cast<std::size_t>(e.negative ? 0 : *e.times);
    auto found = co_await look(owner, environment_.token, until, at_least(std::min<std::size_t>(wanted, 1)));
    if (!found) co_return troubled(found.error().text);
    const auto& accounts = environment_.accounts;
    const bool known =
        std::ranges::any_of(accounts, [&](const auto& a) { return a.address == owner.address; });
    if (!known && accounts.empty())
        co_return troubled("to tell that no mail came, one account is needed; the target has none to lease");
    const auto last_owner = known ? owner : owner_of(accounts.front().address);
    for (int round = 0; round < last_rounds && found->size() <= wanted; ++round) {
        auto outlasted = co_await outlast(last_owner, e.within, until);
        if (!outlasted.held()) co_return outlasted;
        // Too few may be late; whoever waits for none has waited.
        found = co_await look(owner, environment_.token, until, at_least(wanted));
        if (!found) co_return troubled(found.error().text);
    }
    if (found->size() != wanted) {
        const auto expected = wanted == 0
                                  ? fmt::format("no message for {}", owner.address)
                                  : fmt::format("{} of the message for {}", copies(wanted), owner.address);
        auto actual = wanted == 0 ? "a message:\n" + found->front() : copies(found->size());
        co_return does_not_hold(expected, std::move(actual));
    }
    outcome_.steps.push_back({judged::what::mailbox, &s, s.claim, -1, outcome_.looks.size() - 1, 0});
    if (!found->empty()) look_at(std::move(found->front()));
    co_return holds();
}

// What is missing may be there. RFC 9051 §4.3, §4.3.1: an IMAP server has to put something in the place of
// NUL. RFC 1939 §3: by POP3 each line has an end, the last one too.
step_result interpreter::as_far_as_seen(step_result r, const suite::expect_body& e,
                                        const match_context& context) {
    const auto* reader = message_stream_ < 0 ? environment_.mailboxes : nullptr;
    if (r.kind != step_result::what::mismatch || !reader) return r;
    if (!reader->keeps_last_line() && message_->body.ends_with("\r\n")) {
        auto without = *message_;
        without.body.resize(without.body.size() - 2);
        if (check_body(without, e, context).held())
            return unseen(
                "whether the last line of the text has an end cannot be seen, as mail is read by POP3 "
                "here: `mailboxes: imap` or a Maildir in the profile would show it");
    }
    if (reader->carries_nul() || !asks_for_nul(e, context)) return r;
    const bool seen = e.decoded && wire::decoded_body(*message_) != message_->body; // base64 hides nothing
    if (seen || message_->body.contains('\0')) return r;
    return unseen(
        "the text has NUL in it, and mail is read by IMAP here, whose literals carry none: `mailboxes: pop3` "
        "or a Maildir in the profile would show it");
}

step_result interpreter::check_message(const suite::step& s) {
    if (!message_) return troubled("`" + s.source + "` stands before any `expect delivered` that holds");
    const match_context context{values_, place_of(s.connection), patterns_};
    step_result r;
    if (const auto* h = std::get_if<suite::expect_header>(&s.body))
        r = check_header(*message_, *h, context);
    else if (const auto* c = std::get_if<suite::expect_received>(&s.body))
        r = check_received(*message_, *c, context);
    else
        r = as_far_as_seen(check_body(*message_, std::get<suite::expect_body>(s.body), context),
                           std::get<suite::expect_body>(s.body), context);
    if (r.held())
        outcome_.steps.push_back(
            {judged::what::message, &s, s.claim, message_stream_, outcome_.deliveries.size() - 1, 0});
    return r;
}

} // namespace mailspec::script
