// `expect dsn`: waiting for delivery status notifications, and for their absence; `retry` and `clock`; see
// interpreter.hpp. What a notification must be like is checked in dsn_checks.cpp, and each one that is met
// is held against the ambient rules.
#include "harness/script/case_world.hpp"
#include "harness/script/dsn_checks.hpp"
#include "harness/script/interpreter.hpp"
#include "harness/wire/dsn_rules.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

constexpr std::chrono::milliseconds between_retries{1000};

std::string in_words(std::chrono::seconds by) {
    const auto s = by.count();
    if (s % 86400 == 0) return fmt::format("{} d", s / 86400);
    if (s % 3600 == 0) return fmt::format("{} h", s / 3600);
    return s % 60 == 0 ? fmt::format("{} min", s / 60) : fmt::format("{} s", s);
}

std::string number_of(std::size_t n) {
    return n == 1 ? "1 DSN" : fmt::format("{} DSNs", n);
}

} // namespace

// What was met at one place, in the order in which it came.
struct interpreter::report_search {
    struct hit {
        std::string raw;
        found_dsn found;
        int stream = -1; // of the world, where it came to a remote host
    };
    std::vector<hit> hits;    // those that are wanted
    std::size_t others = 0;   // messages of ours that are none
    std::size_t look = 0;     // mailbox: index in looks
    std::string others_about; // of DSNs that are about others, the recipients' fields
};

// Whoever looks at it, each notification is held against the rules, once. nullopt: it is none.
std::optional<wire::dsn> interpreter::judged_report(const std::string& raw,
                                                    std::optional<std::string_view> reverse_path) {
    auto report = wire::read_dsn(raw);
    if (!report || !judged_reports_.insert(raw).second) return report;
    auto judgement = wire::judge_dsn(*report, reverse_path);
    outcome_.rules_judged |= judgement.judged;
    std::ranges::move(judgement.found, std::back_inserter(outcome_.deviations));
    return report;
}

bool interpreter::take_report(report_search& search, const std::string& raw, const dsn_wanted& wanted,
                              std::optional<std::string_view> reverse_path, int stream) {
    auto report = judged_report(raw, reverse_path);
    if (!report) return ++search.others, false;
    const auto group = group_wanted(*report, wanted);
    if (!group) {
        search.others_about += report->status_text + "\n";
        return ++search.others, false;
    }
    search.hits.push_back({raw, {std::move(*report), *group}, stream});
    return true;
}

// At a remote host everything is this case's: nobody else sends there.
interpreter::report_search interpreter::reports_at_hosts(const suite::at_host& where,
                                                         const dsn_wanted& wanted) {
    report_search search;
    const auto& sessions = world_->sessions();
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        const auto& session = sessions[i];
        if (std::ranges::find(where.any_of, session.host) == where.any_of.end()) continue;
        if (where.connection && *where.connection != session.number) continue;
        for (const auto& mail : session.mails)
            if (mail.complete)
                take_report(search, mail.content, wanted, mail.sender.address, static_cast<int>(i));
    }
    return search;
}

// Until so many are there or the time is over. On error: a sentence.
net::task<std::expected<interpreter::report_search, std::string>>
interpreter::find_reports(const suite::expect_dsn& e, dsn_wanted wanted, net::deadline until,
                          std::size_t least) {
    if (!e.where) {
        const auto owner = owner_of(environment_.accounts.front().address);
        const auto enough = [&](const std::vector<std::string>& messages) {
            report_search search;
            for (const auto& raw : messages)
                take_report(search, raw, wanted, std::nullopt, -1);
            return search.hits.size() >= least;
        };
        const auto found = co_await look(owner, environment_.token, until, enough);
        if (!found) co_return std::unexpected(found.error().text);
        report_search search;
        for (const auto& raw : *found)
            take_report(search, raw, wanted, std::nullopt, -1);
        search.look = outcome_.looks.size() - 1;
        co_return search;
    }
    auto wait = first_wait;
    for (;;) {
        world_->catch_up();
        auto search = reports_at_hosts(*e.where, wanted);
        if (search.hits.size() >= least || environment_.timeless || until.passed()) co_return search;
        const auto next = net::deadline::in(wait).earlier(until);
        co_await net::sleep_until(next);
        wait = std::min(wait * 2, longest_wait);
    }
}

interpreter::result interpreter::expect_dsn(const suite::step& s, const suite::expect_dsn& e) {
    if (e.where && !world_) co_return troubled("the case has no remote hosts: " + s.source);
    if (!e.where && !environment_.mailboxes)
        co_return troubled("there is no way to read delivered mail on this target");
    if (!e.where && environment_.accounts.empty())
        co_return troubled("no account is leased whose mailbox could be looked at");
    dsn_wanted wanted;
    wanted.action = e.action;
    if (e.recipient) {
        const auto address = values_.octets(*e.recipient, place_of(s.connection));
        if (!address) co_return troubled(address.error());
        wanted.recipient = *address;
    }
    if (e.negative || e.count) co_return co_await count_reports(s, e, std::move(wanted));
    const auto until = net::deadline::in(e.within).earlier(limit_);
    auto search = co_await find_reports(e, wanted, until, 1);
    if (!search) co_return troubled(search.error());
    if (search->hits.empty()) {
        auto actual = fmt::format("none within {}", describe(e.within));
        if (search->others > 0) actual += fmt::format(", and {} other messages of the case", search->others);
        if (!search->others_about.empty()) actual += ", among them about others:\n" + search->others_about;
        co_return does_not_hold(wanted.in_words(), actual);
    }
    note_report(s, *search, wanted);
    co_return holds();
}

// It becomes the message that is looked at.
void interpreter::note_report(const suite::step& s, report_search& search, const dsn_wanted& wanted) {
    auto& newest = search.hits.back();
    look_at(newest.raw, newest.stream);
    report_delivery_ = outcome_.deliveries.size() - 1;
    report_ = std::move(newest.found);
    report_stream_ = newest.stream;
    outcome_.steps.push_back(
        {judged::what::dsn_look, &s, s.claim, newest.stream, search.look, 0, wanted.recipient});
}

// That no (more) notification will come is known once messages of ours that were sent later have come to the
// same mailbox, as for `expect not delivered`. At a host it is what has come by now.
interpreter::result interpreter::count_reports(const suite::step& s, const suite::expect_dsn& e,
                                               dsn_wanted wanted) {
    const auto until = net::deadline::in(e.within).earlier(limit_);
    const auto number = static_cast<std::size_t>(e.negative ? 0 : *e.count);
    auto search = co_await find_reports(e, wanted, until, number);
    for (int round = 0; search && !e.where && round < last_rounds && search->hits.size() <= number; ++round) {
        const auto owner = owner_of(environment_.accounts.front().address);
        auto outlasted = co_await outlast(owner, e.within, until);
        if (!outlasted.held()) co_return outlasted;
        search = co_await find_reports(e, wanted, until, number);
    }
    if (!search) co_return troubled(search.error());
    const auto came = search->hits.size();
    if (came != number) {
        const auto expected = number == 0 ? "no" + wanted.in_words().substr(1)
                                          : fmt::format("{}: {}", number_of(number), wanted.in_words());
        auto actual = came == 0 ? "none" : number_of(came) + ":";
        for (const auto& hit : search->hits)
            actual += "\n" + hit.found.report.status_text;
        co_return does_not_hold(expected, std::move(actual));
    }
    if (number > 0) {
        note_report(s, *search, wanted);
    } else {
        judged step{judged::what::dsn_look, &s, s.claim, e.where ? 0 : -1, search->look, 0, wanted.recipient};
        outcome_.steps.push_back(std::move(step));
    }
    co_return holds();
}

step_result interpreter::check_report(const suite::step& s) {
    if (!report_) return troubled("`" + s.source + "` stands before any `expect dsn for` that holds");
    const match_context context{values_, place_of(s.connection), patterns_};
    auto r = check_dsn(*report_, s.body, context);
    if (!r.held()) return r;
    judged step{judged::what::dsn, &s, s.claim, report_stream_, report_delivery_, 0, {}};
    step.about = std::to_string(report_->group);
    if (const auto* part = std::get_if<suite::expect_dsn_part>(&s.body)) {
        const auto& text = part->text           ? part->text
                           : part->value.equals ? part->value.equals
                                                : part->value.matches;
        step.about = text ? values_.octets(*text, context.place).value_or("x") : "x";
    }
    outcome_.steps.push_back(std::move(step));
    return r;
}

// What tells that the server tries to deliver: it asks the DNS, it connects.
std::size_t interpreter::attempts_seen() const {
    const auto& world = outcome_.world;
    const auto opened = std::ranges::count(world.events, host_event::what::opened, &host_event::kind);
    return world.questions.size() + static_cast<std::size_t>(opened);
}

// A queue runner that comes while the message is still being deferred passes it by, so a server that does not
// say when it has tried is asked again until it is seen to try. One that has nothing to try is left in peace
// after a while.
interpreter::result interpreter::retry() {
    if (environment_.timeless) co_return holds();
    if (!environment_.time) co_return troubled("the server cannot be made to try again");
    const auto before = attempts_seen();
    const auto until = net::deadline::in(environment_.time->patience()).earlier(limit_);
    do {
        auto zone = environment_.token + ".mailspec.test";
        const auto done = co_await environment_.time->retry(std::move(zone));
        if (!done) co_return troubled(done.error());
        const auto again = net::deadline::in(between_retries).earlier(until);
        while (attempts_seen() == before && !again.passed()) {
            const auto soon = net::deadline::in(longest_wait).earlier(again);
            co_await net::sleep_until(soon);
        }
    } while (attempts_seen() == before && !until.passed());
    outcome_.conversation.add(net::transcript_entry::what::noted, 1, "the server was made to try again");
    co_return holds();
}

interpreter::result interpreter::advance(const suite::advance_clock& step) {
    if (environment_.timeless) co_return holds();
    if (!environment_.time) co_return troubled("the server's clock cannot be moved");
    const auto done = co_await environment_.time->advance(step.by);
    if (!done) co_return troubled(done.error());
    outcome_.conversation.add(net::transcript_entry::what::noted, 1,
                              fmt::format("the server's clock was moved by {}", in_words(step.by)));
    co_return holds();
}

} // namespace mailspec::script
