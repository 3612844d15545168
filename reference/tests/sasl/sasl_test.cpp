// SASLprep, PLAIN and LOGIN: RFC 4013, 4616, 4422. Expectations are literals.
#include "reference/sasl/mechanism.hpp"
#include "reference/sasl/prepare.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::sasl;
using namespace std::string_literals;

namespace {

// "? octets", "user/password", "! why"
std::string show(const step& s) {
    if (auto* c = std::get_if<challenge>(&s)) return "? " + c->octets;
    if (auto* c = std::get_if<credentials>(&s)) return c->user + "/" + c->password;
    return "! " + std::get<failure>(s).why;
}

std::string plain(const std::string& message) {
    return show(make_plain()->start(message));
}

} // namespace

BOOST_AUTO_TEST_SUITE(saslprep)

// The examples of RFC 4013 §3.
BOOST_AUTO_TEST_CASE(examples) {
    BOOST_TEST(*prepare("I\xc2\xadX") == "IX");
    BOOST_TEST(*prepare("user") == "user");
    BOOST_TEST(*prepare("USER") == "USER");
    BOOST_TEST(*prepare("\xc2\xaa") == "a");
    BOOST_TEST(*prepare("\xe2\x85\xa8") == "IX");
    BOOST_TEST(!prepare("\x07").has_value());
    BOOST_TEST(!prepare("\xd8\xa7\x31").has_value());
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_utf8) {
    for (auto text : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80"})
        BOOST_TEST(!prepare(text).has_value());
    BOOST_TEST(!prepare("a\0b"s).has_value());
    BOOST_TEST(*prepare("\xc2\xad") == ""); // soft hyphen is mapped to nothing
    BOOST_TEST(*prepare("pass word") == "pass word");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(plain_mechanism)

BOOST_AUTO_TEST_CASE(accepts) {
    BOOST_TEST(plain("\0tim\0tanstaaftanstaaf"s) == "tim/tanstaaftanstaaf");
    BOOST_TEST(plain("tim\0tim\0pw"s) == "tim/pw");
    const std::string name(255, 'n'), password(255, 'p');
    BOOST_TEST(plain(name + "\0"s + name + "\0"s + password) == name + "/" + password);
    BOOST_TEST(plain("\0I\xc2\xadX\0pw"s) == "IX/pw");
}

BOOST_AUTO_TEST_CASE(refuses) {
    BOOST_TEST(plain("") == "! PLAIN message without exactly two NULs");
    BOOST_TEST(plain("tim") == "! PLAIN message without exactly two NULs");
    BOOST_TEST(plain("\0tim"s) == "! PLAIN message without exactly two NULs");
    BOOST_TEST(plain("\0tim\0pw\0"s) == "! PLAIN message without exactly two NULs");
    BOOST_TEST(plain("\0\0pw"s) == "! user name empty, or not allowed by SASLprep");
    BOOST_TEST(plain("\0tim\0"s) == "! password empty, or not allowed by SASLprep");
    BOOST_TEST(plain("\0t\xff\0pw"s) == "! user name empty, or not allowed by SASLprep");
    BOOST_TEST(plain("\0tim\0p\xff"s) == "! password empty, or not allowed by SASLprep");
    BOOST_TEST(plain("\xff\0tim\0pw"s) == "! authorization identity not allowed by SASLprep");
    BOOST_TEST(plain("\xc2\xad\0tim\0pw"s) == "! authorization identity not allowed by SASLprep");
    BOOST_TEST(plain("Ursel\0Kurt\0xipj3plmq"s) == "! not authorized to act as another identity");
}

BOOST_AUTO_TEST_CASE(asks_first) {
    auto m = make_plain();
    BOOST_TEST(show(m->start(std::nullopt)) == "? ");
    BOOST_TEST(show(m->respond("\0tim\0pw"s)) == "tim/pw");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(login_mechanism)

BOOST_AUTO_TEST_CASE(asks_twice) {
    auto m = make_login();
    BOOST_TEST(show(m->start(std::nullopt)) == "? Username:");
    BOOST_TEST(show(m->respond("tim")) == "? Password:");
    BOOST_TEST(show(m->respond("pw")) == "tim/pw");
}

BOOST_AUTO_TEST_CASE(takes_the_name_at_once) {
    auto m = make_login();
    BOOST_TEST(show(m->start("tim")) == "? Password:");
    BOOST_TEST(show(m->respond("pw")) == "tim/pw");
}

BOOST_AUTO_TEST_CASE(refuses_after_the_password) {
    auto m = make_login();
    BOOST_TEST(show(m->start("")) == "? Password:");
    BOOST_TEST(show(m->respond("pw")) == "! user name empty, or not allowed by SASLprep");
    m = make_login();
    m->start("tim");
    BOOST_TEST(show(m->respond("p\0w"s)) == "! password empty, or not allowed by SASLprep");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(mechanisms_by_name) {
    BOOST_TEST(make_mechanism("plain")->name() == "PLAIN");
    BOOST_TEST(make_mechanism("Login")->name() == "LOGIN");
    BOOST_TEST(!make_mechanism("CRAM-MD5"));
    BOOST_TEST(!make_mechanism(""));
    BOOST_TEST(mechanism_names().size() == 2u);
}
