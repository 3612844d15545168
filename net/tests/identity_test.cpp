// Certificates in files: written, read again, and what is said when they are bad.
#include "net/tls_context.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(identities)

struct folder {
    folder() {
        std::string pattern = (fs::temp_directory_path() / "net_identity_XXXXXX").string();
        path = mkdtemp(pattern.data());
    }
    ~folder() { fs::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
    fs::path path;
};

BOOST_FIXTURE_TEST_CASE(written_and_read_again, folder) {
    const auto made = *net::tls_identity::self_signed({"mail.example.test"});
    BOOST_REQUIRE(made->write_files(file("cert.pem"), file("key.pem")));
    struct stat facts {};
    stat(file("key.pem").c_str(), &facts);
    BOOST_TEST((facts.st_mode & 0777) == 0600u);
    const auto loaded = net::tls_identity::from_files(file("cert.pem"), file("key.pem"));
    BOOST_REQUIRE(loaded);
    BOOST_TEST((*loaded)->certificate_pem() == made->certificate_pem());
    BOOST_TEST((*loaded)->key_pem() == made->key_pem());
    BOOST_TEST(net::tls_trust::from_file(file("cert.pem")).has_value());
}

BOOST_FIXTURE_TEST_CASE(bad_files_are_named, folder) {
    const auto made = *net::tls_identity::self_signed({"mail.example.test"});
    const auto other = *net::tls_identity::self_signed({"other.example.test"});
    BOOST_REQUIRE(made->write_files(file("cert.pem"), file("key.pem")));
    BOOST_REQUIRE(other->write_files(file("other.pem"), file("other-key.pem")));
    std::ofstream(file("empty.pem")) << "not PEM\n";

    const auto missing = net::tls_identity::from_files(file("none.pem"), file("key.pem"));
    BOOST_TEST(missing.error().text == "cannot read " + file("none.pem") + ": No such file or directory");
    const auto empty = net::tls_identity::from_files(file("empty.pem"), file("key.pem"));
    BOOST_TEST(empty.error().text.find(file("empty.pem") + " with ") == 0);
    BOOST_TEST(empty.error().text.find("no PEM certificate: ") != std::string::npos);
    const auto no_key = net::tls_identity::from_files(file("cert.pem"), file("cert.pem"));
    BOOST_TEST(no_key.error().text.find("no PEM private key: ") != std::string::npos);
    const auto mixed = net::tls_identity::from_files(file("cert.pem"), file("other-key.pem"));
    BOOST_TEST(mixed.error().text.find("the private key does not belong to the certificate") !=
               std::string::npos);
    const auto unwritable = made->write_files(file("no/such/cert.pem"), file("no/such/key.pem"));
    BOOST_TEST(unwritable.error().text ==
               "cannot write " + file("no/such/key.pem") + ": No such file or directory");
    const auto distrusted = net::tls_trust::from_file(file("empty.pem"));
    BOOST_TEST(distrusted.error().text.find("cannot load trusted certificates from " + file("empty.pem")) ==
               0);
    const auto nowhere = net::tls_trust::from_directory(file("none"));
    BOOST_TEST(nowhere.error().text.find("no such folder") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_certificate_needs_a_name) {
    BOOST_TEST(net::tls_identity::self_signed({}).error().text == "a certificate needs at least one name");
}

BOOST_AUTO_TEST_SUITE_END()
