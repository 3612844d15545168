// What a run shares: addresses that nobody else has, ports, and certificates right and wrong.
#include "harness/world/surroundings.hpp"
#include "net/connect.hpp"
#include "net/memory_stream.hpp"
#include "net/run.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>

using namespace mailspec::world;

BOOST_AUTO_TEST_SUITE(surroundings_of_a_run)

namespace {

net::deadline soon() {
    return net::deadline::in(std::chrono::seconds(10));
}

net::task<std::unique_ptr<surroundings>> opened() {
    const auto on = co_await boost::asio::this_coro::executor;
    surroundings::settings wanted;
    wanted.dns = {"127.0.0.1", 0};
    auto made = surroundings::open(on, wanted);
    BOOST_REQUIRE(made);
    co_return std::move(*made);
}

// What a client that trusts the run's CA, and looks for `name`, finds out: "" for a good certificate.
std::string judged(const test_ca& ca, certificate_kind kind, const std::string& name) {
    std::string verdict;
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        auto [client, server] = net::memory_pair(on);
        const auto file =
            std::filesystem::temp_directory_path() / ("test_ca-" + std::to_string(::getpid()) + ".pem");
        const auto written = ca.write(file);
        BOOST_REQUIRE(written.has_value());
        net::tls_options ours, theirs;
        theirs.role = net::tls_role::server;
        theirs.identity = *ca.identity(kind, {name});
        ours.server_name = name;
        ours.trust = *net::tls_trust::from_file(file.string());
        ours.verify_name = true;
        std::filesystem::remove(file);
        co_await net::spawn_beside([&, &server = server]() -> net::task<void> {
            const auto done = co_await server->start_tls(theirs, soon());
            BOOST_TEST(done.has_value());
        });
        const auto facts = co_await client->start_tls(ours, soon());
        BOOST_REQUIRE(facts.has_value());
        verdict = facts->peer.verified ? "" : facts->peer.verify_error;
    });
    return verdict;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_address_is_given_out_once) {
    net::run([]() -> net::task<void> {
        auto around = co_await opened();
        auto other = co_await opened(); // another run beside it
        std::set<std::string> seen;
        for (int i = 0; i < 600; ++i)
            for (auto* run : {around.get(), other.get()}) {
                const auto address = run->lease_address();
                BOOST_TEST(net::is_loopback(address));
                BOOST_TEST(!address.starts_with("127.0."));
                BOOST_TEST(!address.ends_with(".0"));
                BOOST_REQUIRE(seen.insert(address).second);
            }
    });
}

BOOST_AUTO_TEST_CASE(hosts_can_listen_at_the_egress_port) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        auto around = co_await opened();
        BOOST_TEST(around->egress_port() != 0);
        BOOST_TEST(around->https_port() != 0);
        BOOST_TEST(around->https_port() != around->egress_port());
        const auto first = around->listen(on, around->egress_port());
        const auto second = around->listen(on, around->egress_port());
        BOOST_REQUIRE(first.has_value());
        BOOST_REQUIRE(second.has_value());
        BOOST_TEST((*first)->local().host != (*second)->local().host);
        BOOST_TEST((*first)->local().port == around->egress_port());
        const auto off = around->lease_address();
        const auto refused = co_await net::connect(off, around->egress_port(), soon());
        BOOST_REQUIRE(!refused);
        BOOST_TEST(net::name_of(refused.error().kind) == "refused");
    });
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_everywhere_is_told) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint everywhere{"0.0.0.0", 0};
        const auto taken = net::listener::open(on, everywhere);
        BOOST_REQUIRE(taken.has_value());
        surroundings::settings wanted;
        wanted.dns = {"127.0.0.1", 0};
        wanted.egress_port = (*taken)->local().port;
        const auto made = surroundings::open(on, wanted);
        BOOST_REQUIRE(!made);
        const auto advice = ": something listens on port " + std::to_string(wanted.egress_port) +
                            " of every address; stop it, or let the server send to another port (profile key "
                            "sends.port)";
        BOOST_TEST(made.error().starts_with("cannot listen on 127."));
        BOOST_TEST(made.error().ends_with(advice));
    });
}

BOOST_AUTO_TEST_CASE(certificates_right_and_wrong) {
    const auto ca = *test_ca::make();
    BOOST_TEST(judged(*ca, certificate_kind::valid, "mx.z.test") == "");
    BOOST_TEST(judged(*ca, certificate_kind::wrong_name, "mx.z.test") == "hostname mismatch");
    BOOST_TEST(judged(*ca, certificate_kind::expired, "mx.z.test") == "certificate has expired");
    BOOST_TEST(judged(*ca, certificate_kind::self_signed, "mx.z.test") == "self-signed certificate");
    BOOST_TEST(judged(*ca, certificate_kind::untrusted, "mx.z.test") ==
               "self-signed certificate in certificate chain");
}

BOOST_AUTO_TEST_CASE(a_certificate_asked_for_again_is_the_same) {
    const auto ca = *test_ca::make();
    const auto one = *ca->identity(certificate_kind::valid, {"mx.z.test"});
    BOOST_TEST(*ca->identity(certificate_kind::valid, {"mx.z.test"}) == one);
    BOOST_TEST(*ca->identity(certificate_kind::expired, {"mx.z.test"}) != one);
    BOOST_TEST(*ca->identity(certificate_kind::valid, {"mx2.z.test"}) != one);
}

// The digest of a key that is known, made with `openssl x509 -pubkey | openssl pkey -pubin -outform DER |
// sha256sum`.
BOOST_AUTO_TEST_CASE(tlsa_data) {
    const std::string certificate = "-----BEGIN CERTIFICATE-----\n"
                                    "MIIBfzCCASegAwIBAgIURMgpt4XEmQnxS4QH9nFoTsFeScgwCgYIKoZIzj0EAwIw\n"
                                    "FTETMBEGA1UEAwwKa25vd24udGVzdDAgFw0yNjExMjIxMDExMjZaGA8yMTI2MTAy\n"
                                    "OTEwMTEyNlowFTETMBEGA1UEAwwKa25vd24udGVzdDBZMBMGByqGSM49AgEGCCqG\n"
                                    "SM49AwEHA0IABHTsj4K0b2piBwy4DrXpG+csm2c6qgrmUyhhXP6fab6avJMoxIEI\n"
                                    "Di8nsL9ZqH83BEjrozOl+aHs4LFW+N1ck86jUzBRMB0GA1UdDgQWBBRHIZE2FQaB\n"
                                    "OIKVYInY7tgAutVl0DAfBgNVHSMEGDAWgBRHIZE2FQaBOIKVYInY7tgAutVl0DAP\n"
                                    "BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0YAMEMCH2gBOOg8Gte+lMaELV1C\n"
                                    "eisZe4/xFu9wyWD+40edyUUCICpH55DUz8xmnhgTkpFbtIm5hUDxXu5nFXt6zIcY\n"
                                    "zxxG\n"
                                    "-----END CERTIFICATE-----\n";
    const std::string key = "-----BEGIN PRIVATE KEY-----\n"
                            "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgULg+p6EirCDd+Nj8\n"
                            "qw1U+YcQyeG7uGJWrfkFN2shniWhRANCAAR07I+CtG9qYgcMuA616RvnLJtnOqoK\n"
                            "5lMoYVz+n2m+mryTKMSBCA4vJ7C/Wah/NwRI66Mzpfmh7OCxVvjdXJPO\n"
                            "-----END PRIVATE KEY-----\n";
    const auto known = *net::tls_identity::from_pem(certificate, key);
    BOOST_TEST(test_ca::tlsa(*known, 3, 1, 1) ==
               "3 1 1 de0d437abc9aad9b7667101d9147b360d2f27acc84bbbf8f0c61583ef2ebc1b4");
    BOOST_TEST(test_ca::tlsa(*known, 3, 0, 2) ==
               "3 0 2 "
               "d5797e1116e397252f837f0d73b13583032aaa36099cdc8bd55513e36aaa16398087019f4f4961db2e02bb85a02df"
               "1b3a856e89367600bf58939485828a8aaef");
    BOOST_TEST(test_ca::tlsa(*known, 3, 1, 0) ==
               "3 1 0 "
               "3059301306072a8648ce3d020106082a8648ce3d0301070342000474ec8f82b46f6a62070cb80eb5e91be72c9b673"
               "aaa0ae65328615cfe9f69be9abc9328c481080e2f27b0bf59a87f370448eba333a5f9a1ece0b156f8dd5c93ce");

    const auto ca = *test_ca::make();
    const auto leaf = *ca->identity(certificate_kind::valid, {"mx.z.test"});
    const auto other = *ca->identity(certificate_kind::valid, {"mx2.z.test"});
    BOOST_TEST(test_ca::tlsa(*leaf, 3, 1, 1) != test_ca::tlsa(*other, 3, 1, 1));
    BOOST_TEST(test_ca::tlsa(*leaf, 2, 0, 1) == test_ca::tlsa(*other, 2, 0, 1)); // of the same CA
}

BOOST_AUTO_TEST_SUITE_END()
