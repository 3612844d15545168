// Mail carried to hosts on loopback: their order, what leads on to the next one, what is tried again in
// another manner, TLS demands, time limits by a clock that is moved. RFC 5321 §5.1, RFC 3207, RFC 8461 §4,
// RFC 7672 §2.2. Expectations are literals.
#include "net/event.hpp"
#include "net/run.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/movable_clock.hpp"
#include "reference/daemon/outbound.hpp"
#include "reference/tests/daemon/host_at_hand.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail;
using daemon_clock = refmail::daemon::movable_clock;
using test::host_at_hand;
using test::host_manners;

BOOST_AUTO_TEST_SUITE(outbound)

namespace {

class text_reader : public daemon::content_reader {
  public:
    net::task<net::result<std::string>> read() override {
        std::string piece = std::exchange(text_, {});
        co_return piece;
    }

  private:
    std::string text_ = "Subject: x\r\n\r\nHello.\r\n";
};

// So many messages for ann and bob.
class some_mail : public daemon::job_source {
  public:
    explicit some_mail(int messages)
        : left_(messages) {}

    net::task<std::optional<daemon::job>> next() override {
        if (left_-- <= 0) co_return std::nullopt;
        auto e = std::make_shared<queue::entry>(about);
        e->id = "q" + std::to_string(left_);
        e->sender = "joe@here.test";
        e->size = 22;
        for (const char* name : {"ann@there.test", "bob@there.test"}) {
            queue::recipient r;
            r.address = name;
            e->recipients.push_back(r);
        }
        daemon::job what;
        what.entry = e;
        what.recipients = {0, 1};
        co_return what;
    }
    net::task<net::result<std::unique_ptr<daemon::content_reader>>> open(const daemon::job&) override {
        std::unique_ptr<daemon::content_reader> reader = std::make_unique<text_reader>();
        co_return reader;
    }
    void finished(const daemon::job& what, std::vector<relay::outcome> outcomes) override {
        BOOST_TEST(outcomes.size() == what.recipients.size());
        for (auto& one : outcomes)
            all.push_back(std::move(one));
    }

    queue::entry about;
    std::vector<relay::outcome> all;

  private:
    int left_;
};

std::string brief(const relay::outcome& o) {
    static constexpr const char* names[] = {"delivered", "relayed", "deferred", "failed"};
    return names[static_cast<int>(o.what)] + (" " + o.status);
}

struct carried {
    std::vector<std::string> outcomes;
    std::vector<std::string> why; // beside each
    std::vector<std::string> heard;
    bool reachable = true;
};

struct task_at_hand {
    std::vector<host_manners> hosts;
    route::tls_demand tls;
    daemon::outbound_settings how;
    int messages = 1;
    queue::entry about;
    std::vector<std::string> dead; // addresses in front of the hosts
    std::function<void(route::next_hop&)> edit = [](auto&) {};
    std::function<net::task<void>(daemon_clock&, std::vector<std::unique_ptr<host_at_hand>>&)> meanwhile;
};

carried carry(task_at_hand wanted) {
    daemon::start_log("off");
    wanted.how.host_name = "c.test";
    carried result;
    net::loop loop;
    daemon_clock clock;
    std::vector<std::unique_ptr<host_at_hand>> hosts;
    std::vector<route::next_hop> hops;
    const auto add = [&](const std::string& address, std::uint16_t port) {
        route::next_hop hop;
        hop.host = "mx" + std::to_string(hops.size() + 1) + ".test";
        hop.addresses = {address};
        hop.port = port;
        hop.tls = wanted.tls;
        wanted.edit(hop);
        hops.push_back(hop);
    };
    for (const auto& address : wanted.dead)
        add(address, 1);
    for (const auto& manners : wanted.hosts) {
        hosts.push_back(std::make_unique<host_at_hand>(loop.executor(), manners));
        loop.spawn([host = hosts.back().get()] { return host->serve(); });
        add("127.0.0.1", hosts.back()->port());
    }
    some_mail mail(wanted.messages);
    mail.about = wanted.about;
    loop.spawn([&]() -> net::task<void> {
        const auto unreachable = co_await daemon::serve_destination(wanted.how, hops, mail, clock);
        result.reachable = !unreachable;
        for (const auto& host : hosts)
            host->stop();
    });
    if (wanted.meanwhile) loop.spawn([&] { return wanted.meanwhile(clock, hosts); });
    loop.run();
    for (const auto& one : mail.all) {
        result.outcomes.push_back(brief(one));
        result.why.push_back(one.why);
    }
    for (const auto& host : hosts)
        result.heard.push_back(host->all());
    return result;
}

using texts = std::vector<std::string>;

void same(const texts& got, const texts& wanted) {
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

const std::string one_message = "EHLO c.test|MAIL FROM:<joe@here.test>|RCPT TO:<ann@there.test>|"
                                "RCPT TO:<bob@there.test>|DATA|Subject: x||Hello.|.|QUIT";

host_manners good() {
    return {};
}
host_manners with_tls(std::vector<std::string> names = {"mx1.test"}) {
    host_manners m;
    m.identity = *net::tls_identity::self_signed(std::move(names));
    return m;
}
host_manners greeting(std::string words) {
    host_manners m;
    m.greeting = std::move(words);
    return m;
}

} // namespace

BOOST_AUTO_TEST_CASE(one_host_that_takes_it) {
    task_at_hand t;
    t.hosts = {good()};
    const auto r = carry(t);
    same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
    same(r.heard, {one_message});
    BOOST_TEST(r.reachable);
}

BOOST_AUTO_TEST_CASE(several_messages_share_a_connection) {
    task_at_hand t;
    t.hosts = {good()};
    t.messages = 3;
    const auto r = carry(t);
    BOOST_TEST(r.outcomes.size() == 6u);
    const std::string message = "MAIL FROM:<joe@here.test>|RCPT TO:<ann@there.test>|RCPT TO:<bob@there.test>|"
                                "DATA|Subject: x||Hello.|.|";
    same(r.heard, {"EHLO c.test|" + message + message + message + "QUIT"});
    t.how.messages_per_connection = 2;
    same(carry(t).heard, {"EHLO c.test|" + message + message + "QUIT / EHLO c.test|" + message + "QUIT"});
}

BOOST_AUTO_TEST_CASE(the_next_host_when_one_is_not_there) {
    task_at_hand t;
    t.dead = {"127.0.0.1"};
    t.hosts = {good()};
    auto r = carry(t);
    same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
    t.hosts = {};
    r = carry(t);
    same(r.outcomes, {"deferred 4.4.1", "deferred 4.4.1"});
    BOOST_TEST(!r.reachable);
    BOOST_TEST(r.why[0].find("connection refused") != std::string::npos, r.why[0]);
}

BOOST_AUTO_TEST_CASE(the_next_host_when_one_refuses_service) {
    for (const char* words : {"421 busy\r\n", "554 no\r\n", "521 never\r\n", "450 what\r\n"}) {
        task_at_hand t;
        t.hosts = {greeting(words), good()};
        const auto r = carry(t);
        same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
        same(r.heard, {"QUIT", one_message});
    }
}

BOOST_AUTO_TEST_CASE(never_from_all_is_never_and_later_from_one_is_later) {
    task_at_hand t;
    t.hosts = {greeting("554 no\r\n"), greeting("521 never\r\n")};
    same(carry(t).outcomes, {"failed 5.3.2", "failed 5.3.2"});
    t.hosts = {greeting("421 4.3.2 busy\r\n"), greeting("554 no\r\n")};
    same(carry(t).outcomes, {"deferred 4.3.2", "deferred 4.3.2"});
    t.hosts = {greeting("554 no\r\n"), greeting("421 4.3.2 busy\r\n")};
    same(carry(t).outcomes, {"deferred 4.3.2", "deferred 4.3.2"});
}

BOOST_AUTO_TEST_CASE(refusals_of_the_message_are_final) {
    task_at_hand t;
    t.hosts = {good(), good()};
    t.hosts[0].replies["RCPT"] = "450 4.2.1 later\r\n";
    t.hosts[0].replies["DATA"] = "503 nobody\r\n";
    auto r = carry(t);
    same(r.outcomes, {"deferred 4.2.1", "deferred 4.2.1"});
    BOOST_TEST(r.heard[1] == "");
    t.hosts[0] = good();
    t.hosts[0].replies["."] = "554 5.7.1 spam\r\n";
    r = carry(t);
    same(r.outcomes, {"failed 5.7.1", "failed 5.7.1"});
    BOOST_TEST(r.heard[1] == "");
}

BOOST_AUTO_TEST_CASE(hanging_up_at_each_point) {
    for (const char* at : {"greeting", "MAIL", "RCPT", "DATA"}) {
        task_at_hand t;
        t.hosts = {good(), good()};
        t.hosts[0].hang_up_at = at;
        const auto r = carry(t);
        same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
        BOOST_TEST(r.heard[1] == one_message, at);
    }
    // After the final dot it may have been taken: not to another host at once.
    task_at_hand t;
    t.hosts = {good(), good()};
    t.hosts[0].hang_up_at = ".";
    const auto r = carry(t);
    same(r.outcomes, {"deferred 4.4.2", "deferred 4.4.2"});
    BOOST_TEST(r.heard[1] == "");
}

BOOST_AUTO_TEST_CASE(hanging_up_at_ehlo_leads_to_helo) {
    task_at_hand t;
    t.hosts = {good()};
    t.hosts[0].hang_up_at = "EHLO";
    const auto r = carry(t);
    same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
    same(r.heard, {"EHLO c.test / HELO c.test|" + one_message.substr(12)});
}

BOOST_AUTO_TEST_CASE(a_connection_that_ended_between_messages_is_opened_again) {
    task_at_hand t;
    t.hosts = {good()};
    t.messages = 2;
    t.hosts[0].hang_up_at = "QUIT";
    t.hosts[0].replies["."] = "250 OK\r\n421 4.3.2 enough\r\n";
    const auto r = carry(t);
    same(r.outcomes, texts(4, "relayed 2.0.0"));
}

BOOST_AUTO_TEST_CASE(a_dead_host_is_not_tried_for_each_message) {
    task_at_hand t;
    t.hosts = {greeting("421 busy\r\n"), good()};
    t.messages = 3;
    t.how.messages_per_connection = 1;
    const auto r = carry(t);
    same(r.outcomes, texts(6, "relayed 2.0.0"));
    BOOST_TEST(r.heard[0] == "QUIT");
}

BOOST_AUTO_TEST_CASE(only_loopback_unless_told) {
    task_at_hand t;
    t.dead = {"192.0.2.1"}; // RFC 5737: nobody's
    const auto r = carry(t);
    same(r.outcomes, {"deferred 4.7.1", "deferred 4.7.1"});
    BOOST_TEST(r.why[0] ==
               "only loopback addresses are connected to, unless 'relay: { to: anywhere }' is set");
}

BOOST_AUTO_TEST_CASE(no_host_at_all) {
    task_at_hand t;
    const auto r = carry(t);
    same(r.outcomes, {"deferred 4.4.4", "deferred 4.4.4"});
    BOOST_TEST(!r.reachable);
}

BOOST_AUTO_TEST_CASE(tls_when_offered) {
    task_at_hand t;
    t.hosts = {with_tls({"elsewhere.test"})};
    const auto r = carry(t);
    same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
    same(r.heard, {"EHLO c.test|STARTTLS|+tls mx1.test|" + one_message});
}

BOOST_AUTO_TEST_CASE(opportunistic_tls_that_fails_is_gone_around) {
    task_at_hand t;
    t.hosts = {good()};
    t.hosts[0].broken_tls = true;
    auto r = carry(t);
    same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
    same(r.heard, {"EHLO c.test|STARTTLS / " + one_message});
    t.tls.level = route::tls_level::none;
    same(carry(t).heard, {one_message});
    t.tls.level = route::tls_level::required;
    t.hosts.push_back(with_tls());
    r = carry(t);
    same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
    BOOST_TEST(r.heard[1] == "EHLO c.test|STARTTLS|+tls mx2.test|" + one_message);
}

BOOST_AUTO_TEST_CASE(required_tls_that_is_not_to_be_had) {
    task_at_hand t;
    t.tls.level = route::tls_level::required;
    t.tls.because = "configuration";
    t.hosts = {good()};
    auto r = carry(t);
    same(r.outcomes, {"deferred 4.7.4", "deferred 4.7.4"});
    same(r.heard, {"EHLO c.test|QUIT"});
    t.hosts[0].broken_tls = true;
    r = carry(t);
    same(r.outcomes, {"deferred 4.7.5", "deferred 4.7.5"});
    same(r.heard, {"EHLO c.test|STARTTLS"});
}

BOOST_AUTO_TEST_CASE(verified_names) {
    task_at_hand t;
    t.tls.level = route::tls_level::verified;
    t.tls.because = "MTA-STS";
    t.hosts = {with_tls({"mx1.test"})};
    t.how.trust = net::tls_trust::only(*t.hosts[0].identity);
    same(carry(t).outcomes, {"relayed 2.0.0", "relayed 2.0.0"});

    t.how.trust = net::tls_trust::only(**net::tls_identity::self_signed({"mx1.test"}));
    auto r = carry(t);
    same(r.outcomes, {"deferred 4.7.5", "deferred 4.7.5"});
    same(r.heard, {"EHLO c.test|STARTTLS|+tls mx1.test|QUIT"});
    BOOST_TEST(r.why[0] == "the certificate does not do, and MTA-STS demands one: self-signed certificate");

    t.hosts = {with_tls({"mx2.test"})};
    t.how.trust = net::tls_trust::only(*t.hosts[0].identity);
    r = carry(t);
    same(r.outcomes, {"deferred 4.7.5", "deferred 4.7.5"});
    BOOST_TEST(r.why[0] == "the certificate does not do, and MTA-STS demands one: hostname mismatch");

    t.how.trust = nullptr;
    BOOST_TEST(carry(t).why[0] ==
               "the certificate does not do, and MTA-STS demands one: nobody is trusted here");

    t.tls.testing = true; // RFC 8461 §5: it is sent all the same
    same(carry(t).outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
}

BOOST_AUTO_TEST_CASE(wildcards_stand_for_one_label) {
    task_at_hand t;
    t.tls.level = route::tls_level::verified;
    const auto try_name = [&](const std::string& in_certificate, const std::string& asked) {
        t.hosts = {with_tls({in_certificate})};
        t.tls.names = {asked};
        t.how.trust = net::tls_trust::only(*t.hosts[0].identity);
        return carry(t).outcomes[0];
    };
    BOOST_TEST(try_name("*.there.test", "mx.there.test") == "relayed 2.0.0");
    BOOST_TEST(try_name("*.there.test", "a.mx.there.test") == "deferred 4.7.5");
    BOOST_TEST(try_name("*.there.test", "there.test") == "deferred 4.7.5");
    BOOST_TEST(try_name("m*.there.test", "mx.there.test") == "deferred 4.7.5");
}

BOOST_AUTO_TEST_CASE(dane_that_does_not_match) {
    task_at_hand t;
    t.tls.level = route::tls_level::dane;
    t.tls.because = "DANE";
    t.tls.tlsa = {{3, 1, 1, std::string(32, 'x')}};
    t.hosts = {with_tls()};
    auto r = carry(t);
    same(r.outcomes, {"deferred 4.7.5", "deferred 4.7.5"});
    same(r.heard, {"EHLO c.test|STARTTLS|+tls mx1.test|QUIT"});
    BOOST_TEST(r.why[0] ==
               "the certificate does not do, and DANE demands one: no matching DANE TLSA records");
    t.hosts = {good()}; // RFC 7672 §2.2: nor in the clear
    r = carry(t);
    same(r.outcomes, {"deferred 4.7.4", "deferred 4.7.4"});
}

BOOST_AUTO_TEST_CASE(require_tls_asks_the_next_host) {
    task_at_hand t;
    t.about.require_tls = true;
    t.tls.level = route::tls_level::verified;
    t.tls.proven_name = true;
    t.hosts = {with_tls({"mx1.test", "mx2.test"})};
    t.hosts.push_back(t.hosts[0]);
    t.hosts[1].keywords = {"REQUIRETLS"};
    t.how.trust = net::tls_trust::only(*t.hosts[0].identity);
    auto r = carry(t);
    same(r.outcomes, {"relayed 2.0.0", "relayed 2.0.0"});
    BOOST_TEST(r.heard[0] == "EHLO c.test|STARTTLS|+tls mx1.test|EHLO c.test|QUIT");
    t.hosts.pop_back();
    r = carry(t);
    same(r.outcomes, {"failed 5.7.30", "failed 5.7.30"});
    t.tls.proven_name = false; // its MX record may have been forged
    same(carry(t).outcomes, {"failed 5.7.10", "failed 5.7.10"});
    t.tls = {};
    same(carry(t).outcomes, {"failed 5.7.10", "failed 5.7.10"});
}

BOOST_AUTO_TEST_CASE(lmtp_and_implicit_tls) {
    task_at_hand t;
    t.hosts = {with_tls()};
    t.hosts[0].replies["."] = "250 2.1.5 OK\r\n452 4.2.2 full\r\n"; // one for each recipient
    t.edit = [](route::next_hop& hop) { hop.lmtp = true; };
    auto r = carry(t);
    same(r.outcomes, {"delivered 2.1.5", "deferred 4.2.2"});
    BOOST_TEST(r.heard[0].starts_with("LHLO c.test|STARTTLS|+tls mx1.test|LHLO c.test|MAIL"));
    t.edit = [](route::next_hop& hop) { hop.implicit_tls = true; };
    r = carry(t); // the host speaks first and in the clear: no TLS
    same(r.outcomes, {"deferred 4.7.5", "deferred 4.7.5"});
}

BOOST_AUTO_TEST_CASE(time_limits_follow_the_clock) {
    for (const char* at : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
        task_at_hand t;
        t.hosts = {good()};
        t.hosts[0].keywords = {};
        t.hosts[0].silent_at = at;
        t.meanwhile = [at = std::string(at)](auto& clock, auto& hosts) -> net::task<void> {
            const auto waits = [&] {
                if (hosts[0]->connections().empty()) return false;
                const auto& lines = hosts[0]->connections()[0]->lines;
                return at == "greeting" || (!lines.empty() && lines.back().starts_with(at));
            };
            while (!waits()) {
                const auto moment = net::deadline::in(std::chrono::milliseconds(2));
                co_await net::sleep_until(moment);
            }
            clock.advance(std::chrono::seconds(at == "." ? 601 : 301));
        };
        const auto r = carry(t);
        BOOST_TEST(r.outcomes == texts({"deferred 4.4.2", "deferred 4.4.2"}), at);
        BOOST_TEST(r.reachable == (at == std::string("none")), at);
    }
}

BOOST_AUTO_TEST_SUITE_END()
