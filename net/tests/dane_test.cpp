// Certificates judged by TLSA records, and by several names: RFC 6698 §2.1, RFC 7671, RFC 7672 §3.
#include "net/tests/streams.hpp"
#include "net/tls_context.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

using namespace net_tests;

namespace {

using identity = std::shared_ptr<const net::tls_identity>;

std::string der(const identity& of, int selector) {
    unsigned char* octets = nullptr;
    const int size = selector == 0 ? i2d_X509(of->certificate(), &octets)
                                   : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(of->certificate()), &octets);
    std::string made(reinterpret_cast<char*>(octets), static_cast<std::size_t>(size));
    OPENSSL_free(octets);
    return made;
}

net::tlsa_record record(const identity& of, std::uint8_t usage, std::uint8_t selector,
                        std::uint8_t matching) {
    net::tlsa_record made{usage, selector, matching, der(of, selector)};
    if (matching == 0) return made;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(made.association.data(), made.association.size(), digest, &size,
               matching == 1 ? EVP_sha256() : EVP_sha512(), nullptr);
    made.association.assign(reinterpret_cast<char*>(digest), size);
    return made;
}

struct authority {
    identity root, leaf;
};
authority issued(std::vector<std::string> names, bool expired = false) {
    authority made;
    net::tls_identity::spec root;
    root.names = {"Test CA"};
    root.authority = true;
    made.root = *net::tls_identity::make(root);
    net::tls_identity::spec leaf;
    leaf.names = std::move(names);
    leaf.issuer = made.root;
    leaf.with_issuer = true; // RFC 7671 §5.2.1: the anchor must be there to be matched
    if (expired) {
        leaf.not_before = std::chrono::system_clock::now() - std::chrono::hours(48);
        leaf.not_after = std::chrono::system_clock::now() - std::chrono::hours(24);
    }
    made.leaf = *net::tls_identity::make(leaf);
    return made;
}

// "3 1 1", or why it is not good.
std::string judge(const identity& server, net::tls_options client) {
    if (client.server_name.empty()) client.server_name = "mx.test";
    net::certificate_facts seen;
    net::run([&]() -> net::task<void> {
        auto both = co_await memory();
        co_await net::spawn_beside([&]() -> net::task<void> {
            net::tls_options options;
            options.role = net::tls_role::server;
            options.identity = server;
            const auto facts = co_await both.server->start_tls(options, soon());
            BOOST_TEST(facts.has_value());
        });
        const auto facts = co_await both.client->start_tls(client, soon());
        BOOST_REQUIRE(facts);
        seen = facts->peer;
        const auto done = co_await read_text(*both.client, shortly()); // lets the other side end
        (void)done;
    });
    if (!seen.verified) return seen.verify_error;
    return seen.tlsa_match.empty() ? "good" : seen.tlsa_match;
}

std::string judge_dane(const identity& server, std::vector<net::tlsa_record> records,
                       std::vector<std::string> names = {"mx.test"}) {
    net::tls_options client;
    client.tlsa = std::move(records);
    client.verify_names = std::move(names);
    return judge(server, client);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dane)

BOOST_AUTO_TEST_CASE(end_entity) {
    // RFC 7671 §5.1: whatever the names and the dates of the certificate.
    const auto mine = *net::tls_identity::self_signed({"other.test"});
    const auto old = issued({"other.test"}, true);
    for (const std::uint8_t selector : {0, 1})
        for (const std::uint8_t matching : {0, 1, 2}) {
            const std::string name = "3 " + std::to_string(selector) + " " + std::to_string(matching);
            BOOST_TEST(judge_dane(mine, {record(mine, 3, selector, matching)}) == name);
            BOOST_TEST(judge_dane(old.leaf, {record(old.leaf, 3, selector, matching)}) == name);
        }
}

BOOST_AUTO_TEST_CASE(another_key) {
    const auto mine = *net::tls_identity::self_signed({"mx.test"});
    const auto other = *net::tls_identity::self_signed({"mx.test"});
    BOOST_TEST(judge_dane(mine, {record(other, 3, 1, 1)}) == "no matching DANE TLSA records");
    // One that matches is enough.
    BOOST_TEST(judge_dane(mine, {record(other, 3, 1, 1), record(mine, 3, 1, 1)}) == "3 1 1");
    // RFC 7671 §9: of several digests only the strongest counts, or a weak one would do.
    BOOST_TEST(judge_dane(mine, {record(mine, 3, 1, 1), record(other, 3, 1, 2)}) ==
               "no matching DANE TLSA records");
}

BOOST_AUTO_TEST_CASE(trust_anchor) {
    const auto both = issued({"mx.test"});
    for (const std::uint8_t selector : {0, 1})
        for (const std::uint8_t matching : {0, 1, 2}) {
            const std::string name = "2 " + std::to_string(selector) + " " + std::to_string(matching);
            BOOST_TEST(judge_dane(both.leaf, {record(both.root, 2, selector, matching)}) == name);
        }
    BOOST_TEST(judge_dane(both.leaf, {record(issued({"mx.test"}).root, 2, 0, 1)}) != "2 0 1");
    // RFC 7672 §3.2.2: here the name counts, each of those that may, and so do the dates.
    BOOST_TEST(judge_dane(both.leaf, {record(both.root, 2, 0, 1)}, {"other.test"}) == "hostname mismatch");
    BOOST_TEST(judge_dane(both.leaf, {record(both.root, 2, 0, 1)}, {"other.test", "mx.test"}) == "2 0 1");
    const auto old = issued({"mx.test"}, true);
    BOOST_TEST(judge_dane(old.leaf, {record(old.root, 2, 0, 1)}) == "certificate has expired");
}

BOOST_AUTO_TEST_CASE(records_that_cannot_be_used) {
    const auto mine = *net::tls_identity::self_signed({"mx.test"});
    const net::tlsa_record odd{3, 1, 9, "x"};
    net::tlsa_record cut = record(mine, 3, 1, 1);
    cut.association.resize(31);
    BOOST_TEST(judge_dane(mine, {odd, cut, record(mine, 3, 1, 1)}) == "3 1 1");
    // None at all: no handshake, for nothing could come of it.
    auto result = net::run_for<net::result<net::tls_facts>>([&]() -> net::task<net::result<net::tls_facts>> {
        auto both = co_await memory();
        net::tls_options client;
        client.server_name = "mx.test";
        client.tlsa = {odd};
        co_return co_await both.client->start_tls(client, soon());
    });
    BOOST_REQUIRE(!result);
    BOOST_TEST(result.error().text.starts_with("the server name or TLSA records: "), result.error().text);
}

BOOST_AUTO_TEST_CASE(several_names) {
    const auto both = issued({"mx.test", "*.wild.test"});
    net::tls_options client;
    client.trust = net::tls_trust::only(*both.root);
    const auto with = [&](std::vector<std::string> names) {
        client.verify_names = std::move(names);
        return judge(both.leaf, client);
    };
    BOOST_TEST(with({"mx.test"}) == "good");
    BOOST_TEST(with({"other.test", "MX.TEST"}) == "good");
    BOOST_TEST(with({"a.wild.test"}) == "good");
    BOOST_TEST(with({"a.b.wild.test"}) == "hostname mismatch");
    BOOST_TEST(with({"wild.test"}) == "hostname mismatch");
    BOOST_TEST(with({"other.test"}) == "hostname mismatch");
}

BOOST_AUTO_TEST_CASE(an_address_as_a_name) {
    const auto both = issued({"mx.test", "127.0.0.1", "::1"});
    net::tls_options client;
    client.trust = net::tls_trust::only(*both.root);
    const auto with = [&](const std::string& name) {
        client.verify_names = {name};
        return judge(both.leaf, client);
    };
    BOOST_TEST(with("127.0.0.1") == "good");
    BOOST_TEST(with("0:0::1") == "good");
    BOOST_TEST(with("127.0.0.2") == "IP address mismatch");
}

BOOST_AUTO_TEST_SUITE_END()
