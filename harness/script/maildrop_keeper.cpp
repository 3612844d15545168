// Emptying and filling a maildrop; see the header. RFC 1939 §5, §6.
#include "harness/script/maildrop_keeper.hpp"

#include "harness/script/expansion.hpp"
#include "harness/script/mailbox_keeper.hpp"
#include "harness/script/reply_match.hpp"
#include "harness/suite/services.hpp"
#include "harness/suite/step_templates.hpp"
#include "harness/world/handover.hpp"
#include "harness/world/maildir_writer.hpp"
#include "harness/world/pop3_client.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace mailspec::script {
namespace {

// As long as `expect delivered` waits.
constexpr std::chrono::milliseconds longest_delivery{20000};
constexpr std::chrono::milliseconds between_looks{20};

std::string first_of(const target::target_info& target, std::initializer_list<const char*> services) {
    for (const char* service : services)
        if (target.services.contains(service)) return service;
    return {};
}

// `content "..."`: all that comes between +OK and the last dot.
bool wants_content(const suite::expect_server& e) {
    for (const auto& tier : e.tiers)
        for (const auto& pattern : tier.any_of)
            if (const auto* response = std::get_if<suite::pop3_pattern>(&pattern))
                if (std::ranges::any_of(response->checks, [](const suite::pop3_check& check) {
                        return check.what == suite::pop3_check::kind::content;
                    }))
                    return true;
    return false;
}

// What comes as mail has more header fields than the fixture.
bool compares_octets(const std::vector<suite::step>& steps) {
    return std::ranges::any_of(steps, [](const suite::step& s) {
        if (const auto* repeat = std::get_if<suite::repeat_block>(&s.body))
            return compares_octets(repeat->steps);
        if (const auto* part = std::get_if<suite::fragment_block>(&s.body))
            return compares_octets(part->steps);
        if (const auto* either = std::get_if<suite::either_block>(&s.body))
            return std::ranges::any_of(either->branches, compares_octets);
        const auto* expected = std::get_if<suite::expect_server>(&s.body);
        bool found = expected && wants_content(*expected);
        suite::for_each_template(
            s.body, [&](const suite::text_template& text) { found = found || !text.fixtures().empty(); });
        return found;
    });
}

} // namespace

maildrop_keeper::maildrop_keeper(const suite::test_case& c, const case_environment& environment,
                                 case_outcome& outcome)
    : case_(c)
    , environment_(environment)
    , outcome_(outcome) {}

std::string maildrop_keeper::lacking(const suite::test_case& c, const target::target_info& target) {
    if (c.messages.empty() || !target.maildir.empty()) return {};
    if (first_of(target, {"lmtp", "smtp"}).empty())
        return "its messages cannot be put anywhere (--imap or --lmtp HOST:PORT, --maildir PATH, or "
               "`mailboxes:` of the profile)";
    if (compares_octets(c.script))
        return "its messages must come unchanged, and what is delivered has more header fields (--imap "
               "HOST:PORT, --maildir "
               "PATH, or `mailboxes:` of the profile)";
    return {};
}

void maildrop_keeper::tell(bool sent, std::string_view octets) {
    using what = net::transcript_entry::what;
    outcome_.conversation.add(sent ? what::sent : what::received, keeper_connection, std::string(octets),
                              "harness");
}

net::task<net::result<net::stream_ptr>> maildrop_keeper::connect(std::string service) {
    const auto until = net::deadline::in(environment_.target.reply_timeout);
    co_return co_await environment_.connections.connect(service, until);
}

net::task<world::client_result<int>> maildrop_keeper::visit(bool deleting) {
    const auto service = first_of(environment_.target, {"pop3", "pop3s"});
    auto stream = co_await connect(service);
    if (!stream)
        co_return std::unexpected(fmt::format("cannot connect to {}: {}", service, stream.error().text));
    world::pop3_client::settings how;
    how.tls_first = suite::is_tls_service(service);
    how.patience = environment_.target.reply_timeout;
    how.told = [this](bool sent, std::string_view octets) { tell(sent, octets); };
    world::pop3_client client(std::move(*stream), std::move(how));
    const auto& account = environment_.accounts.front();
    const auto let_in = co_await client.log_in(account.user, account.password);
    if (!let_in) co_return std::unexpected(let_in.error());
    const auto stat = co_await client.demand("STAT");
    if (!stat) co_return std::unexpected(stat.error());
    int count = 0;
    std::from_chars(stat->text.data(), stat->text.data() + stat->text.size(), count);
    for (int number = 1; deleting && number <= count; ++number) {
        const auto deleted = co_await client.demand(fmt::format("DELE {}", number));
        if (!deleted) co_return std::unexpected(deleted.error());
    }
    const auto left = co_await client.demand("QUIT");
    if (!left) co_return std::unexpected(left.error());
    co_return count;
}

net::task<step_result> maildrop_keeper::prepare() {
    const auto emptied = co_await visit(true);
    if (!emptied) co_return troubled("the case's maildrop cannot be prepared: " + emptied.error());
    const auto filled = co_await fill();
    if (filled) co_return holds();
    if (!refusal_.empty()) co_return refused(filled.error());
    co_return troubled("the case's maildrop cannot be prepared: " + filled.error());
}

net::task<maildrop_keeper::done> maildrop_keeper::fill() {
    const auto& account = environment_.accounts.front();
    const world::mailbox_owner owner{account.user, account.password, account.address};
    int there = 0;
    for (const auto& message : case_.messages) {
        const auto octets = case_.fixtures.find(message.fixture);
        if (octets == case_.fixtures.end())
            co_return std::unexpected(fmt::format("the fixture `{}` was not loaded", message.fixture));
        if (!environment_.target.maildir.empty()) {
            const auto put = world::put_into_maildir(world::maildir_of(environment_.target.maildir, owner),
                                                     *octets->second);
            if (!put) co_return std::unexpected(put.error());
            continue;
        }
        auto delivered = co_await deliver(*octets->second);
        if (!delivered && !refusal_.empty())
            co_return std::unexpected(
                fmt::format("the server refused what the case needs first: delivery of the message {}: {}",
                            message.fixture, refusal_));
        if (!delivered) co_return delivered;
        auto came = co_await wait_for(++there); // one by one: their order counts
        if (!came) co_return came;
    }
    co_return done{};
}

net::task<maildrop_keeper::done> maildrop_keeper::deliver(const std::string& message) {
    const auto service = first_of(environment_.target, {"lmtp", "smtp"});
    auto stream = co_await connect(service);
    if (!stream)
        co_return std::unexpected(fmt::format("cannot connect to {}: {}", service, stream.error().text));
    world::handover how;
    how.lmtp = service == "lmtp";
    how.client = client_name;
    how.sender = fmt::format("{}@{}", environment_.token, client_name);
    how.recipient = environment_.accounts.front().address;
    how.patience = environment_.target.reply_timeout;
    how.told = [this](bool sent, std::string_view octets) { tell(sent, octets); };
    const auto handed = co_await world::hand_over(std::move(*stream), std::move(how), message);
    if (!handed) co_return std::unexpected(handed.error());
    refusal_ = handed->refusal;
    for (auto at = refusal_.find(environment_.token); at != refusal_.npos;
         at = refusal_.find(environment_.token, at))
        refusal_.replace(at, environment_.token.size(), "...");
    if (!refusal_.empty()) co_return std::unexpected(refusal_);
    co_return done{};
}

net::task<maildrop_keeper::done> maildrop_keeper::wait_for(int messages) {
    const auto until = net::deadline::in(longest_delivery);
    for (;;) {
        const auto there = co_await visit(false);
        if (!there) co_return std::unexpected(there.error());
        if (*there >= messages) co_return done{};
        if (until.passed())
            co_return std::unexpected(
                fmt::format("{} of its messages had arrived after {}", *there, describe(longest_delivery)));
        const auto soon = net::deadline::in(between_looks);
        co_await net::sleep_until(soon);
    }
}

} // namespace mailspec::script
