// Asking a service what it offers: before and after TLS, and what is said when it cannot be asked.
#include "harness/target/probe.hpp"
#include "net/listener.hpp"
#include "net/run.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <map>

using namespace mailspec;
using namespace std::chrono_literals;

namespace {

using outcome = std::expected<target::service_capabilities, std::string>;

// What the server says: at first, and to a command's first word. "tls" after a reply: the handshake follows.
struct talk {
    std::string greeting;
    std::map<std::string, std::string> replies;
    std::string after_tls; // to EHLO, from then on
    bool tls_first = false;
};

net::task<bool> secure(net::byte_stream& stream, net::deadline until) {
    net::tls_options how;
    how.role = net::tls_role::server;
    how.identity = *net::tls_identity::self_signed({"localhost"});
    const auto facts = co_await stream.start_tls(how, until);
    co_return facts.has_value();
}

net::task<void> serve(net::listener& at, talk says, std::string& heard) {
    const auto until = net::deadline::in(10s);
    auto stream = co_await at.accept(until);
    if (!stream) co_return;
    if (says.tls_first) (void)co_await secure(**stream, until);
    if (!says.greeting.empty()) (void)co_await (*stream)->write(says.greeting, until);
    std::array<char, 512> piece;
    for (;;) {
        const auto got = co_await (*stream)->read_some(piece, until);
        if (!got) co_return;
        const std::string line(piece.data(), *got);
        heard += line;
        const auto verb = line.substr(0, line.find_first_of(" \r"));
        const bool hello = verb == "EHLO" && (*stream)->is_tls() && !says.after_tls.empty();
        const auto reply = hello ? says.after_tls : says.replies[verb];
        if (reply.empty()) co_return; // closes
        (void)co_await (*stream)->write(reply, until);
        if (verb == "STARTTLS") (void)co_await secure(**stream, until);
    }
}

outcome probe(const talk& says, const std::string& service = "smtp", std::string* heard = nullptr,
              std::chrono::milliseconds patience = 5s) {
    return net::run_for<outcome>([&]() -> net::task<outcome> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        auto at = net::listener::open(on, any);
        std::string unheard;
        std::function<net::task<void>()> server = [&] { return serve(**at, says, heard ? *heard : unheard); };
        co_await net::spawn_beside(std::move(server));
        co_return co_await target::probe_service(service, net::to_string((*at)->local()), patience);
    });
}

std::string refusal(const talk& says, std::chrono::milliseconds patience = 5s) {
    const auto found = probe(says, "smtp", nullptr, patience);
    return found ? "none" : found.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(probing)

BOOST_AUTO_TEST_CASE(before_and_after_tls) {
    std::string heard;
    const auto found =
        probe({"220 x\r\n",
               {{"EHLO", "250-x\r\n250-STARTTLS\r\n250 SIZE 10\r\n"}, {"STARTTLS", "220 go\r\n"}},
               "250-x\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 10\r\n"},
              "submission", &heard);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->plain.has("STARTTLS"));
    BOOST_TEST(!found->plain.has("AUTH"));
    BOOST_TEST(found->secured.has("AUTH", "LOGIN"));
    BOOST_TEST(!found->secured.has("STARTTLS"));
    BOOST_TEST(found->certificate_key == "EC");
    BOOST_TEST(found->offers("STARTTLS"));
    BOOST_TEST(found->offers("AUTH", "PLAIN"));
    BOOST_TEST(heard.starts_with("EHLO client.mailspec.test\r\nSTARTTLS\r\nEHLO client.mailspec.test\r\n"));
}

BOOST_AUTO_TEST_CASE(tls_from_the_first_octet) {
    const auto found = probe({"220 x\r\n", {}, "250-x\r\n250 AUTH PLAIN\r\n", true}, "submissions");
    BOOST_REQUIRE(found);
    BOOST_TEST(found->secured.has("AUTH", "PLAIN"));
    BOOST_TEST(found->plain.offered.empty());
    BOOST_TEST(found->certificate_key == "EC");
}

BOOST_AUTO_TEST_CASE(lmtp_says_lhlo) {
    const auto found = probe({"220 x\r\n", {{"LHLO", "250-x\r\n250 PIPELINING\r\n"}}, ""}, "lmtp");
    BOOST_REQUIRE(found);
    BOOST_TEST(found->certificate_key == "");
    BOOST_TEST(found->offers("PIPELINING"));
}

// What a server does not know is for the cases to judge.
BOOST_AUTO_TEST_CASE(a_capability_of_imap_with_a_number_is_known_by_its_name_too) {
    const auto found =
        probe({"* OK x\r\n",
               {{"p1", "* CAPABILITY IMAP4rev1 APPENDLIMIT=1000 AUTH=PLAIN SORT= X=1a\r\np1 OK done\r\n"}},
               {}},
              "imap");
    BOOST_REQUIRE(found);
    BOOST_TEST(found->offers("APPENDLIMIT=1000"));
    BOOST_TEST(found->offers("APPENDLIMIT", "1000"));
    BOOST_TEST(found->offers("AUTH=PLAIN"));
    BOOST_TEST(!found->offers("AUTH"));
    BOOST_TEST(!found->offers("SORT"));
    BOOST_TEST(!found->offers("X"));
}

BOOST_AUTO_TEST_CASE(a_server_that_talks_without_end_is_given_up) {
    std::string flood;
    for (int i = 0; i < 10'001; ++i)
        flood += "* 1 EXISTS\r\n";
    const auto found = probe({"* OK x\r\n", {{"p1", flood + "p1 OK done\r\n"}}, {}}, "imap");
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error() == "it talks without end");
}

BOOST_AUTO_TEST_CASE(it_judges_nothing) {
    const auto no_ehlo = probe({"220 x\r\n", {{"EHLO", "500 what\r\n"}}, ""});
    BOOST_REQUIRE(no_ehlo);
    BOOST_TEST(no_ehlo->plain.offered.empty());
    const auto no_tls =
        probe({"220 x\r\n", {{"EHLO", "250-x\r\n250 STARTTLS\r\n"}, {"STARTTLS", "454 no\r\n"}}, ""});
    BOOST_REQUIRE(no_tls);
    BOOST_TEST(no_tls->offers("STARTTLS"));
    BOOST_TEST(no_tls->secured.offered.empty());
    const auto no_service = probe({"554 no mail here\r\n", {}, ""}); // RFC 5321 §3.1
    BOOST_REQUIRE(no_service);
    BOOST_TEST(no_service->plain.offered.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked) {
    BOOST_TEST(refusal({"421 x too busy\r\n", {}, ""}) == "it greets with `421 x too busy`");
    BOOST_TEST(refusal({"SSH-2.0-OpenSSH\x01\r\n", {}, ""}) ==
               "what it says at the greeting is not an SMTP reply: SSH-2.0-OpenSSH?");
    BOOST_TEST(refusal({"220 x\r\n", {}, ""}) == "it closed the connection without an answer to EHLO");
    BOOST_TEST(refusal({"", {}, ""}, 50ms) == "no answer in time at the greeting");
}

BOOST_AUTO_TEST_CASE(what_speaks_of_logging_in_is_not_offered_behind_a_login) {
    target::service_capabilities offered;
    offered.logged_in.offered = {{"LOGINDISABLED", ""}, {"STARTTLS", ""}, {"IDLE", ""}};
    BOOST_TEST(offered.offers("IDLE"));
    BOOST_TEST(!offered.offers("LOGINDISABLED"));
    BOOST_TEST(!offered.offers("STARTTLS"));
    offered.plain.offered = {{"LOGINDISABLED", ""}};
    BOOST_TEST(offered.offers("LOGINDISABLED"));
}

BOOST_AUTO_TEST_SUITE_END()
