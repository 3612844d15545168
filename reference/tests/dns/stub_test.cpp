// The resolver against a name server on the loopback: what it asks, what it believes, how it goes on when
// there is no answer, a wrong one, a broken one or too large a one. RFC 1035 §4.2, RFC 5452, RFC 6891 §7, RFC
// 7766.
#include "reference/tests/dns/name_server.hpp"

#include <set>

using namespace name_servers;

BOOST_AUTO_TEST_SUITE(stub)

namespace {

const std::vector<std::string> silence;

// Asks once of such a server; gives the answer and what was asked.
struct outcome {
    answer got;
    std::vector<asked> questions;
};

outcome ask(answering answers, std::function<void(stub_settings&)> change = {},
            std::string name = "example.test", record_type type = record_type::mx, bool tcp = true) {
    net::loop loop;
    name_server server(loop, std::move(answers), tcp);
    auto opened = net::datagram_socket::open(loop.executor(), {"127.0.0.1", 0});
    server.stranger = std::move(*opened);
    auto how = asking({server.at()});
    if (change) change(how);
    stub_resolver resolver(loop.executor(), how, [] { return std::int64_t{1000}; });
    outcome made;
    loop.spawn([&]() -> net::task<void> {
        auto got = co_await resolver.ask(name, type);
        made.got = std::move(got);
        server.close();
    });
    loop.run();
    made.questions = server.questions;
    return made;
}

std::string good(const asked& q) {
    auto r = q.reply();
    r.answers = {wire::mx(q.name, 10, "mx." + q.name)};
    return r.octets();
}

std::string evil(wire::reply r) {
    r.answers = {wire::mx(r.question, 10, "mx.trap.test")};
    return r.octets();
}

std::string told(const answer& a) {
    if (a.what != answer::kind::found) return a.why;
    std::string text;
    for (const auto& one : a.records)
        text += std::get<mx_data>(one).host + " ";
    return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_question_and_its_answer) {
    const auto o = ask([](const asked& q) { return std::vector{good(q)}; }, {}, "Example.TEST.");
    BOOST_TEST(told(o.got) == "mx.example.test ");
    BOOST_REQUIRE(o.questions.size() == 1u);
    BOOST_TEST(o.questions[0].name == "example.test");
    BOOST_TEST(o.questions[0].type == 15);
    BOOST_TEST(o.questions[0].edns);
    BOOST_TEST(!o.questions[0].dnssec);
    BOOST_TEST(!o.questions[0].over_tcp);
}

BOOST_AUTO_TEST_CASE(dnssec_is_asked_for_when_the_server_is_trusted) {
    const auto answers = [](const asked& q) {
        auto r = q.reply();
        r.flags |= wire::ad;
        r.answers = {wire::mx(q.name, 10, "a.test")};
        return std::vector{r.octets()};
    };
    auto o = ask(answers, [](stub_settings& how) { how.dnssec = true; });
    BOOST_TEST(o.questions.at(0).dnssec);
    BOOST_TEST(o.got.secure);
    BOOST_TEST(!ask(answers).got.secure);
}

BOOST_AUTO_TEST_CASE(silence_is_asked_again_and_ends) {
    const auto o = ask([](const asked&) { return silence; });
    BOOST_TEST((o.got.what == answer::kind::unavailable));
    BOOST_TEST(o.questions.size() == 3u);
    BOOST_TEST(o.got.why.starts_with("no answer about example.test MX from 127.0.0.1:"));
    BOOST_TEST(o.got.why.ends_with(": timeout"));
    const auto third = ask([](const asked& q) { return q.number < 2 ? silence : std::vector{good(q)}; });
    BOOST_TEST(told(third.got) == "mx.example.test ");
    BOOST_TEST(third.questions[0].id == third.questions[2].id); // a late answer to the first still counts
}

BOOST_AUTO_TEST_CASE(ids_and_ports_are_not_to_be_guessed) {
    net::loop loop;
    name_server server(loop, [](const asked& q) { return std::vector{good(q)}; });
    stub_resolver resolver(loop.executor(), asking({server.at()}), [] { return std::int64_t{1000}; });
    loop.spawn([&]() -> net::task<void> {
        for (int i = 0; i < 50; ++i) {
            auto name = fmt::format("n{}.test", i);
            const auto got = co_await resolver.ask(std::move(name), record_type::mx);
            BOOST_TEST((got.what == answer::kind::found));
        }
        server.close();
    });
    loop.run();
    std::set<int> ids, ports;
    for (const auto& one : server.questions) {
        ids.insert(one.id);
        ports.insert(one.from_port);
    }
    BOOST_TEST(ids.size() > 45u); // 50 of 65536: two twins at the very most
    BOOST_TEST(ports.size() > 40u);
}

BOOST_AUTO_TEST_CASE(what_strangers_say_is_not_believed) {
    const auto believes = [](std::function<std::string(const asked&)> lie) {
        const auto o = ask([&](const asked& q) { return std::vector{lie(q), good(q)}; });
        BOOST_TEST(told(o.got) == "mx.example.test ");
        BOOST_TEST(o.questions.size() == 1u); // the lie costs nothing, not even another question
    };
    believes([](const asked& q) { // a wrong id
        auto r = q.reply();
        r.id = (q.id + 1) & 0xffff;
        return evil(r);
    });
    believes([](const asked& q) { // another name
        auto r = q.reply();
        r.question = "example.tset";
        return evil(r);
    });
    believes([](const asked& q) { // another type
        auto r = q.reply();
        r.type = wire::A;
        return evil(r);
    });
    believes([](const asked& q) { return "stranger:" + evil(q.reply()); }); // from another port
    believes([](const asked&) { return std::string("garbage"); });
    believes([](const asked& q) { return good(q).substr(0, 20); });
    believes([](const asked& q) { // a question of its own
        auto r = q.reply();
        r.flags &= ~wire::qr;
        return evil(r);
    });
}

BOOST_AUTO_TEST_CASE(a_flood_of_guesses_is_given_up) {
    const auto o = ask([](const asked& q) {
        auto r = q.reply();
        std::vector<std::string> all;
        for (int i = 0; i < 300; ++i) {
            r.id = (q.id + 1 + i) & 0xffff;
            all.push_back(evil(r));
        }
        return all;
    });
    BOOST_TEST((o.got.what == answer::kind::unavailable));
}

BOOST_AUTO_TEST_CASE(garbage_alone_is_no_answer) {
    const auto o = ask([](const asked&) { return std::vector<std::string>{"\x01\x02garbage"}; });
    BOOST_TEST((o.got.what == answer::kind::unavailable));
    BOOST_TEST(o.got.why.ends_with(": what came was no answer to it"));
}

BOOST_AUTO_TEST_CASE(errors_are_final_for_a_server_and_not_for_the_question) {
    const auto refuses = [](const asked& q) {
        auto r = q.reply();
        r.code = wire::servfail;
        return std::vector{r.octets()};
    };
    const auto o = ask(refuses);
    BOOST_TEST(o.questions.size() == 1u);
    BOOST_TEST(o.got.why.starts_with("the name server says SERVFAIL (127.0.0.1:"));
    // the second server knows
    net::loop loop;
    name_server first(loop, refuses), second(loop, [](const asked&q) { return std::vector{good(q)}; });
    stub_resolver resolver(loop.executor(), asking({first.at(), second.at()}),
                           [] { return std::int64_t{1000}; });
    loop.spawn([&]() -> net::task<void> {
        const auto got = co_await resolver.ask("example.test", record_type::mx);
        BOOST_TEST(told(got) == "mx.example.test ");
        first.close();
        second.close();
    });
    loop.run();
    BOOST_TEST(first.questions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_silent_does_not_stop_the_next) {
    net::loop loop;
    name_server first(loop, [](const asked&) { return silence; });
    name_server second(loop, [](const asked& q) { return std::vector{good(q)}; });
    stub_resolver resolver(loop.executor(), asking({first.at(), second.at()}),
                           [] { return std::int64_t{1000}; });
    loop.spawn([&]() -> net::task<void> {
        const auto got = co_await resolver.ask("example.test", record_type::mx);
        BOOST_TEST(told(got) == "mx.example.test ");
        first.close();
        second.close();
    });
    loop.run();
    BOOST_TEST(first.questions.size() == 1u);
    BOOST_TEST(second.questions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_comes_over_tcp) {
    const auto large = [](const asked& q) {
        auto r = q.reply();
        if (q.over_tcp)
            for (int i = 0; i < 3000; ++i)
                r.answers.push_back("\xc0\x0c" + wire::number(15, 2) + wire::number(1, 2) +
                                    wire::number(60, 4) + wire::number(6, 2) +
                                    wire::number(static_cast<unsigned>(i), 2) + "\x01" + "m" + "\xc0\x0c");
        else
            r.flags |= wire::tc;
        return std::vector{r.octets()};
    };
    const auto o = ask(large);
    BOOST_TEST(o.got.records.size() == 3000u);
    BOOST_REQUIRE(o.questions.size() == 2u);
    BOOST_TEST(o.questions[1].over_tcp);
    BOOST_TEST(o.questions[1].octets == o.questions[0].octets);
}

BOOST_AUTO_TEST_CASE(tcp_that_breaks_is_no_answer) {
    const auto broken = [](const asked& q) {
        auto r = q.reply();
        r.flags |= wire::tc;
        return q.over_tcp ? silence : std::vector{r.octets()};
    };
    auto o = ask(broken);
    BOOST_TEST((o.got.what == answer::kind::unavailable));
    BOOST_TEST(o.got.why.find("TCP: ") != std::string::npos, o.got.why);
    // nobody listens on TCP
    o = ask(broken, {}, "example.test", record_type::mx, false);
    BOOST_TEST((o.got.what == answer::kind::unavailable));
    // truncated there, too
    o = ask([](const asked& q) {
        auto r = q.reply();
        r.flags |= wire::tc;
        return std::vector{r.octets()};
    });
    BOOST_TEST(o.got.why.ends_with("TCP: truncated there, too"));
}

BOOST_AUTO_TEST_CASE(a_server_that_knows_no_edns_is_asked_without) {
    const auto old = [](const asked& q) {
        auto r = q.reply();
        r.code = wire::formerr;
        return std::vector{q.edns ? r.octets() : good(q)};
    };
    auto o = ask(old);
    BOOST_TEST(told(o.got) == "mx.example.test ");
    BOOST_TEST(o.questions.size() == 2u);
    // RFC 7672 §2.2.2: where security counts it is an error, for nothing would ever be secure
    o = ask(old, [](stub_settings& how) { how.dnssec = true; });
    BOOST_TEST((o.got.what == answer::kind::unavailable));
    BOOST_TEST(o.got.why.starts_with("the name server says FORMERR (127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(aliases_are_asked_further_and_end) {
    const auto chain = [](const asked& q) { // a0 -> a1 -> ... -> a9 has the record
        auto r = q.reply();
        const int n = q.name[1] - '0';
        if (n < 9)
            r.answers = {wire::cname(q.name, fmt::format("a{}.test", n + 1), 60 - static_cast<unsigned>(n))};
        else
            r.answers = {wire::mx(q.name, 10, "end.test")};
        return std::vector{r.octets()};
    };
    auto o = ask(chain, {}, "a0.test");
    BOOST_TEST(told(o.got) == "end.test ");
    BOOST_TEST(o.got.name == "a9.test");
    BOOST_TEST(o.got.ttl == 52u);
    BOOST_TEST(o.questions.size() == 10u);
    const auto circle = [](const asked& q) {
        auto r = q.reply();
        r.answers = {wire::cname(q.name, q.name == "a.test" ? "b.test" : "a.test")};
        return std::vector{r.octets()};
    };
    o = ask(circle, {}, "a.test");
    BOOST_TEST((o.got.what == answer::kind::no_data));
    BOOST_TEST(o.got.why == "CNAME loop at a.test");
    BOOST_TEST(o.questions.size() == 2u); // the rest is in the cache
}

BOOST_AUTO_TEST_CASE(one_insecure_alias_makes_all_insecure) {
    const auto answers = [](const asked& q) { // RFC 7672 §2.1.3
        auto r = q.reply();
        r.flags |= q.name == "b.test" ? 0 : wire::ad;
        if (q.name == "c.test")
            r.answers = {wire::mx(q.name, 10, "end.test")};
        else
            r.answers = {wire::cname(q.name, q.name == "a.test" ? "b.test" : "c.test")};
        return std::vector{r.octets()};
    };
    const auto trusted = [](stub_settings& how) { how.dnssec = true; };
    BOOST_TEST(!ask(answers, trusted, "a.test").got.secure);
    BOOST_TEST(ask(answers, trusted, "c.test").got.secure);
}

BOOST_AUTO_TEST_CASE(what_many_ask_at_once_is_asked_once) {
    net::loop loop;
    name_server server(loop, [](const asked& q) { return q.number == 0 ? silence : std::vector{good(q)}; });
    stub_resolver resolver(loop.executor(), asking({server.at()}), [] { return std::int64_t{1000}; });
    int answered = 0;
    for (int i = 0; i < 20; ++i)
        loop.spawn([&]() -> net::task<void> {
            const auto got = co_await resolver.ask("example.test", record_type::mx);
            BOOST_TEST(told(got) == "mx.example.test ");
            if (++answered == 20) server.close();
        });
    loop.run();
    BOOST_TEST(answered == 20);
    BOOST_TEST(server.questions.size() == 2u); // and its repetition
}

BOOST_AUTO_TEST_CASE(what_was_said_holds_for_its_time) {
    net::loop loop;
    std::int64_t now = 1000;
    name_server server(loop, [](const asked& q) {
        auto r = q.reply();
        if (q.name == "gone.test") {
            r.code = wire::nxdomain;
            r.authority = {wire::soa("test", 60, 30)};
        } else if (q.name == "trouble.test") {
            r.code = wire::servfail;
        } else {
            r.answers = {wire::mx(q.name, 10, "mx.test", 60)};
        }
        return std::vector{r.octets()};
    });
    stub_resolver resolver(loop.executor(), asking({server.at()}), [&] { return now; });
    loop.spawn([&]() -> net::task<void> {
        const std::pair<std::int64_t, std::size_t> each[] = {
            {1000, 3}, {1029, 4}, {1030, 6}, {1059, 7}, {1060, 10}};
        for (const auto& [when, so_far] : each) { // trouble is asked each time
            now = when;
            for (const std::string name : {"here.test", "gone.test", "trouble.test"}) {
                const auto got = co_await resolver.ask(name, record_type::mx);
                if (name == "here.test") BOOST_TEST(got.ttl == 60 - (when - 1000) % 60);
            }
            BOOST_TEST(server.questions.size() == so_far);
        }
        server.close();
    });
    loop.run();
}

BOOST_AUTO_TEST_CASE(what_is_no_name_is_not_asked) {
    const auto o = ask([](const asked& q) { return std::vector{good(q)}; }, {}, "no name");
    BOOST_TEST((o.got.what == answer::kind::no_name));
    BOOST_TEST(o.got.why == "'no name' is no domain name");
    BOOST_TEST(o.questions.empty());
}

BOOST_AUTO_TEST_SUITE_END()
