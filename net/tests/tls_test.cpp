// TLS in both roles, over TCP and in memory: facts, names, trust, versions, ALPN, failures.
#include "net/tests/streams.hpp"
#include "net/tls_context.hpp"

using namespace net_tests;
using net::tls_version;

BOOST_AUTO_TEST_SUITE(tls)

struct outcome {
    net::result<net::tls_facts> client, server;
};

// One handshake; then, if both are up, a line each way.
static net::task<outcome> shake_hands(maker make, net::tls_options client, net::tls_options server) {
    server.role = net::tls_role::server;
    if (!server.identity)
        server.identity = *net::tls_identity::self_signed({"mail.example.test", "127.0.0.1"});
    auto both = co_await make();
    const auto on = co_await boost::asio::this_coro::executor;
    net::event over(on);
    bool ended = false;
    outcome seen;
    co_await net::spawn_beside([&]() -> net::task<void> {
        seen.server = co_await both.server->start_tls(server, soon());
        if (seen.server) {
            const auto line = co_await read_text(*both.server, soon());
            const auto sent = co_await both.server->write("server got " + line, soon());
            BOOST_TEST((sent.has_value() || line.starts_with("[")));
        } else
            both.server->close();
        ended = true;
        over.notify();
    });
    seen.client = co_await both.client->start_tls(client, soon());
    if (seen.client) {
        const auto sent = co_await both.client->write("ping", soon());
        const auto line = co_await read_text(*both.client, soon());
        if (sent && seen.server)
            BOOST_TEST(line == "server got ping");
        else
            seen.client = std::unexpected(net::error{net::failure::tls, line});
    } else
        both.client->close();
    while (!ended)
        co_await over.wait(soon());
    co_return seen;
}

static outcome handshake(const net::tls_options& client, const net::tls_options& server,
                         maker make = &tcp_pair) {
    return net::run_for<outcome>([&]() { return shake_hands(make, client, server); });
}

static net::tls_options versions(tls_version least, tls_version most) {
    net::tls_options o;
    o.min_version = least;
    o.max_version = most;
    return o;
}

BOOST_AUTO_TEST_CASE(facts_of_both_sides) {
    for (const maker make : {&tcp_pair, &memory}) {
        net::tls_options client;
        client.server_name = "mail.example.test";
        const auto seen = handshake(client, {}, make);
        BOOST_REQUIRE(seen.client.has_value());
        BOOST_REQUIRE(seen.server.has_value());
        BOOST_TEST(seen.client->version == "TLSv1.3");
        BOOST_TEST(seen.client->cipher == seen.server->cipher);
        BOOST_TEST(seen.client->has_peer_certificate);
        BOOST_TEST(seen.client->peer.subject == "CN=mail.example.test");
        BOOST_TEST(seen.client->peer.issuer == "CN=mail.example.test");
        const std::vector<std::string> names = {"mail.example.test", "127.0.0.1"};
        BOOST_TEST(seen.client->peer.names == names, boost::test_tools::per_element());
        BOOST_TEST(seen.client->peer.not_before.size() == std::string("2026-01-01T00:00:00Z").size());
        BOOST_TEST(seen.client->peer.not_before < seen.client->peer.not_after);
        BOOST_TEST(!seen.client->peer.verified);
        BOOST_TEST(seen.client->peer.verify_error == "not checked");
        BOOST_TEST(!seen.server->has_peer_certificate);
        BOOST_TEST(seen.server->server_name == "mail.example.test");
    }
}

BOOST_AUTO_TEST_CASE(trust_and_names_are_judged_and_reported) {
    net::tls_identity::spec authority;
    authority.names = {"Test Authority"};
    authority.authority = true;
    const auto ca = *net::tls_identity::make(authority);
    net::tls_identity::spec leaf;
    leaf.names = {"mail.example.test", "127.0.0.1"};
    leaf.issuer = ca;
    net::tls_options server;
    server.identity = *net::tls_identity::make(leaf);

    net::tls_options client;
    client.trust = net::tls_trust::only(*ca);
    client.verify_name = true;
    client.server_name = "mail.example.test";
    const auto good = handshake(client, server);
    BOOST_TEST(good.client->peer.verified);
    BOOST_TEST(good.client->peer.verify_error == "");
    BOOST_TEST(good.client->peer.issuer == "CN=Test Authority");

    client.server_name = "127.0.0.1";
    const auto address = handshake(client, server);
    BOOST_TEST(address.client->peer.verified);
    BOOST_TEST(address.server->server_name == ""); // RFC 6066 §3: no addresses in SNI

    client.server_name = "other.example.test";
    const auto wrong_name = handshake(client, server);
    BOOST_TEST(!wrong_name.client->peer.verified);
    BOOST_TEST(wrong_name.client->peer.verify_error == "hostname mismatch");

    client.verify_name = false;
    const auto name_not_asked = handshake(client, server);
    BOOST_TEST(name_not_asked.client->peer.verified);

    const auto untrusted = handshake(client, {});
    BOOST_TEST(!untrusted.client->peer.verified);
    BOOST_TEST(untrusted.client->peer.verify_error == "self-signed certificate");

    leaf.not_before = std::chrono::system_clock::now() - std::chrono::hours(48);
    leaf.not_after = std::chrono::system_clock::now() - std::chrono::hours(24);
    server.identity = *net::tls_identity::make(leaf);
    const auto expired = handshake(client, server);
    BOOST_TEST(!expired.client->peer.verified);
    BOOST_TEST(expired.client->peer.verify_error == "certificate has expired");
}

BOOST_AUTO_TEST_CASE(a_client_certificate) {
    net::tls_options client, server;
    client.identity = *net::tls_identity::self_signed({"client.example.test"});
    const auto unasked = handshake(client, server);
    BOOST_TEST(!unasked.server->has_peer_certificate);

    server.request_client_certificate = true;
    server.trust = net::tls_trust::only(*client.identity);
    const auto asked = handshake(client, server);
    BOOST_REQUIRE(asked.server.has_value());
    BOOST_TEST(asked.server->peer.subject == "CN=client.example.test");
    BOOST_TEST(asked.server->peer.verified);

    client.identity = *net::tls_identity::self_signed({"stranger.example.test"});
    const auto stranger = handshake(client, server);
    BOOST_REQUIRE(stranger.server.has_value()); // judged, not refused
    BOOST_TEST(!stranger.server->peer.verified);
    BOOST_TEST(stranger.server->peer.verify_error == "self-signed certificate");

    client.identity = nullptr;
    const auto none = handshake(client, server);
    BOOST_REQUIRE(none.server.has_value());
    BOOST_TEST(!none.server->has_peer_certificate);
}

BOOST_AUTO_TEST_CASE(versions_are_as_asked) {
    const std::pair<tls_version, const char*> each[] = {{tls_version::tls1_0, "TLSv1"},
                                                        {tls_version::tls1_1, "TLSv1.1"},
                                                        {tls_version::tls1_2, "TLSv1.2"},
                                                        {tls_version::tls1_3, "TLSv1.3"}};
    for (const auto& [version, name] : each) {
        const auto server = versions(tls_version::tls1_0, tls_version::tls1_3);
        const auto seen = handshake(versions(version, version), server);
        BOOST_REQUIRE_MESSAGE(seen.client.has_value(),
                              name << ": " << (seen.client ? "" : seen.client.error().text));
        BOOST_TEST(seen.client->version == name);
    }
}

BOOST_AUTO_TEST_CASE(only_the_suites_asked_for_are_offered) {
    // By themselves, TLS 1.3 and another suite would be chosen.
    const std::pair<const char*, const char*> each[] = {
        {"ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2"},
        {"ECDHE-ECDSA-AES128-SHA", "TLSv1.2"},
        {"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2"},
        {"TLS_AES_128_GCM_SHA256", "TLSv1.3"}};
    for (const auto& [ciphers, version] : each) {
        net::tls_options client;
        client.ciphers = ciphers;
        const auto seen = handshake(client, {});
        BOOST_REQUIRE_MESSAGE(seen.client.has_value(),
                              ciphers << ": " << (seen.client ? "" : seen.client.error().text));
        BOOST_TEST(seen.client->version == version);
        BOOST_TEST(std::string(ciphers).ends_with(seen.client->cipher));
        BOOST_TEST(seen.client->peer.key == "EC");
    }
    net::tls_options client;
    client.ciphers = "ECDHE-RSA-AES128-GCM-SHA256"; // the server's key is for ECDSA
    const auto none = handshake(client, {});
    BOOST_REQUIRE(!none.client);
    BOOST_REQUIRE(!none.server);
    BOOST_TEST(none.client.error().text == "sslv3 alert handshake failure");
    BOOST_TEST(none.server.error().text == "no shared cipher");
    client.ciphers = "ECDHE-ECDSA-NULL-SHA"; // offered, though no client of today would
    BOOST_TEST(handshake(client, {}).server.error().text == "no shared cipher");
    client.ciphers = "NO-SUCH-SUITE";
    BOOST_TEST(handshake(client, {})
                   .client.error()
                   .text.starts_with("cannot use the cipher suites NO-SUCH-SUITE: "));
}

BOOST_AUTO_TEST_CASE(no_common_version_fails_with_openssl_s_words) {
    const auto seen = handshake(versions(tls_version::any, tls_version::tls1_2),
                                versions(tls_version::tls1_3, tls_version::any));
    BOOST_REQUIRE(!seen.client);
    BOOST_REQUIRE(!seen.server);
    BOOST_TEST(net::name_of(seen.client.error().kind) == "tls");
    BOOST_TEST(seen.client.error().text == "tlsv1 alert protocol version");
    BOOST_TEST(seen.server.error().text == "unsupported protocol");
}

BOOST_AUTO_TEST_CASE(alpn_by_the_servers_preference) {
    net::tls_options client, server;
    client.alpn = {"http/1.1", "smtp"};
    server.alpn = {"smtp", "http/1.1"};
    const auto seen = handshake(client, server);
    BOOST_TEST(seen.client->alpn == "smtp");
    BOOST_TEST(seen.server->alpn == "smtp");
    server.alpn = {"imap"};
    const auto none = handshake(client, server);
    BOOST_REQUIRE(!none.client);
    BOOST_TEST(none.client.error().text == "tlsv1 alert no application protocol");
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_speak_tls) {
    net::run([]() -> net::task<void> {
        auto both = co_await tcp_pair();
        const auto sent = co_await both.server->write("220 hello, this is no TLS\r\n", soon());
        BOOST_TEST(sent.has_value());
        const net::tls_options options;
        const auto up = co_await both.client->start_tls(options, soon());
        BOOST_REQUIRE(!up);
        BOOST_TEST(net::name_of(up.error().kind) == "tls");
        BOOST_TEST(up.error().text == "wrong version number");
        BOOST_TEST(!both.client->is_tls());
    });
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_or_hangs_during_the_handshake) {
    net::run([]() -> net::task<void> {
        const net::tls_options options;
        auto leaving = co_await tcp_pair();
        leaving.server->close();
        const auto left = co_await leaving.client->start_tls(options, soon());
        BOOST_REQUIRE(!left);
        BOOST_TEST(left.error().text.find("during the TLS handshake") != std::string::npos);
        BOOST_TEST((left.error().kind == net::failure::eof || left.error().kind == net::failure::reset));

        auto hanging = co_await tcp_pair();
        const auto hung = co_await hanging.client->start_tls(options, shortly());
        BOOST_REQUIRE(!hung);
        BOOST_TEST(net::name_of(hung.error().kind) == "timeout");
        BOOST_TEST(hung.error().text == "timed out during the TLS handshake");
    });
}

// What was read before the upgrade stays with who read it: nothing is dropped, nothing is taken
// for a part of the handshake.
BOOST_AUTO_TEST_CASE(octets_read_before_the_upgrade_stay_with_the_owner) {
    net::run([]() -> net::task<void> {
        auto both = co_await tcp_pair();
        const auto sent = co_await both.client->write("STARTTLS\r\nNOOP injected\r\n", soon());
        BOOST_TEST(sent.has_value());
        const auto plaintext = co_await read_text(*both.server, soon());
        BOOST_TEST(plaintext == "STARTTLS\r\nNOOP injected\r\n");
        co_await net::spawn_beside([&]() -> net::task<void> {
            const net::tls_options options;
            const auto up = co_await both.client->start_tls(options, soon());
            BOOST_TEST(up.has_value());
            const auto inside = co_await both.client->write("EHLO inside\r\n", soon());
            BOOST_TEST(inside.has_value());
        });
        net::tls_options options;
        options.role = net::tls_role::server;
        options.identity = *net::tls_identity::self_signed({"mail.example.test"});
        const auto up = co_await both.server->start_tls(options, soon());
        BOOST_TEST(up.has_value());
        const auto inside = co_await read_text(*both.server, soon());
        BOOST_TEST(inside == "EHLO inside\r\n");
        BOOST_TEST(plaintext == "STARTTLS\r\nNOOP injected\r\n");
    });
}

static net::task<pair> tls_pair() {
    auto both = co_await tcp_pair();
    const auto on = co_await boost::asio::this_coro::executor;
    net::event over(on);
    bool up = false;
    co_await net::spawn_beside([&]() -> net::task<void> {
        net::tls_options options;
        options.role = net::tls_role::server;
        options.identity = *net::tls_identity::self_signed({"mail.example.test"});
        const auto facts = co_await both.server->start_tls(options, soon());
        BOOST_TEST(facts.has_value());
        up = true;
        over.notify();
    });
    const net::tls_options options;
    const auto facts = co_await both.client->start_tls(options, soon());
    BOOST_TEST(facts.has_value());
    while (!up)
        co_await over.wait(soon());
    co_return both;
}

BOOST_AUTO_TEST_CASE(the_outcomes_stay_apart_inside_tls) {
    net::run([]() -> net::task<void> {
        auto closing = co_await tls_pair();
        const auto silent = co_await read_text(*closing.server, shortly());
        BOOST_TEST(silent == "[timeout]");
        const auto half = co_await closing.client->shutdown_send(soon());
        BOOST_TEST(half.has_value());
        const auto seen = co_await read_text(*closing.server, soon());
        BOOST_TEST(seen == "[eof]");
        const auto sent = co_await closing.server->write("still here", soon());
        BOOST_TEST(sent.has_value());
        const auto got = co_await read_text(*closing.client, soon());
        BOOST_TEST(got == "still here");

        auto gone = co_await tls_pair();
        gone.client->close();
        const auto end = co_await read_text(*gone.server, soon());
        BOOST_TEST(end == "[eof]");

        auto broken = co_await tls_pair();
        broken.client->reset();
        const auto reset = co_await read_text(*broken.server, soon());
        BOOST_TEST(reset == "[reset]");
    });
}

BOOST_AUTO_TEST_CASE(a_large_message_and_a_second_upgrade) {
    net::run([]() -> net::task<void> {
        auto both = co_await tls_pair();
        const std::string much(3 << 20, 'z');
        co_await net::spawn_beside([&]() -> net::task<void> {
            const auto sent = co_await both.client->write(much, soon());
            BOOST_TEST(sent.has_value());
            const auto half = co_await both.client->shutdown_send(soon());
            BOOST_TEST(half.has_value());
        });
        std::size_t received = 0;
        for (;;) {
            const auto piece = co_await read_text(*both.server, soon());
            if (piece == "[eof]") break;
            BOOST_REQUIRE(!piece.starts_with("["));
            received += piece.size();
        }
        BOOST_TEST(received == much.size());
        const net::tls_options options;
        const auto again = co_await both.client->start_tls(options, soon());
        BOOST_REQUIRE(!again);
        BOOST_TEST(again.error().text == "TLS has been started on this connection already");
    });
}

BOOST_AUTO_TEST_CASE(a_server_without_certificate_is_told) {
    net::run([]() -> net::task<void> {
        auto both = co_await tcp_pair();
        net::tls_options options;
        options.role = net::tls_role::server;
        const auto up = co_await both.server->start_tls(options, soon());
        BOOST_REQUIRE(!up);
        BOOST_TEST(up.error().text == "a TLS server needs a certificate (tls_options::identity)");
    });
}

BOOST_AUTO_TEST_CASE(a_context_is_built_once) {
    net::tls_options options;
    options.role = net::tls_role::server;
    options.identity = *net::tls_identity::self_signed({"mail.example.test"});
    const auto first = net::tls_context::for_options(options);
    options.server_name = "matters not";
    const auto second = net::tls_context::for_options(options);
    BOOST_TEST(first->get() == second->get());
    options.max_version = tls_version::tls1_2;
    const auto third = net::tls_context::for_options(options);
    BOOST_TEST(first->get() != third->get());
}

BOOST_AUTO_TEST_SUITE_END()
