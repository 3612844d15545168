// Stocks, certificates and the texts of hosts; see host_plan.hpp and docs/suite-world.md, "Its remote
// hosts". Scripts of hosts are host_script.cpp's.
#include "harness/script/host_plan.hpp"

#include "harness/script/host_script.hpp"
#include "harness/script/tls_versions.hpp"
#include "harness/wire/octets.hpp"
#include "net/tls_context.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using end = world::host_reply::end;

world::host_replies just(std::string octets, end then = end::stays) {
    world::host_reply reply;
    reply.octets = std::move(octets);
    reply.then = then;
    return {std::move(reply)};
}

// The manual's table of stocks, one after the other.
void follow_stock(const std::string& stock, world::host_behaviour& b) {
    if (stock != "plain" && stock != "old")
        b.offers = {"PIPELINING", "SIZE 67108864", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN"};
    if (stock == "old") b.answers["EHLO"] = just("500 command not known\r\n");
    if (stock == "rejects") b.answers["RCPT"] = just("550 5.1.1 no such user here\r\n");
    if (stock == "defers") b.answers["RCPT"] = just("450 4.2.1 mailbox busy\r\n");
    if (stock == "greylists") b.greylists = true;
    if (stock == "busy") b.answers["greeting"] = just("421 4.3.2 too busy, try later\r\n", end::closes);
    if (stock == "no-service") {
        b.answers["greeting"] = just("554 5.3.2 no mail is taken here\r\n");
        b.otherwise = just("503 5.5.1 no mail is taken here\r\n").front();
    }
    if (stock == "silent") b.silent = true;
    if (stock == "tarpits") b.delay = std::chrono::milliseconds(500);
    if (stock == "drops") {
        world::host_reply nothing;
        nothing.then = end::closes;
        b.answers["message"] = {std::move(nothing)};
    }
}

std::expected<world::host_replies, std::string> replies(const suite::host_answers& written,
                                                        const expansion& values) {
    world::host_replies all;
    for (const auto& answer : written) {
        world::host_reply reply;
        reply.then = static_cast<end>(answer.then);
        if (answer.octets) {
            auto octets = values.octets(*answer.octets, {});
            if (!octets) return std::unexpected(octets.error());
            reply.octets = std::move(*octets);
        }
        all.push_back(std::move(reply));
    }
    return all;
}

std::expected<void, std::string> fill_answers(const suite::host_behaviour& written, const expansion& values,
                                              world::host_behaviour& b) {
    for (const auto& [command, list] : written.answers) {
        auto filled = replies(list, values);
        if (!filled) return std::unexpected(filled.error());
        b.answers[command] = std::move(*filled);
        if (command == "greeting") b.silent = false;
    }
    for (const auto& [address, list] : written.recipient_answers) {
        auto filled = replies(list, values);
        const auto to = values.octets(address, {});
        if (!filled || !to) return std::unexpected(filled ? to.error() : filled.error());
        b.recipients[wire::lower(*to)] = std::move(*filled);
    }
    return {};
}

} // namespace

std::expected<planned_connection, std::string> plan_connection(const suite::host_plan& host,
                                                               const suite::host_behaviour& written,
                                                               const std::string& zone, expansion& values) {
    using kind = suite::host_certificate::kind;
    planned_connection plan;
    auto& b = plan.behaviour;
    b.greets_as = fmt::format("{}.{}", host.name, zone);
    b.lmtp = written.speaks == suite::host_behaviour::protocol::lmtp;
    follow_stock(written.stock, b);
    if (written.offers) {
        b.offers.clear();
        for (const auto& line : *written.offers) {
            auto text = values.octets(line, {});
            if (!text) return std::unexpected(text.error());
            b.offers.push_back(std::move(*text));
        }
    }
    if (auto filled = fill_answers(written, values, b); !filled) return std::unexpected(filled.error());
    b.starttls = written.tls.what != kind::none;
    b.broken_tls = written.tls.what == kind::broken;
    b.most_tls = tls_version_named(written.tls_version);
    b.auth = written.auth;
    if (written.delay.count() > 0) b.delay = written.delay;
    auto script = host_script(written.script, values);
    if (!script) return std::unexpected(script.error());
    b.script = std::move(script->lines);
    plan.script = std::move(script->steps);
    return plan;
}

std::expected<world::policy_behaviour, std::string> plan_policy(const suite::host_behaviour& written,
                                                                const planned_connection& planned,
                                                                const expansion& values) {
    world::policy_behaviour b;
    b.identity = planned.behaviour.identity;
    b.broken_tls = planned.behaviour.broken_tls;
    b.most_tls = planned.behaviour.most_tls;
    b.delay = written.delay;
    b.status = written.status;
    b.content_type = written.content_type;
    if (written.policy) {
        auto text = values.octets(*written.policy, {});
        if (!text) return std::unexpected(text.error());
        b.policy = std::move(*text);
    }
    if (written.location) {
        auto text = values.octets(*written.location, {});
        if (!text) return std::unexpected(text.error());
        b.location = std::move(*text);
    }
    return b;
}

std::expected<std::shared_ptr<const net::tls_identity>, std::string>
certificate_of(const suite::host_plan& host, const suite::host_behaviour& written, const std::string& zone,
               const expansion& values, const world::test_ca& ca) {
    using kind = suite::host_certificate::kind;
    using wanted = world::certificate_kind;
    wanted what = wanted::valid;
    switch (written.tls.what) {
    case kind::none:
    case kind::broken: return nullptr;
    case kind::valid: break;
    case kind::wrong_name: what = wanted::wrong_name; break;
    case kind::expired: what = wanted::expired; break;
    case kind::self_signed: what = wanted::self_signed; break;
    case kind::untrusted: what = wanted::untrusted; break;
    }
    std::vector<std::string> names;
    for (const auto& name : written.tls.names) {
        auto text = values.octets(name, {});
        if (!text) return std::unexpected(text.error());
        names.push_back(std::move(*text));
    }
    if (names.empty()) names.push_back(fmt::format("{}.{}", host.name, zone));
    auto made = ca.identity(what, std::move(names));
    if (!made) return std::unexpected(made.error().text);
    return *made;
}

} // namespace mailspec::script
