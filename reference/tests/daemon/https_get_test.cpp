// The fetch of a policy over HTTPS: what is taken, and everything that is not. RFC 8461 §3.3, §7.
#include "net/listener.hpp"
#include "net/run.hpp"
#include "net/tls_context.hpp"
#include "reference/daemon/https_get.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace refmail::daemon;

BOOST_AUTO_TEST_SUITE(https)

namespace {

struct authority {
    std::shared_ptr<const net::tls_identity> self = make();
    std::shared_ptr<const net::tls_trust> trust = net::tls_trust::only(*self);
    static std::shared_ptr<const net::tls_identity> make() {
        net::tls_identity::spec wanted;
        wanted.names = {"ca.test"};
        wanted.authority = true;
        return *net::tls_identity::make(wanted);
    }
    std::shared_ptr<const net::tls_identity> identity(net::tls_identity::spec wanted) const {
        wanted.issuer = self;
        return *net::tls_identity::make(wanted);
    }
    std::shared_ptr<const net::tls_identity> identity(const std::string& name) const {
        net::tls_identity::spec wanted;
        wanted.names = {name};
        return identity(wanted);
    }
};

const authority ours;

// A host that takes one connection, reads a request and says what it is told to, in such pieces.
struct https_host {
    std::shared_ptr<const net::tls_identity> identity = ours.identity("mta-sts.d.test");
    std::vector<std::string> pieces = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"};
    bool breaks_off = false; // RST instead of close_notify
    std::string request, sni;

    net::task<void> serve(net::listener& at) {
        const auto soon = net::deadline::in(std::chrono::seconds(10));
        auto client = co_await at.accept(soon);
        if (!client) co_return;
        net::tls_options tls;
        tls.role = net::tls_role::server;
        tls.identity = identity;
        const auto shaken = co_await (*client)->start_tls(tls, soon);
        if (!shaken) co_return;
        sni = shaken->server_name;
        std::vector<char> room(4096);
        while (request.find("\r\n\r\n") == std::string::npos) {
            const auto got = co_await (*client)->read_some(room, soon);
            if (!got) co_return;
            request.append(room.data(), *got);
        }
        for (const auto& piece : pieces) {
            const auto sent = co_await (*client)->write(piece, soon);
            if (!sent) co_return;
        }
        if (breaks_off) (*client)->reset();
    }
};

std::string get(https_host& host, std::function<void(https_request&)> change = {}) {
    net::loop loop;
    auto opened = net::listener::open(loop.executor(), {"127.0.0.1", 0});
    BOOST_REQUIRE(opened.has_value());
    https_request what;
    what.host = "mta-sts.d.test";
    what.addresses = {"127.0.0.1"};
    what.port = (*opened)->local().port;
    what.path = "/.well-known/mta-sts.txt";
    what.media_type = "text/plain";
    what.trust = ours.trust;
    if (change) change(what);
    std::string told;
    loop.spawn([&] { return host.serve(**opened); });
    loop.spawn([&]() -> net::task<void> {
        const auto got = co_await https_get(what);
        told = got ? "body: " + *got : got.error();
        (*opened)->close();
    });
    loop.run();
    return told;
}

std::string said(std::vector<std::string> pieces) {
    https_host host;
    host.pieces = std::move(pieces);
    const std::string begin = "https://mta-sts.d.test/.well-known/mta-sts.txt: ";
    const auto told = get(host);
    return told.starts_with(begin) ? told.substr(begin.size()) : told;
}

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(a_policy_is_fetched) {
    https_host host;
    std::uint16_t port = 0;
    BOOST_TEST(get(host, [&](https_request& what) { port = what.port; }) == "body: hello");
    BOOST_TEST(host.sni == "mta-sts.d.test");
    BOOST_TEST(host.request ==
               "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.d.test:" + std::to_string(port) +
                   "\r\nUser-Agent: refmaild\r\nAccept: text/plain\r\nConnection: close\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(every_form_of_a_body) {
    BOOST_TEST(said({fine + "\r\nhello"}) == "body: hello"); // to the end of the connection
    BOOST_TEST(said({fine + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"}) ==
               "body: hello");
    BOOST_TEST(said({"HTTP/1.1 200 OK\r\nContent-", "Type: text/plain; charset=utf-8\r\nContent-Length: 5\r",
                     "\n\r\nhe", "llo"}) == "body: hello");
    BOOST_TEST(said({"HTTP/1.0 200 OK\r\ncontent-type: TEXT/Plain ; x=y\r\n\r\n"}) == "body: ");
    BOOST_TEST(said({fine + "Content-Length: 65536\r\n\r\n" + std::string(65536, 'x')}) ==
               "body: " + std::string(65536, 'x'));
}

BOOST_AUTO_TEST_CASE(what_is_no_policy) {
    BOOST_TEST(said({"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"}) ==
               "HTTP status 404");
    BOOST_TEST(said({"HTTP/1.1 301 Moved\r\nLocation: https://else.test/\r\nContent-Length: 0\r\n\r\n"}) ==
               "HTTP status 301, a redirection, which is not followed");
    BOOST_TEST(said({"HTTP/1.1 204 No Content\r\nContent-Type: text/plain\r\n\r\n"}) == "HTTP status 204");
    BOOST_TEST(said({"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno"}) ==
               "its type is 'text/html', not text/plain");
    BOOST_TEST(said({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"}) == "its type is '', not text/plain");
    BOOST_TEST(said({"220 mail.d.test ESMTP\r\n"}).starts_with("that is no HTTP: "));
    BOOST_TEST(said({}) == "the connection ended in the middle of the answer");
    BOOST_TEST(said({fine}) == "the connection ended in the middle of the answer");
    BOOST_TEST(said({fine + "Content-Length: 50\r\n\r\nhello"}) ==
               "the connection ended in the middle of the answer");
}

BOOST_AUTO_TEST_CASE(too_much_of_it) {
    BOOST_TEST(said({fine + "Content-Length: 65537\r\n\r\n"}) == "its body is larger than 65536 octets");
    BOOST_TEST(said({fine + "Transfer-Encoding: chunked\r\n\r\n20000\r\n" + std::string(0x20000, 'x') +
                     "\r\n0\r\n\r\n"}) == "its body is larger than 65536 octets");
    BOOST_TEST(said({fine + "\r\n", std::string(40000, 'x'), std::string(40000, 'x')}) ==
               "its body is larger than 65536 octets");
    BOOST_TEST(said({"HTTP/1.1 200 OK\r\nX: " + std::string(40000, 'x') + "\r\n\r\n"})
                   .starts_with("that is no HTTP: "));
}

BOOST_AUTO_TEST_CASE(certificates) {
    const auto with = [](std::shared_ptr<const net::tls_identity> identity) {
        https_host host;
        host.identity = std::move(identity);
        const auto told = get(host);
        BOOST_TEST(host.request == ""); // nothing is asked of whom we do not believe
        return told;
    };
    const std::string begin = "https://mta-sts.d.test/.well-known/mta-sts.txt: its certificate: ";
    BOOST_TEST(with(ours.identity("d.test")) == begin + "hostname mismatch");
    BOOST_TEST(with(authority().identity("mta-sts.d.test")).starts_with(begin));
    BOOST_TEST(with(*net::tls_identity::self_signed({"mta-sts.d.test"})).starts_with(begin));
    net::tls_identity::spec expired;
    expired.names = {"mta-sts.d.test"};
    expired.not_before = std::chrono::system_clock::now() - std::chrono::hours(48);
    expired.not_after = std::chrono::system_clock::now() - std::chrono::hours(24);
    BOOST_TEST(with(ours.identity(expired)) == begin + "certificate has expired");
    // RFC 8461 §3.3: "MAY contain the wildcard character"
    https_host wild;
    wild.identity = ours.identity("*.d.test");
    BOOST_TEST(get(wild) == "body: hello");
}

BOOST_AUTO_TEST_CASE(hosts_that_are_not_there) {
    https_host host;
    const auto told = get(host, [](https_request& what) { what.addresses.clear(); });
    BOOST_TEST(told == "https://mta-sts.d.test/.well-known/mta-sts.txt: it has no address");
    // the second address is tried when nobody listens at the first
    BOOST_TEST(get(host, [](https_request& what) {
                   what.addresses = {"127.255.255.254", "127.0.0.1"};
               }) == "body: hello");
    https_host silent;
    silent.pieces.clear();
    const auto late =
        get(host, [](https_request& what) { what.until = net::deadline::in(std::chrono::milliseconds(0)); });
    BOOST_TEST(late.find("timed out") != std::string::npos, late);
}

BOOST_AUTO_TEST_SUITE_END()
