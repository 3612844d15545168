// Messages made 7-bit: what is converted, how, and what is refused. RFC 2045, RFC 6152 §3, RFC 3030 §3.
// Expectations are literals.
#include "reference/relay/seven_bit.hpp"
#include "reference/relay/transfer_encoding.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::relay;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(seven_bit)

namespace {

std::string converted(const std::string& message) {
    const auto made = to_seven_bit(message);
    return made ? *made : "refused: " + made.error();
}

const std::string mime = "MIME-Version: 1.0\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(text) {
    BOOST_TEST(converted(mime + "Content-Type: text/plain; charset=utf-8\r\n"
                                "Content-Transfer-Encoding: 8bit\r\nSubject: x\r\n\r\nGr\xc3\xbc\xc3\x9f"
                                "e = a \r\n.\r\n") ==
               mime + "Content-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: quoted-printable\r\nSubject: x\r\n\r\n"
                      "Gr=C3=BC=C3=9Fe =3D a=20\r\n.\r\n");
    // Mislabelled, in the way most 8-bit mail is.
    BOOST_TEST(converted(mime + "\r\n\xff") ==
               mime + "Content-Transfer-Encoding: quoted-printable\r\n\r\n=FF");
}

BOOST_AUTO_TEST_CASE(what_needs_nothing_is_left_alone) {
    for (const auto& message :
         {"Subject: x\r\n\r\nplain\r\n"s, mime + "Content-Transfer-Encoding: BASE64\r\n\r\neHg=\r\n",
          mime + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n", ""s,
          "no header at all"s, "\r\nbody only\r\n"s})
        BOOST_TEST(converted(message) == message);
}

BOOST_AUTO_TEST_CASE(other_types_become_base64) {
    BOOST_TEST(
        converted(mime + "Content-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\xff\r\n") ==
        mime + "Content-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\n/w0K");
    // Text with line ends of its own, and NUL, is data.
    BOOST_TEST(converted(mime + "Content-Transfer-Encoding: binary\r\n\r\na\nb") ==
               mime + "Content-Transfer-Encoding: base64\r\n\r\nYQpi");
    BOOST_TEST(converted(mime + "Content-Transfer-Encoding: binary\r\n\r\n\0"s) ==
               mime + "Content-Transfer-Encoding: base64\r\n\r\nAA==");
}

BOOST_AUTO_TEST_CASE(parts_and_what_encloses_them) {
    BOOST_TEST(converted(mime + "Content-Type: multipart/mixed; boundary=\"b c\"\r\n"
                                "Content-Transfer-Encoding: 8bit\r\n\r\npreamble\r\n--b c\r\n\r\nplain\r\n"
                                "--b c \r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8BIT\r\n\r\n"
                                "\xe4\r\n\r\n--b c--\r\nepilogue\r\n") ==
               mime +
                   "Content-Type: multipart/mixed; boundary=\"b c\"\r\n"
                   "Content-Transfer-Encoding: 7bit\r\n\r\npreamble\r\n--b c\r\n\r\nplain\r\n"
                   "--b c \r\nContent-Type: text/html\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n=E4\r\n\r\n--b c--\r\nepilogue\r\n");
}

BOOST_AUTO_TEST_CASE(a_message_in_a_message) {
    BOOST_TEST(converted(mime + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
                         mime + "Subject: inner\r\n\r\n\xe4\r\n") ==
               mime + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + mime +
                   "Subject: inner\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E4\r\n");
}

BOOST_AUTO_TEST_CASE(refused) {
    BOOST_TEST(converted("Subject: x\r\n\r\n\xe4\r\n") == "refused: it is no MIME message");
    BOOST_TEST(converted(mime + "Subject: \xe4\r\n\r\nx\r\n") == "refused: its header has 8-bit octets");
    BOOST_TEST(converted(mime + "Content-Transfer-Encoding: base64\r\n\r\n\xe4\r\n") ==
               "refused: a part that is said to be base64 is not");
    BOOST_TEST(converted(mime + "Content-Transfer-Encoding: x-odd\r\n\r\n\xe4\r\n") ==
               "refused: a part that is said to be x-odd is not");
    const auto multi = mime + "Content-Type: multipart/mixed; boundary=b\r\n";
    BOOST_TEST(converted(multi + "\r\n\xe4\r\n--b\r\n\r\nx\r\n--b--\r\n") ==
               "refused: there are 8-bit octets outside its parts");
    BOOST_TEST(converted(multi + "\r\n\xe4\r\n") ==
               "refused: a multipart without its boundary has 8-bit octets");
    BOOST_TEST(converted(multi + "Content-Transfer-Encoding: base64\r\n\r\n\xe4\r\n") ==
               "refused: a multipart/mixed is said to be base64");
    BOOST_TEST(converted(multi + "\r\n--b\r\nX: \xe4\r\n\r\nx\r\n--b--\r\n") ==
               "refused: its header has 8-bit octets");
    BOOST_TEST(converted(mime + "Content-Type: multipart/signed; boundary=b\r\n\r\n"
                                "--b\r\n\r\n\xe4\r\n--b\r\n\r\nsig\r\n--b--\r\n") ==
               "refused: what a signature covers has 8-bit octets");
    BOOST_TEST(converted(mime + "Content-Type: message/delivery-status\r\n\r\n\xe4\r\n") ==
               "refused: a part of type message/delivery-status has 8-bit octets");
    BOOST_TEST(converted(mime + "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n\xe4\r\n") ==
               "refused: it is no MIME message");
    std::string nest;
    for (int i = 0; i < 70; ++i)
        nest += mime + "Content-Type: message/rfc822\r\n\r\n";
    BOOST_TEST(converted(nest + mime + "\r\n\xe4") == "refused: its parts are nested too deeply");
}

BOOST_AUTO_TEST_CASE(utf8_headers_at_any_level) {
    BOOST_TEST(!has_eight_bit_header("Subject: x\r\n\r\n\xc3\xa4\r\n"));
    BOOST_TEST(has_eight_bit_header("Subject: \xc3\xa4\r\n\r\nx\r\n"));
    const auto multi = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"s;
    BOOST_TEST(has_eight_bit_header(multi + "X: \xc3\xa4\r\n\r\nx\r\n--b--\r\n"));
    BOOST_TEST(!has_eight_bit_header(multi + "X: y\r\n\r\n\xc3\xa4\r\n--b--\r\n"));
    BOOST_TEST(
        has_eight_bit_header(multi + "Content-Type: message/global\r\n\r\nX: \xc3\xa4\r\n\r\n\r\n--b--"));
    BOOST_TEST(!has_eight_bit_header(multi + "Content-Type: message/global\r\n"
                                             "Content-Transfer-Encoding: base64\r\n\r\nWDogeA==\r\n--b--"));
}

BOOST_AUTO_TEST_CASE(quoted_printable_lines) {
    // RFC 2045 §6.7 (5): 76 octets, the soft break's "=" included.
    BOOST_TEST(encode_quoted_printable(std::string(76, 'x')) == std::string(76, 'x'));
    BOOST_TEST(encode_quoted_printable(std::string(77, 'x')) == std::string(75, 'x') + "=\r\nxx");
    BOOST_TEST(encode_quoted_printable(std::string(73, 'x') + "\xff") == std::string(73, 'x') + "=FF");
    BOOST_TEST(encode_quoted_printable(std::string(74, 'x') + "\xff") == std::string(74, 'x') + "=\r\n=FF");
    BOOST_TEST(encode_quoted_printable("a \r\nb\t\r\n\r\n \tc") == "a=20\r\nb=09\r\n\r\n \tc");
    BOOST_TEST(encode_quoted_printable("") == "");
}

BOOST_AUTO_TEST_CASE(base64_lines) {
    BOOST_TEST(encode_base64_lines("") == "");
    BOOST_TEST(encode_base64_lines(std::string(57, '\0')) == std::string(76, 'A'));
    BOOST_TEST(encode_base64_lines(std::string(58, '\0')) == std::string(76, 'A') + "\r\nAA==");
}

BOOST_AUTO_TEST_SUITE_END()
